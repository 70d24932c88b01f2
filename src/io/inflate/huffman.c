/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/inflate/huffman.h"

#include <stddef.h>
#include <string.h>

#include "io/ranges.h"

#define ONE_LITERAL ((amosi_symbol)1 << 14)

static amosi_symbol meaning(enum amosi_alphabet_kind kind, unsigned n)
{
    if (kind == AMOSI_ALPHABET_NUMBERS)
        return n << 16;
    if (kind == AMOSI_ALPHABET_DISTANCES)
        return n < 30 ? (amosi_symbol)amosi_distances[n].least << 16 | amosi_distances[n].extra_bits : AMOSI_SYMBOL_ODD;
    if (n < 256)
        return n << 16 | ONE_LITERAL;
    if (n == 256)
        return AMOSI_SYMBOL_ODD | AMOSI_SYMBOL_END;
    if (n < 286)
        return (amosi_symbol)(amosi_lengths[n - 257].least - 3) << 24 | AMOSI_SYMBOL_LENGTH |
               amosi_lengths[n - 257].extra_bits;
    return AMOSI_SYMBOL_ODD;
}

/* The symbol with a code word of `bits` bits. */
static amosi_symbol with_bits(amosi_symbol s, unsigned bits)
{
    return s + (bits | bits << 8);
}

void amosi_alphabet_make(struct amosi_alphabet *alphabet, enum amosi_alphabet_kind kind)
{
    static const uint8_t root_bits[] = {AMOSI_NUMBERS_BITS, AMOSI_LITERALS_BITS, AMOSI_DISTANCES_BITS};
    alphabet->kind = kind;
    alphabet->root_bits = root_bits[kind];
    for (unsigned n = 0; n < AMOSI_MOST_SYMBOLS; n++)
        alphabet->symbols[n] = meaning(kind, n);
}

/* How many code words of the longest length remain unused; negative if there are too many words. */
static int words_left(const uint16_t counts[AMOSI_CODE_BITS + 1])
{
    int left = 1;
    for (int bits = 1; bits <= AMOSI_CODE_BITS && left >= 0; bits++)
        left = 2 * left - counts[bits];
    return left;
}

/* zlib's rule: a code may be incomplete only if it has no word, or one word of one bit. */
static bool is_allowed(const struct amosi_code *code, unsigned words)
{
    int left = words_left(code->counts);
    bool numbers = code->alphabet->kind == AMOSI_ALPHABET_NUMBERS;
    return left == 0 || (left > 0 && !numbers && (words == 0 || (words == 1 && code->counts[1] == 1)));
}

/* The next word in ascending order of the code. Words are stored with their bits reversed, the order in which they are
 * read. */
static unsigned next_word(unsigned word, unsigned bits)
{
    unsigned zeros = word ^ ((1u << bits) - 1);
    unsigned bit = zeros ? 0x80000000u >> __builtin_clz(zeros) : 0; /* the highest bit that is 0 */
    return bit ? (word & (bit - 1)) | bit : 0;
}

/* ---- the table ---- */

/* The position in the code: the next word, and the next symbol in the order of words. */
struct place {
    unsigned word;
    const uint16_t *symbol;
};

/* ---- entries of two words ---- */

/* The words of a code in ascending order, those of n bits at from[n] up to from[n + 1], with their entries. */
struct words {
    unsigned count, from[AMOSI_CODE_BITS + 2];
    uint16_t word[AMOSI_MOST_SYMBOLS];
    amosi_symbol entry[AMOSI_MOST_SYMBOLS];
};

/* For the code of literals and lengths: what an entry of two words can begin and end with. The entries of `seconds` are
 * what is to be added to those of `firsts`. */
struct pairs {
    struct words firsts, seconds;
};

static void add_word(struct words *words, unsigned word, amosi_symbol entry)
{
    words->word[words->count] = (uint16_t)word;
    words->entry[words->count++] = entry;
}

static void find_pairs(const struct amosi_code *code, struct pairs *pairs)
{
    struct place p = {0, code->sorted};
    pairs->firsts.count = pairs->seconds.count = 0;
    for (unsigned bits = 1; bits < AMOSI_LITERALS_BITS; bits++) {
        pairs->firsts.from[bits] = pairs->firsts.count;
        pairs->seconds.from[bits] = pairs->seconds.count;
        for (unsigned n = 0; n < code->counts[bits]; n++, p.word = next_word(p.word, bits)) {
            amosi_symbol s = with_bits(code->alphabet->symbols[*p.symbol++], bits);
            if (amosi_symbol_literals(s))
                add_word(&pairs->firsts, p.word, s);
            if (!(s & AMOSI_SYMBOL_ODD))
                add_word(&pairs->seconds, p.word, s & AMOSI_SYMBOL_LENGTH ? s : (s & 0xffff) | (s & 0xff0000) << 8);
        }
    }
    pairs->firsts.from[AMOSI_LITERALS_BITS] = pairs->firsts.count;
    pairs->seconds.from[AMOSI_LITERALS_BITS] = pairs->seconds.count;
}

static unsigned words_of(const struct words *words, unsigned bits)
{
    return words->from[bits + 1] - words->from[bits];
}

/* A larger root holds more pairs, but takes longer to fill and more of the cache: the most bits for which at least this
 * share of the entries, and so of what the root will decode, are pairs of just that many bits. */
#define PAIRS_SHARE 32

static unsigned choose_root(const struct pairs *pairs)
{
    unsigned root = AMOSI_LITERALS_LEAST;
    for (unsigned bits = root + 1; bits <= AMOSI_LITERALS_BITS; bits++) {
        unsigned count = 0;
        for (unsigned first = 1; first < bits; first++)
            count += words_of(&pairs->firsts, first) * words_of(&pairs->seconds, bits - first);
        if (count >= (1u << bits) / PAIRS_SHARE)
            root = bits;
    }
    return root;
}

/* Enters all pairs of a literal of `first` bits and a word of `second` bits. */
static void join_words(struct amosi_code *code, const struct pairs *pairs, unsigned first, unsigned second)
{
    const struct words *a = &pairs->firsts, *b = &pairs->seconds;
    for (unsigned i = a->from[first]; i < a->from[first + 1]; i++) {
        amosi_symbol *table = code->table + a->word[i];
        for (unsigned j = b->from[second]; j < b->from[second + 1]; j++)
            table[(size_t)b->word[j] << first] = a->entry[i] + b->entry[j];
    }
}

/* ---- the root and the levels ---- */

/* For each number of bits, duplicates the table of one bit less and enters the words, and the pairs of words, of that
 * many bits. */
static void fill_root(struct amosi_code *code, struct place *p, const struct pairs *pairs)
{
    code->table[0] = AMOSI_SYMBOL_ODD | 1; /* zlib also needs only 1 bit to refuse an invalid word */
    for (unsigned bits = 1; bits <= code->root_bits; bits++) {
        memcpy(code->table + (1u << (bits - 1)), code->table, sizeof(amosi_symbol) << (bits - 1));
        for (unsigned n = 0; n < code->counts[bits]; n++, p->word = next_word(p->word, bits))
            code->table[p->word] = with_bits(code->alphabet->symbols[*p->symbol++], bits);
        for (unsigned first = 1; pairs && first < bits; first++)
            join_words(code, pairs, first, bits - first);
    }
}

/* The number of index bits of the level that begins with a word of `bits` bits, `left` words of this length being still
 * to come: these words and longer ones have to fill the level. */
static unsigned level_bits(const struct amosi_code *code, unsigned bits, unsigned left)
{
    unsigned more = bits - code->root_bits;
    for (unsigned words = left; words < 1u << more; words = 2 * words + code->counts[code->root_bits + more])
        more++;
    return more;
}

/* Enters the words that are longer than the root's bits, with one level for each root prefix. The code has no gaps. */
static void fill_levels(struct amosi_code *code, struct place *p)
{
    const unsigned root_bits = code->root_bits, root = 1u << root_bits;
    unsigned begin = root, wide = 0, from = root; /* the level's position and index bits, and the prefix of its words */
    code->used = root;
    for (unsigned bits = root_bits + 1; bits <= AMOSI_CODE_BITS; bits++)
        for (unsigned n = 0; n < code->counts[bits]; n++, p->word = next_word(p->word, bits)) {
            if ((p->word & (root - 1)) != from) {
                from = p->word & (root - 1);
                begin = code->used;
                wide = level_bits(code, bits, code->counts[bits] - n);
                code->used += 1u << wide;
                code->table[from] = AMOSI_SYMBOL_ODD | AMOSI_SYMBOL_LONG | begin << 16 | wide << 8 | root_bits;
            }
            amosi_symbol s = with_bits(code->alphabet->symbols[*p->symbol++], bits - root_bits);
            for (unsigned i = p->word >> root_bits; i < 1u << wide; i += 1u << (bits - root_bits))
                code->table[begin + i] = s;
        }
}

bool amosi_code_make(struct amosi_code *code, const struct amosi_alphabet *alphabet, const uint8_t *lengths,
                     unsigned count)
{
    unsigned words = 0, place[AMOSI_CODE_BITS + 1] = {0};
    code->alphabet = alphabet;
    memset(code->counts, 0, sizeof code->counts);
    for (unsigned n = 0; n < count; n++)
        code->counts[lengths[n]]++;
    code->counts[0] = 0;
    for (unsigned bits = 1; bits <= AMOSI_CODE_BITS; bits++) {
        place[bits] = words;
        words += code->counts[bits];
    }
    for (unsigned n = 0; n < count; n++)
        if (lengths[n])
            code->sorted[place[lengths[n]]++] = (uint16_t)n;
    if (!is_allowed(code, words))
        return false;
    struct place p = {0, code->sorted};
    struct pairs pairs;
    const bool joins = alphabet->kind == AMOSI_ALPHABET_LITERALS;
    if (joins)
        find_pairs(code, &pairs);
    code->root_bits = joins ? choose_root(&pairs) : alphabet->root_bits;
    fill_root(code, &p, joins ? &pairs : NULL);
    fill_levels(code, &p);
    return true;
}
