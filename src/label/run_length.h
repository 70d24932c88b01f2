/* SPDX-License-Identifier: BSD-3-Clause */
/* Labels come in long runs along x. */
#ifndef AMOSI_LABEL_RUN_LENGTH_H
#define AMOSI_LABEL_RUN_LENGTH_H

#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* How many voxels from `from` on equal the first; at most n. */
size_t amosi_run_length(const void *from, size_t n, size_t voxel_bytes);

/* Which of 32 bytes equal a value: bit i is byte i; how many they are, and the sum of their places i. */
struct amosi_equal {
    uint32_t bits;
    unsigned count, places;
};

/* For other processors, and for tests. */
struct amosi_equal amosi_equal_bytes_plain(const unsigned char *from, unsigned char value);

static inline struct amosi_equal amosi_equal_bytes(const unsigned char *from, unsigned char value)
{
#if defined(__SSE2__) /* each x86-64 has it */
    const __m128i all = _mm_set1_epi8((char)value), one = _mm_set1_epi8(1), zero = _mm_setzero_si128();
    const __m128i first = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m128i second = _mm_add_epi8(first, _mm_set1_epi8(16));
    const __m128i low = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)from), all);
    const __m128i high = _mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)(const void *)(from + 16)), all);
    const __m128i ones = _mm_sad_epu8(_mm_add_epi8(_mm_and_si128(low, one), _mm_and_si128(high, one)), zero);
    const __m128i sums = _mm_sad_epu8(_mm_add_epi8(_mm_and_si128(low, first), _mm_and_si128(high, second)), zero);
    const __m128i both = _mm_add_epi64(_mm_unpacklo_epi64(ones, sums), _mm_unpackhi_epi64(ones, sums));
    return (struct amosi_equal){(uint32_t)_mm_movemask_epi8(low) | (uint32_t)_mm_movemask_epi8(high) << 16,
                                (unsigned)_mm_cvtsi128_si32(both),
                                (unsigned)_mm_cvtsi128_si32(_mm_unpackhi_epi64(both, both))};
#else
    return amosi_equal_bytes_plain(from, value);
#endif
}

#endif
