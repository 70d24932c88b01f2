/* The Huffman codes of DEFLATE (RFC 1951, 3.2.2): tables that decode them. */
#ifndef AMOSI_IO_INFLATE_HUFFMAN_H
#define AMOSI_IO_INFLATE_HUFFMAN_H

#include <stdbool.h>
#include <stdint.h>

#define AMOSI_CODE_BITS 15 /* no code word is longer */
#define AMOSI_ROOT_BITS 11 /* nor looked up by more bits: longer words, which are rare, are decoded bit by bit */
#define AMOSI_MOST_SYMBOLS 288

/* What the next bits mean, in one word, from the lowest bit on: eight bits, how many bits the code word has with the extra
 * bits behind it; four, how many it has alone; four flags; sixteen, the literal, or the base of the length or distance. */
typedef uint32_t amosi_symbol;

#define AMOSI_SYMBOL_LITERAL ((amosi_symbol)1 << 15) /* in the code of lengths, a length or repeat */
#define AMOSI_SYMBOL_ODD ((amosi_symbol)1 << 14)     /* neither a literal nor a length or distance: */
#define AMOSI_SYMBOL_END ((amosi_symbol)1 << 13)     /* the end of the block, or */
#define AMOSI_SYMBOL_LONG ((amosi_symbol)1 << 12)    /* a word that is too long for the table; else nothing */

static inline unsigned amosi_symbol_bits(amosi_symbol s)
{
    return s & 63;
}

/* Of a length or distance: base and extra bits. */
static inline unsigned amosi_symbol_number(amosi_symbol s, uint64_t bits)
{
    return (s >> 16) + (unsigned)((bits & (((uint64_t)1 << (s & 63)) - 1)) >> (s >> 8 & 15));
}

static inline unsigned amosi_symbol_value(amosi_symbol s)
{
    return s >> 16;
}

/* The three alphabets: what each symbol means, with a word of no bits. */
enum amosi_alphabet_kind { AMOSI_ALPHABET_LENGTHS, AMOSI_ALPHABET_LITERALS, AMOSI_ALPHABET_DISTANCES };

struct amosi_alphabet {
    enum amosi_alphabet_kind kind;
    int root_bits;
    amosi_symbol symbols[AMOSI_MOST_SYMBOLS];
};

struct amosi_code {
    const struct amosi_alphabet *alphabet;
    amosi_symbol root[1 << AMOSI_ROOT_BITS]; /* by the next root_bits bits */
    uint16_t counts[AMOSI_CODE_BITS + 1];    /* code words of each length */
    uint16_t sorted[AMOSI_MOST_SYMBOLS];     /* symbols in the order of their words */
};

void amosi_alphabet_make(struct amosi_alphabet *alphabet, enum amosi_alphabet_kind kind);

/* Makes the code whose symbol n has a word of lengths[n] bits; 0: none. False: there is no such code, or it leaves out words
 * in a way that zlib does not take. */
bool amosi_code_make(struct amosi_code *code, const struct amosi_alphabet *alphabet, const uint8_t *lengths, int count);

/* What the next word means, bit by bit, whatever its length. */
amosi_symbol amosi_code_long(const struct amosi_code *code, uint64_t bits);

#endif
