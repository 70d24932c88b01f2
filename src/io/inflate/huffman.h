/* SPDX-License-Identifier: BSD-3-Clause */
/* Decoding tables for the Huffman codes of DEFLATE (RFC 1951, 3.2.2). */
#ifndef AMOSI_IO_INFLATE_HUFFMAN_H
#define AMOSI_IO_INFLATE_HUFFMAN_H

#include <stdbool.h>
#include <stdint.h>

#define AMOSI_CODE_BITS 15 /* no code word is longer */
#define AMOSI_MOST_SYMBOLS 288

/* A table is indexed by the next `root_bits` bits of the input. An entry says what they mean:
 *
 *   bits  0.. 5  how many bits to consume: the code words and the extra bits after them
 *   bit       6  AMOSI_SYMBOL_LENGTH: the entry ends with a length
 *   bit       7  AMOSI_SYMBOL_ODD: see below
 *   bits  8..13  how many bits precede the extra bits
 *   bits 14..15  how many literals come first: 0 to 2, and at most 1 before a length
 *   bits 16..23  the first literal
 *   bits 24..31  the second literal, or the length's base minus 3
 *
 * An entry of the code of literals and lengths may thus decode two words, if both fit into the root's bits. An entry of
 * the two other codes has its number, or the base of a distance, in bits 16 to 31. An odd entry is one of three: the
 * end of the block; a word longer than the root (bits 16 to 29: where in the table its level begins, bits 8 to 13: the
 * number of index bits of the level); or no valid word. */
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

/* For a length or distance: the value of its extra bits. `bits` starts with the bits that index the entry. */
static inline unsigned amosi_symbol_extra(amosi_symbol s, uint64_t bits)
{
    return (unsigned)((bits & ~(~(uint64_t)0 << (s & 63))) >> (s >> 8 & 63));
}

/* For an entry that is not odd: a length, or a distance or number, without its extra bits. */
static inline unsigned amosi_symbol_length(amosi_symbol s)
{
    return (s >> 24) + 3;
}

static inline unsigned amosi_symbol_value(amosi_symbol s)
{
    return s >> 16;
}

/* For a long word: where its level begins in the table. */
static inline unsigned amosi_symbol_level(amosi_symbol s)
{
    return s >> 16 & 0x3fff;
}

/* The three alphabets: the entry of each symbol, with a word of 0 bits. */
enum amosi_alphabet_kind { AMOSI_ALPHABET_NUMBERS, AMOSI_ALPHABET_LITERALS, AMOSI_ALPHABET_DISTANCES };

#define AMOSI_NUMBERS_BITS 7   /* root bits of each alphabet */
#define AMOSI_LITERALS_BITS 13 /* at most; amosi_code_make() chooses it for each code */
#define AMOSI_LITERALS_LEAST 10
#define AMOSI_DISTANCES_BITS 9

struct amosi_alphabet {
    enum amosi_alphabet_kind kind;
    unsigned root_bits;
    amosi_symbol symbols[AMOSI_MOST_SYMBOLS];
};

/* The levels after a root of the most bits take fewer entries than this. A level of k bits has at least k + 1 words, so
 * that a word takes at most 2^k / (k + 1) entries: 1.34 for each of 288 words after a root of 13 bits, 9.2 for each of
 * 32 after one of 9 bits. Smaller roots leave more room than their levels need: 5.4 for each word after one of 10. */
#define AMOSI_LEVELS_ROOM 400

struct amosi_code {
    const struct amosi_alphabet *alphabet;
    unsigned root_bits;
    unsigned used;                                                      /* entries of the table in use */
    uint16_t counts[AMOSI_CODE_BITS + 1];                               /* code words of each length */
    uint16_t sorted[AMOSI_MOST_SYMBOLS];                                /* symbols in the order of their words */
    amosi_symbol table[(1 << AMOSI_LITERALS_BITS) + AMOSI_LEVELS_ROOM]; /* the root, then the levels */
};

void amosi_alphabet_make(struct amosi_alphabet *alphabet, enum amosi_alphabet_kind kind);

/* Builds the code in which symbol n has a word of lengths[n] bits (0: no word). False: there is no such code, or it is
 * incomplete in a way that zlib refuses. */
bool amosi_code_make(struct amosi_code *code, const struct amosi_alphabet *alphabet, const uint8_t *lengths,
                     unsigned count);

#endif
