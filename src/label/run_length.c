/* SPDX-License-Identifier: BSD-3-Clause */
#include "label/run_length.h"

#include "nifti/kernels.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

size_t amosi_run_length(const void *from, size_t n, size_t voxel_bytes)
{
    return amosi_kernels()->repeated(from, n * voxel_bytes, voxel_bytes) / voxel_bytes;
}

uint32_t amosi_equal_bytes_plain(const unsigned char *from, unsigned char value)
{
    uint32_t bits = 0;
    for (unsigned i = 0; i < 32; i++)
        bits |= (uint32_t)(from[i] == value) << i;
    return bits;
}

uint32_t amosi_equal_bytes(const unsigned char *from, unsigned char value)
{
#if defined(__SSE2__) /* each x86-64 has it */
    const __m128i all = _mm_set1_epi8((char)value);
    const __m128i low = _mm_loadu_si128((const __m128i *)from), high = _mm_loadu_si128((const __m128i *)(from + 16));
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(low, all)) |
           (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(high, all)) << 16;
#else
    return amosi_equal_bytes_plain(from, value);
#endif
}
