/* The Huffman codes of DEFLATE (RFC 1951, 3.2.2): tables that decode one, and what its symbols mean. */
#ifndef AMOSI_HUFFMAN_H
#define AMOSI_HUFFMAN_H

#include <stdbool.h>
#include <stdint.h>

#define AMOSI_CODE_BITS 15 /* no code word is longer */
#define AMOSI_ROOT_BITS 11 /* longer words, which are rare, are decoded bit by bit */
#define AMOSI_MOST_SYMBOLS 288

enum amosi_alphabet { AMOSI_ALPHABET_LENGTHS, AMOSI_ALPHABET_LITERALS, AMOSI_ALPHABET_DISTANCES };

enum amosi_meaning {
    AMOSI_MEANS_VALUE, /* a literal byte, or a code length */
    AMOSI_MEANS_COPY,  /* a length or a distance: value plus `extra` bits */
    AMOSI_MEANS_END,   /* of the block */
    AMOSI_MEANS_NOTHING,
    AMOSI_MEANS_LONG /* the word is longer than the table is wide */
};

/* What the next bits mean; `bits` of them are the code word. */
struct amosi_symbol {
    unsigned value : 16, meaning : 4, extra : 4, bits : 8;
};

struct amosi_code {
    enum amosi_alphabet alphabet;
    struct amosi_symbol root[1 << AMOSI_ROOT_BITS];
    uint16_t counts[AMOSI_CODE_BITS + 1]; /* code words of each length */
    uint16_t sorted[AMOSI_MOST_SYMBOLS];  /* symbols in the order of their words */
};

/* Makes the code whose symbol n has a word of lengths[n] bits; 0: none. False: there is no such code, or it leaves out words
 * in a way that zlib does not take. */
bool amosi_code_make(struct amosi_code *code, enum amosi_alphabet alphabet, const uint8_t *lengths, int count);

/* What a word that is longer than the table is wide means. */
struct amosi_symbol amosi_code_long(const struct amosi_code *code, uint64_t bits);

static inline struct amosi_symbol amosi_code_symbol(const struct amosi_code *code, uint64_t bits)
{
    struct amosi_symbol symbol = code->root[bits & ((1u << AMOSI_ROOT_BITS) - 1)];
    return symbol.meaning == AMOSI_MEANS_LONG ? amosi_code_long(code, bits) : symbol;
}

#endif
