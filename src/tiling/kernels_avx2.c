/* SPDX-License-Identifier: BSD-3-Clause */
#include "tiling/kernels_avx2.h"

#ifdef AMOSI_HAVE_TILE_AVX2
#include <immintrin.h>
#include <math.h>

/* No fused multiply-add, so that results equal those of the plain code, which does the last few values. */
#define AVX2 __attribute__((target("avx2,f16c")))

AVX2 static inline __m256 weighted8(const float *tile, const float *weights, __m256 factor)
{
    return _mm256_mul_ps(_mm256_loadu_ps(tile), _mm256_mul_ps(_mm256_loadu_ps(weights), factor));
}

AVX2 static void add(float *sum, const float *tile, const float *weights, float factor, size_t n)
{
    const __m256 all = _mm256_set1_ps(factor);
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        _mm256_storeu_ps(sum + i, _mm256_add_ps(_mm256_loadu_ps(sum + i), weighted8(tile + i, weights + i, all)));
    amosi_tile_kernels_plain.add(sum + i, tile + i, weights + i, factor, n - i);
}

AVX2 static void put(float *sum, const float *tile, const float *weights, float factor, size_t n)
{
    const __m256 all = _mm256_set1_ps(factor);
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        _mm256_storeu_ps(sum + i, weighted8(tile + i, weights + i, all));
    amosi_tile_kernels_plain.put(sum + i, tile + i, weights + i, factor, n - i);
}

/* Eight voxels and their largest values so far. max(v, best) is v > best ? v : best, so a NaN in v changes nothing. */
struct best8 {
    __m256 value;
    __m256i channel;
};

AVX2 static inline void compare8(struct best8 *best, const float *values, __m256i channel)
{
    const __m256 v = _mm256_loadu_ps(values);
    const __m256i larger = _mm256_castps_si256(_mm256_cmp_ps(v, best->value, _CMP_GT_OQ));
    best->channel = _mm256_blendv_epi8(best->channel, channel, larger);
    best->value = _mm256_max_ps(v, best->value);
}

/* 32 voxels: the packs take turns between the halves of the registers, which the permutation puts in order. */
AVX2 static void largest32(const float *values, int64_t step, int channels, uint8_t *labels)
{
    const struct best8 none = {_mm256_set1_ps(-INFINITY), _mm256_setzero_si256()};
    struct best8 a = none, b = none, c = none, d = none;
    for (int n = 0; n < channels; n++, values += step) {
        const __m256i channel = _mm256_set1_epi32(n);
        compare8(&a, values, channel);
        compare8(&b, values + 8, channel);
        compare8(&c, values + 16, channel);
        compare8(&d, values + 24, channel);
    }
    const __m256i low = _mm256_packus_epi32(a.channel, b.channel), high = _mm256_packus_epi32(c.channel, d.channel);
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    _mm256_storeu_si256((__m256i *)(void *)labels, _mm256_permutevar8x32_epi32(_mm256_packus_epi16(low, high), order));
}

AVX2 static void largest(const float *values, int64_t step, int channels, uint8_t *labels, size_t n)
{
    size_t i = 0;
    for (; i + 32 <= n; i += 32)
        largest32(values + i, step, channels, labels + i);
    amosi_tile_kernels_plain.largest(values + i, step, channels, labels + i, n - i);
}

AVX2 static void from_half(float *to, const uint16_t *from, size_t n)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        _mm256_storeu_ps(to + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)(from + i))));
    amosi_tile_kernels_plain.from_half(to + i, from + i, n - i);
}

AVX2 static void from_bfloat(float *to, const uint16_t *from, size_t n)
{
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        const __m256i bits = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(const void *)(from + i)));
        _mm256_storeu_si256((__m256i *)(void *)(to + i), _mm256_slli_epi32(bits, 16));
    }
    amosi_tile_kernels_plain.from_bfloat(to + i, from + i, n - i);
}

const struct amosi_tile_kernels amosi_tile_kernels_avx2 = {"avx2", add, put, largest, from_half, from_bfloat};
#endif
