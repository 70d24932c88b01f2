/* SPDX-License-Identifier: BSD-3-Clause */
/* Vector code against its plain C twin: the same bits for every length, every alignment and every value. */
#include <stdlib.h>
#include <string.h>

#include "prepare/count.h"
#include "nifti/kernels.h"
#include "support/bytes.h"
#include "support/main.h"

#define LONGEST 200
#define ROOM ((LONGEST + 64) * 8)
#define GUARD 0xa5

static unsigned char source[ROOM], expected[ROOM], found[ROOM];

static void fill(uint64_t seed)
{
    for (size_t i = 0; i < sizeof source; i++)
        source[i] = (unsigned char)random_next(&seed);
    memset(expected, GUARD, sizeof expected);
    memset(found, GUARD, sizeof found);
}

/* The set for this processor, and the plain one. */
#define FOR_SETS(k) \
    const struct amosi_kernels *all_##k[] = {amosi_kernels(), &amosi_kernels_plain, NULL}, **at_##k = all_##k; \
    for (const struct amosi_kernels *k = *at_##k; k; k = *++at_##k)

static void assert_same(const struct amosi_kernels *k, const char *what, size_t n)
{
    ck_assert_msg(memcmp(expected, found, sizeof found) == 0, "%s of the set %s differs for %zu items", what, k->name,
                  n);
}

START_TEST(F33_integers_become_floats)
{
    const struct amosi_kernels *plain = &amosi_kernels_plain;
    FOR_SETS(k)
    for (size_t n = 0; n < LONGEST; n++) {
        size_t off = n % 13;
        float *e = (float *)(void *)expected + off, *f = (float *)(void *)found + off;
        fill(n + 1);
        const int16_t *s = (const int16_t *)(const void *)source + off;
        plain->float_from_i16(e, s, n);
        k->float_from_i16(f, s, n);
        assert_same(k, "float_from_i16", n);
        plain->float_from_u16(e, (const uint16_t *)s, n);
        k->float_from_u16(f, (const uint16_t *)s, n);
        assert_same(k, "float_from_u16", n);
        plain->float_from_u8(e, source + off, n);
        k->float_from_u8(f, source + off, n);
        assert_same(k, "float_from_u8", n);
    }
}
END_TEST

static const double slopes[][2] = {{1, 0}, {2.5, -1024}, {400.0 / 255, -160}, {-0.1, 1e-3}, {1e30, -1e33}, {1e-42, 0}};

START_TEST(F33_scaled_integers_become_floats)
{
    const struct amosi_kernels *plain = &amosi_kernels_plain;
    const double slope = slopes[_i][0], inter = slopes[_i][1];
    FOR_SETS(k)
    for (size_t n = 0; n < LONGEST; n++) {
        size_t off = n % 11;
        float *e = (float *)(void *)expected + off, *f = (float *)(void *)found + off;
        fill(n + 1);
        const int16_t *s = (const int16_t *)(const void *)source + off;
        plain->scaled_from_i16(e, s, n, slope, inter);
        k->scaled_from_i16(f, s, n, slope, inter);
        assert_same(k, "scaled_from_i16", n);
        plain->scaled_from_u16(e, (const uint16_t *)s, n, slope, inter);
        k->scaled_from_u16(f, (const uint16_t *)s, n, slope, inter);
        assert_same(k, "scaled_from_u16", n);
        plain->scaled_from_u8(e, source + off, n, slope, inter);
        k->scaled_from_u8(f, source + off, n, slope, inter);
        assert_same(k, "scaled_from_u8", n);
    }
}
END_TEST

/* The plain twin itself: every 16-bit value, against the definition. */
START_TEST(plain_scaling_is_the_definition)
{
    float out;
    for (int v = INT16_MIN; v <= INT16_MAX; v++) {
        int16_t in = (int16_t)v;
        amosi_kernels_plain.scaled_from_i16(&out, &in, 1, slopes[_i][0], slopes[_i][1]);
        volatile double scaled = slopes[_i][0] * v;
        scaled = scaled + slopes[_i][1];
        ck_assert(out == (float)scaled);
    }
}
END_TEST

static void swap_reference(unsigned char *p, size_t n, size_t bytes)
{
    for (size_t i = 0; i < n; i++, p += bytes)
        for (size_t j = 0; j < bytes / 2; j++) {
            unsigned char c = p[j];
            p[j] = p[bytes - 1 - j];
            p[bytes - 1 - j] = c;
        }
}

START_TEST(F33_bytes_are_swapped)
{
    FOR_SETS(k)
    for (size_t n = 0; n < LONGEST; n++) {
        void (*const swaps[])(void *, size_t) = {k->swap2, k->swap4, k->swap8};
        for (size_t w = 0; w < 3; w++) {
            size_t bytes = (size_t)2 << w;
            fill(n + w);
            memcpy(expected + n % 17, source, n * bytes);
            memcpy(found + n % 17, source, n * bytes);
            swap_reference(expected + n % 17, n, bytes);
            swaps[w](found + n % 17, n);
            assert_same(k, "swap", n);
        }
    }
}
END_TEST

START_TEST(F33_rows_are_reversed)
{
    FOR_SETS(k)
    for (size_t n = 0; n < LONGEST; n++) {
        void (*const reverses[])(void *, const void *, size_t) = {k->reverse1, k->reverse2, k->reverse4};
        for (size_t w = 0; w < 3; w++) {
            size_t bytes = (size_t)1 << w;
            fill(n + w);
            for (size_t i = 0; i < n; i++)
                memcpy(expected + n % 7 + i * bytes, source + n % 5 + (n - 1 - i) * bytes, bytes);
            reverses[w](found + n % 7, source + n % 5, n);
            assert_same(k, "reverse", n);
        }
    }
}
END_TEST

START_TEST(F33_items_of_two_bytes_are_taken_apart_and_put_together)
{
    FOR_SETS(k)
    for (size_t n = 0; n < LONGEST; n++) {
        size_t a = n % 7, b = a + LONGEST + n % 3;
        fill(n);
        for (size_t i = 0; i < n; i++) {
            expected[a + i] = source[n % 5 + 2 * i];
            expected[b + i] = source[n % 5 + 2 * i + 1];
        }
        k->split2(found + a, found + b, source + n % 5, n);
        assert_same(k, "split2", n);
        memcpy(source, found, sizeof found);
        memcpy(found, expected, sizeof found);
        for (size_t i = 0; i < n; i++) {
            expected[2 * b + 2 * i] = source[a + i];
            expected[2 * b + 2 * i + 1] = source[b + i];
        }
        k->join2(found + 2 * b, source + a, source + b, n);
        assert_same(k, "join2", n);
    }
}
END_TEST

/* One value above the limit, at every place in turn, or none. */
START_TEST(values_up_to_a_limit_are_counted)
{
    static const int16_t limits[] = {INT16_MIN, -500, 0, INT16_MAX - 1};
    int16_t values[LONGEST];
    FOR_SETS(k)
    for (size_t n = 0; n < LONGEST; n++)
        for (size_t above = 0; above <= n; above++) {
            int16_t limit = limits[(n + above) % 4];
            for (size_t i = 0; i < n; i++)
                values[i] = (int16_t)(i % 2 ? limit : INT16_MIN);
            if (above < n)
                values[above] = (int16_t)(limit + 1);
            ck_assert_uint_eq(k->at_most_i16(values, n, limit), above);
            ck_assert_uint_eq(k->at_most_i16(values, n, INT16_MAX), n);
        }
}
END_TEST

/* Runs of equal and of mixed values, of all lengths; those above a limit are exact in any case. */
START_TEST(values_are_counted)
{
    enum { MOST = 1500 };
    static uint64_t count[AMOSI_COUNT_VALUES], above[AMOSI_COUNT_VALUES], plain[AMOSI_COUNT_VALUES],
        unsign[AMOSI_COUNT_VALUES];
    static struct amosi_count_tables tables[3];
    int16_t values[MOST];
    uint64_t seed = 5;
    const int16_t limit = -500;
    for (size_t n = 0; n < MOST; n += 1 + n / 20) {
        for (size_t i = 0; i < n; i++) {
            uint64_t r = random_next(&seed);
            values[i] = r % 100 == 0 && i ? (int16_t)(r >> 16) : i ? values[i - 1] : -1024;
            plain[values[i] - INT16_MIN]++;
        }
        amosi_count_i16(count, &tables[0], values, n);
        amosi_count_u16(unsign, &tables[1], (const uint16_t *)values, n);
        amosi_count_i16_above(above, &tables[2], values, n, limit);
    }
    amosi_count_collect(above, &tables[2]);
    amosi_count_collect(count, &tables[0]);
    amosi_count_collect(unsign, &tables[1]);
    ck_assert_mem_eq(count, plain, sizeof plain);
    for (int i = 0; i < AMOSI_COUNT_VALUES; i++) {
        ck_assert_uint_eq(unsign[i], plain[i ^ 0x8000]);
        if (i + INT16_MIN > limit)
            ck_assert_uint_eq(above[i], plain[i]);
        else
            ck_assert_uint_le(above[i], plain[i]);
    }
}
END_TEST

/* A run of `same` bytes that repeat the first item, then one that differs, at every place. */
START_TEST(F33_repetitions_are_counted)
{
    FOR_SETS(k)
    for (size_t item = 1; item <= 8; item *= 2)
        for (size_t n = item; n < LONGEST * 2; n++)
            for (size_t same = item; same <= n; same++) {
                unsigned char *p = source + n % 9;
                for (size_t i = 0; i < n; i++)
                    p[i] = (unsigned char)(i % item + 1);
                if (same < n)
                    p[same] ^= 0x40;
                ck_assert_uint_eq(k->repeated(p, n, item), same);
            }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels");
    TCase *all = add_case(suite, "kernels", 30);
    int rules = (int)(sizeof slopes / sizeof slopes[0]);
    tcase_add_test(all, F33_integers_become_floats);
    tcase_add_loop_test(all, F33_scaled_integers_become_floats, 0, rules);
    tcase_add_loop_test(all, plain_scaling_is_the_definition, 0, rules);
    tcase_add_test(all, F33_bytes_are_swapped);
    tcase_add_test(all, F33_rows_are_reversed);
    tcase_add_test(all, F33_items_of_two_bytes_are_taken_apart_and_put_together);
    tcase_add_test(all, F33_repetitions_are_counted);
    tcase_add_test(all, values_up_to_a_limit_are_counted);
    tcase_add_test(all, values_are_counted);
    return run_suite(suite);
}
