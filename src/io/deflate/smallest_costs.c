/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/deflate/smallest.h"

#include <string.h>

#define LOG_ONE 256u /* of log2(2) */
#define LOG_BITS 12  /* of the numbers in the table */

/* What a symbol costs that has no word, in bits: it gets one if it is used. */
enum { UNUSED_LITERAL = 13, UNUSED_DISTANCE = 10, LEAST_BITS = 1, MOST_BITS = 15 };

/* A header takes about so many bits for each symbol that is used, and besides. */
enum { HEADER_SYMBOL_BITS = 3, HEADER_BITS = 60 };

/* log2(value) * 256, by integers alone, so that it is the same everywhere: squaring doubles the logarithm. */
static uint32_t make_log(uint32_t value)
{
    uint32_t whole = 31 - (uint32_t)__builtin_clz(value), log = whole;
    uint64_t fraction = ((uint64_t)value << 31) >> whole; /* 1 to 2, as 2^31 to 2^32 */
    for (uint32_t bit = 1; bit < LOG_ONE; bit *= 2) {
        fraction = (fraction * fraction) >> 31;
        log = log * 2 + (uint32_t)(fraction >> 32);
        fraction >>= fraction >> 32;
    }
    return log;
}

void amosi_smallest_tables_make(struct amosi_smallest_tables *tables)
{
    tables->logs[0] = 0;
    for (uint32_t i = 1; i < 1u << LOG_BITS; i++)
        tables->logs[i] = make_log(i);
    for (int length = AMOSI_MATCH_LEAST; length <= AMOSI_MATCH_MOST; length++)
        tables->length_symbols[length] = (uint8_t)amosi_length_symbol(length);
}

/* ---- counts ---- */

static uint32_t log_of(const struct amosi_smallest_tables *t, uint32_t value)
{
    if (value < 1u << LOG_BITS)
        return t->logs[value];
    uint32_t shift = 32 - LOG_BITS - (uint32_t)__builtin_clz(value);
    return t->logs[value >> shift] + shift * LOG_ONE;
}

void amosi_counts_add(struct amosi_counts *counts, const struct amosi_counts *more)
{
    for (int i = 0; i < AMOSI_LITERAL_CODES; i++)
        counts->literals[i] += more->literals[i];
    for (int i = 0; i < AMOSI_DISTANCES; i++)
        counts->distances[i] += more->distances[i];
}

static uint64_t sum_bits(const struct amosi_smallest_tables *t, const uint32_t *counts, int symbols)
{
    uint64_t bits = 0, used = 0;
    uint32_t all = 0;
    for (int i = 0; i < symbols; i++) {
        all += counts[i];
        used += counts[i] > 0;
        bits += (uint64_t)counts[i] * log_of(t, counts[i]);
    }
    return (uint64_t)all * log_of(t, all) - bits + used * HEADER_SYMBOL_BITS * LOG_ONE;
}

uint64_t amosi_counts_bits(const struct amosi_smallest_tables *tables, const struct amosi_counts *counts)
{
    return sum_bits(tables, counts->literals, AMOSI_LITERAL_CODES) +
           sum_bits(tables, counts->distances, AMOSI_DISTANCES) + HEADER_BITS * LOG_ONE;
}

/* ---- costs ---- */

static uint32_t clamp(uint32_t cost)
{
    uint32_t least = LEAST_BITS * AMOSI_COST_BIT, most = MOST_BITS * AMOSI_COST_BIT;
    return cost < least ? least : cost > most ? most : cost;
}

/* What each symbol costs; one that does not occur, as if it occurred half a time. */
static void rarities(const struct amosi_smallest_tables *t, const uint32_t *counts, int symbols, uint32_t *costs)
{
    uint32_t all = 1;
    for (int i = 0; i < symbols; i++)
        all += counts[i];
    uint32_t log = log_of(t, all);
    for (int i = 0; i < symbols; i++)
        costs[i] = clamp((counts[i] ? log - log_of(t, counts[i]) : log + LOG_ONE) / (LOG_ONE / AMOSI_COST_BIT));
}

/* Costs of symbols to those of tokens: extra bits are added. */
static void spread(const struct amosi_smallest_tables *t, const uint32_t *literals, const uint32_t *distances,
                   struct amosi_costs *costs)
{
    memcpy(costs->literals, literals, sizeof costs->literals);
    for (int length = AMOSI_MATCH_LEAST; length <= AMOSI_MATCH_MOST; length++) {
        int symbol = t->length_symbols[length];
        costs->lengths[length] =
            literals[AMOSI_LENGTH_SYMBOLS + symbol] + amosi_lengths[symbol].extra_bits * AMOSI_COST_BIT;
    }
    for (int i = 0; i < AMOSI_DISTANCES; i++)
        costs->distances[i] = distances[i] + amosi_distances[i].extra_bits * AMOSI_COST_BIT;
}

void amosi_costs_by_counts(const struct amosi_smallest_tables *tables, const struct amosi_counts *counts,
                           struct amosi_costs *costs)
{
    uint32_t literals[AMOSI_LITERAL_CODES], distances[AMOSI_DISTANCES];
    rarities(tables, counts->literals, AMOSI_LITERAL_CODES, literals);
    rarities(tables, counts->distances, AMOSI_DISTANCES, distances);
    spread(tables, literals, distances, costs);
}

static void word_costs(const struct amosi_word *words, int symbols, uint32_t unused, uint32_t *costs)
{
    for (int i = 0; i < symbols; i++)
        costs[i] = (words[i].length ? words[i].length : unused) * AMOSI_COST_BIT;
}

void amosi_costs_by_codes(const struct amosi_smallest_tables *tables, const struct amosi_codes *codes,
                          struct amosi_costs *costs)
{
    uint32_t literals[AMOSI_LITERAL_CODES], distances[AMOSI_DISTANCES];
    word_costs(codes->literals, AMOSI_LITERAL_CODES, UNUSED_LITERAL, literals);
    word_costs(codes->distances, AMOSI_DISTANCES, UNUSED_DISTANCE, distances);
    spread(tables, literals, distances, costs);
}

/* ---- the start ---- */

/* What parts of tokens are matches, of matches have each length, and of literals are bytes of the noisier half. Such
 * are the counts of blocks of CT voxels in the end. */
enum { MATCHES = 55, LITERALS = 45, NOISY = 8, CALM = 2 };
static const uint8_t voxel_lengths[AMOSI_LENGTHS] = {[0] = 140, [1] = 4, [2] = 160, [3] = 2, [4] = 10, [28] = 7};

static uint32_t distance_part(int symbol)
{
    return symbol == 1 ? 45 : symbol < 16 ? 16 : symbol < 19 ? 32 : 90;
}

/* The bytes at even and odd places; the half that has fewer different values in common comes first. */
static void count_halves(const unsigned char *in, size_t bytes, uint32_t calm[256], uint32_t noisy[256])
{
    uint32_t halves[2][256] = {0};
    uint64_t squares[2] = {0};
    for (size_t i = 0; i < bytes; i++)
        halves[i % 2][in[i]]++;
    for (int half = 0; half < 2; half++)
        for (int i = 0; i < 256; i++)
            squares[half] += (uint64_t)halves[half][i] * halves[half][i];
    int first = squares[0] > squares[1] ? 0 : 1;
    memcpy(calm, halves[first], sizeof halves[0]);
    memcpy(noisy, halves[!first], sizeof halves[0]);
}

/* Shares `all` out by parts. */
static void share(uint32_t all, const uint32_t *parts, int count, uint32_t *to)
{
    uint64_t sum = 0;
    for (int i = 0; i < count; i++)
        sum += parts[i];
    for (int i = 0; i < count; i++)
        to[i] = (uint32_t)((uint64_t)all * parts[i] / sum);
}

void amosi_counts_guess(enum amosi_smallest_start start, const unsigned char *in, size_t bytes,
                        struct amosi_counts *counts)
{
    uint32_t calm[256], noisy[256], lengths[AMOSI_LENGTHS], distances[AMOSI_DISTANCES], literals = 0;
    memset(counts, 0, sizeof *counts);
    count_halves(in, bytes, calm, noisy);
    for (int i = 0; i < 256; i++)
        literals += counts->literals[i] = CALM * calm[i] + NOISY * noisy[i];
    for (int i = 0; i < AMOSI_LENGTHS; i++)
        lengths[i] = start == AMOSI_START_VOXELS && voxel_lengths[i] ? voxel_lengths[i] : 1;
    for (int i = 0; i < AMOSI_DISTANCES; i++)
        distances[i] = distance_part(i);
    share(literals / LITERALS * MATCHES, lengths, AMOSI_LENGTHS, counts->literals + AMOSI_LENGTH_SYMBOLS);
    share(literals / LITERALS * MATCHES, distances, AMOSI_DISTANCES, counts->distances);
}
