/* SPDX-License-Identifier: BSD-3-Clause */
/* A member of a ZIP archive as a source of bytes. A path goes on into an archive as into a folder:
 * "results.zip/results/amos_0018.nii.gz". */
#ifndef AMOSI_IO_ZIP_MEMBER_H
#define AMOSI_IO_ZIP_MEMBER_H

#include <amos/context.h>

#include "io/zip/directory.h"

/* Unpacks a member of an archive whose directory was read. `path` is for messages. Otherwise as
 * amosi_zip_open_member(). */
amos_status amosi_zip_open_file(struct amosi_source *source, const struct amosi_source *archive,
                                const struct amosi_zip_directory *directory, const struct amosi_zip_file *file,
                                const char *path, const amos_limits *limits, amos_error *err);

/* Opens the member that `path` names. Its bytes are unpacked into memory and their CRC-32 is checked; the archive is
 * closed again. *is_member is false if no part of the path is a ZIP archive; then nothing is opened, and the status is
 * AMOS_OK. AMOS_E_OPEN with ENOENT (no such member), AMOS_E_UNSUPPORTED (encrypted, or packed in a way other than
 * deflate), AMOS_E_LIMIT (more than max_uncompressed bytes), AMOS_E_GZ_DATA, AMOS_E_GZ_CRC, AMOS_E_NOMEM, or a failure of
 * the archive. On failure the source is closed. */
amos_status amosi_zip_open_member(struct amosi_source *source, const char *path, const amos_limits *limits,
                                  bool *is_member, amos_error *err);

#endif
