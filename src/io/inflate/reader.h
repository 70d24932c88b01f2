/* SPDX-License-Identifier: BSD-3-Clause */
/* The bits of the input in registers, and look-ups by them. For loops with plenty of input. */
#ifndef AMOSI_IO_INFLATE_READER_H
#define AMOSI_IO_INFLATE_READER_H

#include "io/inflate/copy.h"
#include "io/inflate/huffman.h"

/* The input, kept in registers; only the low six bits of `held` are valid. */
struct amosi_reader {
    uint64_t bits;
    uint32_t held;
    const unsigned char *in;
};

/* Afterwards all 64 bits are valid input, but only 56 to 63 of them count as held. */
static inline void amosi_refill(struct amosi_reader *r)
{
    r->bits |= amosi_load_8(r->in) << (r->held & 63);
    r->in += (63 - (r->held & 63)) / 8;
    r->held |= 56;
}

static inline void amosi_consume(struct amosi_reader *r, amosi_symbol s)
{
    r->bits >>= s & 63;
    r->held -= s;
}

static inline size_t amosi_take_extra(struct amosi_reader *r, amosi_symbol s)
{
    size_t extra = amosi_symbol_extra(s, r->bits);
    amosi_consume(r, s);
    return extra;
}

/* `mask` has the root's bits. */
static inline amosi_symbol amosi_look_up(const struct amosi_reader *r, const struct amosi_code *code, uint32_t mask)
{
    return code->table[r->bits & mask];
}

/* Looks up a word that is longer than the root. */
static inline amosi_symbol amosi_look_up_long(struct amosi_reader *r, const struct amosi_code *code, amosi_symbol s)
{
    amosi_consume(r, s);
    return code->table[amosi_symbol_level(s) + (r->bits & ((1u << (s >> 8 & 63)) - 1))];
}

#endif
