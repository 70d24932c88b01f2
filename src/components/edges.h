/* SPDX-License-Identifier: BSD-3-Clause */
/* Where labels change along a row, as bits: the vector loop of the search for runs, and its plain version. */
#ifndef AMOSI_COMPONENTS_EDGES_H
#define AMOSI_COMPONENTS_EDGES_H

#include <stddef.h>
#include <stdint.h>

struct amosi_edges_kernels {
    const char *name;
    /* Bit i of `bits`: voxel i differs from voxel i + 1. For i < n; the row has n + 1 voxels, `bits` has (n + 63) / 64
     * words. Bits from n on are 0. */
    void (*edges)(const uint8_t *row, size_t n, uint64_t *bits);
};

extern const struct amosi_edges_kernels amosi_edges_plain;

/* The best version for this processor. */
const struct amosi_edges_kernels *amosi_edges(void);

#endif
