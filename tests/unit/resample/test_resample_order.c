/* SPDX-License-Identifier: BSD-3-Clause */
/* The order of the axes and of the sums, bit by bit: docs/conventions.md states it, and caches depend on it. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "base/system/cpu.h"
#include "support/main.h"

#define ROWS(array) ((int)(sizeof(array) / sizeof((array)[0])))
#define OUTSIDE (-77)

static amos_error err;

/* Grids around the same centre; steps are powers of two or their sums, so that all positions are exact. */
static const struct grid {
    int64_t before[3], after[3];
    double step[3];
    bool plane_first;
} grids[] = {
    {{37, 29, 7}, {18, 14, 28}, {2, 2, 0.25}, true},      /* as AMOS's CT */
    {{37, 29, 28}, {50, 40, 14}, {0.75, 0.75, 2}, false}, /* thick slices from thin ones */
    {{24, 20, 16}, {12, 10, 8}, {2, 2, 2}, false},        /* no order is better */
    {{24, 20, 16}, {12, 10, 9}, {2, 2, 1.75}, true},      /* one slice more */
    {{23, 19, 5}, {23, 19, 11}, {1, 1, 0.5}, true},       /* z alone */
    {{23, 19, 11}, {23, 19, 5}, {1, 1, 2.5}, false},      /* and fewer of them */
    {{21, 17, 6}, {21, 9, 13}, {1, 1.75, 0.5}, true},     /* x stays */
    {{21, 17, 6}, {9, 17, 13}, {2.5, 1, 0.5}, true},      /* y stays */
    {{9, 8, 5}, {16, 19, 24}, {0.75, 0.75, 0.25}, true},  /* beyond the volume on all sides */
    {{9, 8, 24}, {16, 19, 9}, {0.75, 0.75, 3}, false},    /* here too */
    {{1, 1, 9}, {3, 1, 40}, {0.5, 1, 0.25}, true},        /* single voxels */
    {{70, 300, 3}, {35, 150, 6}, {2, 2, 0.5}, true},      /* many stripes */
};

static uint64_t next_random(void)
{
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static int64_t count(const int64_t shape[3])
{
    return shape[0] * shape[1] * shape[2];
}

static double first_of(const struct grid *g, int d)
{
    return ((double)(g->before[d] - 1) - (double)(g->after[d] - 1) * g->step[d]) / 2;
}

/* ---- the model ---- */

/* The weights of the voxels floor(p) - 1 to floor(p) + 2: linear and Catmull-Rom, as docs/training.md has them. */
static void weigh(double t, amos_interpolation interpolation, double w[4])
{
    const double linear[4] = {0, 1 - t, t, 0};
    const double cubic[4] = {((2 - t) * t - 1) * t / 2, ((3 * t - 5) * t * t + 2) / 2, ((4 - 3 * t) * t + 1) * t / 2,
                             (t - 1) * t * t / 2};
    memcpy(w, interpolation == AMOS_INTERPOLATION_LINEAR ? linear : cubic, sizeof linear);
}

static int64_t clamped(int64_t i, int64_t n)
{
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

/* One new voxel along axis d: `from` is the old voxel 0 of its row. */
static double mix(const struct grid *g, int d, int64_t i, const double *from, int64_t step,
                  amos_interpolation interpolation)
{
    const double p = first_of(g, d) + (double)i * g->step[d], low = floor(p);
    double w[4], sum = 0;
    bool begun = false;
    weigh(p - low, interpolation, w);
    for (int k = 0; k < 4; k++) {
        if (w[k] == 0)
            continue;
        const double product = w[k] * from[clamped((int64_t)low - 1 + k, g->before[d]) * step];
        sum = begun ? sum + product : product;
        begun = true;
    }
    return sum;
}

/* Interpolates all rows along axis d. */
static double *along(const struct grid *g, int d, double *from, int64_t shape[3], amos_interpolation interpolation)
{
    int64_t after[3] = {shape[0], shape[1], shape[2]};
    after[d] = g->after[d];
    double *to = malloc((size_t)count(after) * sizeof *to);
    const int64_t step[3] = {1, shape[0], shape[0] * shape[1]};
    for (int64_t z = 0; z < after[2]; z++)
        for (int64_t y = 0; y < after[1]; y++)
            for (int64_t x = 0; x < after[0]; x++) {
                const int64_t at[3] = {x, y, z};
                const double *row = from;
                for (int k = 0; k < 3; k++)
                    row += k == d ? 0 : at[k] * step[k];
                to[x + after[0] * (y + after[1] * z)] = mix(g, d, at[d], row, step[d], interpolation);
            }
    memcpy(shape, after, sizeof after);
    free(from);
    return to;
}

static bool is_outside(const struct grid *g, const int64_t at[3])
{
    for (int d = 0; d < 3; d++) {
        const double p = first_of(g, d) + (double)at[d] * g->step[d];
        if (p < -0.5 || p > (double)g->before[d] - 0.5)
            return true;
    }
    return false;
}

static double *model_of(const struct grid *g, const double *voxels, amos_interpolation interpolation)
{
    static const int orders[2][3] = {{2, 1, 0}, {1, 0, 2}};
    int64_t shape[3] = {g->before[0], g->before[1], g->before[2]};
    double *values = malloc((size_t)count(shape) * sizeof *values);
    memcpy(values, voxels, (size_t)count(shape) * sizeof *values);
    for (int i = 0; i < 3; i++)
        values = along(g, orders[g->plane_first][i], values, shape, interpolation);
    for (int64_t i = 0; i < count(shape); i++)
        if (is_outside(g, (const int64_t[3]){i % shape[0], i / shape[0] % shape[1], i / shape[0] / shape[1]}))
            values[i] = OUTSIDE;
    return values;
}

/* ---- the library ---- */

/* Old voxels, with a spacing of 1 mm. */
static amos_layout layout_of(const struct grid *g, amos_type type)
{
    amos_layout layout = {.type = type, .has_geometry = 1, .geometry = {.orientation = "RAS"}};
    for (int d = 0; d < 3; d++) {
        layout.shape[d] = layout.geometry.shape[d] = g->before[d];
        layout.geometry.spacing[d] = layout.geometry.affine[d][d] = 1;
    }
    layout.shape[3] = 1;
    layout.geometry.affine[3][3] = 1;
    return layout;
}

static amos_array *resample(const struct grid *g, const void *voxels, amos_type type, amos_interpolation interpolation,
                            int threads)
{
    const amos_layout layout = layout_of(g, type);
    amos_geometry like = layout.geometry;
    amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
    amos_array *out;
    for (int d = 0; d < 3; d++) {
        like.shape[d] = g->after[d];
        like.affine[d][d] = g->step[d];
        like.affine[d][3] = first_of(g, d);
    }
    o.like = &like;
    o.type = AMOS_TYPE_FLOAT64;
    o.outside = OUTSIDE;
    o.interpolation = interpolation;
    o.threads = threads;
    assert_ok(
        amos_array_resample(&layout, voxels, (size_t)count(g->before) * amos_type_bytes(type), &o, &out, NULL, &err),
        &err);
    return out;
}

/* Random voxels of a type; and the same as float64. */
static void fill(amos_type type, void *voxels, double *values, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const double v = (double)(int32_t)next_random() / 65537;
        int16_t *shorts = voxels;
        float *floats = voxels;
        uint16_t *words = voxels;
        double *doubles = voxels;
        values[i] = type == AMOS_TYPE_INT16     ? (shorts[i] = (int16_t)v)
                    : type == AMOS_TYPE_UINT16  ? (words[i] = (uint16_t)fabs(v))
                    : type == AMOS_TYPE_FLOAT32 ? (double)(floats[i] = (float)v)
                                                : (doubles[i] = v);
    }
}

static const amos_type types[] = {AMOS_TYPE_INT16, AMOS_TYPE_UINT16, AMOS_TYPE_FLOAT32, AMOS_TYPE_FLOAT64};

START_TEST(axes_are_in_the_stated_order)
{
    static const amos_interpolation interpolations[] = {AMOS_INTERPOLATION_LINEAR, AMOS_INTERPOLATION_CUBIC};
    const struct grid *g = &grids[_i];
    double *voxels = malloc((size_t)count(g->before) * 8), *values = malloc((size_t)count(g->before) * 8);
    for (int t = 0; t < ROWS(types); t++)
        for (int k = 0; k < ROWS(interpolations); k++) {
            fill(types[t], voxels, values, count(g->before));
            amos_array *out = resample(g, voxels, types[t], interpolations[k], 1 + t % 2);
            double *expected = model_of(g, values, interpolations[k]);
            ck_assert_mem_eq(amos_array_data(out), expected, (size_t)count(g->after) * 8);
            free(expected);
            amos_array_free(out);
        }
    free(values);
    free(voxels);
}
END_TEST

/* Plain and vector code, and any number of threads, give the same bits. */
START_TEST(threads_and_processors_do_not_matter)
{
    const struct grid *g = &grids[_i];
    double *voxels = malloc((size_t)count(g->before) * 8), *values = malloc((size_t)count(g->before) * 8);
    for (int t = 0; t < ROWS(types); t++)
        for (int interpolation = 0; interpolation < 4; interpolation++) {
            fill(types[t], voxels, values, count(g->before));
            amos_array *out = resample(g, voxels, types[t], (amos_interpolation)interpolation, 1);
            for (int threads = 1; threads <= 3; threads += 2) {
                amosi_cpu_limit(threads == 1 ? 0 : AMOSI_CPU_ALL);
                amos_array *other = resample(g, voxels, types[t], (amos_interpolation)interpolation, threads);
                ck_assert_mem_eq(amos_array_data(out), amos_array_data(other), (size_t)count(g->after) * 8);
                amos_array_free(other);
            }
            amos_array_free(out);
        }
    amosi_cpu_limit(AMOSI_CPU_ALL);
    free(values);
    free(voxels);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("resample_order");
    TCase *order = add_case(suite, "order", 30);
    tcase_add_loop_test(order, axes_are_in_the_stated_order, 0, ROWS(grids));
    tcase_add_loop_test(order, threads_and_processors_do_not_matter, 0, ROWS(grids));
    return run_suite(suite);
}
