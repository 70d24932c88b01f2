/* SPDX-License-Identifier: BSD-3-Clause */
#include "score/surface/active_avx2.h"

#ifdef AMOSI_HAVE_ACTIVE_AVX2
#include <immintrin.h>

/* The rest of a row, fewer than 64 voxels, is done by the plain versions. */
#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i load(const uint8_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

/* Bit i of the result: byte i of the mask is set. */
AVX2 static inline uint64_t bits_of(__m256i mask)
{
    return (uint32_t)_mm256_movemask_epi8(mask);
}

AVX2 static inline __m256i equal_across(const uint8_t *const rows[4], size_t i)
{
    __m256i v = load(rows[0] + i);
    __m256i one = _mm256_cmpeq_epi8(v, load(rows[1] + i)), two = _mm256_cmpeq_epi8(v, load(rows[2] + i));
    return _mm256_and_si256(_mm256_and_si256(one, two), _mm256_cmpeq_epi8(v, load(rows[3] + i)));
}

AVX2 static inline __m256i equal_along(const uint8_t *row, size_t i)
{
    return _mm256_cmpeq_epi8(load(row + i), load(row + i + 1));
}

AVX2 static void corners(const uint8_t *const rows[4], size_t n, uint64_t *across, uint64_t *along)
{
    size_t i = 0;
    for (; i + 64 <= n; i += 64) {
        across[i / 64] = ~(bits_of(equal_across(rows, i)) | bits_of(equal_across(rows, i + 32)) << 32);
        along[i / 64] = ~(bits_of(equal_along(rows[0], i)) | bits_of(equal_along(rows[0], i + 32)) << 32);
    }
    const uint8_t *const rest[4] = {rows[0] + i, rows[1] + i, rows[2] + i, rows[3] + i};
    amosi_active_plain.corners(rest, n - i, across + i / 64, along + i / 64);
}

/* A byte is set if all six face neighbours are equal, or the voxel is 0. */
AVX2 static inline __m256i inner(const uint8_t *row, const uint8_t *const beside[4], size_t i)
{
    __m256i v = load(row + i);
    __m256i x = _mm256_and_si256(_mm256_cmpeq_epi8(v, load(row + i - 1)), _mm256_cmpeq_epi8(v, load(row + i + 1)));
    __m256i y = _mm256_and_si256(_mm256_cmpeq_epi8(v, load(beside[0] + i)), _mm256_cmpeq_epi8(v, load(beside[1] + i)));
    __m256i z = _mm256_and_si256(_mm256_cmpeq_epi8(v, load(beside[2] + i)), _mm256_cmpeq_epi8(v, load(beside[3] + i)));
    __m256i equal = _mm256_and_si256(x, _mm256_and_si256(y, z));
    return _mm256_or_si256(equal, _mm256_cmpeq_epi8(v, _mm256_setzero_si256()));
}

AVX2 static void voxels(const uint8_t *row, const uint8_t *const beside[4], size_t n, uint64_t *bits)
{
    size_t i = 0;
    for (; i + 64 <= n; i += 64)
        bits[i / 64] = ~(bits_of(inner(row, beside, i)) | bits_of(inner(row, beside, i + 32)) << 32);
    const uint8_t *const rest[4] = {beside[0] + i, beside[1] + i, beside[2] + i, beside[3] + i};
    amosi_active_plain.voxels(row + i, rest, n - i, bits + i / 64);
}

const struct amosi_active_kernels amosi_active_avx2 = {"avx2", corners, voxels};
#else
typedef int amosi_active_avx2_is_off; /* C requires a declaration in every file */
#endif
