/* SPDX-License-Identifier: BSD-3-Clause */
/* The vector code of resampling gives the bits of the plain code, for all lengths and odd values. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/system/cpu.h"
#include "resample/kernels/kernels.h"
#include "support/main.h"

#include <amos/amos.h>

#define MOST 100
#define GUARD 64
#define ROWS(array) ((int)(sizeof(array) / sizeof((array)[0])))

static double doubles[4][MOST + 8];
static float floats[4][MOST + 8];
static int16_t shorts[4][MOST + 8];
static uint8_t bytes[256];
static int32_t at[MOST];
static double weights[4 * MOST];

static uint64_t next_random(void)
{
    static uint64_t state = 1234567;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static void fill(void)
{
    static const double odd[] = {0, -0.0, NAN, INFINITY, -INFINITY, FLT_MAX, 1e300, -1e300, 32767.5, -32768.5, 0.5};
    for (int k = 0; k < 4; k++)
        for (int i = 0; i < MOST + 8; i++) {
            const double v = (double)(int32_t)next_random() / 65536;
            doubles[k][i] = next_random() % 6 ? v : odd[next_random() % 11];
            floats[k][i] = (float)v;
            shorts[k][i] = (int16_t)next_random();
        }
    for (int i = 0; i < 256; i++)
        bytes[i] = (uint8_t)next_random();
    for (int i = 0; i < 4 * MOST; i++)
        weights[i] = next_random() % 4 ? (double)(int32_t)next_random() / 0x1p31 : 0;
}

/* A result of plain and of vector code, with bytes behind them that must stay. */
struct both {
    _Alignas(64) unsigned char plain[8 * MOST + GUARD], vector[8 * MOST + GUARD];
};

static void begin(struct both *b)
{
    memset(b->plain, 0xa5, sizeof b->plain);
    memset(b->vector, 0xa5, sizeof b->vector);
}

/* A NaN may have another sign or payload. */
static void assert_same(const struct both *b, int wide)
{
    for (size_t i = 0; i < sizeof b->plain / (wide ? 8 : 4); i++) {
        double d[2];
        float f[2];
        memcpy(&d[0], b->plain + (wide ? 8 * i : 0), 8);
        memcpy(&d[1], b->vector + (wide ? 8 * i : 0), 8);
        memcpy(&f[0], b->plain + (wide ? 0 : 4 * i), 4);
        memcpy(&f[1], b->vector + (wide ? 0 : 4 * i), 4);
        if (wide)
            ck_assert((isnan(d[0]) && isnan(d[1])) || memcmp(&d[0], &d[1], 8) == 0);
        else
            ck_assert((isnan(f[0]) && isnan(f[1])) || memcmp(&f[0], &f[1], 4) == 0);
    }
}

static const struct amosi_resampling *const plain = &amosi_resampling_plain;

START_TEST(sums_of_rows)
{
    const struct amosi_resampling *vector = amosi_resampling();
    const size_t n = (size_t)_i;
    struct both b;
    fill();
    const void *const rows[3][4] = {{doubles[0] + 1, doubles[1], doubles[2] + 3, doubles[3]},
                                    {floats[0] + 1, floats[1], floats[2] + 3, floats[3]},
                                    {shorts[0] + 1, shorts[1], shorts[2] + 3, shorts[3]}};
    for (int taps = 1; taps <= 4; taps++)
        for (int i = 0; i < 3; i++) {
            begin(&b);
            (i == 0   ? plain->mix_f64
             : i == 1 ? plain->mix_f32
                      : plain->mix_i16)((void *)b.plain, rows[i], weights, taps, n);
            (i == 0   ? vector->mix_f64
             : i == 1 ? vector->mix_f32
                      : vector->mix_i16)((void *)b.vector, rows[i], weights, taps, n);
            assert_same(&b, 1);
        }
}
END_TEST

START_TEST(sums_along_a_row)
{
    const struct amosi_resampling *vector = amosi_resampling();
    const size_t n = (size_t)_i;
    struct both b;
    fill();
    for (size_t i = 0; i < n; i++)
        at[i] = (int32_t)(next_random() % MOST);
    for (int taps = 1; taps <= 4; taps *= 2) {
        begin(&b);
        plain->pick((void *)b.plain, doubles[0], at, weights, MOST, taps, n);
        vector->pick((void *)b.vector, doubles[0], at, weights, MOST, taps, n);
        assert_same(&b, 1);
    }
}
END_TEST

START_TEST(recursions)
{
    const struct amosi_resampling *vector = amosi_resampling();
    const size_t n = (size_t)_i;
    struct both b;
    fill();
    for (int turn = 0; turn < 2; turn++) {
        begin(&b);
        memcpy(b.plain, doubles[0], 8 * n);
        memcpy(b.vector, doubles[0], 8 * n);
        (turn ? plain->turn : plain->add)((void *)b.plain, doubles[1], -0.27, n);
        (turn ? vector->turn : vector->add)((void *)b.vector, doubles[1], -0.27, n);
        assert_same(&b, 1);
    }
}
END_TEST

START_TEST(results)
{
    const struct amosi_resampling *vector = amosi_resampling();
    const size_t n = (size_t)_i;
    struct both b;
    fill();
    begin(&b);
    ck_assert_uint_eq(plain->store_f32((void *)b.plain, doubles[0], n),
                      vector->store_f32((void *)b.vector, doubles[0], n));
    assert_same(&b, 0);
    for (int odd = 0; odd < 2; odd++) {
        for (int i = 0; i < MOST && !odd; i++)
            doubles[0][i] = (double)(next_random() % 140000) / 2.125 - 32000;
        if (odd)
            fill();
        begin(&b);
        ck_assert_uint_eq(plain->store_i16((void *)b.plain, doubles[0], n),
                          vector->store_i16((void *)b.vector, doubles[0], n));
        ck_assert_mem_eq(b.plain, b.vector, sizeof b.plain);
    }
}
END_TEST

/* At every step, in both directions, up to the last byte of the row. */
START_TEST(nearest_bytes)
{
    const struct amosi_resampling *vector = amosi_resampling();
    const size_t n = (size_t)_i;
    struct both b;
    fill();
    for (int step = 1; step <= 20; step++)
        for (int back = 0; back < 2; back++) {
            size_t length = 1;
            for (size_t i = 0; i < n; i++) {
                at[i] = (int32_t)((back ? n - 1 - i : i) * (size_t)step / 8);
                length = (size_t)at[i] + 1 > length ? (size_t)at[i] + 1 : length;
            }
            uint8_t *row = malloc(length); /* a sanitizer sees what is read beyond it */
            memcpy(row, bytes, length < sizeof bytes ? length : sizeof bytes);
            begin(&b);
            plain->copy_u8(b.plain, row, at, n, length);
            vector->copy_u8(b.vector, row, at, n, length);
            ck_assert_mem_eq(b.plain, b.vector, sizeof b.plain);
            free(row);
        }
}
END_TEST

/* Whole images, with what the processor has and without. */
START_TEST(whole_images)
{
    enum { X = 61, Y = 23, Z = 11 };
    int16_t *voxels = malloc(X * Y * Z * sizeof *voxels);
    const amos_geometry g = {
        .shape = {X, Y, Z}, .spacing = {0.8, 0.8, 3}, .affine = {{0.8}, {0, 0.8}, {0, 0, 3}, {0, 0, 0, 1}}};
    const amos_layout layout = {.type = AMOS_TYPE_INT16, .shape = {X, Y, Z, 1}, .has_geometry = 1, .geometry = g};
    amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
    amos_array *out[2];
    amos_error err;
    for (int i = 0; i < X * Y * Z; i++)
        voxels[i] = (int16_t)next_random();
    o.spacing[0] = o.spacing[1] = 1.1;
    o.spacing[2] = 1.3;
    o.interpolation = (amos_interpolation)(_i % 4);
    o.type = _i / 4 ? AMOS_TYPE_FLOAT32 : AMOS_TYPE_STORED;
    for (int k = 0; k < 2; k++) {
        amosi_cpu_limit(k ? 0 : AMOSI_CPU_ALL);
        assert_ok(amos_array_resample(&layout, voxels, X * Y * Z * sizeof *voxels, &o, &out[k], NULL, &err), &err);
    }
    amosi_cpu_limit(AMOSI_CPU_ALL);
    ck_assert_mem_eq(amos_array_data(out[0]), amos_array_data(out[1]), amos_array_layout(out[0])->bytes);
    amos_array_free(out[0]);
    amos_array_free(out[1]);
    free(voxels);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("resample kernels");
    TCase *all = add_case(suite, "kernels", 30);
    tcase_add_loop_test(all, sums_of_rows, 0, 40);
    tcase_add_loop_test(all, sums_along_a_row, 0, 40);
    tcase_add_loop_test(all, recursions, 0, 40);
    tcase_add_loop_test(all, results, 0, 60);
    tcase_add_loop_test(all, nearest_bytes, 0, MOST);
    tcase_add_loop_test(all, whole_images, 0, 8);
    return run_suite(suite);
}
