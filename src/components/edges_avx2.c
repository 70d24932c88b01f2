/* SPDX-License-Identifier: BSD-3-Clause */
#include "components/edges_avx2.h"

#ifdef AMOSI_HAVE_EDGES_AVX2
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

/* Bit i: byte i differs from byte i + 1, for 32 bytes. */
AVX2 static inline uint64_t differing(const uint8_t *p)
{
    __m256i here = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i next = _mm256_loadu_si256((const __m256i *)(const void *)(p + 1));
    return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(here, next));
}

/* The rest of a row, fewer than 64 voxels, is done by the plain version. */
AVX2 static void edges(const uint8_t *row, size_t n, uint64_t *bits)
{
    size_t i = 0;
    for (; i + 64 <= n; i += 64)
        bits[i / 64] = differing(row + i) | differing(row + i + 32) << 32;
    amosi_edges_plain.edges(row + i, n - i, bits + i / 64);
}

const struct amosi_edges_kernels amosi_edges_avx2 = {"avx2", edges};
#else
typedef int amosi_edges_avx2_is_off; /* C requires a declaration in every file */
#endif
