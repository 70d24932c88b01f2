/* SPDX-License-Identifier: BSD-3-Clause */
/* A whole file (see base/system/file.h) whose failures fill an amos_error. */
#ifndef AMOSI_IO_OUTFILE_H
#define AMOSI_IO_OUTFILE_H

#include <stdint.h>

#include <amos/writer.h>

#include "base/system/file.h"

struct amosi_outfile {
    struct amosi_whole_file file;
    char *name;              /* as the caller gave it, for messages */
    uint64_t written, begun; /* bytes written so far; writeback has started for those before `begun` */
};

/* Opens the temporary file. `out` must be zero except for file.notify and file.user. The caller must close it, even
 * after a failure. */
amos_status amosi_outfile_open(struct amosi_outfile *out, const char *path, amos_error *err);

/* Writes all bytes. */
amos_status amosi_outfile_write(struct amosi_outfile *out, const void *data, size_t bytes, amos_error *err);

/* Flushes the file to the disk, then renames it to its final name. */
amos_status amosi_outfile_keep(struct amosi_outfile *out, amos_error *err);

/* Closes the file, and removes it if it was not kept. */
void amosi_outfile_close(struct amosi_outfile *out);

#endif
