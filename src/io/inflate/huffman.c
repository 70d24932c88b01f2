#include "io/inflate/huffman.h"

#include <string.h>

/* RFC 1951, 3.2.5 */
static const uint16_t lengths_from[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                          31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t lengths_extra[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                          2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static const uint16_t distances_from[30] = {1,    2,    3,    4,    5,    7,    9,    13,    17,    25,
                                            33,   49,   65,   97,   129,  193,  257,  385,   513,   769,
                                            1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
static const uint8_t distances_extra[30] = {0, 0, 0, 0, 1, 1, 2, 2,  3,  3,  4,  4,  5,  5,  6,
                                            6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};

static amosi_symbol meaning(enum amosi_alphabet_kind kind, unsigned n)
{
    if (kind == AMOSI_ALPHABET_LENGTHS || (kind == AMOSI_ALPHABET_LITERALS && n < 256))
        return n << 16 | AMOSI_SYMBOL_LITERAL;
    if (kind == AMOSI_ALPHABET_LITERALS && n == 256)
        return AMOSI_SYMBOL_ODD | AMOSI_SYMBOL_END;
    if (kind == AMOSI_ALPHABET_LITERALS && n < 286)
        return (unsigned)lengths_from[n - 257] << 16 | (unsigned)lengths_extra[n - 257];
    if (kind == AMOSI_ALPHABET_DISTANCES && n < 30)
        return (unsigned)distances_from[n] << 16 | (unsigned)distances_extra[n];
    return AMOSI_SYMBOL_ODD;
}

/* With a word of so many bits. */
static amosi_symbol with_bits(amosi_symbol s, unsigned bits)
{
    return s + (s & (AMOSI_SYMBOL_LITERAL | AMOSI_SYMBOL_ODD) ? bits : bits | bits << 8);
}

void amosi_alphabet_make(struct amosi_alphabet *alphabet, enum amosi_alphabet_kind kind)
{
    static const int root_bits[] = {7, AMOSI_ROOT_BITS, 9};
    alphabet->kind = kind;
    alphabet->root_bits = root_bits[kind];
    for (unsigned n = 0; n < AMOSI_MOST_SYMBOLS; n++)
        alphabet->symbols[n] = meaning(kind, n);
}

/* How many code words of the longest length are left over; below 0 where there are too many words. */
static int words_left(const uint16_t counts[AMOSI_CODE_BITS + 1])
{
    int left = 1;
    for (int bits = 1; bits <= AMOSI_CODE_BITS && left >= 0; bits++)
        left = 2 * left - counts[bits];
    return left;
}

/* As zlib has it: a code may only leave out words when it is one word of one bit, or none at all. */
static bool is_allowed(const struct amosi_code *code, int words)
{
    int left = words_left(code->counts);
    bool lengths = code->alphabet->kind == AMOSI_ALPHABET_LENGTHS;
    return left == 0 || (left > 0 && !lengths && (words == 0 || (words == 1 && code->counts[1] == 1)));
}

/* The words come in ascending order, the bits of each from the last to the first: the order in which they are read. */
static unsigned next_word(unsigned word, int bits)
{
    unsigned bit = 1u << (bits - 1);
    while (word & bit)
        bit >>= 1;
    return bit ? (word & (bit - 1)) | bit : 0;
}

/* For each number of bits the table of one bit less is there twice, and the words of that many bits are added. */
static void fill_root(struct amosi_code *code)
{
    const int root_bits = code->alphabet->root_bits;
    const uint16_t *symbol = code->sorted;
    unsigned word = 0;
    code->root[0] = AMOSI_SYMBOL_ODD | AMOSI_CODE_BITS;
    for (int bits = 1; bits <= root_bits; bits++) {
        memcpy(code->root + (1u << (bits - 1)), code->root, sizeof(amosi_symbol) << (bits - 1));
        for (int n = 0; n < code->counts[bits]; n++, word = next_word(word, bits))
            code->root[word] = with_bits(code->alphabet->symbols[*symbol++], (unsigned)bits);
    }
    for (int bits = root_bits + 1; bits <= AMOSI_CODE_BITS; bits++)
        for (int n = 0; n < code->counts[bits]; n++, word = next_word(word, bits))
            code->root[word & ((1u << root_bits) - 1)] = AMOSI_SYMBOL_ODD | AMOSI_SYMBOL_LONG;
}

bool amosi_code_make(struct amosi_code *code, const struct amosi_alphabet *alphabet, const uint8_t *lengths, int count)
{
    int words = 0, place[AMOSI_CODE_BITS + 1] = {0};
    code->alphabet = alphabet;
    memset(code->counts, 0, sizeof code->counts);
    for (int n = 0; n < count; n++)
        code->counts[lengths[n]]++;
    code->counts[0] = 0;
    for (int bits = 1; bits <= AMOSI_CODE_BITS; bits++) {
        place[bits] = words;
        words += code->counts[bits];
    }
    for (int n = 0; n < count; n++)
        if (lengths[n])
            code->sorted[place[lengths[n]]++] = (uint16_t)n;
    if (!is_allowed(code, words))
        return false;
    fill_root(code);
    return true;
}

amosi_symbol amosi_code_long(const struct amosi_code *code, uint64_t bits)
{
    int word = 0, first = 0, index = 0; /* of the words of this length: the first, and its place among all */
    for (int length = 1; length <= AMOSI_CODE_BITS; length++) {
        word = 2 * word + (int)(bits >> (length - 1) & 1);
        first *= 2;
        if (word - first < code->counts[length])
            return with_bits(code->alphabet->symbols[code->sorted[index + word - first]], (unsigned)length);
        first += code->counts[length];
        index += code->counts[length];
    }
    return AMOSI_SYMBOL_ODD | AMOSI_CODE_BITS;
}
