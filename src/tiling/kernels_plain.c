/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include "tiling/kernels.h"

static void add(float *sum, const float *tile, const float *weights, float factor, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] += tile[i] * (weights[i] * factor);
}

static void put(float *sum, const float *tile, const float *weights, float factor, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sum[i] = tile[i] * (weights[i] * factor);
}

/* The voxels of a block, channel after channel. */
static void largest_of_block(const float *values, int64_t step, int channels, uint8_t *labels, size_t n)
{
    float best[64];
    for (size_t i = 0; i < n; i++) {
        best[i] = -INFINITY;
        labels[i] = 0;
    }
    for (int c = 0; c < channels; c++)
        for (size_t i = 0; i < n; i++) {
            const float value = values[c * step + (int64_t)i];
            labels[i] = value > best[i] ? (uint8_t)c : labels[i];
            best[i] = value > best[i] ? value : best[i];
        }
}

static void largest(const float *values, int64_t step, int channels, uint8_t *labels, size_t n)
{
    for (size_t i = 0; i < n; i += 64)
        largest_of_block(values + i, step, channels, labels + i, n - i < 64 ? n - i : 64);
}

/* Below 2^-14 a half is a multiple of 2^-24. */
static float half_value(uint16_t half)
{
    const uint32_t sign = (uint32_t)(half & 0x8000u) << 16, exponent = half >> 10 & 31u, fraction = half & 1023u;
    uint32_t bits = sign | (exponent + 112u) << 23 | fraction << 13;
    float value;
    if (exponent == 31)
        bits = sign | 0x7F800000u | (fraction ? 0x00400000u : 0u) | fraction << 13;
    memcpy(&value, &bits, sizeof value);
    if (exponent == 0)
        value = (sign ? -1.0f : 1.0f) * ((float)fraction * 0x1p-24f);
    return value;
}

static void from_half(float *to, const uint16_t *from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = half_value(from[i]);
}

static void from_bfloat(float *to, const uint16_t *from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const uint32_t bits = (uint32_t)from[i] << 16;
        memcpy(&to[i], &bits, sizeof bits);
    }
}

const struct amosi_tile_kernels amosi_tile_kernels_plain = {"plain", add, put, largest, from_half, from_bfloat};
