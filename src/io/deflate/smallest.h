/* SPDX-License-Identifier: BSD-3-Clause */
/* A compressor for images that looks for the smallest result, as slow ones do, but only where noise leaves something to
 * find: matches of a few bytes. For each byte and each length from 3 to 8 it knows the nearest match, and one longer
 * match. That is nearly all there is to know, and it is a fixed number of facts for each byte, so that nothing
 * branches.
 *
 * The steps: find the matches of a section (smallest_find.c); walk over it backwards, to the cheapest tokens by what
 * tokens cost (smallest_parse.c), which is known from how often they occurred in the walk before (smallest_costs.c); cut
 * the section into blocks by those counts, repeat for each block, and write it (smallest.c). */
#ifndef AMOSI_IO_DEFLATE_SMALLEST_H
#define AMOSI_IO_DEFLATE_SMALLEST_H

#include <stddef.h>

#include "base/math/bytes.h"
#include "io/deflate/codes.h"

enum {
    AMOSI_NEAR_MOST = 8,                                  /* the longest match that each length is known for */
    AMOSI_NEAR = AMOSI_NEAR_MOST - AMOSI_MATCH_LEAST + 1, /* lengths from 3 to 8 */
    AMOSI_LONG = AMOSI_NEAR,                              /* where the longer match is, after those */
    AMOSI_SEEN_BITS = 17,                                 /* of a hash table of the finder */
    AMOSI_SEEN_FEW_BITS =
        16,              /* of one whose entries are rarely of use, or of few values: all fit into a cache of 1 MB */
    AMOSI_NO_MATCH = 31, /* instead of the symbol of a distance */
    AMOSI_SECTION_MOST = 640 << 10,                       /* bytes whose matches are kept at once */
    AMOSI_CHUNK = 4 << 10,                                /* blocks are made of these */
    AMOSI_CHUNKS_MOST = AMOSI_SECTION_MOST / AMOSI_CHUNK, /* in a section */
    AMOSI_COST_BIT = 16,                                  /* what a bit costs */
};

/* The matches at each byte of a section: for each length from 3 to 8, and the longer one. */
struct amosi_matches {
    uint8_t symbols[AMOSI_SECTION_MOST][8];    /* of distances, or AMOSI_NO_MATCH; [7]: 1 if there is a longer one */
    uint8_t distances[AMOSI_SECTION_MOST][16]; /* less 1, 16 bits each; the last: the length of the longer one */
};

/* The distance, less 1, of the near match of this number, or of AMOSI_LONG. */
static inline uint32_t amosi_match_distance(const struct amosi_matches *m, size_t at, size_t which)
{
    return amosi_get16(m->distances[at] + 2 * which, false);
}

static inline uint32_t amosi_match_long(const struct amosi_matches *m, size_t at)
{
    return amosi_match_distance(m, at, AMOSI_LONG + 1);
}

/* Which match a token of this length has. */
static inline size_t amosi_match_of(uint32_t length)
{
    return length <= AMOSI_NEAR_MOST ? length - AMOSI_MATCH_LEAST : AMOSI_LONG;
}

/* ---- finding ---- */

/* Where the bytes with each hash were last: the lower 16 bits of their place in the piece. A table for each number of
 * bytes. */
struct amosi_seen {
    struct amosi_seen_tables {
        uint16_t of3[1 << AMOSI_SEEN_FEW_BITS], of4[1 << AMOSI_SEEN_BITS], of5[1 << AMOSI_SEEN_BITS],
            of6[1 << AMOSI_SEEN_BITS], of8[1 << AMOSI_SEEN_FEW_BITS];
    } at;
    uint8_t symbols[512]; /* of distances: see symbol_of() */
};
void amosi_seen_make(struct amosi_seen *seen);
void amosi_seen_clear(struct amosi_seen *seen); /* for a new piece */

/* Finds the matches of the bytes of a piece from `from` to `to`, which are a section. */
void amosi_smallest_find(struct amosi_seen *seen, const unsigned char *in, size_t bytes, size_t from, size_t to,
                         struct amosi_matches *matches);

/* ---- costs ---- */

/* How often symbols occur. */
struct amosi_counts {
    uint32_t literals[AMOSI_LITERAL_CODES]; /* and lengths */
    uint32_t distances[AMOSI_DISTANCES];
};

/* What tokens cost, AMOSI_COST_BIT for a bit, with their extra bits. */
struct amosi_costs {
    uint32_t literals[256];
    uint32_t lengths[AMOSI_MATCH_MOST + 1];
    uint32_t distances[AMOSI_DISTANCES];
};

/* Tables that are made once. */
struct amosi_smallest_tables {
    uint32_t logs[4096];                          /* 256 * log2 */
    uint8_t length_symbols[AMOSI_MATCH_MOST + 1]; /* less AMOSI_LENGTH_SYMBOLS */
};
void amosi_smallest_tables_make(struct amosi_smallest_tables *tables);

void amosi_counts_add(struct amosi_counts *counts, const struct amosi_counts *more);

/* What a block with these counts takes, in 256ths of a bit, with its header; an estimate. */
uint64_t amosi_counts_bits(const struct amosi_smallest_tables *tables, const struct amosi_counts *counts);

/* Costs by how rare symbols are, in fractions of a bit, or by the whole bits of the words of a code. */
void amosi_costs_by_counts(const struct amosi_smallest_tables *tables, const struct amosi_counts *counts,
                           struct amosi_costs *costs);
void amosi_costs_by_codes(const struct amosi_smallest_tables *tables, const struct amosi_codes *codes,
                          struct amosi_costs *costs);

/* Counts to begin with. Which matches are cheap decides which are taken and stay cheap: two beginnings can lead to
 * results that differ by one hundredth. */
enum amosi_smallest_start {
    AMOSI_START_BYTES,  /* all lengths are as likely */
    AMOSI_START_VOXELS, /* of 16 bits: matches begin and end with the byte that differs less, so their lengths are odd */
    AMOSI_STARTS
};
void amosi_counts_guess(enum amosi_smallest_start start, const unsigned char *in, size_t bytes,
                        struct amosi_counts *counts);

/* ---- parsing ---- */

/* For each byte of a section: the length of the token that begins there, and what is left from there on costs. */
struct amosi_parse {
    uint16_t lengths[AMOSI_SECTION_MOST];
    uint32_t left[AMOSI_SECTION_MOST + AMOSI_NEAR_MOST + 1];
};

/* Finds the cheapest tokens from `from` to `to`, which are counted from the section's start, as `in` and `matches`. */
void amosi_smallest_parse(struct amosi_parse *parse, const struct amosi_costs *costs, const unsigned char *in,
                          const struct amosi_matches *matches, size_t from, size_t to);

/* Counts their symbols. */
void amosi_smallest_count(const struct amosi_parse *parse, const struct amosi_smallest_tables *tables,
                          const unsigned char *in, const struct amosi_matches *matches, size_t from, size_t to,
                          struct amosi_counts *counts);

#endif
