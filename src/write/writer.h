/* SPDX-License-Identifier: BSD-3-Clause */
/* A file that is being written, and how voxels get into it. */
#ifndef AMOSI_WRITE_WRITER_H
#define AMOSI_WRITE_WRITER_H

#include <stdbool.h>

#include <amos/writer.h>

#include "io/outfile.h"

struct amos_writer {
    struct amosi_outfile file;
    size_t voxel_bytes;
    uint64_t voxels, written; /* how many are expected, and were written */
    uint64_t step;            /* bytes of a piece of compressed data, except the first and the last */
    amos_status failed;       /* the error of an earlier call */
    bool finished;
    struct amosi_gzip *gzip;      /* NULL: the file is not compressed */
    bool index;                   /* save one */
    char *index_folder;           /* NULL: the user's */
    amos_temporaries temporaries; /* of the index */
    unsigned char *tile;          /* for voxels that cannot be written directly; NULL until needed */
};

/* Opens the writer for voxels in the axes of the file; `o` is complete. */
amos_status amosi_writer_open(const char *path, const amos_layout *layout, const amos_write_options *o,
                              amos_writer **out, amos_error *err);

/* Writes the next voxels, in host byte order; there must be room for them in the shape. `stays`: their memory does not
 * change before the file is finished or released. */
amos_status amosi_writer_put(amos_writer *w, const void *voxels, uint64_t count, bool stays, amos_error *err);

/* The same for a row whose voxels are `stride` bytes apart: at most 32,767. */
amos_status amosi_writer_put_row(amos_writer *w, const unsigned char *first, int64_t stride, size_t count,
                                 amos_error *err);

#endif
