/* SPDX-License-Identifier: BSD-3-Clause */
/* The basis of the loader's draws and changes: random numbers, plain arithmetic, and the loops over values. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/math/exact.h"
#include "loader/draw/random.h"
#include "loader/fill/tone.h"
#include "support/main.h"

/* ---- random numbers ---- */

/* The known answers of the authors' own library, Random123 (kat_vectors, philox 4x32 with 10 rounds). */
START_TEST(philox_gives_the_known_answers)
{
    static const struct {
        uint32_t counter[4];
        uint64_t key;
        uint32_t answer[4];
    } rows[] = {
        {{0, 0, 0, 0}, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         0xffffffffffffffff,
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         0x299f31d0a4093822,
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct amosi_random r = amosi_philox(rows[i].counter, rows[i].key);
        ck_assert_mem_eq(r.word, rows[i].answer, sizeof r.word);
    }
}
END_TEST

START_TEST(each_seed_epoch_index_and_purpose_has_its_own)
{
    const struct amosi_source_of_chance base = {7, 3, 12345};
    struct amosi_source_of_chance others[] = {base, base, base, base};
    others[0].seed++;
    others[1].epoch++;
    others[2].index++;
    others[3].index += (uint64_t)1 << 40;
    struct amosi_random r = amosi_random(&base, AMOSI_RANDOM_PLACE, 0);
    for (int i = 0; i < 4; i++) {
        struct amosi_random other = amosi_random(&others[i], AMOSI_RANDOM_PLACE, 0);
        ck_assert_mem_ne(r.word, other.word, sizeof r.word);
    }
    struct amosi_random purpose = amosi_random(&base, AMOSI_RANDOM_TURN, 0),
                        next = amosi_random(&base, AMOSI_RANDOM_PLACE, 1);
    ck_assert_mem_ne(r.word, purpose.word, sizeof r.word);
    ck_assert_mem_ne(r.word, next.word, sizeof r.word);
}
END_TEST

START_TEST(an_order_has_every_item_once)
{
    static const uint32_t counts[] = {1, 2, 3, 5, 16, 17, 240, 1000};
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        uint32_t n = counts[c];
        unsigned char seen[1000] = {0};
        const struct amosi_source_of_chance chance = {c, 1, 2};
        for (uint32_t i = 0; i < n; i++) {
            uint32_t to = amosi_permute(&chance, AMOSI_RANDOM_CASES, n, i);
            ck_assert_uint_lt(to, n);
            ck_assert_uint_eq(seen[to], 0);
            seen[to] = 1;
        }
    }
}
END_TEST

/* Each of the 24 orders of four items is equally likely: chi square with 23 degrees of freedom, below its 99.9 %
 * point. */
START_TEST(all_orders_are_equally_likely)
{
    enum { TRIALS = 24000 };
    int counts[256] = {0};
    for (uint64_t trial = 0; trial < TRIALS; trial++) {
        const struct amosi_source_of_chance chance = {trial, 0, 0};
        unsigned order = 0;
        for (uint32_t i = 0; i < 4; i++)
            order = order << 2 | amosi_permute(&chance, AMOSI_RANDOM_CASES, 4, i);
        counts[order]++;
    }
    double chi = 0;
    int orders = 0;
    for (int i = 0; i < 256; i++)
        if (counts[i]) {
            orders++;
            chi += pow(counts[i] - (double)TRIALS / 24.0, 2) / ((double)TRIALS / 24.0);
        }
    ck_assert_int_eq(orders, 24);
    ck_assert_double_lt(chi, 49.7);
}
END_TEST

/* ---- plain arithmetic ---- */

START_TEST(plain_arithmetic_is_that_of_libm)
{
    const double pi = 3.14159265358979323846;
    for (int i = 0; i <= 1945; i++) {
        double d = -360 + 0.37 * i;
        ck_assert_double_eq_tol(amosi_sin_degrees(d), sin(d * pi / 180), 1e-14);
        ck_assert_double_eq_tol(amosi_cos_degrees(d), cos(d * pi / 180), 1e-14);
    }
    for (int i = 0; i <= 3234; i++) {
        double x = -60 + 0.0371 * i;
        ck_assert_double_eq_tol(amosi_exp2(x) / exp2(x), 1, 1e-14);
    }
    for (int i = 0; i <= 3045; i++) {
        double x = 1e-9 * pow(1.0137, i);
        ck_assert_double_eq_tol(amosi_log2(x), log2(x), 1e-13);
    }
    for (int quarter = -4; quarter <= 4; quarter++)
        ck_assert_double_eq(fabs(amosi_sin_degrees(90.0 * quarter)), quarter & 1);
}
END_TEST

/* ---- loops over values ---- */

#define ROW 203

static void fill_row(float row[ROW], uint32_t seed)
{
    const struct amosi_source_of_chance chance = {seed, 0, 0};
    for (uint32_t i = 0; i < ROW; i++) {
        struct amosi_random r = amosi_random(&chance, AMOSI_RANDOM_TONE, i);
        row[i] = (float)(amosi_even(&r, 0) * 3000.0 - 1500.0);
    }
    row[5] = NAN;
    row[6] = INFINITY;
    row[7] = -INFINITY;
    row[8] = -0.0f;
    row[ROW - 1] = NAN;
}

/* All lengths up to a row, so that the remainders of vectors are tested too. */
START_TEST(every_set_of_loops_gives_the_same_bits)
{
    const struct amosi_tone_scale scale = {-160.0f, 240.0f, 12.5f, 0.0031f};
    const struct amosi_tone_kernels *const sets[] = {amosi_tone(), &amosi_tone_plain};
    for (int k = 0; k < 2; k++)
        for (size_t n = 0; n <= ROW; n++) {
            float a[ROW], b[ROW];
            uint16_t half_a[ROW] = {0}, half_b[ROW] = {0};
            fill_row(a, (uint32_t)n);
            memcpy(b, a, sizeof a);
            amosi_tone_plain.scale(a, n, &scale);
            sets[k]->scale(b, n, &scale);
            amosi_tone_plain.stretch(a, n, 0.25f, 1.375f, 0.1f);
            sets[k]->stretch(b, n, 0.25f, 1.375f, 0.1f);
            amosi_tone_plain.noise(a, n, 0x123456789abcdef0u + n, 7 * n, 0.3f);
            sets[k]->noise(b, n, 0x123456789abcdef0u + n, 7 * n, 0.3f);
            amosi_tone_plain.to_half(half_a, a, n);
            sets[k]->to_half(half_b, b, n);
            ck_assert_mem_eq(half_a, half_b, sizeof half_a);
            for (size_t i = 0; i < ROW; i++)
                ck_assert((a[i] == b[i] && !signbit(a[i]) == !signbit(b[i])) || (isnan(a[i]) && isnan(b[i])));
        }
}
END_TEST

/* Gamma and range, with NaN and values outside of the range; the plain gamma gives what gamma_is_a_power() asks for. */
START_TEST(every_set_gives_the_same_range_and_gamma)
{
    struct amosi_gamma *gamma = malloc(sizeof *gamma);
    ck_assert_ptr_nonnull(gamma);
    amosi_gamma_make(gamma, 0.7);
    for (size_t n = 0; n <= ROW; n++) {
        float a[ROW], b[ROW], low[2][8], high[2][8];
        fill_row(a, (uint32_t)n + 5);
        memcpy(b, a, sizeof a);
        amosi_tone_plain.range(a, n, low[0], high[0]);
        amosi_tone()->range(b, n, low[1], high[1]);
        for (size_t i = 0; i < 8; i++) {
            float least = INFINITY, most = -INFINITY;
            for (size_t k = i; k < n; k += 8) {
                least = a[k] < least ? a[k] : least;
                most = a[k] > most ? a[k] : most;
            }
            ck_assert(low[0][i] == least && high[0][i] == most);
        }
        ck_assert_mem_eq(low[0], low[1], sizeof low[0]);
        ck_assert_mem_eq(high[0], high[1], sizeof high[0]);
        amosi_tone_plain.gamma(gamma, a, n, -150.0f, 350.5f);
        amosi_tone()->gamma(gamma, b, n, -150.0f, 350.5f);
        for (size_t i = 0; i < ROW; i++)
            ck_assert(a[i] == b[i] || (isnan(a[i]) && isnan(b[i])));
    }
    free(gamma);
}
END_TEST

/* Three rows of int16, forwards and backwards: the values of the rows converted through float32, and no write
 * outside. */
START_TEST(int16_becomes_what_float32_becomes)
{
    enum { ROWS = 3, TO = ROW + 5, FROM = ROW + 3 };
    const struct amosi_tone_scale scale = {-160.0f, 240.0f, 12.5f, 0.0031f};
    int16_t from[ROWS * FROM];
    for (uint32_t i = 0; i < ROWS * FROM; i++)
        from[i] = (int16_t)(i * 40503u);
    const struct amosi_tone_kernels *const sets[] = {amosi_tone(), &amosi_tone_plain};
    for (int k = 0; k < 2; k++)
        for (size_t n = 0; n <= ROW; n++) {
            float ahead[ROWS * TO] = {0}, back[ROWS * TO] = {0}, expected[ROWS * TO] = {0}, turned[ROWS * TO] = {0};
            const struct amosi_tone_rows rows = {ahead, from, TO, FROM, n, ROWS};
            const struct amosi_tone_rows backward = {back, from + 2 * FROM + n - (n > 0), TO, -FROM, n, ROWS};
            for (int y = 0; y < ROWS; y++) {
                for (size_t i = 0; i < n; i++) {
                    expected[y * TO + (int)i] = from[y * FROM + (int)i];
                    turned[y * TO + (int)i] = from[(2 - y) * FROM + (int)(n - 1 - i)];
                }
                amosi_tone_plain.scale(expected + y * TO, n, &scale);
                amosi_tone_plain.scale(turned + y * TO, n, &scale);
            }
            sets[k]->scale_i16(&rows, &scale);
            sets[k]->scale_i16_reversed(&backward, &scale);
            ck_assert_mem_eq(ahead, expected, sizeof ahead);
            ck_assert_mem_eq(back, turned, sizeof back);
        }
}
END_TEST

/* A row's noise in two pieces equals that of the whole. */
START_TEST(noise_depends_on_the_place_in_the_row)
{
    const struct amosi_tone_kernels *const sets[] = {amosi_tone(), &amosi_tone_plain};
    for (int k = 0; k < 2; k++)
        for (size_t cut = 0; cut <= ROW; cut++) {
            float whole[ROW] = {0}, pieces[ROW] = {0};
            sets[k]->noise(whole, ROW, 99, 0, 1.0f);
            sets[k]->noise(pieces, cut, 99, 0, 1.0f);
            sets[k]->noise(pieces + cut, ROW - cut, 99, cut, 1.0f);
            ck_assert_mem_eq(whole, pieces, sizeof whole);
        }
}
END_TEST

START_TEST(scaling_clips_and_keeps_nan)
{
    float row[] = {-500, -160, 40, 240, 900, NAN, INFINITY, -INFINITY};
    const struct amosi_tone_scale scale = {-160, 240, -160, 1.0f / 400};
    amosi_tone()->scale(row, 8, &scale);
    const float expected[] = {0, 0, 0.5f, 1, 1, NAN, 1, 0};
    for (int i = 0; i < 8; i++)
        ck_assert(isnan(expected[i]) ? isnan(row[i]) : row[i] == expected[i]);
}
END_TEST

static double value_of_half(uint16_t h)
{
    int exponent = h >> 10 & 31, fraction = h & 1023;
    double magnitude = exponent == 0    ? ldexp(fraction, -24)
                       : exponent == 31 ? (fraction ? (double)NAN : (double)INFINITY)
                                        : ldexp(1024 + fraction, exponent - 25);
    return h & 0x8000 ? -magnitude : magnitude;
}

/* Each half-precision number, the points halfway to its neighbours, and the numbers next to those. */
START_TEST(halves_are_the_nearest)
{
    for (unsigned h = 0; h < 0x7c00; h++) {
        float exact = (float)value_of_half((uint16_t)h),
              next = (float)(h + 1 == 0x7c00 ? 65536.0 : value_of_half((uint16_t)(h + 1)));
        float middle = (exact + next) / 2;
        float rows[] = {exact, middle, nextafterf(middle, 0), nextafterf(middle, INFINITY), -exact};
        const unsigned expected[] = {h, h & 1 ? h + 1 : h, h, h + 1, h | 0x8000};
        uint16_t got[5];
        amosi_tone_plain.to_half(got, rows, 5);
        for (int i = 0; i < 5; i++)
            ck_assert_msg(got[i] == expected[i], "half %04x, row %d: %04x", h, i, got[i]);
    }
    float others[] = {NAN, INFINITY, -INFINITY, 1e9f, 1e-12f};
    uint16_t got[5];
    amosi_tone_plain.to_half(got, others, 5);
    ck_assert(isnan(value_of_half(got[0])));
    ck_assert_uint_eq(got[1], 0x7c00);
    ck_assert_uint_eq(got[2], 0xfc00);
    ck_assert_uint_eq(got[3], 0x7c00);
    ck_assert_uint_eq(got[4], 0);
}
END_TEST

/* Mean 0, deviation 1, no skew, the kurtosis of a Gaussian, rows and keys independent; standard errors for 4 million. */
START_TEST(noise_is_nearly_gaussian)
{
    enum { ROWS = 4000, N = 1000 };
    double sum[5] = {0}, most = 0, between = 0;
    float last[N] = {0};
    for (uint64_t r = 0; r < ROWS; r++) {
        float row[N] = {0};
        const struct amosi_source_of_chance chance = {1, 0, r};
        struct amosi_random key = amosi_random(&chance, AMOSI_RANDOM_NOISE, 0);
        amosi_tone()->noise(row, N, (uint64_t)key.word[0] << 32 | key.word[1], 0, 1.0f);
        for (int i = 0; i < N; i++) {
            double v = (double)row[i];
            for (int power = 1; power < 5; power++)
                sum[power] += pow(v, power);
            most = fabs(v) > most ? fabs(v) : most;
            between += v * (double)(r ? last[i] : row[(i + 1) % N]);
        }
        memcpy(last, row, sizeof last);
    }
    double n = (double)ROWS * (double)N;
    ck_assert_double_lt(fabs(sum[1] / n), 4 / sqrt(n));
    ck_assert_double_lt(fabs(sum[2] / n - 1), 4 * sqrt(2 / n));
    ck_assert_double_lt(fabs(sum[3] / n), 4 * sqrt(15 / n));
    ck_assert_double_lt(fabs(sum[4] / n - 3), 4 * sqrt(96 / n));
    ck_assert_double_lt(fabs(between / n), 4 / sqrt(n));
    ck_assert_double_lt(most, 4.1);
    ck_assert_double_gt(most, 3.9);
}
END_TEST

START_TEST(gamma_is_a_power)
{
    struct amosi_gamma *gamma = malloc(sizeof *gamma);
    ck_assert_ptr_nonnull(gamma);
    for (int halves = 1; halves <= 5; halves++) {
        double exponent = 0.5 * halves;
        amosi_gamma_make(gamma, exponent);
        for (int i = 0; i <= 71; i++) {
            double u = 0.02 + 0.0137 * i;
            float v = (float)(-100 + 500 * u);
            amosi_gamma_row(gamma, &v, 1, -100.0f, 400.0f);
            ck_assert_double_eq_tol((double)v, -100 + 500 * pow(u, exponent), 0.01);
        }
        float ends[] = {-100, 400, NAN};
        amosi_gamma_row(gamma, ends, 3, -100.0f, 400.0f);
        ck_assert(ends[0] == -100.0f && ends[1] == 400.0f && isnan(ends[2]));
        float flat = 3;
        amosi_gamma_row(gamma, &flat, 1, 3.0f, 3.0f);
        ck_assert(flat == 3.0f);
    }
    free(gamma);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("random");
    TCase *numbers = add_case(suite, "numbers", 20);
    tcase_add_test(numbers, philox_gives_the_known_answers);
    tcase_add_test(numbers, each_seed_epoch_index_and_purpose_has_its_own);
    tcase_add_test(numbers, an_order_has_every_item_once);
    tcase_add_test(numbers, all_orders_are_equally_likely);
    tcase_add_test(numbers, plain_arithmetic_is_that_of_libm);
    TCase *values = add_case(suite, "values", 20);
    tcase_add_test(values, every_set_of_loops_gives_the_same_bits);
    tcase_add_test(values, every_set_gives_the_same_range_and_gamma);
    tcase_add_test(values, int16_becomes_what_float32_becomes);
    tcase_add_test(values, noise_depends_on_the_place_in_the_row);
    tcase_add_test(values, scaling_clips_and_keeps_nan);
    tcase_add_test(values, halves_are_the_nearest);
    tcase_add_test(values, noise_is_nearly_gaussian);
    tcase_add_test(values, gamma_is_a_power);
    return run_suite(suite);
}
