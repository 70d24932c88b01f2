/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/deflate/smallest.h"

#include <string.h>

#define DISTANCE_MOST 32768u
#define RUN_LEAST AMOSI_MATCH_MOST /* equal bytes after which the finder no longer looks for nearer matches */
#define RUN_MOST 8192
#define RUN_END 16 /* it looks again for the last of them */

/* All lanes of 8 or of 16 bits. */
#define BYTES UINT64_C(0x0101010101010101)
#define PAIRS UINT64_C(0x0001000100010001)

/* The entries of a struct amosi_matches as three words: bytes of symbols, and pairs of bytes of distances. */
struct lanes {
    uint64_t symbols, low, high;
};

/* Which lanes a match of so many bytes fills: those of all lengths up to its own. */
static const struct lanes masks[AMOSI_NEAR_MOST + 1] = {
    [3] = {0xff, 0xffff, 0},
    [4] = {0xffff, 0xffffffff, 0},
    [5] = {0xffffff, UINT64_C(0xffffffffffff), 0},
    [6] = {0xffffffff, UINT64_MAX, 0},
    [7] = {UINT64_C(0xffffffffff), UINT64_MAX, 0xffff},
    [8] = {UINT64_C(0xffffffffffff), UINT64_MAX, 0xffffffff},
};
static const struct lanes no_match = {AMOSI_NO_MATCH * (BYTES >> 16), 0, 0};

/* The symbol of a distance less 1: symbols of large ones depend on the upper bits alone. */
static inline uint8_t symbol_of(const struct amosi_seen *seen, uint32_t distance)
{
    return seen->symbols[distance < 256 ? distance : 256 + (distance >> 7)];
}

void amosi_seen_make(struct amosi_seen *seen)
{
    for (uint32_t i = 0; i < 512; i++) {
        uint32_t distance = (i < 256 ? i : (i - 256) << 7) + 1;
        int symbol = AMOSI_DISTANCES - 1;
        while (amosi_distances[symbol].least > distance)
            symbol--;
        seen->symbols[i] = (uint8_t)symbol;
    }
}

void amosi_seen_clear(struct amosi_seen *seen)
{
    memset(&seen->at, 0, sizeof seen->at);
}

static inline void store(struct amosi_matches *m, size_t at, struct lanes lanes)
{
    amosi_store_8(m->symbols[at], lanes.symbols);
    amosi_store_8(m->distances[at], lanes.low);
    amosi_store_8(m->distances[at] + 8, lanes.high);
}

/* A match of `length` bytes, or none if it is 0; it replaces those of its lengths. */
static inline struct lanes put_match(const struct amosi_seen *seen, struct lanes l, uint32_t distance, uint32_t length)
{
    const struct lanes *mask = &masks[length];
    l.symbols ^= (l.symbols ^ symbol_of(seen, distance % DISTANCE_MOST) * BYTES) & mask->symbols;
    l.low ^= (l.low ^ distance * PAIRS) & mask->low;
    l.high ^= (l.high ^ distance * PAIRS) & mask->high;
    return l;
}

static inline struct lanes put_long(const struct amosi_seen *seen, struct lanes l, uint32_t distance, uint32_t length)
{
    l.symbols |= (uint64_t)symbol_of(seen, distance) << 48 | UINT64_C(1) << 56;
    l.high |= (uint64_t)distance << 32 | (uint64_t)(length < AMOSI_MATCH_MOST ? length : AMOSI_MATCH_MOST) << 48;
    return l;
}

static inline uint32_t hash(uint64_t word, int bytes, int bits)
{
    return (uint32_t)(((word << (64 - 8 * bytes)) * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - bits));
}

/* Notes that bytes with this hash are at `at`. Returns the distance to those before, less 1. */
static inline uint32_t look_up(uint16_t *table, uint32_t hash, size_t at)
{
    uint32_t distance = (uint16_t)(at - 1 - table[hash]);
    table[hash] = (uint16_t)at;
    return distance;
}

/* How many of 8 bytes are equal, at most 7; 0 if there are none that far back. No branch. */
static inline uint32_t count_equal(const unsigned char *here, uint64_t word, uint32_t distance, uint32_t most)
{
    uint32_t valid = 0u - (uint32_t)(distance < most);
    uint64_t differ = word ^ amosi_load_8(here - ((distance + 1) & valid));
    return (uint32_t)(__builtin_ctzll(differ | UINT64_C(1) << 56) / 8) & valid;
}

/* How long a match of 8 bytes is. */
static uint32_t measure(const unsigned char *a, const unsigned char *b, size_t most)
{
    size_t length = 8;
    for (; length + 8 <= most; length += 8) {
        uint64_t differ = amosi_load_8(a + length) ^ amosi_load_8(b + length);
        if (differ)
            return (uint32_t)(length + (size_t)__builtin_ctzll(differ) / 8);
    }
    while (length < most && a[length] == b[length])
        length++;
    return (uint32_t)length;
}

struct run {
    uint32_t left, distance; /* bytes that are known to be equal to those so far back */
};

/* The matches at a byte within a run: all at its distance. */
static struct lanes continue_run(const struct amosi_seen *seen, struct run *run)
{
    struct lanes l =
        put_long(seen, put_match(seen, no_match, run->distance, AMOSI_NEAR_MOST), run->distance, run->left);
    run->left--;
    if (run->left < RUN_END)
        run->left = 0;
    return l;
}

/* The match of 8 bytes at `distance`, and the longer one that it may be the start of. */
static struct lanes put_eight(const struct amosi_seen *seen, const unsigned char *here, size_t left, uint32_t distance,
                              struct run *run)
{
    struct lanes l = put_match(seen, no_match, distance, AMOSI_NEAR_MOST);
    uint32_t length = measure(here, here - distance - 1, left < RUN_MOST ? left : RUN_MOST);
    if (length > AMOSI_NEAR_MOST)
        l = put_long(seen, l, distance, length);
    if (length >= RUN_LEAST)
        *run = (struct run){length - 1, distance};
    return l;
}

/* The longest come first: nearer matches replace them for the lengths that they have. */
static inline struct lanes find(struct amosi_seen *seen, const unsigned char *in, size_t bytes, size_t at,
                                struct run *run)
{
    const unsigned char *here = in + at;
    uint64_t word = amosi_load_8(here);
    struct amosi_seen_tables *tables = &seen->at;
    uint32_t most = at < DISTANCE_MOST ? (uint32_t)at : DISTANCE_MOST;
    uint32_t of3 = look_up(tables->of3, hash(word, 3, AMOSI_SEEN_FEW_BITS), at),
             of4 = look_up(tables->of4, hash(word, 4, AMOSI_SEEN_BITS), at),
             of5 = look_up(tables->of5, hash(word, 5, AMOSI_SEEN_BITS), at),
             of6 = look_up(tables->of6, hash(word, 6, AMOSI_SEEN_BITS), at),
             of8 = look_up(tables->of8, hash(word, 8, AMOSI_SEEN_FEW_BITS), at);
    if (run->left)
        return continue_run(seen, run);
    struct lanes l = no_match;
    if (of8 < most && amosi_load_8(here - of8 - 1) == word)
        l = put_eight(seen, here, bytes - at, of8, run);
    l = put_match(seen, l, of6, count_equal(here, word, of6, most));
    l = put_match(seen, l, of5, count_equal(here, word, of5, most));
    l = put_match(seen, l, of4, count_equal(here, word, of4, most));
    return put_match(seen, l, of3, count_equal(here, word, of3, most));
}

void amosi_smallest_find(struct amosi_seen *seen, const unsigned char *in, size_t bytes, size_t from, size_t to,
                         struct amosi_matches *matches)
{
    size_t most = bytes < 8 ? 0 : bytes - 7, end = to < most ? to : most; /* it loads 8 bytes */
    struct run run = {0};
    for (size_t at = from; at < end; at++)
        store(matches, at - from, find(seen, in, bytes, at, &run));
    for (size_t at = end > from ? end : from; at < to; at++)
        store(matches, at - from, no_match);
}
