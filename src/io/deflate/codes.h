/* SPDX-License-Identifier: BSD-3-Clause */
/* The Huffman codes of a block of DEFLATE, made from counts of its symbols, and the header that describes them (RFC
 * 1951, 3.2.6 and 3.2.7). For the compressors of libamos itself. */
#ifndef AMOSI_IO_DEFLATE_CODES_H
#define AMOSI_IO_DEFLATE_CODES_H

#include <stddef.h>

#include "io/deflate/bits.h"
#include "io/ranges.h"

enum {
    AMOSI_SYMBOL_BLOCK_END = 256,
    AMOSI_LENGTH_SYMBOLS = 257, /* the first symbol of a length */
    AMOSI_LITERAL_CODES = AMOSI_LENGTH_SYMBOLS + AMOSI_LENGTHS,
    AMOSI_HEADER_BYTES = 640 /* no header is longer */
};

/* A symbol's word: its bits, the first one lowest, and how many there are; 0 for a symbol without a word. */
struct amosi_word {
    uint16_t bits;
    uint8_t length;
};

struct amosi_codes {
    struct amosi_word literals[AMOSI_LITERAL_CODES]; /* and the end of the block, and lengths */
    struct amosi_word distances[AMOSI_DISTANCES];
};

/* The shortest codes for these counts with words of at most 15 bits, or nearly so if that limit is met. Each count is
 * below 2^23. A code with fewer than two symbols gets others, as zlib does, because some decoders refuse it. */
void amosi_codes_make(const uint32_t literals[AMOSI_LITERAL_CODES], const uint32_t distances[AMOSI_DISTANCES],
                      struct amosi_codes *codes);

/* The header of a block with these codes, as it is written: symbols of the code of code lengths. */
struct amosi_codes_header {
    int literals, distances; /* how many code lengths of each */
    int lengths;             /* how many lengths of the code of code lengths */
    int count;
    struct {
        uint8_t symbol, extra;
    } symbols[AMOSI_LITERAL_CODES + AMOSI_DISTANCES];
    struct amosi_word words[19];
    size_t bits; /* of the whole header */
};
void amosi_codes_header_make(const struct amosi_codes *codes, struct amosi_codes_header *header);

/* Writes it as that of a block that is not the last of the stream. */
void amosi_codes_header_put(const struct amosi_codes_header *header, struct amosi_bits *bits);

/* Ends at a byte's border, with an empty stored block that is not the last of the stream. False if it would end after
 * `end`, beyond which nothing is written. */
bool amosi_block_end_put(struct amosi_bits *bits, const unsigned char *end);

#endif
