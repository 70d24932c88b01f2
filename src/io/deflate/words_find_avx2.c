/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/deflate/words.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <stdbool.h>
#include <string.h>

#include "base/math/bytes.h"

#define AVX2 __attribute__((target("avx2")))
#define ALL(number) _mm256_set1_epi32((int)(number))

AVX2 static inline __m128i load_group(const unsigned char *in, size_t at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)(in + 2 * at));
}

AVX2 static inline bool equal_groups(__m128i a, __m128i b)
{
    return _mm_movemask_epi8(_mm_cmpeq_epi16(a, b)) == 0xffff;
}

/* How far back the words of the run at `at` are the same; 0: it is none. */
AVX2 static inline uint32_t run_at(const unsigned char *in, size_t at, __m128i words)
{
    if (at < 2)
        return 0;
    return equal_groups(words, load_group(in, at - 1)) ? 1 : equal_groups(words, load_group(in, at - 2)) ? 2 : 0;
}

AVX2 static inline void note_run(uint32_t back, uint32_t *tokens, uint8_t *words)
{
    _mm256_storeu_si256((__m256i *)(void *)tokens, ALL(AMOSI_WORDS_RUN_TOKEN(back)));
    memset(words, AMOSI_WORDS_MOST_FOUND, AMOSI_WORDS_GROUP);
}

/* Each word with the one after it. */
AVX2 static inline __m256i pair_up(__m128i words, __m128i next)
{
    return _mm256_or_si256(_mm256_cvtepu16_epi32(words), _mm256_slli_epi32(_mm256_cvtepu16_epi32(next), 16));
}

/* Looks up the pair with this hash in lane `lane` of `last`, a constant, and notes that it is at `now`. Here, and for
 * the four words below, single loads are faster than gathers. */
#define LOOK_UP(last, lane, hash, now) \
    do { \
        const uint32_t place = (uint32_t)(hash); \
        last = _mm_insert_epi16(last, (short)seen->at[place], lane); \
        seen->at[place] = (uint16_t)(now); \
    } while (0)

/* Where each pair was last seen; notes that it is seen now. */
AVX2 static inline __m256i look_up(struct amosi_words_seen *seen, __m256i pairs, size_t at)
{
    __m256i hash = _mm256_srli_epi32(_mm256_mullo_epi32(pairs, ALL(AMOSI_WORDS_HASH)), 32 - AMOSI_WORDS_HASH_BITS);
    __m128i first = _mm256_castsi256_si128(hash), second = _mm256_extracti128_si256(hash, 1);
    __m128i low = _mm_setzero_si128(), high = _mm_setzero_si128();
    LOOK_UP(low, 0, _mm_extract_epi32(first, 0), at);
    LOOK_UP(low, 1, _mm_extract_epi32(first, 1), at + 1);
    LOOK_UP(low, 2, _mm_extract_epi32(first, 2), at + 2);
    LOOK_UP(low, 3, _mm_extract_epi32(first, 3), at + 3);
    LOOK_UP(high, 0, _mm_extract_epi32(second, 0), at + 4);
    LOOK_UP(high, 1, _mm_extract_epi32(second, 1), at + 5);
    LOOK_UP(high, 2, _mm_extract_epi32(second, 2), at + 6);
    LOOK_UP(high, 3, _mm_extract_epi32(second, 3), at + 7);
    return _mm256_cvtepu16_epi32(_mm_unpacklo_epi64(low, high));
}

/* The symbol of a distance and its extra bits, from the exponent and the highest bit of the mantissa of the distance
 * less 1, as a float: see match_token() of the plain version. */
AVX2 static inline __m256i match_tokens(__m256i words, __m256i back)
{
    enum { MANTISSA = 23, BIAS = 127 };
    __m256i d = _mm256_sub_epi32(_mm256_add_epi32(back, back), ALL(1));
    __m256i real = _mm256_castps_si256(_mm256_cvtepi32_ps(d));
    __m256i symbol = _mm256_sub_epi32(_mm256_srli_epi32(real, MANTISSA - 1), ALL(2 * BIAS));
    __m256i below = _mm256_sub_epi32(_mm256_srli_epi32(real, MANTISSA), ALL(BIAS + 1));
    symbol = _mm256_max_epi32(symbol, ALL(1));
    below = _mm256_max_epi32(below, ALL(0));
    __m256i extra = _mm256_and_si256(d, _mm256_sub_epi32(_mm256_sllv_epi32(ALL(1), below), ALL(1)));
    __m256i first = _mm256_add_epi32(words, ALL(AMOSI_TOKEN_LENGTH));
    __m256i second = _mm256_slli_epi32(_mm256_add_epi32(symbol, ALL(AMOSI_TOKEN_DISTANCE)), AMOSI_TOKEN_BITS);
    return _mm256_or_si256(_mm256_or_si256(first, second), _mm256_slli_epi32(extra, 2 * AMOSI_TOKEN_BITS));
}

AVX2 static inline __m256i literal_tokens(__m256i pairs)
{
    __m256i first = _mm256_and_si256(pairs, ALL(0xff)), second = _mm256_and_si256(pairs, ALL(0xff00));
    return _mm256_or_si256(first, _mm256_slli_epi32(second, AMOSI_TOKEN_BITS - 8));
}

/* The four words at each place, as two pairs. */
struct fours {
    __m256i first, second;
};

/* The four words at two places. */
AVX2 static inline __m128i load_two(const unsigned char *in, int place, int other)
{
    __m128i low = _mm_loadl_epi64((const __m128i *)(const void *)(in + 2 * (size_t)(uint32_t)place));
    const double *high = (const double *)(const void *)(in + 2 * (size_t)(uint32_t)other);
    return _mm_castpd_si128(_mm_loadh_pd(_mm_castsi128_pd(low), high));
}

AVX2 static inline struct fours load_fours(const unsigned char *in, __m256i places)
{
    __m128i a = _mm256_castsi256_si128(places), b = _mm256_extracti128_si256(places, 1);
    __m128i low = load_two(in, _mm_extract_epi32(a, 0), _mm_extract_epi32(a, 1));   /* of places 0 1, then 4 5 */
    __m128i other = load_two(in, _mm_extract_epi32(a, 2), _mm_extract_epi32(a, 3)); /* of places 2 3, then 6 7 */
    __m256i lows = _mm256_set_m128i(load_two(in, _mm_extract_epi32(b, 0), _mm_extract_epi32(b, 1)), low);
    __m256i others = _mm256_set_m128i(load_two(in, _mm_extract_epi32(b, 2), _mm_extract_epi32(b, 3)), other);
    __m256 x = _mm256_castsi256_ps(lows), y = _mm256_castsi256_ps(others);
    return (struct fours){_mm256_castps_si256(_mm256_shuffle_ps(x, y, 0x88)),
                          _mm256_castps_si256(_mm256_shuffle_ps(x, y, 0xdd))};
}

/* The lowest byte of each of eight numbers. */
AVX2 static inline uint64_t to_bytes(__m256i numbers)
{
    const __m256i lowest = _mm256_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, /* */
                                            0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    __m256i bytes = _mm256_shuffle_epi8(numbers, lowest);
    return (uint32_t)_mm256_extract_epi32(bytes, 0) | (uint64_t)(uint32_t)_mm256_extract_epi32(bytes, 4) << 32;
}

AVX2 static inline void find_group(struct amosi_words_seen *seen, const unsigned char *in, size_t at, __m128i words,
                                   uint32_t *tokens, uint8_t *counts)
{
    __m256i pairs = pair_up(words, load_group(in, at + 1));
    __m256i next_pairs = pair_up(load_group(in, at + 2), load_group(in, at + 3));
    __m256i here = _mm256_add_epi32(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), ALL(at));
    __m256i back = _mm256_and_si256(_mm256_sub_epi32(here, look_up(seen, pairs, at)), ALL(0xffff));
    __m256i too_far = _mm256_cmpgt_epi32(back, _mm256_min_epi32(here, ALL(AMOSI_WORDS_REACH)));
    __m256i useless = _mm256_or_si256(too_far, _mm256_cmpeq_epi32(back, _mm256_setzero_si256()));
    struct fours last = load_fours(in, _mm256_sub_epi32(here, _mm256_andnot_si256(useless, back)));
    __m256i match = _mm256_andnot_si256(useless, _mm256_cmpeq_epi32(last.first, pairs));
    __m256i differ = _mm256_xor_si256(last.second, next_pairs);
    __m256i four = _mm256_cmpeq_epi32(differ, _mm256_setzero_si256());
    __m256i three = _mm256_cmpeq_epi32(_mm256_slli_epi32(differ, 16), _mm256_setzero_si256());
    __m256i count = _mm256_sub_epi32(ALL(2), _mm256_add_epi32(three, four)); /* true is -1 */
    __m256i token = _mm256_blendv_epi8(literal_tokens(pairs), match_tokens(count, back), match);
    _mm256_storeu_si256((__m256i *)(void *)tokens, token);
    amosi_store_8(counts, to_bytes(_mm256_blendv_epi8(ALL(1), count, match)));
}

AVX2 void amosi_words_find_avx2(struct amosi_words_seen *seen, const unsigned char *in, size_t from, size_t to,
                                struct amosi_words_found *found)
{
    for (size_t at = from; at < to; at += AMOSI_WORDS_GROUP) {
        uint32_t *tokens = found->tokens + (at - from);
        uint8_t *counts = found->words + (at - from);
        __m128i words = load_group(in, at);
        uint32_t back = run_at(in, at, words);
        if (back)
            note_run(back, tokens, counts);
        else
            find_group(seen, in, at, words, tokens, counts);
    }
}
#else
typedef int amosi_words_find_avx2_is_off; /* C requires a declaration in every file */
#endif
