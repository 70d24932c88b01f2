/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/deflate/words.h"

#include <stdbool.h>
#include <string.h>

#include "base/math/bytes.h"
#include "base/system/cpu.h"

amosi_words_find *amosi_words_finder(void)
{
#if defined(__x86_64__)
    if (amosi_cpu_has(AMOSI_CPU_AVX2))
        return amosi_words_find_avx2;
#endif
    return amosi_words_find_plain;
}

/* Whether each word of the group at `at` equals the one so many words before. */
static bool is_run(const unsigned char *in, size_t at, size_t back)
{
    const unsigned char *p = in + 2 * at, *q = p - 2 * back;
    return amosi_load_8(p) == amosi_load_8(q) && amosi_load_8(p + 8) == amosi_load_8(q + 8);
}

/* How far back the words of the run at `at` are the same; 0: it is none. */
static uint32_t run_at(const unsigned char *in, size_t at)
{
    return at < 2 ? 0 : is_run(in, at, 1) ? 1 : is_run(in, at, 2) ? 2 : 0;
}

static void note_run(uint32_t back, uint32_t *tokens, uint8_t *words)
{
    for (int i = 0; i < AMOSI_WORDS_GROUP; i++)
        tokens[i] = AMOSI_WORDS_RUN_TOKEN(back);
    memset(words, AMOSI_WORDS_MOST_FOUND, AMOSI_WORDS_GROUP);
}

/* The symbol of a distance of d + 1 bytes is twice the place of the highest bit of d, and the bit below that; the bits
 * below are extra. A distance is at least a word, so d is at least 1; for 1 the symbol is 1 too. */
static uint32_t match_token(uint32_t words, uint32_t back)
{
    uint32_t d = 2 * back - 1, top = 31 - (uint32_t)__builtin_clz(d), below = top - (top > 0);
    uint32_t symbol = (2 * top + (d >> below & 1)) | (top == 0);
    return amosi_token(AMOSI_TOKEN_LENGTH + words, AMOSI_TOKEN_DISTANCE + symbol, d & ((1u << below) - 1));
}

/* Notes word `at`; the pair there was last seen at `seen`. Written so that it compiles without branches: whether there
 * is a match is as good as random. */
static void note_word(const unsigned char *in, size_t at, uint16_t seen, uint32_t *token, uint8_t *words)
{
    uint32_t limit = at < AMOSI_WORDS_REACH ? (uint32_t)at : AMOSI_WORDS_REACH;
    uint32_t back = (uint16_t)(at - seen), usable = back != 0 && back <= limit ? UINT32_MAX : 0;
    uint64_t here = amosi_load_8(in + 2 * at), other = here ^ amosi_load_8(in + 2 * (at - (back & usable)));
    uint32_t equal = (uint32_t)__builtin_ctzll(other | UINT64_C(1) << 63) / 16 + (other == 0); /* of four words */
    uint32_t match = usable & (equal >= 2 ? UINT32_MAX : 0);
    uint32_t literal = amosi_token(here & 255, here >> 8 & 255, 0);
    *token = (match_token(equal, back | !back) & match) | (literal & ~match);
    *words = (uint8_t)((equal & match) | (1 & ~match));
}

static void find_group(struct amosi_words_seen *seen, const unsigned char *in, size_t at, uint32_t *tokens,
                       uint8_t *words)
{
    for (size_t i = 0; i < AMOSI_WORDS_GROUP; i++) {
        uint16_t *place = &seen->at[amosi_words_hash(amosi_get32(in + 2 * (at + i), false))], last = *place;
        *place = (uint16_t)(at + i);
        note_word(in, at + i, last, tokens + i, words + i);
    }
}

void amosi_words_find_plain(struct amosi_words_seen *seen, const unsigned char *in, size_t from, size_t to,
                            struct amosi_words_found *found)
{
    for (size_t at = from; at < to; at += AMOSI_WORDS_GROUP) {
        uint32_t *tokens = found->tokens + (at - from);
        uint8_t *words = found->words + (at - from);
        uint32_t back = run_at(in, at);
        if (back)
            note_run(back, tokens, words);
        else
            find_group(seen, in, at, tokens, words);
    }
}
