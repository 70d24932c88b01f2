/* SPDX-License-Identifier: BSD-3-Clause */
#include "nifti/kernels_avx2.h"

#ifdef AMOSI_HAVE_AVX2
#include <immintrin.h>

/* The rest of a row, less than one vector, is done by the plain versions. */
#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i load_i16(const int16_t *p)
{
    return _mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)(const void *)p));
}

AVX2 static inline __m256i load_u16(const uint16_t *p)
{
    return _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(const void *)p));
}

AVX2 static inline __m256i load_u8(const uint8_t *p)
{
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)p));
}

/* Multiplies and adds separately, like the plain code: a fused operation would round once less. */
AVX2 static inline __m128 scale4(__m128i v, __m256d slope, __m256d inter)
{
    return _mm256_cvtpd_ps(_mm256_add_pd(_mm256_mul_pd(_mm256_cvtepi32_pd(v), slope), inter));
}

#define FLOAT_FROM(NAME, T) \
    AVX2 static void float_from_##NAME(float *to, const T *from, size_t n) \
    { \
        size_t i = 0; \
        for (; i + 8 <= n; i += 8) \
            _mm256_storeu_ps(to + i, _mm256_cvtepi32_ps(load_##NAME(from + i))); \
        amosi_kernels_plain.float_from_##NAME(to + i, from + i, n - i); \
    } \
    AVX2 static void scaled_from_##NAME(float *to, const T *from, size_t n, double slope, double inter) \
    { \
        const __m256d s = _mm256_set1_pd(slope), t = _mm256_set1_pd(inter); \
        size_t i = 0; \
        for (; i + 8 <= n; i += 8) { \
            __m256i v = load_##NAME(from + i); \
            _mm_storeu_ps(to + i, scale4(_mm256_castsi256_si128(v), s, t)); \
            _mm_storeu_ps(to + i + 4, scale4(_mm256_extracti128_si256(v, 1), s, t)); \
        } \
        amosi_kernels_plain.scaled_from_##NAME(to + i, from + i, n - i, slope, inter); \
    }
FLOAT_FROM(i16, int16_t)
FLOAT_FROM(u16, uint16_t)
FLOAT_FROM(u8, uint8_t)

/* Within each 16 bytes: reverses the bytes of each item. */
AVX2 static inline __m256i swap_pattern(int bytes)
{
    const __m128i two = _mm_setr_epi8(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
    const __m128i four = _mm_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
    const __m128i eight = _mm_setr_epi8(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
    return _mm256_broadcastsi128_si256(bytes == 2 ? two : bytes == 4 ? four : eight);
}

#define SWAP(BYTES) \
    AVX2 static void swap##BYTES(void *items, size_t n) \
    { \
        const __m256i pattern = swap_pattern(BYTES); \
        unsigned char *p = items; \
        size_t i = 0; \
        for (; i + 32 <= n * BYTES; i += 32) { \
            __m256i *at = (__m256i *)(void *)(p + i); \
            _mm256_storeu_si256(at, _mm256_shuffle_epi8(_mm256_loadu_si256(at), pattern)); \
        } \
        amosi_kernels_plain.swap##BYTES(p + i, n - i / BYTES); \
    }
SWAP(2)
SWAP(4)
SWAP(8)

/* Within each 16 bytes: reverses the order of the items. */
AVX2 static inline __m256i reverse_pattern(int bytes)
{
    const __m128i one = _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    const __m128i two = _mm_setr_epi8(14, 15, 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1);
    const __m128i four = _mm_setr_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    return _mm256_broadcastsi128_si256(bytes == 1 ? one : bytes == 2 ? two : four);
}

#define REVERSE(BYTES) \
    AVX2 static void reverse##BYTES(void *to, const void *from, size_t n) \
    { \
        const __m256i pattern = reverse_pattern(BYTES); \
        const unsigned char *source = from; \
        unsigned char *target = to; \
        size_t left = n * BYTES; \
        for (; left >= 32; left -= 32, target += 32) { \
            __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(source + left - 32)); \
            v = _mm256_permute4x64_epi64(_mm256_shuffle_epi8(v, pattern), 0x4e); \
            _mm256_storeu_si256((__m256i *)(void *)target, v); \
        } \
        amosi_kernels_plain.reverse##BYTES(target, source, left / BYTES); \
    }
REVERSE(1)
REVERSE(2)
REVERSE(4)

/* Splits the bytes of 16 items: first bytes into the lower half. */
AVX2 static inline __m256i split16(const unsigned char *from)
{
    const __m256i pattern = _mm256_setr_epi8(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10,
                                             12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)from);
    return _mm256_permute4x64_epi64(_mm256_shuffle_epi8(v, pattern), 0xd8);
}

AVX2 static void split2(void *first, void *second, const void *from, size_t n)
{
    unsigned char *a = first, *b = second;
    const unsigned char *source = from;
    size_t i = 0;
    for (; i + 32 <= n; i += 32) {
        __m256i low = split16(source + 2 * i), high = split16(source + 2 * i + 32);
        _mm256_storeu_si256((__m256i *)(void *)(a + i), _mm256_permute2x128_si256(low, high, 0x20));
        _mm256_storeu_si256((__m256i *)(void *)(b + i), _mm256_permute2x128_si256(low, high, 0x31));
    }
    amosi_kernels_plain.split2(a + i, b + i, source + 2 * i, n - i);
}

AVX2 static void join2(void *to, const void *first, const void *second, size_t n)
{
    unsigned char *target = to;
    const unsigned char *a = first, *b = second;
    size_t i = 0;
    for (; i + 32 <= n; i += 32) {
        __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)(a + i));
        __m256i y = _mm256_loadu_si256((const __m256i *)(const void *)(b + i));
        __m256i low = _mm256_unpacklo_epi8(x, y), high = _mm256_unpackhi_epi8(x, y); /* of each half */
        _mm256_storeu_si256((__m256i *)(void *)(target + 2 * i), _mm256_permute2x128_si256(low, high, 0x20));
        _mm256_storeu_si256((__m256i *)(void *)(target + 2 * i + 32), _mm256_permute2x128_si256(low, high, 0x31));
    }
    amosi_kernels_plain.join2(target + 2 * i, a + i, b + i, n - i);
}

AVX2 static inline __m256i repeat_item(const void *from, size_t item)
{
    uint64_t v = 0;
    __builtin_memcpy(&v, from, item);
    return item == 1   ? _mm256_set1_epi8((char)v)
           : item == 2 ? _mm256_set1_epi16((short)v)
           : item == 4 ? _mm256_set1_epi32((int)v)
                       : _mm256_set1_epi64x((long long)v);
}

AVX2 static inline unsigned differing(const unsigned char *p, __m256i pattern)
{
    __m256i same = _mm256_cmpeq_epi8(_mm256_loadu_si256((const __m256i *)(const void *)p), pattern);
    return ~(unsigned)_mm256_movemask_epi8(same);
}

/* Four vectors at a time as long as all are the same, then one at a time. */
AVX2 static size_t repeated(const void *from, size_t n, size_t item)
{
    const unsigned char *p = from;
    if (n < 32)
        return amosi_kernels_plain.repeated(from, n, item);
    const __m256i pattern = repeat_item(from, item);
    size_t i = 0;
    while (i + 128 <= n && (differing(p + i, pattern) | differing(p + i + 32, pattern) |
                            differing(p + i + 64, pattern) | differing(p + i + 96, pattern)) == 0)
        i += 128;
    for (; i + 32 <= n; i += 32) {
        unsigned mask = differing(p + i, pattern);
        if (mask)
            return i + (size_t)__builtin_ctz(mask);
    }
    while (i < n && p[i] == p[i - item])
        i++;
    return i;
}

AVX2 static size_t at_most_i16(const int16_t *from, size_t n, int16_t most)
{
    const __m256i limit = _mm256_set1_epi16(most);
    size_t i = 0;
    for (; i + 32 <= n; i += 32) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(from + i));
        __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(from + i + 16));
        if (_mm256_movemask_epi8(_mm256_cmpgt_epi16(_mm256_max_epi16(a, b), limit)))
            break;
    }
    return i + amosi_kernels_plain.at_most_i16(from + i, n - i, most);
}

const struct amosi_kernels amosi_kernels_avx2 = {
    "avx2",         float_from_i16, float_from_u16, float_from_u8, scaled_from_i16, scaled_from_u16,
    scaled_from_u8, swap2,          swap4,          swap8,         reverse1,        reverse2,
    reverse4,       split2,         join2,          repeated,      at_most_i16,
};
#else
typedef int amosi_avx2_is_off; /* C requires a declaration in every file */
#endif
