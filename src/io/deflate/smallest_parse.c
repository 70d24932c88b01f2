/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/deflate/smallest.h"

#include <string.h>

/* A sum of costs with the length of the token in its lowest bits, so that one comparison chooses both. */
#define LENGTH_BITS 4
#define LENGTH_MASK ((UINT32_C(1) << LENGTH_BITS) - 1)

/* A match that there is not, and what is left after the last byte: dearer than anything, and sums of them fit. */
#define NO_MATCH_COST (UINT32_C(1) << 28)
#define BEYOND (UINT32_C(3) << 30)

#define LONG_TRY_MOST 40 /* longer matches are taken as a whole or not at all */

/* Costs as sums have them: of literals, and of matches by length and symbol of the distance. */
struct table {
    uint32_t literals[256];
    uint32_t matches[AMOSI_NEAR][AMOSI_NO_MATCH + 1];
};

static void make_table(const struct amosi_costs *costs, struct table *t)
{
    for (uint32_t i = 0; i < 256; i++)
        t->literals[i] = costs->literals[i] << LENGTH_BITS | 1;
    for (uint32_t i = 0; i < AMOSI_NEAR; i++) {
        uint32_t length = i + AMOSI_MATCH_LEAST;
        for (uint32_t symbol = 0; symbol < AMOSI_DISTANCES; symbol++)
            t->matches[i][symbol] = (costs->lengths[length] + costs->distances[symbol]) << LENGTH_BITS | length;
        for (uint32_t symbol = AMOSI_DISTANCES; symbol <= AMOSI_NO_MATCH; symbol++)
            t->matches[i][symbol] = NO_MATCH_COST;
    }
}

static inline uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The cheapest match of at most 8 bytes; `left` is what remains from this byte on. */
static inline uint32_t choose_near(const struct table *t, const uint8_t *symbols, const uint32_t *left)
{
    uint32_t a = least(t->matches[0][symbols[0]] + left[3], t->matches[1][symbols[1]] + left[4]);
    uint32_t b = least(t->matches[2][symbols[2]] + left[5], t->matches[3][symbols[3]] + left[6]);
    uint32_t c = least(t->matches[4][symbols[4]] + left[7], t->matches[5][symbols[5]] + left[8]);
    return least(least(a, b), c);
}

/* Whether the longer match, or its beginning, costs less than *sum. */
static void choose_long(const struct amosi_costs *costs, const struct amosi_matches *m, size_t at, const uint32_t *left,
                        size_t most, uint32_t *sum, uint32_t *length)
{
    uint32_t longest = amosi_match_long(m, at), distance = costs->distances[m->symbols[at][AMOSI_LONG]];
    if (longest > most)
        longest = (uint32_t)most;
    for (uint32_t i = longest > LONG_TRY_MOST ? longest : AMOSI_NEAR_MOST + 1; i <= longest; i++) {
        uint32_t other = ((distance + costs->lengths[i]) << LENGTH_BITS) + left[i];
        if (other < *sum) {
            *sum = other;
            *length = i;
        }
    }
}

void amosi_smallest_parse(struct amosi_parse *parse, const struct amosi_costs *costs, const unsigned char *in,
                          const struct amosi_matches *matches, size_t from, size_t to)
{
    struct table table;
    make_table(costs, &table);
    parse->left[to] = 0;
    for (size_t i = 1; i <= AMOSI_NEAR_MOST; i++)
        parse->left[to + i] = BEYOND;
    uint64_t next = 0; /* 64 bits keep the compiler from comparing it first, and making each byte wait for the next */
    for (size_t at = to; at-- > from;) {
        const uint32_t *left = parse->left + at;
        uint64_t match = choose_near(&table, matches->symbols[at], left), sum = table.literals[in[at]] + next;
        sum = match < sum ? match : sum;
        uint32_t length = (uint32_t)sum & LENGTH_MASK, rest = (uint32_t)sum & ~LENGTH_MASK;
        if (matches->symbols[at][AMOSI_LONG + 1])
            choose_long(costs, matches, at, left, to - at, &rest, &length);
        parse->left[at] = rest;
        parse->lengths[at] = (uint16_t)length;
        next = rest;
    }
}

void amosi_smallest_count(const struct amosi_parse *parse, const struct amosi_smallest_tables *tables,
                          const unsigned char *in, const struct amosi_matches *matches, size_t from, size_t to,
                          struct amosi_counts *counts)
{
    uint32_t tokens[2][AMOSI_MATCH_MOST + 1] = {0}, distances[AMOSI_NO_MATCH + 1] = {0};
    for (size_t at = from; at < to;) {
        uint32_t length = parse->lengths[at], match = length > 1;
        tokens[match][match ? length : in[at]]++;
        distances[match ? matches->symbols[at][amosi_match_of(length) % 8] : AMOSI_NO_MATCH]++;
        at += length;
    }
    for (int i = 0; i < 256; i++)
        counts->literals[i] += tokens[0][i];
    for (int i = AMOSI_MATCH_LEAST; i <= AMOSI_MATCH_MOST; i++)
        counts->literals[AMOSI_LENGTH_SYMBOLS + tables->length_symbols[i]] += tokens[1][i];
    for (int i = 0; i < AMOSI_DISTANCES; i++)
        counts->distances[i] += distances[i];
}
