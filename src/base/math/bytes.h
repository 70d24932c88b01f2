/* SPDX-License-Identifier: BSD-3-Clause */
/* Integers in a file's byte order, at any address (alignment does not matter). */
#ifndef AMOSI_BASE_MATH_BYTES_H
#define AMOSI_BASE_MATH_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline bool amosi_host_is_big_endian(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 0;
}

static inline uint16_t amosi_get16(const unsigned char *p, bool big)
{
    unsigned first = p[0], second = p[1];
    return (uint16_t)(big ? first << 8 | second : second << 8 | first);
}

static inline uint32_t amosi_get32(const unsigned char *p, bool big)
{
    uint32_t first = amosi_get16(p, big), second = amosi_get16(p + 2, big);
    return big ? first << 16 | second : second << 16 | first;
}

static inline uint64_t amosi_get64(const unsigned char *p, bool big)
{
    uint64_t first = amosi_get32(p, big), second = amosi_get32(p + 4, big);
    return big ? first << 32 | second : second << 32 | first;
}

/* Little-endian. */
static inline void amosi_put32(unsigned char *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(value >> 8 * i);
}

static inline void amosi_put64(unsigned char *p, uint64_t value)
{
    amosi_put32(p, (uint32_t)value);
    amosi_put32(p + 4, (uint32_t)(value >> 32));
}

static inline float amosi_get_float(const unsigned char *p, bool big)
{
    uint32_t bits = amosi_get32(p, big);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline double amosi_get_double(const unsigned char *p, bool big)
{
    uint64_t bits = amosi_get64(p, big);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Eight bytes as a little-endian number, in one load; see also amosi_get64(). */
static inline uint64_t amosi_load_8(const unsigned char *from)
{
    uint64_t word;
    memcpy(&word, from, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

static inline void amosi_store_8(unsigned char *to, uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    memcpy(to, &word, sizeof word);
}

#endif
