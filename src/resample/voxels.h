/* SPDX-License-Identifier: BSD-3-Clause */
/* The old voxels: anywhere in memory, in the axis order of the new grid. */
#ifndef AMOSI_RESAMPLE_VOXELS_H
#define AMOSI_RESAMPLE_VOXELS_H

#include <amos/array.h>

struct amosi_voxels {
    const char *data; /* of voxel (0, 0, 0) */
    amos_type type;
    int64_t shape[3], strides[3]; /* strides in bytes */
};

/* n voxels of the row (y, z) from x on, packed and aligned: where they are, or copied to `scratch`. */
const void *amosi_voxels_part(const struct amosi_voxels *voxels, int64_t x, int64_t n, int64_t y, int64_t z,
                              void *scratch);

/* The whole row. */
const void *amosi_voxels_row(const struct amosi_voxels *voxels, int64_t y, int64_t z, void *scratch);

/* Asks for the row (y, z) before it is needed. Resampling reads short stretches that lie far from each other, so that
 * the processor cannot guess where the next one is. */
void amosi_voxels_fetch(const struct amosi_voxels *voxels, int64_t y, int64_t z);

#endif
