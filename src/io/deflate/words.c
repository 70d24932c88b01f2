/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/deflate/words.h"

#include <stdbool.h>
#include <string.h>

#include "base/math/bytes.h"
#include "base/system/alloc.h"
#include "io/deflate/codes.h"
#include "io/deflate/method.h"

/* No token has more bits: the words of a length and a distance, 15 each, with 5 and 13 extra bits. A match has two
 * words of input at least, so literals of one word take the most: 30 bits. */
#define MOST_BLOCK_BYTES (AMOSI_WORDS_BLOCK * 30 / 8 + AMOSI_HEADER_BYTES + 64)

/* What a token's index stands for: the bits to write, and how many. */
struct first {
    uint32_t bits : 24, count : 8; /* with the extra bits of a length */
};
struct second {
    uint16_t bits;
    uint8_t word, count; /* without and with the extra bits */
};

struct state {
    amosi_words_find *find;
    struct amosi_words_seen seen;
    struct amosi_words_found found;
    size_t tokens;                                                                  /* of the block, in found.tokens */
    uint32_t first_counts[AMOSI_TOKEN_INDEXES], second_counts[AMOSI_TOKEN_INDEXES]; /* how often each index occurs */
    struct first first[AMOSI_TOKEN_INDEXES];
    struct second second[AMOSI_TOKEN_INDEXES];
    struct amosi_codes codes;
    struct amosi_codes_header header;
    uint8_t length_symbols[AMOSI_WORDS_MOST_MATCH + 1]; /* of matches of so many words, less AMOSI_LENGTH_SYMBOLS */
    unsigned char room[MOST_BLOCK_BYTES];               /* for a block that may not fit */
};

static void *create(int level)
{
    (void)level;
    struct state *s = amosi_zalloc(sizeof *s);
    if (!s)
        return NULL;
    s->find = amosi_words_finder();
    for (int words = 2; words <= AMOSI_WORDS_MOST_MATCH; words++)
        s->length_symbols[words] = (uint8_t)amosi_length_symbol(2 * words);
    return s;
}

/* ---- finding ---- */

static uint32_t literal_token(const unsigned char *in, size_t at)
{
    return amosi_token(in[2 * at], in[2 * at + 1], 0);
}

/* Fills found for a block. Words near the end of the piece, where the finder would read beyond it, become literals. */
static void find_block(struct state *s, const unsigned char *in, size_t from, size_t to, size_t words)
{
    size_t most = words < AMOSI_WORDS_AHEAD ? 0 : words - AMOSI_WORDS_AHEAD, end = to < most ? to : most;
    size_t found = end < from ? from : end - (end - from) % AMOSI_WORDS_GROUP;
    s->find(&s->seen, in, from, found, &s->found);
    for (size_t at = found; at < to; at++) {
        s->found.tokens[at - from] = literal_token(in, at);
        s->found.words[at - from] = 1;
    }
}

/* ---- parsing ---- */

/* How many words back a match lies. */
static size_t words_back(uint32_t token)
{
    uint32_t symbol = (token >> AMOSI_TOKEN_BITS) % AMOSI_TOKEN_INDEXES - AMOSI_TOKEN_DISTANCE;
    return (amosi_distances[symbol].least + (token >> 2 * AMOSI_TOKEN_BITS)) / 2;
}

/* How many words are equal, at most so many. */
static size_t count_equal(const unsigned char *a, const unsigned char *b, size_t most)
{
    size_t words = 0;
    for (; words + 4 <= most; words += 4) {
        uint64_t differ = amosi_load_8(a + 2 * words) ^ amosi_load_8(b + 2 * words);
        if (differ)
            return words + (size_t)__builtin_ctzll(differ) / 16;
    }
    while (words < most && memcmp(a + 2 * words, b + 2 * words, 2) == 0)
        words++;
    return words;
}

/* A match that may be longer than was found, or shorter if it is a run, or that would end after the block. Returns its
 * words. */
static size_t fit_match(const unsigned char *in, size_t at, size_t to, size_t words, uint32_t *token)
{
    size_t most = to - at < AMOSI_WORDS_MOST_MATCH ? to - at : AMOSI_WORDS_MOST_MATCH;
    const unsigned char *here = in + 2 * at;
    if (words > most)
        words = most;
    else if (words == AMOSI_WORDS_MOST_FOUND)
        words = count_equal(here, here - 2 * words_back(*token), most);
    if (words < 2)
        *token = literal_token(in, at);
    else
        *token = *token - *token % AMOSI_TOKEN_INDEXES + AMOSI_TOKEN_LENGTH + (uint32_t)words;
    return words;
}

static inline void count_token(struct state *s, uint32_t token)
{
    s->first_counts[token % AMOSI_TOKEN_INDEXES]++;
    s->second_counts[(token >> AMOSI_TOKEN_BITS) % AMOSI_TOKEN_INDEXES]++;
}

static void add_token(struct state *s, uint32_t token)
{
    s->found.tokens[s->tokens++] = token;
    count_token(s, token);
}

/* A walk from token to token, which leaves those that it meets at `out`. */
struct walk {
    size_t at, to;
    uint32_t *out;
};

static inline void step(struct state *s, const unsigned char *in, size_t from, struct walk *w)
{
    uint32_t token = s->found.tokens[w->at - from];
    size_t words = s->found.words[w->at - from];
    if (words == AMOSI_WORDS_MOST_FOUND || w->at + words > w->to)
        words = fit_match(in, w->at, w->to, words, &token);
    count_token(s, token);
    *w->out++ = token;
    w->at += words;
}

/* Leaves the tokens of a block at the start of found.tokens. Where a walk goes next, it knows only when it has read how
 * long a token is; two walks, over the two halves, do not wait for each other. */
static void parse_block(struct state *s, const unsigned char *in, size_t from, size_t to)
{
    const size_t half = (to - from) / 2;
    uint32_t *tokens = s->found.tokens;
    struct walk one = {from, from + half, tokens}, two = {from + half, to, tokens + half};
    memset(s->first_counts, 0, sizeof s->first_counts);
    memset(s->second_counts, 0, sizeof s->second_counts);
    while (one.at < one.to && two.at < two.to) {
        step(s, in, from, &one);
        step(s, in, from, &two);
    }
    while (one.at < one.to)
        step(s, in, from, &one);
    while (two.at < two.to)
        step(s, in, from, &two);
    const size_t first = (size_t)(one.out - tokens), second = (size_t)(two.out - (tokens + half));
    memmove(tokens + first, tokens + half, second * sizeof *tokens);
    s->tokens = first + second;
}

/* ---- codes ---- */

static void make_codes(struct state *s)
{
    uint32_t literals[AMOSI_LITERAL_CODES] = {0}, distances[AMOSI_DISTANCES];
    for (int i = 0; i < 256; i++)
        literals[i] = s->first_counts[i] + s->second_counts[i];
    literals[AMOSI_SYMBOL_BLOCK_END] = 1;
    for (int words = 2; words <= AMOSI_WORDS_MOST_MATCH; words++)
        literals[AMOSI_LENGTH_SYMBOLS + s->length_symbols[words]] += s->first_counts[AMOSI_TOKEN_LENGTH + words];
    memcpy(distances, s->second_counts + AMOSI_TOKEN_DISTANCE, sizeof distances);
    amosi_codes_make(literals, distances, &s->codes);
    amosi_codes_header_make(&s->codes, &s->header);
}

static void make_tables(struct state *s)
{
    const struct amosi_word *literals = s->codes.literals;
    for (int i = 0; i <= AMOSI_SYMBOL_BLOCK_END; i++)
        s->first[i] = (struct first){literals[i].bits, literals[i].length};
    for (int words = 2; words <= AMOSI_WORDS_MOST_MATCH; words++) {
        int symbol = s->length_symbols[words];
        struct amosi_word word = literals[AMOSI_LENGTH_SYMBOLS + symbol];
        unsigned extra = (unsigned)(2 * words - amosi_lengths[symbol].least);
        s->first[AMOSI_TOKEN_LENGTH + words] = (struct first){
            (word.bits | extra << word.length) & 0xffffff, (uint8_t)(word.length + amosi_lengths[symbol].extra_bits)};
    }
    for (int i = 0; i < 256; i++)
        s->second[i] = (struct second){literals[i].bits, literals[i].length, literals[i].length};
    for (int i = 0; i < AMOSI_DISTANCES; i++) {
        struct amosi_word word = s->codes.distances[i];
        s->second[AMOSI_TOKEN_DISTANCE + i] =
            (struct second){word.bits, word.length, (uint8_t)(word.length + amosi_distances[i].extra_bits)};
    }
}

/* ---- writing ---- */

static size_t block_bits(const struct state *s)
{
    size_t bits = s->header.bits + s->first[AMOSI_TOKEN_END].count;
    for (int i = 0; i < AMOSI_TOKEN_INDEXES; i++)
        bits += (size_t)s->first_counts[i] * s->first[i].count + (size_t)s->second_counts[i] * s->second[i].count;
    return bits;
}

/* The bits of a token. */
struct packed {
    uint64_t bits;
    unsigned count;
};

static inline struct packed pack_token(const struct state *s, uint32_t token)
{
    struct first first = s->first[token % AMOSI_TOKEN_INDEXES];
    struct second second = s->second[(token >> AMOSI_TOKEN_BITS) % AMOSI_TOKEN_INDEXES];
    uint64_t after = second.bits | (uint64_t)(token >> 2 * AMOSI_TOKEN_BITS) << second.word;
    return (struct packed){first.bits | after << first.count, first.count + second.count};
}

static inline void put_token(const struct state *s, uint32_t token, struct amosi_bits *bits)
{
    struct packed packed = pack_token(s, token);
    amosi_bits_put(bits, packed.bits, packed.count);
}

/* Two tokens at once, as nearly all pairs have few enough bits: each amosi_bits_put() waits for the one before it. */
static void put_tokens(const struct state *s, struct amosi_bits *bits)
{
    struct amosi_bits b = *bits; /* in registers */
    const uint32_t *token = s->found.tokens, *end = token + s->tokens;
    for (; token + 2 <= end; token += 2) {
        struct packed one = pack_token(s, token[0]), two = pack_token(s, token[1]);
        if (one.count + two.count > AMOSI_BITS_MOST) {
            amosi_bits_put(&b, one.bits, one.count);
            amosi_bits_put(&b, two.bits, two.count);
        } else {
            amosi_bits_put(&b, one.bits | two.bits << one.count, one.count + two.count);
        }
    }
    if (token < end)
        put_token(s, *token, &b);
    *bits = b;
}

/* Writes the block; false if it needs more room. */
static bool put_block(struct state *s, struct amosi_bits *bits, const unsigned char *end)
{
    size_t need = (bits->count + block_bits(s) + 7) / 8, left = (size_t)(end - bits->out);
    unsigned char *out = bits->out;
    bool tight = need + 8 > left; /* amosi_bits_put() writes beyond what it adds */
    if (need > left)
        return false;
    if (tight)
        bits->out = s->room;
    amosi_codes_header_put(&s->header, bits);
    put_tokens(s, bits);
    put_token(s, amosi_token(AMOSI_TOKEN_END, AMOSI_TOKEN_NONE, 0), bits);
    if (tight) {
        memcpy(out, s->room, (size_t)(bits->out - s->room));
        bits->out = out + (bits->out - s->room);
    }
    return true;
}

static size_t run(void *state, const unsigned char *in, size_t bytes, unsigned char *out, size_t room)
{
    struct state *s = state;
    struct amosi_bits bits = {out, 0, 0};
    size_t words = bytes / 2, from = 0;
    memset(&s->seen, 0, sizeof s->seen);
    do {
        size_t to = words - from < AMOSI_WORDS_BLOCK ? words : from + AMOSI_WORDS_BLOCK;
        find_block(s, in, from, to, words);
        parse_block(s, in, from, to);
        if (to == words && bytes % 2)
            add_token(s, amosi_token(in[bytes - 1], AMOSI_TOKEN_NONE, 0));
        make_codes(s);
        make_tables(s);
        if (!put_block(s, &bits, out + room))
            return 0;
        from = to;
    } while (from < words);
    return amosi_block_end_put(&bits, out + room) ? (size_t)(bits.out - out) : 0;
}

const struct amosi_deflate_method amosi_deflate_words = {"words", 1, 1, create, run, amosi_free};
