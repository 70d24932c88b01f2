/* SPDX-License-Identifier: BSD-3-Clause */
/* A member of a ZIP archive as a source of bytes. A path goes on into an archive as into a folder:
 * "results.zip/results/amos_0018.nii.gz". */
#ifndef AMOSI_IO_ZIP_MEMBER_H
#define AMOSI_IO_ZIP_MEMBER_H

#include <amos/context.h>

#include "io/zip/directory.h"

/* Opens a member of an archive whose directory was read. `path` is for messages. A member that is gzipped, and so has a
 * CRC-32 of its own, is read as it is needed: in place if it is stored, else unpacked step by step, with its CRC-32
 * checked at its end. Any other member is unpacked, and checked, at once. `archive` becomes part of the source on success
 * (it is then closed for the caller) only if *taken.
 * AMOS_E_UNSUPPORTED (encrypted, or packed in a way other than deflate), AMOS_E_LIMIT (more than max_uncompressed bytes),
 * AMOS_E_GZ_DATA, AMOS_E_GZ_CRC, AMOS_E_NOMEM, or a failure of the archive. On failure the source is closed. */
amos_status amosi_zip_open_file(struct amosi_source *source, struct amosi_source *archive,
                                const struct amosi_zip_directory *directory, const struct amosi_zip_file *file,
                                const char *path, const amos_limits *limits, amos_error *err);

/* Opens the file at a path, which may go on into a ZIP archive. As amosi_source_open_file() and amosi_zip_open_file();
 * AMOS_E_OPEN with ENOENT: there is no such member. `limits` NULL: the defaults. */
amos_status amosi_path_open(struct amosi_source *source, const char *path, const amos_limits *limits, amos_error *err);

/* The length of the part of a path that names a regular file, if another part follows it; else 0. */
size_t amosi_path_archive_length(const char *path);

#endif
