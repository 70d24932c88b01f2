/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies within the output of a decoder: repeated bytes. */
#ifndef AMOSI_INFLATE_COPY_H
#define AMOSI_INFLATE_COPY_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/math/bytes.h"

#define AMOSI_COPY_STEP 32 /* copies may write up to this many bytes, less one, beyond their length */

/* For more than 8 bytes from a distance below AMOSI_COPY_STEP: the same bytes repeat. */
typedef void amosi_near_copy(unsigned char *out, size_t distance, size_t length);
amosi_near_copy amosi_copy_near_plain;
#if defined(__x86_64__)
amosi_near_copy amosi_copy_near_ssse3;
#endif

/* Stores the two lowest bytes of a number, little-endian. */
static inline void amosi_store_2(unsigned char *to, uint32_t word)
{
    uint16_t two = (uint16_t)word;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    two = __builtin_bswap16(two);
#endif
    memcpy(to, &two, sizeof two);
}

/* For a distance below 8: the mask of its bytes, and the factor that repeats them. Entry 8 is for all other
 * distances. */
static const struct {
    uint64_t mask, repeat;
} amosi_copy_units[9] = {
    {0, 0},
    {UINT64_MAX >> 56, 0x0101010101010101},
    {UINT64_MAX >> 48, 0x0001000100010001},
    {UINT64_MAX >> 40, 0x0001000001000001},
    {UINT64_MAX >> 32, 0x0000000100000001},
    {UINT64_MAX >> 24, 0x0000010000000001},
    {UINT64_MAX >> 16, 0x0001000000000001},
    {UINT64_MAX >> 8, 0x0100000000000001},
    {UINT64_MAX, 1},
};

/* Copies `length` bytes from `distance` bytes back; they repeat if the distance is smaller than the length. Copies of
 * at most 8 bytes, the majority in images, use the same code at every distance: a branch would often be
 * mispredicted. */
static inline __attribute__((always_inline)) void amosi_copy_back(unsigned char *out, size_t distance, size_t length,
                                                                  amosi_near_copy *copy_near)
{
    const unsigned char *from = out - distance;
    if (length <= 8) {
        size_t unit = distance < 8 ? distance : 8;
        amosi_store_8(out, (amosi_load_8(from) & amosi_copy_units[unit].mask) * amosi_copy_units[unit].repeat);
        return;
    }
    if (distance < AMOSI_COPY_STEP) {
        copy_near(out, distance, length);
        return;
    }
    memcpy(out, from, AMOSI_COPY_STEP);
    if (length <= AMOSI_COPY_STEP)
        return;
    memcpy(out + AMOSI_COPY_STEP, from + AMOSI_COPY_STEP, AMOSI_COPY_STEP);
    for (size_t n = 2 * AMOSI_COPY_STEP; n < length; n += AMOSI_COPY_STEP)
        memcpy(out + n, from + n, AMOSI_COPY_STEP);
}

#endif
