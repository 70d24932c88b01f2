/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/deflate/smallest.h"

#include <stdbool.h>
#include <string.h>

#include "base/system/alloc.h"
#include "io/deflate/method.h"

#define TRIAL_STEP 8 /* a start is tried on every eighth chunk */

struct state {
    int rounds; /* over each block */
    struct amosi_smallest_tables tables;
    struct amosi_seen seen;
    struct amosi_counts chunks[AMOSI_CHUNKS_MOST]; /* of the section */
    size_t begins[AMOSI_CHUNKS_MOST + 1];          /* where the block begins that ends with each chunk: see cut() */
    struct amosi_costs costs;
    struct amosi_codes codes;
    struct amosi_codes_header header;
    struct amosi_matches matches;
    struct amosi_parse parse;
};

static void *create(int level)
{
    struct state *s = amosi_alloc_voxels(sizeof *s);
    if (!s)
        return NULL;
    s->rounds = level + 1;
    amosi_smallest_tables_make(&s->tables);
    amosi_seen_make(&s->seen);
    return s;
}

/* A section of a piece. */
struct section {
    const unsigned char *in;
    size_t bytes, chunks;
};

static size_t chunk_end(const struct section *section, size_t chunk)
{
    size_t end = (chunk + 1) * AMOSI_CHUNK;
    return end < section->bytes ? end : section->bytes;
}

/* Tokens by s->costs; adds how often their symbols occur. */
static void parse(struct state *s, const struct section *section, size_t from, size_t to, struct amosi_counts *counts)
{
    amosi_smallest_parse(&s->parse, &s->costs, section->in, &s->matches, from, to);
    amosi_smallest_count(&s->parse, &s->tables, section->in, &s->matches, from, to, counts);
}

/* ---- the start ---- */

/* Parses some chunks, counting all of them together. */
static void parse_some(struct state *s, const struct section *section, struct amosi_counts *counts)
{
    memset(counts, 0, sizeof *counts);
    for (size_t chunk = 0; chunk < section->chunks; chunk += TRIAL_STEP)
        parse(s, section, chunk * AMOSI_CHUNK, chunk_end(section, chunk), counts);
}

/* Tries each start on some chunks, twice: with its own costs and with those that come of them. The costs that come of
 * the best are those to go on with. */
static void choose_start(struct state *s, const struct section *section)
{
    uint64_t least = UINT64_MAX;
    struct amosi_counts best = {{0}, {0}};
    for (int start = 0; start < AMOSI_STARTS; start++) {
        struct amosi_counts counts;
        amosi_counts_guess((enum amosi_smallest_start)start, section->in, section->bytes, &counts);
        for (int round = 0; round < 2; round++) {
            amosi_costs_by_counts(&s->tables, &counts, &s->costs);
            parse_some(s, section, &counts);
        }
        uint64_t bits = amosi_counts_bits(&s->tables, &counts);
        if (bits < least) {
            least = bits;
            best = counts;
        }
    }
    amosi_costs_by_counts(&s->tables, &best, &s->costs);
}

/* ---- blocks ---- */

/* Cuts the section into blocks of whole chunks, so that the sum of what they take is the least: what all chunks up to
 * one take is what those before its block take, and its block. begins[n] is where the block begins that ends with n
 * chunks. */
static void cut(struct state *s, size_t chunks)
{
    uint64_t least[AMOSI_CHUNKS_MOST + 1] = {0};
    for (size_t end = 1; end <= chunks; end++) {
        struct amosi_counts counts = {{0}, {0}};
        least[end] = UINT64_MAX;
        for (size_t begin = end; begin-- > 0;) {
            amosi_counts_add(&counts, &s->chunks[begin]);
            uint64_t bits = least[begin] + amosi_counts_bits(&s->tables, &counts);
            if (bits < least[end]) {
                least[end] = bits;
                s->begins[end] = begin;
            }
        }
    }
}

/* Turns begins into ends: afterwards ends[n] is where the block ends that begins after n chunks. */
static void turn_round(size_t *begins, size_t chunks)
{
    for (size_t end = chunks, next = chunks; end > 0;) {
        size_t begin = begins[end];
        begins[end] = next;
        next = end;
        end = begin;
        if (begin == 0)
            begins[0] = next;
    }
}

/* ---- writing ---- */

static size_t block_bits(const struct state *s, const struct amosi_counts *counts)
{
    size_t bits = s->header.bits;
    for (int i = 0; i < AMOSI_LITERAL_CODES; i++)
        bits += (size_t)counts->literals[i] * s->codes.literals[i].length;
    for (int i = 0; i < AMOSI_LENGTHS; i++)
        bits += (size_t)counts->literals[AMOSI_LENGTH_SYMBOLS + i] * amosi_lengths[i].extra_bits;
    for (int i = 0; i < AMOSI_DISTANCES; i++)
        bits += (size_t)counts->distances[i] * (s->codes.distances[i].length + amosi_distances[i].extra_bits);
    return bits;
}

/* As amosi_bits_put(), which writes beyond what it adds, but nothing after `end`. */
static inline void put(struct amosi_bits *b, const unsigned char *end, uint64_t value, unsigned count)
{
    if ((size_t)(end - b->out) >= 8) {
        amosi_bits_put(b, value, count);
        return;
    }
    unsigned char room[8];
    struct amosi_bits spare = {room, b->held, b->count};
    amosi_bits_put(&spare, value, count);
    size_t bytes = (size_t)(spare.out - room);
    memcpy(b->out, room, bytes);
    *b = (struct amosi_bits){b->out + bytes, spare.held, spare.count};
}

static void put_header(const struct state *s, struct amosi_bits *b)
{
    unsigned char room[AMOSI_HEADER_BYTES + 8];
    struct amosi_bits spare = {room, b->held, b->count};
    amosi_codes_header_put(&s->header, &spare);
    size_t bytes = (size_t)(spare.out - room);
    memcpy(b->out, room, bytes);
    *b = (struct amosi_bits){b->out + bytes, spare.held, spare.count};
}

static inline void put_literal(const struct state *s, unsigned symbol, struct amosi_bits *b, const unsigned char *end)
{
    put(b, end, s->codes.literals[symbol].bits, s->codes.literals[symbol].length);
}

static inline void put_match(const struct state *s, size_t at, uint32_t length, struct amosi_bits *b,
                             const unsigned char *end)
{
    size_t which = amosi_match_of(length);
    unsigned symbol = s->tables.length_symbols[length], far = s->matches.symbols[at][which];
    struct amosi_word first = s->codes.literals[AMOSI_LENGTH_SYMBOLS + symbol], second = s->codes.distances[far];
    uint64_t value = first.bits | (uint64_t)(length - amosi_lengths[symbol].least) << first.length;
    unsigned count = first.length + amosi_lengths[symbol].extra_bits;
    uint64_t distance = amosi_match_distance(&s->matches, at, which) + 1 - amosi_distances[far].least;
    value |= (second.bits | distance << second.length) << count;
    put(b, end, value, count + second.length + amosi_distances[far].extra_bits);
}

/* Writes a block that was parsed; false if it needs more room. */
static bool put_block(struct state *s, const struct section *section, size_t from, size_t to,
                      const struct amosi_counts *counts, struct amosi_bits *bits, const unsigned char *end)
{
    amosi_codes_header_make(&s->codes, &s->header);
    if ((bits->count + block_bits(s, counts) + 7) / 8 > (size_t)(end - bits->out))
        return false;
    put_header(s, bits);
    for (size_t at = from; at < to; at += s->parse.lengths[at]) {
        uint32_t length = s->parse.lengths[at];
        if (length > 1)
            put_match(s, at, length, bits, end);
        else
            put_literal(s, section->in[at], bits, end);
    }
    put_literal(s, AMOSI_SYMBOL_BLOCK_END, bits, end);
    return true;
}

/* ---- all steps ---- */

static void make_codes(struct state *s, struct amosi_counts *counts)
{
    counts->literals[AMOSI_SYMBOL_BLOCK_END] = 1;
    amosi_codes_make(counts->literals, counts->distances, &s->codes);
}

/* Parses a block again and again, each time with the costs that come of the last; in the end with those of codes, which
 * are whole bits. `counts` are those of its chunks. */
static void parse_block(struct state *s, const struct section *section, size_t from, size_t to,
                        struct amosi_counts *counts)
{
    for (int round = 1; round <= s->rounds; round++) {
        if (round < s->rounds) {
            amosi_costs_by_counts(&s->tables, counts, &s->costs);
        } else {
            make_codes(s, counts);
            amosi_costs_by_codes(&s->tables, &s->codes, &s->costs);
        }
        memset(counts, 0, sizeof *counts);
        parse(s, section, from, to, counts);
    }
    make_codes(s, counts);
}

static void parse_chunks(struct state *s, const struct section *section)
{
    memset(s->chunks, 0, section->chunks * sizeof s->chunks[0]);
    for (size_t chunk = 0; chunk < section->chunks; chunk++)
        parse(s, section, chunk * AMOSI_CHUNK, chunk_end(section, chunk), &s->chunks[chunk]);
}

static bool put_section(struct state *s, const struct section *section, struct amosi_bits *bits,
                        const unsigned char *end)
{
    choose_start(s, section);
    parse_chunks(s, section);
    cut(s, section->chunks);
    turn_round(s->begins, section->chunks);
    for (size_t chunk = 0, next; chunk < section->chunks; chunk = next) {
        struct amosi_counts counts = {{0}, {0}};
        next = s->begins[chunk];
        for (size_t i = chunk; i < next; i++)
            amosi_counts_add(&counts, &s->chunks[i]);
        size_t from = chunk * AMOSI_CHUNK, to = chunk_end(section, next - 1);
        parse_block(s, section, from, to, &counts);
        if (!put_block(s, section, from, to, &counts, bits, end))
            return false;
    }
    return true;
}

static size_t run(void *state, const unsigned char *in, size_t bytes, unsigned char *out, size_t room)
{
    struct state *s = state;
    struct amosi_bits bits = {out, 0, 0};
    amosi_seen_clear(&s->seen);
    for (size_t at = 0; at < bytes;) {
        size_t most = bytes - at < AMOSI_SECTION_MOST ? bytes - at : AMOSI_SECTION_MOST;
        struct section section = {in + at, most, (most + AMOSI_CHUNK - 1) / AMOSI_CHUNK};
        amosi_smallest_find(&s->seen, in, bytes, at, at + most, &s->matches);
        if (!put_section(s, &section, &bits, out + room))
            return 0;
        at += most;
    }
    return amosi_block_end_put(&bits, out + room) ? (size_t)(bits.out - out) : 0;
}

const struct amosi_deflate_method amosi_deflate_smallest = {"smallest", 1, 3, create, run, amosi_free};
