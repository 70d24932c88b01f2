/* SPDX-License-Identifier: BSD-3-Clause */
/* The loops over values of tiles, in plain C and as vector code: the same bits. */
#ifndef AMOSI_TILING_KERNELS_H
#define AMOSI_TILING_KERNELS_H

#include <stddef.h>
#include <stdint.h>

struct amosi_tile_kernels {
    const char *name;
    /* sum[i] += tile[i] * (weights[i] * factor) for n values */
    void (*add)(float *sum, const float *tile, const float *weights, float factor, size_t n);
    /* sum[i] = tile[i] * (weights[i] * factor) */
    void (*put)(float *sum, const float *tile, const float *weights, float factor, size_t n);
    /* The number of the largest of the channels of each of n voxels: channel c of voxel i is values[c * step + i]. The
     * first of equal ones; NaN never wins. 1 to 256 channels. */
    void (*largest)(const float *values, int64_t step, int channels, uint8_t *labels, size_t n);
    /* n values of 16 bits as float32: IEEE binary16 (a signalling NaN becomes quiet), and the upper half of a float32 */
    void (*from_half)(float *to, const uint16_t *from, size_t n);
    void (*from_bfloat)(float *to, const uint16_t *from, size_t n);
};

#define AMOSI_TILE_AHEAD 8 /* rows; one is added in less time than memory takes to answer */

/* Asks for n sums that are to be changed soon: rows of a tile are short, and the processor does not guess where the next
 * one begins. */
static inline void amosi_tile_fetch(const float *sum, int64_t n)
{
    const int64_t line = 64 / sizeof(float);
    for (int64_t i = 0; i < n; i += line)
        __builtin_prefetch(sum + i, 1);
}

extern const struct amosi_tile_kernels amosi_tile_kernels_plain;

/* The best set for this processor. */
const struct amosi_tile_kernels *amosi_tile_kernels(void);

#endif
