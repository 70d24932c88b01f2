/* SPDX-License-Identifier: BSD-3-Clause */
/* Finds where labels change along a row: the vector loops of the sweep over a label map, and their plain versions. */
#ifndef AMOSI_SCORE_SURFACE_ACTIVE_H
#define AMOSI_SCORE_SURFACE_ACTIVE_H

#include <stddef.h>
#include <stdint.h>

struct amosi_active_kernels {
    const char *name;
    /* Bit i of `across`: the voxels i of the four rows are not all equal. Bit i of `along`: voxel i of rows[0] differs
     * from voxel i + 1. For i < n; the rows have n + 1 voxels. Both arrays have (n + 63) / 64 words. */
    void (*corners)(const uint8_t *const rows[4], size_t n, uint64_t *across, uint64_t *along);
    /* Bit i: voxel i of `row` is not 0 and differs from a face neighbour: voxel i - 1, i + 1, or voxel i of one of the
     * four neighbouring rows. For i < n; row[-1] and row[n] exist. */
    void (*voxels)(const uint8_t *row, const uint8_t *const beside[4], size_t n, uint64_t *bits);
};

extern const struct amosi_active_kernels amosi_active_plain;

/* The best set for this processor. */
const struct amosi_active_kernels *amosi_active(void);

#endif
