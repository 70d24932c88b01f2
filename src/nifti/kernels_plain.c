/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "nifti/kernels.h"

#define FLOAT_FROM(NAME, T) \
    static void float_from_##NAME(float *to, const T *from, size_t n) \
    { \
        for (size_t i = 0; i < n; i++) \
            to[i] = (float)from[i]; \
    } \
    static void scaled_from_##NAME(float *to, const T *from, size_t n, double slope, double inter) \
    { \
        for (size_t i = 0; i < n; i++) \
            to[i] = (float)(slope * (double)from[i] + inter); \
    }
FLOAT_FROM(i16, int16_t)
FLOAT_FROM(u16, uint16_t)
FLOAT_FROM(u8, uint8_t)

#define SWAP(BYTES, BITS) \
    static void swap##BYTES(void *items, size_t n) \
    { \
        unsigned char *p = items; \
        for (size_t i = 0; i < n; i++, p += BYTES) { \
            uint##BITS##_t v; \
            memcpy(&v, p, BYTES); \
            v = __builtin_bswap##BITS(v); \
            memcpy(p, &v, BYTES); \
        } \
    }
SWAP(2, 16)
SWAP(4, 32)
SWAP(8, 64)

#define REVERSE(BYTES) \
    static void reverse##BYTES(void *to, const void *from, size_t n) \
    { \
        unsigned char *target = to; \
        const unsigned char *source = from; \
        for (size_t i = 0; i < n; i++) \
            memcpy(target + i * BYTES, source + (n - 1 - i) * BYTES, BYTES); \
    }
REVERSE(1)
REVERSE(2)
REVERSE(4)

static void split2(void *first, void *second, const void *from, size_t n)
{
    unsigned char *a = first, *b = second;
    const unsigned char *source = from;
    for (size_t i = 0; i < n; i++) {
        a[i] = source[2 * i];
        b[i] = source[2 * i + 1];
    }
}

static void join2(void *to, const void *first, const void *second, size_t n)
{
    unsigned char *target = to;
    const unsigned char *a = first, *b = second;
    for (size_t i = 0; i < n; i++) {
        target[2 * i] = a[i];
        target[2 * i + 1] = b[i];
    }
}

static size_t repeated(const void *from, size_t n, size_t item)
{
    const unsigned char *p = from;
    size_t i = item;
    if (n >= 16 && memcmp(p + item, p, 8) == 0)
        for (i = 8; i + 8 <= n && memcmp(p + i, p, 8) == 0; i += 8)
            ;
    while (i < n && p[i] == p[i - item])
        i++;
    return i;
}

static size_t at_most_i16(const int16_t *from, size_t n, int16_t most)
{
    size_t i = 0;
    while (i < n && from[i] <= most)
        i++;
    return i;
}

const struct amosi_kernels amosi_kernels_plain = {
    "plain",        float_from_i16, float_from_u16, float_from_u8, scaled_from_i16, scaled_from_u16,
    scaled_from_u8, swap2,          swap4,          swap8,         reverse1,        reverse2,
    reverse4,       split2,         join2,          repeated,      at_most_i16,
};
