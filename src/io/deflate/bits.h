/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes the bits of DEFLATE (RFC 1951, 3.1.1): the first bit is the lowest of the first byte. */
#ifndef AMOSI_IO_DEFLATE_BITS_H
#define AMOSI_IO_DEFLATE_BITS_H

#include "base/math/bytes.h"

/* `held` has `count` bits that are not in whole bytes yet; fewer than 8 between two calls. */
struct amosi_bits {
    unsigned char *out;
    uint64_t held;
    unsigned count;
};

#define AMOSI_BITS_MOST 56

/* Adds the `count` lowest bits of `value`, at most AMOSI_BITS_MOST; those above are 0. It stores 8 bytes at `out`, also
 * beyond the bits that it adds. */
static inline void amosi_bits_put(struct amosi_bits *b, uint64_t value, unsigned count)
{
    b->held |= value << b->count;
    b->count += count;
    amosi_store_8(b->out, b->held);
    b->out += b->count / 8;
    b->held >>= b->count & ~7u;
    b->count &= 7;
}

#endif
