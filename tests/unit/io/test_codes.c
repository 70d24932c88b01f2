/* SPDX-License-Identifier: BSD-3-Clause */
/* Huffman codes from counts: complete, as short as they can be, within the limit, and their header is what zlib
 * reads. */
#include <string.h>
#include <zlib.h>

#include "io/deflate/codes.h"
#include "support/bytes.h"
#include "support/main.h"

static uint32_t literals[AMOSI_LITERAL_CODES], distances[AMOSI_DISTANCES];
static struct amosi_codes codes;

static void count_nothing(void)
{
    memset(literals, 0, sizeof literals);
    memset(distances, 0, sizeof distances);
    literals[AMOSI_SYMBOL_BLOCK_END] = 1;
}

/* The words of a complete code fill all of 2^15. */
static uint32_t filled(const struct amosi_word *words, int symbols)
{
    uint32_t sum = 0;
    for (int i = 0; i < symbols; i++) {
        ck_assert_uint_le(words[i].length, 15);
        sum += words[i].length ? 1u << (15 - words[i].length) : 0;
    }
    return sum;
}

static uint64_t cost(const uint32_t *counts, const struct amosi_word *words, int symbols)
{
    uint64_t bits = 0;
    for (int i = 0; i < symbols; i++)
        bits += (uint64_t)counts[i] * words[i].length;
    return bits;
}

/* The bits that Huffman's own rule needs: join the two rarest until one is left, and add up what was joined. */
static uint64_t least_cost(const uint32_t *counts, int symbols)
{
    uint64_t left[AMOSI_LITERAL_CODES], bits = 0;
    int n = 0;
    for (int i = 0; i < symbols; i++)
        if (counts[i])
            left[n++] = counts[i];
    for (; n > 1; n--) {
        for (int to = 0; to < 2; to++) /* the rarest comes to place 0, the next to place 1 */
            for (int i = to + 1; i < n; i++)
                if (left[i] < left[to]) {
                    uint64_t other = left[i];
                    left[i] = left[to];
                    left[to] = other;
                }
        left[0] += left[1];
        bits += left[0];
        left[1] = left[n - 1];
    }
    return bits;
}

static void assert_no_word_begins_another(const struct amosi_word *words, int symbols)
{
    for (int a = 0; a < symbols; a++)
        for (int b = 0; b < symbols; b++)
            if (a != b && words[a].length && words[a].length <= words[b].length)
                ck_assert_msg((words[b].bits & ((1u << words[a].length) - 1)) != words[a].bits, "%d begins %d", a, b);
}

/* zlib reads an empty block with these codes, and its length is what the header says. */
static void assert_zlib_reads(void)
{
    struct amosi_codes_header header;
    unsigned char block[AMOSI_HEADER_BYTES + 16], out[1];
    struct amosi_bits bits = {block, 0, 0};
    z_stream z;
    amosi_codes_header_make(&codes, &header);
    amosi_codes_header_put(&header, &bits);
    ck_assert_uint_eq((size_t)(bits.out - block) * 8 + bits.count, header.bits);
    ck_assert_uint_le(header.bits / 8 + 1, AMOSI_HEADER_BYTES);
    struct amosi_word end = codes.literals[AMOSI_SYMBOL_BLOCK_END];
    amosi_bits_put(&bits, end.bits, end.length);
    amosi_bits_put(&bits, 3, 10); /* an empty block in fixed codes, the last one */
    amosi_bits_put(&bits, 0, 7);
    memset(&z, 0, sizeof z);
    ck_assert_int_eq(inflateInit2(&z, -15), Z_OK);
    z.next_in = block;
    z.avail_in = (uInt)(bits.out - block);
    z.next_out = out;
    z.avail_out = sizeof out;
    ck_assert_msg(inflate(&z, Z_FINISH) == Z_STREAM_END, "zlib says %s", z.msg ? z.msg : "that it is cut");
    ck_assert_uint_eq(z.total_out, 0);
    inflateEnd(&z);
}

static void check_codes(void)
{
    amosi_codes_make(literals, distances, &codes);
    ck_assert_uint_eq(filled(codes.literals, AMOSI_LITERAL_CODES), 1 << 15);
    ck_assert_uint_eq(filled(codes.distances, AMOSI_DISTANCES), 1 << 15);
    assert_no_word_begins_another(codes.literals, AMOSI_LITERAL_CODES);
    assert_no_word_begins_another(codes.distances, AMOSI_DISTANCES);
    assert_zlib_reads();
}

/* 2 to 286 symbols with counts of 1 to 20 bits. */
START_TEST(codes_are_the_shortest)
{
    uint64_t seed = (uint64_t)_i;
    count_nothing();
    for (int i = 0; i < AMOSI_LITERAL_CODES; i++)
        if ((int)random_below(&seed, 10) < _i % 11)
            literals[i] = 1 + (uint32_t)random_below(&seed, 1u << (1 + _i % 8));
    for (int i = 0; i < AMOSI_DISTANCES; i++)
        distances[i] = (uint32_t)random_below(&seed, 1u << _i % 20);
    distances[0] = distances[1] = 1;
    literals[0] += literals[0] == 0;
    check_codes();
    ck_assert_uint_eq(cost(literals, codes.literals, AMOSI_LITERAL_CODES), least_cost(literals, AMOSI_LITERAL_CODES));
    if (_i % 20 < 8) /* the limit of 15 bits cannot be met */
        ck_assert_uint_eq(cost(distances, codes.distances, AMOSI_DISTANCES), least_cost(distances, AMOSI_DISTANCES));
}
END_TEST

/* Counts that grow as Fibonacci's numbers need words of 29 bits without a limit. */
START_TEST(words_have_a_limit)
{
    uint32_t before = 1, now = 1;
    count_nothing();
    for (int i = 0; i < 30; i++) {
        literals[8 * i] = distances[i] = now;
        now += before;
        before = now - before;
    }
    check_codes();
    for (int i = 1; i < 30; i++)
        ck_assert_uint_le(codes.distances[i].length, codes.distances[i - 1].length);
    ck_assert_uint_eq(codes.distances[29].length, 1);
}
END_TEST

START_TEST(a_code_has_two_words)
{
    count_nothing();
    if (_i > 0)
        distances[_i - 1] = 5;
    check_codes();
    ck_assert_uint_eq(codes.literals[AMOSI_SYMBOL_BLOCK_END].length, 1);
    if (_i > 0)
        ck_assert_uint_eq(codes.distances[_i - 1].length, 1);
}
END_TEST

/* Every symbol of both codes, and the largest counts. */
START_TEST(all_symbols_occur)
{
    for (int i = 0; i < AMOSI_LITERAL_CODES; i++)
        literals[i] = _i == 0 ? 1 : _i == 1 ? (1u << 23) - 1 : 1 + (uint32_t)(i * 7919 % 255);
    for (int i = 0; i < AMOSI_DISTANCES; i++)
        distances[i] = literals[i];
    check_codes();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("codes");
    TCase *tests = add_case(suite, "codes", 30);
    tcase_add_loop_test(tests, codes_are_the_shortest, 0, 110);
    tcase_add_test(tests, words_have_a_limit);
    tcase_add_loop_test(tests, a_code_has_two_words, 0, AMOSI_DISTANCES + 1);
    tcase_add_loop_test(tests, all_symbols_occur, 0, 3);
    return run_suite(suite);
}
