/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "components/edges.h"

/* Eight voxels at a time while they equal their neighbours. */
static uint64_t edges_of(const uint8_t *row, size_t n)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < n; i++) {
        while (i + 8 < n && memcmp(row + i, row + i + 1, 8) == 0)
            i += 8;
        bits |= (uint64_t)(row[i] != row[i + 1]) << i;
    }
    return bits;
}

static void edges(const uint8_t *row, size_t n, uint64_t *bits)
{
    for (size_t i = 0; i < n; i += 64)
        bits[i / 64] = edges_of(row + i, n - i < 64 ? n - i : 64);
}

const struct amosi_edges_kernels amosi_edges_plain = {"plain", edges};
