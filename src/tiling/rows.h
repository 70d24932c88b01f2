/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of a volume whose sums a stitcher has in memory: from the first tile that covers a row to the last one. A row
 * is all voxels of one y and z, channel after channel. */
#ifndef AMOSI_TILING_ROWS_H
#define AMOSI_TILING_ROWS_H

#include <stdbool.h>

#include "tiling/tiling.h"

struct amosi_rows {
    const amos_tiling *tiling;
    int32_t *first[2], *last[2]; /* for each voxel along y and along z: the first and the last tile that covers it */
    size_t row_floats;           /* channels times voxels along x */
    float *memory;
    uint32_t *unused; /* rows of the memory that nothing uses, `unused_count` of them */
    int64_t unused_count;
    uint32_t *of; /* the row of the memory for y and z, at (z % planes) * side + y */
    int64_t planes;
    uint64_t bytes; /* of all of it */
};

/* Allocates everything: no tile needs more. On failure (AMOS_E_NOMEM) amosi_rows_free() must follow, as on success. */
amos_status amosi_rows_make(struct amosi_rows *rows, const amos_tiling *tiling, int64_t channels, amos_error *err);

void amosi_rows_free(struct amosi_rows *rows);

/* Whether a tile at place `at` is in the first (last) line of tiles along x that covers the row. */
bool amosi_rows_is_first(const struct amosi_rows *rows, const int64_t at[3], int64_t y, int64_t z);
bool amosi_rows_is_last(const struct amosi_rows *rows, const int64_t at[3], int64_t y, int64_t z);

/* Gives a row its memory, which is not cleared, and takes it back. */
void amosi_rows_open(struct amosi_rows *rows, int64_t y, int64_t z);
void amosi_rows_close(struct amosi_rows *rows, int64_t y, int64_t z);

/* The memory of an open row. */
float *amosi_rows_get(const struct amosi_rows *rows, int64_t y, int64_t z);

#endif
