/* SPDX-License-Identifier: BSD-3-Clause */
/* A fast compressor for noisy images. It sees its input as words of 16 bits, the voxels of most scans, which become
 * literals or matches as a whole: half as many positions to look at, and an encoder without branches.
 *
 * Three steps for each block: the finder notes for every word whether the words from there on came before, and what a
 * token for them is; the parser walks over them from token to token, always taking the match, in both halves of the
 * block at once; the tokens are written with codes made for the block. */
#ifndef AMOSI_IO_DEFLATE_WORDS_H
#define AMOSI_IO_DEFLATE_WORDS_H

#include <stddef.h>
#include <stdint.h>

enum {
    AMOSI_WORDS_BLOCK = 32768,    /* words of a block */
    AMOSI_WORDS_REACH = 16384,    /* how many words back a match can be */
    AMOSI_WORDS_HASH_BITS = 14,   /* of the table of pairs of words */
    AMOSI_WORDS_GROUP = 8,        /* words that the finder looks at together */
    AMOSI_WORDS_AHEAD = 3,        /* words after a group that it reads */
    AMOSI_WORDS_MOST_FOUND = 4,   /* words of a match that it compares */
    AMOSI_WORDS_MOST_MATCH = 129, /* words of the longest match: 258 bytes */
};

/* A token: two indexes of tables of words of the codes, and the extra bits of the distance.
 *
 *   bits  0.. 8  first: a literal, the end of the block, or AMOSI_TOKEN_LENGTH + the words of a match
 *   bits  9..17  second: a literal, AMOSI_TOKEN_DISTANCE + the symbol of a distance, or AMOSI_TOKEN_NONE
 *   bits 18..30  extra bits of the distance */
enum {
    AMOSI_TOKEN_END = 256,
    AMOSI_TOKEN_LENGTH = 256,
    AMOSI_TOKEN_DISTANCE = 256,
    AMOSI_TOKEN_NONE = 511,
    AMOSI_TOKEN_BITS = 9,
    AMOSI_TOKEN_INDEXES = 1 << AMOSI_TOKEN_BITS
};

static inline uint32_t amosi_token(uint32_t first, uint32_t second, uint32_t extra)
{
    return first | second << AMOSI_TOKEN_BITS | extra << 2 * AMOSI_TOKEN_BITS;
}

/* What the finder notes for the words of a block. */
struct amosi_words_found {
    uint32_t tokens[AMOSI_WORDS_BLOCK + 1]; /* one more for the last byte of an odd number */
    uint8_t words[AMOSI_WORDS_BLOCK];       /* how many the token stands for: 1, or 2 to AMOSI_WORDS_MOST_FOUND */
};

/* The place where each pair of words was last: the lower 16 bits of the number of its first word. */
struct amosi_words_seen {
    uint16_t at[1 << AMOSI_WORDS_HASH_BITS];
};

/* Where a pair stands in that table; `pair` has its first word in the lower half. */
#define AMOSI_WORDS_HASH 0x9e3779b1u
static inline uint32_t amosi_words_hash(uint32_t pair)
{
    return pair * AMOSI_WORDS_HASH >> (32 - AMOSI_WORDS_HASH_BITS);
}

/* Fills `found`, from its start, for the words from `from` to `to`, a multiple of groups. A group each of whose words
 * equals the one before it, or the second before it, is a run, and is not seen: what scans have beside the body, in
 * voxels of 16 or of 32 bits. `in` has AMOSI_WORDS_AHEAD words after `to`. */
typedef void amosi_words_find(struct amosi_words_seen *seen, const unsigned char *in, size_t from, size_t to,
                              struct amosi_words_found *found);
amosi_words_find amosi_words_find_plain;
#if defined(__x86_64__)
amosi_words_find amosi_words_find_avx2;
#endif
amosi_words_find *amosi_words_finder(void); /* the best version for this processor */

/* What the finder notes for each word of a run: AMOSI_WORDS_MOST_FOUND words at a distance of 1 or 2 words, though the
 * run may end before. The parser compares them. */
#define AMOSI_WORDS_RUN_TOKEN(back) \
    amosi_token(AMOSI_TOKEN_LENGTH + AMOSI_WORDS_MOST_FOUND, AMOSI_TOKEN_DISTANCE + 2 * (back)-1, 0)

#endif
