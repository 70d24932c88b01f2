/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/deflate/codes.h"

#include <string.h>

#define MOST_BITS 15
#define MOST_HEADER_BITS 7 /* of the code of code lengths */
#define HEADER_CODES 19
#define MOST_CODES AMOSI_LITERAL_CODES

/* ---- lengths of words ---- */

/* A symbol and its count in one number, so that they are sorted together: the symbol is in the lowest bits. */
#define SYMBOL_BITS 9
#define SYMBOL_OF(item) ((item) & ((1u << SYMBOL_BITS) - 1))

/* Sorts by 8 bits of the count, from bit `shift` on; stable. */
static void sort_pass(const uint32_t *from, uint32_t *to, int count, int shift)
{
    int place[257] = {0};
    for (int i = 0; i < count; i++)
        place[(from[i] >> shift & 255) + 1]++;
    for (int i = 0; i < 256; i++)
        place[i + 1] += place[i];
    for (int i = 0; i < count; i++)
        to[place[from[i] >> shift & 255]++] = from[i];
}

/* The symbols that occur, the rarest first. Returns their number. */
static int sort_symbols(const uint32_t *counts, int symbols, uint32_t *items)
{
    uint32_t others[MOST_CODES], *from = items, *to = others, all = 0;
    int count = 0;
    for (int i = 0; i < symbols; i++) {
        all |= counts[i];
        if (counts[i])
            items[count++] = counts[i] << SYMBOL_BITS | (uint32_t)i;
    }
    for (int shift = 0; all >> shift; shift += 8) {
        uint32_t *sorted = to;
        sort_pass(from, to, count, SYMBOL_BITS + shift);
        to = from;
        from = sorted;
    }
    if (from != items)
        memcpy(items, from, (size_t)count * sizeof *items);
    return count;
}

/* Builds the tree: joins the two rarest again and again, where joins come out in the order of their counts. Afterwards
 * depth[i] is that of items[i], without any limit. */
static void find_depths(const uint32_t *items, int count, uint8_t *depth)
{
    uint32_t weight[2 * MOST_CODES];
    uint16_t parent[2 * MOST_CODES];
    uint8_t level[2 * MOST_CODES];
    int leaf = 0, join = count, root = 2 * count - 2;
    if (root < 0)
        return;
    for (int i = 0; i < count; i++)
        weight[i] = items[i] >> SYMBOL_BITS;
    for (int next = count; next <= root; next++) {
        weight[next] = 0;
        for (int child = 0; child < 2; child++) {
            int rarest = leaf < count && (join == next || weight[leaf] <= weight[join]) ? leaf++ : join++;
            weight[next] += weight[rarest];
            parent[rarest] = (uint16_t)next;
        }
    }
    level[root] = 0;
    for (int i = root - 1; i >= 0; i--)
        level[i] = (uint8_t)(level[parent[i]] + 1);
    memcpy(depth, level, (size_t)count);
}

/* How many words there are of each length, at most `limit` bits. Words beyond it are cut to it; then, as long as there
 * are more than a tree has room for, a shorter word becomes two, of which one replaces a word of `limit` bits. */
static void limit_depths(const uint8_t *depth, int count, int limit, int of_length[MOST_BITS + 1])
{
    uint32_t used = 0; /* of 2^limit words */
    memset(of_length, 0, (MOST_BITS + 1) * sizeof of_length[0]);
    for (int i = 0; i < count; i++) {
        int length = depth[i] < limit ? depth[i] : limit;
        of_length[length]++;
        used += 1u << (limit - length);
    }
    for (; used > 1u << limit; used--) {
        int length = limit - 1;
        while (of_length[length] == 0)
            length--;
        of_length[length]--;
        of_length[length + 1] += 2;
        of_length[limit]--;
    }
}

/* The length of each symbol's word. At least two symbols must occur. */
static void find_lengths(const uint32_t *counts, int symbols, int limit, uint8_t *lengths)
{
    uint32_t items[MOST_CODES];
    uint8_t depth[MOST_CODES];
    int of_length[MOST_BITS + 1];
    int count = sort_symbols(counts, symbols, items);
    find_depths(items, count, depth);
    limit_depths(depth, count, limit, of_length);
    memset(lengths, 0, (size_t)symbols);
    for (int length = limit, i = 0; length > 0; length--)
        for (int n = of_length[length]; n > 0; n--)
            lengths[SYMBOL_OF(items[i++])] = (uint8_t)length;
}

/* ---- words ---- */

static uint16_t reverse(uint32_t bits, int count)
{
    uint32_t reversed = 0;
    for (int i = 0; i < count; i++)
        reversed |= (bits >> i & 1) << (count - 1 - i);
    return (uint16_t)reversed;
}

/* Words of one length count up in the order of their symbols (RFC 1951, 3.2.2). */
static void give_words(const uint8_t *lengths, int symbols, struct amosi_word *words)
{
    uint32_t of_length[MOST_BITS + 1] = {0}, next[MOST_BITS + 2] = {0};
    for (int i = 0; i < symbols; i++)
        of_length[lengths[i]]++;
    of_length[0] = 0;
    for (int length = 1; length <= MOST_BITS; length++)
        next[length + 1] = (next[length] + of_length[length]) << 1;
    for (int i = 0; i < symbols; i++) {
        words[i].length = lengths[i];
        words[i].bits = lengths[i] ? reverse(next[lengths[i]]++, lengths[i]) : 0;
    }
}

static void make_code(const uint32_t *counts, int symbols, int limit, struct amosi_word *words)
{
    uint32_t used[MOST_CODES] = {0};
    uint8_t lengths[MOST_CODES];
    int occur = 0;
    for (int i = 0; i < symbols; i++)
        occur += (used[i] = counts[i]) != 0;
    for (int i = 0; occur < 2; i++) {
        occur += used[i] == 0;
        used[i] += used[i] == 0;
    }
    find_lengths(used, symbols, limit, lengths);
    give_words(lengths, symbols, words);
}

void amosi_codes_make(const uint32_t literals[AMOSI_LITERAL_CODES], const uint32_t distances[AMOSI_DISTANCES],
                      struct amosi_codes *codes)
{
    make_code(literals, AMOSI_LITERAL_CODES, MOST_BITS, codes->literals);
    make_code(distances, AMOSI_DISTANCES, MOST_BITS, codes->distances);
}

/* ---- the header ---- */

enum { REPEAT = 16, ZEROS = 17, MANY_ZEROS = 18, HEADER_START = 17, HEADER_LENGTH_BITS = 3 };

/* The order in which the lengths of the code of code lengths are written. */
static const uint8_t order[HEADER_CODES] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

static unsigned extra_bits(unsigned symbol)
{
    return symbol < REPEAT ? 0 : symbol == REPEAT ? 2 : symbol == ZEROS ? 3 : 7;
}

static void add_symbol(struct amosi_codes_header *h, unsigned symbol, int extra)
{
    h->symbols[h->count].symbol = (uint8_t)symbol;
    h->symbols[h->count++].extra = (uint8_t)extra;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* A run of the same length. */
static void add_run(struct amosi_codes_header *h, uint8_t length, int run)
{
    if (length != 0) {
        add_symbol(h, length, 0);
        for (run--; run >= 3; run -= smaller(run, 6))
            add_symbol(h, REPEAT, smaller(run, 6) - 3);
    } else {
        for (; run >= 11; run -= smaller(run, 138))
            add_symbol(h, MANY_ZEROS, smaller(run, 138) - 11);
        if (run >= 3) {
            add_symbol(h, ZEROS, run - 3);
            run = 0;
        }
    }
    for (; run > 0; run--)
        add_symbol(h, length, 0);
}

/* How many lengths are written: up to the last that is not 0. */
static int used_lengths(const struct amosi_word *words, int symbols, int least)
{
    while (symbols > least && words[symbols - 1].length == 0)
        symbols--;
    return symbols;
}

static void count_bits(struct amosi_codes_header *h)
{
    h->lengths = HEADER_CODES;
    while (h->lengths > 4 && h->words[order[h->lengths - 1]].length == 0)
        h->lengths--;
    h->bits = HEADER_START + (size_t)h->lengths * HEADER_LENGTH_BITS;
    for (int i = 0; i < h->count; i++)
        h->bits += h->words[h->symbols[i].symbol].length + extra_bits(h->symbols[i].symbol);
}

void amosi_codes_header_make(const struct amosi_codes *codes, struct amosi_codes_header *header)
{
    uint8_t lengths[AMOSI_LITERAL_CODES + AMOSI_DISTANCES];
    uint32_t counts[HEADER_CODES] = {0};
    int all = 0;
    header->count = 0;
    header->literals = used_lengths(codes->literals, AMOSI_LITERAL_CODES, AMOSI_LENGTH_SYMBOLS);
    header->distances = used_lengths(codes->distances, AMOSI_DISTANCES, 1);
    for (int i = 0; i < header->literals; i++)
        lengths[all++] = codes->literals[i].length;
    for (int i = 0; i < header->distances; i++)
        lengths[all++] = codes->distances[i].length;
    for (int i = 0, run; i < all; i += run) {
        for (run = 1; i + run < all && lengths[i + run] == lengths[i];)
            run++;
        add_run(header, lengths[i], run);
    }
    for (int i = 0; i < header->count; i++)
        counts[header->symbols[i].symbol]++;
    make_code(counts, HEADER_CODES, MOST_HEADER_BITS, header->words);
    count_bits(header);
}

void amosi_codes_header_put(const struct amosi_codes_header *header, struct amosi_bits *bits)
{
    enum { NOT_LAST = 0, DYNAMIC = 2 };
    uint64_t start = NOT_LAST | DYNAMIC << 1 | (uint64_t)(header->literals - AMOSI_LENGTH_SYMBOLS) << 3 |
                     (uint64_t)(header->distances - 1) << 8 | (uint64_t)(header->lengths - 4) << 13;
    amosi_bits_put(bits, start, HEADER_START);
    for (int i = 0; i < header->lengths; i++)
        amosi_bits_put(bits, header->words[order[i]].length, HEADER_LENGTH_BITS);
    for (int i = 0; i < header->count; i++) {
        unsigned symbol = header->symbols[i].symbol;
        struct amosi_word word = header->words[symbol];
        amosi_bits_put(bits, word.bits | (uint64_t)header->symbols[i].extra << word.length,
                       word.length + extra_bits(symbol));
    }
}

/* An empty stored block: three zero bits, zeros up to the next byte, its length, and the length inverted. */
bool amosi_block_end_put(struct amosi_bits *bits, const unsigned char *end)
{
    static const unsigned char empty[4] = {0, 0, 0xff, 0xff};
    unsigned char last[2] = {(unsigned char)bits->held, 0};
    size_t bytes = (bits->count + 3 + 7) / 8;
    if (bytes + sizeof empty > (size_t)(end - bits->out))
        return false;
    memcpy(bits->out, last, bytes);
    memcpy(bits->out + bytes, empty, sizeof empty);
    *bits = (struct amosi_bits){bits->out + bytes + sizeof empty, 0, 0};
    return true;
}
