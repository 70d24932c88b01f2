/* SPDX-License-Identifier: BSD-3-Clause */
/* Corrects all checksums in the bytes of a cache entry, if it still has a directory: for tests and fuzzers that
 * need to get past them. */
#ifndef TESTS_CACHE_SEAL_H
#define TESTS_CACHE_SEAL_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#define CACHE_COMMENT 47 /* bytes of the archive's comment; its last 8 are the checksum */
#define CACHE_END (22 + CACHE_COMMENT)

static inline uint32_t cache_get(const unsigned char *p, int bytes)
{
    uint32_t value = 0;
    for (int i = 0; i < bytes; i++)
        value |= (uint32_t)p[i] << 8 * i;
    return value;
}

static inline void cache_put(unsigned char *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(value >> 8 * i);
}

static inline void cache_reseal(unsigned char *file, size_t size)
{
    if (size < CACHE_END)
        return;
    unsigned char *end = file + size - CACHE_END;
    size_t bytes = cache_get(end + 12, 4), at = cache_get(end + 16, 4);
    if (at > size - CACHE_END || bytes > size - CACHE_END - at)
        return;
    for (size_t p = at; p + 46 <= at + bytes;) {
        size_t name = cache_get(file + p + 28, 2), length = cache_get(file + p + 20, 4),
               local = cache_get(file + p + 42, 4);
        size_t data = local + 30 + name;
        if (data > at || length > at - data)
            break;
        cache_put(file + p + 16, (uint32_t)crc32(0, file + data, (uInt)length));
        cache_put(file + local + 14, (uint32_t)crc32(0, file + data, (uInt)length));
        p += 46 + name;
    }
    char digits[9];
    snprintf(digits, sizeof digits, "%08lx", crc32(0, file + at, (uInt)bytes));
    memcpy(end + CACHE_END - 8, digits, 8);
}

#endif
