/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/inflate/copy.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

void amosi_copy_near_plain(unsigned char *out, size_t distance, size_t length)
{
    unsigned char pattern[AMOSI_COPY_STEP];
    const unsigned char *from = out - distance;
    size_t step = AMOSI_COPY_STEP - AMOSI_COPY_STEP % distance;
    for (size_t n = 0, at = 0; n < AMOSI_COPY_STEP; n++) {
        pattern[n] = from[at++];
        at = at < distance ? at : 0;
    }
    for (size_t n = 0; n < length; n += step)
        memcpy(out + n, pattern, AMOSI_COPY_STEP);
}

#if defined(__x86_64__)
/* For each distance below 16: which of the bytes from there on come next. */
#define NEXT(d, i) (i) % (d), ((i) + 1) % (d), ((i) + 2) % (d), ((i) + 3) % (d)
#define ROW(d) \
    { \
        NEXT(d, 0), NEXT(d, 4), NEXT(d, 8), NEXT(d, 12), NEXT(d, 16), NEXT(d, 20), NEXT(d, 24), NEXT(d, 28) \
    }
static const _Alignas(32) unsigned char next_bytes[16][AMOSI_COPY_STEP] = {
    ROW(1), ROW(1), ROW(2),  ROW(3),  ROW(4),  ROW(5),  ROW(6),  ROW(7),
    ROW(8), ROW(9), ROW(10), ROW(11), ROW(12), ROW(13), ROW(14), ROW(15),
};
static const unsigned char steps[AMOSI_COPY_STEP] = {0,  32, 32, 30, 32, 30, 30, 28, 32, 27, 30, 22, 24, 26, 28, 30,
                                                     16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};

__attribute__((target("ssse3"))) void amosi_copy_near_ssse3(unsigned char *out, size_t distance, size_t length)
{
    const unsigned char *from = out - distance;
    __m128i low, high;
    size_t step = steps[distance], behind = 16;
    if (distance == 1) {
        low = high = _mm_set1_epi8((char)*from);
    } else if (distance < 16) {
        low = _mm_loadu_si128((const __m128i *)from);
        high = _mm_shuffle_epi8(low, _mm_load_si128((const __m128i *)(next_bytes[distance] + 16)));
        low = _mm_shuffle_epi8(low, _mm_load_si128((const __m128i *)next_bytes[distance]));
    } else {
        behind = distance - 16;
        low = _mm_loadu_si128((const __m128i *)from);
        high = _mm_loadu_si128((const __m128i *)(from + behind));
    }
    for (size_t n = 0; n < length; n += step) {
        _mm_storeu_si128((__m128i *)(out + n), low);
        _mm_storeu_si128((__m128i *)(out + n + behind), high);
    }
}
#endif
