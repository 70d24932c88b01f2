/* SPDX-License-Identifier: BSD-3-Clause */
/* The Huffman codes of DEFLATE (RFC 1951, 3.2.2): tables that decode them. */
#ifndef AMOSI_IO_INFLATE_HUFFMAN_H
#define AMOSI_IO_INFLATE_HUFFMAN_H

#include <stdbool.h>
#include <stdint.h>

#define AMOSI_CODE_BITS 15 /* no code word is longer */
#define AMOSI_MOST_SYMBOLS 288

/* A table is indexed by the next bits of the input, as many as its code's root has. An entry says what they mean:
 *
 *   bits  0.. 5  how many bits to pass over: of the code words, and the extra bits behind them
 *   bit       6  AMOSI_SYMBOL_LENGTH: the entry ends with a length
 *   bit       7  AMOSI_SYMBOL_ODD: see below
 *   bits  8..13  how many bits stand before the extra bits
 *   bits 14..15  how many literals come first: 0 to 2, and at most 1 before a length
 *   bits 16..23  the first literal
 *   bits 24..31  the second, or the length's base, less 3
 *
 * So an entry of the code of literals and lengths may mean two words of the code, where both fit into the root's bits. An
 * entry of the two other codes has its number, or the base of a distance, in bits 16 to 31. An odd entry is one of three:
 * the end of the block, a word longer than the root (bits 16 to 28: where in the table the next level begins, 8 to 13: by
 * how many bits it is indexed), or no word at all. */
typedef uint32_t amosi_symbol;

#define AMOSI_SYMBOL_LENGTH ((amosi_symbol)1 << 6)
#define AMOSI_SYMBOL_ODD ((amosi_symbol)1 << 7)
#define AMOSI_SYMBOL_LONG ((amosi_symbol)1 << 30) /* with ODD */
#define AMOSI_SYMBOL_END ((amosi_symbol)1 << 31)  /* with ODD */

static inline unsigned amosi_symbol_bits(amosi_symbol s)
{
    return s & 63;
}

static inline unsigned amosi_symbol_literals(amosi_symbol s)
{
    return s >> 14 & 3;
}

/* Of a length or distance: the value of its extra bits, given the bits that the entry was found by and those behind. */
static inline unsigned amosi_symbol_extra(amosi_symbol s, uint64_t bits)
{
    return (unsigned)((bits & ~(~(uint64_t)0 << (s & 63))) >> (s >> 8 & 63));
}

/* Of an entry that is not odd: a length without its extra bits, and a distance, or a number, without them. */
static inline unsigned amosi_symbol_length(amosi_symbol s)
{
    return (s >> 24) + 3;
}

static inline unsigned amosi_symbol_value(amosi_symbol s)
{
    return s >> 16;
}

/* Of a long word: where its level begins. */
static inline unsigned amosi_symbol_level(amosi_symbol s)
{
    return s >> 16 & 0x1fff;
}

/* The three alphabets: what each symbol means, with a word of no bits. */
enum amosi_alphabet_kind { AMOSI_ALPHABET_NUMBERS, AMOSI_ALPHABET_LITERALS, AMOSI_ALPHABET_DISTANCES };

#define AMOSI_NUMBERS_BITS 7   /* bits of the root of each */
#define AMOSI_LITERALS_BITS 12 /* 11 would need a quarter less time to fill, but few words fit in pairs into it */
#define AMOSI_DISTANCES_BITS 9

struct amosi_alphabet {
    enum amosi_alphabet_kind kind;
    unsigned root_bits;
    amosi_symbol symbols[AMOSI_MOST_SYMBOLS];
};

/* The levels behind the root take less than this. A level of k bits has at least k + 1 words, so that a word takes at most
 * 2^k / (k + 1) entries: 2 for each of 288 words behind a root of 12 bits, 9.2 for each of 32 behind one of 9 bits. */
#define AMOSI_LEVELS_ROOM 576

struct amosi_code {
    const struct amosi_alphabet *alphabet;
    unsigned used;                                                      /* entries of the table */
    uint16_t counts[AMOSI_CODE_BITS + 1];                               /* code words of each length */
    uint16_t sorted[AMOSI_MOST_SYMBOLS];                                /* symbols in the order of their words */
    amosi_symbol table[(1 << AMOSI_LITERALS_BITS) + AMOSI_LEVELS_ROOM]; /* the root, and the levels behind it */
};

void amosi_alphabet_make(struct amosi_alphabet *alphabet, enum amosi_alphabet_kind kind);

/* Makes the code whose symbol n has a word of lengths[n] bits; 0: none. False: there is no such code, or it leaves out words
 * in a way that zlib does not take. */
bool amosi_code_make(struct amosi_code *code, const struct amosi_alphabet *alphabet, const uint8_t *lengths,
                     unsigned count);

#endif
