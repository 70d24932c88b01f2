/* SPDX-License-Identifier: BSD-3-Clause */
/* Resampling against a model that sums kernels over all voxels. */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/main.h"
#include "support/model/resample.h"

#define MOST 4096 /* voxels of a small volume */
#define ROWS(array) ((int)(sizeof(array) / sizeof((array)[0])))

static amos_error err;

/* ---- volumes ---- */

static amos_geometry grid_of(const int64_t shape[3], const double spacing[3])
{
    amos_geometry g = {.orientation = "RAS"};
    for (int d = 0; d < 3; d++) {
        g.shape[d] = shape[d];
        g.spacing[d] = g.affine[d][d] = spacing[d];
        g.affine[d][3] = 10.0 * d - 7;
    }
    g.affine[3][3] = 1;
    return g;
}

static amos_layout layout_of(amos_type type, const int64_t shape[3], const double spacing[3])
{
    amos_layout layout = {.type = type, .shape = {shape[0], shape[1], shape[2], 1}, .has_geometry = 1};
    layout.geometry = grid_of(shape, spacing);
    return layout;
}

static uint64_t next_random(void)
{
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

#define FOR_TYPES(X) \
    X(INT8, int8_t) \
    X(UINT8, uint8_t) \
    X(INT16, int16_t) \
    X(UINT16, uint16_t) \
    X(INT32, int32_t) X(UINT32, uint32_t) X(INT64, int64_t) X(UINT64, uint64_t) X(FLOAT32, float) X(FLOAT64, double)

/* Voxel i of a type as a double, and the other way. */
static double get(amos_type type, const void *voxels, int64_t i)
{
    switch (type) {
#define GET(NAME, T) \
    case AMOS_TYPE_##NAME: \
        return (double)((const T *)voxels)[i];
        FOR_TYPES(GET)
    default:
        ck_abort();
        return 0;
    }
}

static void put(amos_type type, void *voxels, int64_t i, double value)
{
    switch (type) {
#define PUT(NAME, T) \
    case AMOS_TYPE_##NAME: \
        ((T *)voxels)[i] = (T)value; \
        break;
        FOR_TYPES(PUT)
    default:
        ck_abort();
    }
}

static bool is_float(amos_type type)
{
    return type == AMOS_TYPE_FLOAT32 || type == AMOS_TYPE_FLOAT64;
}

/* Random voxels: -100 to 100, or 0 to 200 without a sign. */
static void fill(amos_type type, void *voxels, int64_t n)
{
    const bool is_unsigned = amos_type_get((int)type)->kind == AMOS_KIND_UNSIGNED;
    for (int64_t i = 0; i < n; i++) {
        double v = (double)(next_random() % 20001) / 100 - (is_unsigned ? 0 : 100);
        put(type, voxels, i, is_float(type) ? v : rint(v));
    }
}

static int64_t count(const int64_t shape[3])
{
    return shape[0] * shape[1] * shape[2];
}

/* ---- against the model ---- */

/* inverse(a) * b for affines, by Gauss and Jordan. */
static void divide(const double a[4][4], const double b[4][4], double out[4][4])
{
    double m[4][8];
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 8; k++)
            m[i][k] = k < 4 ? a[i][k] : b[i][k - 4];
    for (int c = 0; c < 4; c++) {
        int best = c;
        for (int r = c + 1; r < 4; r++)
            best = fabs(m[r][c]) > fabs(m[best][c]) ? r : best;
        for (int k = 0; k < 8; k++) {
            double t = m[c][k];
            m[c][k] = m[best][k];
            m[best][k] = t;
        }
        for (int r = 0; r < 4; r++)
            for (int k = 7; k >= c && r != c; k--)
                m[r][k] -= m[r][c] / m[c][c] * m[c][k];
    }
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 4; k++)
            out[i][k] = m[i][k + 4] / m[i][i];
}

static void index_of(const double m[4][4], int64_t i, const int64_t shape[3], double p[3])
{
    const double at[3] = {(double)(i % shape[0]), (double)(i / shape[0] % shape[1]), (double)(i / shape[0] / shape[1])};
    for (int d = 0; d < 3; d++)
        p[d] = m[d][0] * at[0] + m[d][1] * at[1] + m[d][2] * at[2] + m[d][3];
}

/* How far a result may be from the model: rounding, and the arithmetic. The nearest voxel may be another one where p is
 * half between two. */
static double allowed(amos_type to, amos_interpolation interpolation)
{
    const double arithmetic = interpolation == AMOS_INTERPOLATION_NEAREST ? 0 : 1e-10;
    return arithmetic + (!is_float(to) ? 0.5 : to == AMOS_TYPE_FLOAT32 ? 200 * 0x1p-24 : 0);
}

static bool is_tie(const double p[3])
{
    for (int d = 0; d < 3; d++)
        if (fabs(p[d] + 0.5 - rint(p[d] + 0.5)) < 1e-9)
            return true;
    return false;
}

/* Resamples random voxels and compares every one with the model. */
static void compare(const amos_layout *layout, const void *voxels, const amos_resample_options *options)
{
    static double values[MOST];
    amos_array *out = NULL;
    amos_resample_report report = AMOS_RESAMPLE_REPORT_INIT;
    double m[4][4];
    uint64_t outside = 0;
    const int64_t n = count(layout->shape);
    assert_ok(
        amos_array_resample(layout, voxels, (size_t)n * amos_type_bytes(layout->type), options, &out, &report, &err),
        &err);
    const amos_layout *result = amos_array_layout(out);
    for (int64_t i = 0; i < n; i++)
        values[i] = get(layout->type, voxels, i);
    if (options->interpolation == AMOS_INTERPOLATION_BSPLINE)
        model_spline(layout->shape, values);
    const struct model_volume volume = {{layout->shape[0], layout->shape[1], layout->shape[2]}, values};
    divide(layout->geometry.affine, result->geometry.affine, m);
    for (int64_t i = 0; i < count(result->shape); i++) {
        double p[3], expected, got = get(result->type, amos_array_data(out), i);
        index_of((const double(*)[4])m, i, result->shape, p);
        const bool inside = model_is_inside(layout->shape, p);
        outside += !inside;
        expected = inside ? model_value(&volume, p, options->interpolation) : options->outside;
        const bool tie = options->interpolation == AMOS_INTERPOLATION_NEAREST && is_tie(p);
        ck_assert_msg(tie || fabs(got - expected) <= allowed(result->type, options->interpolation),
                      "%s to %s, %s: voxel %d at (%g, %g, %g) is %.17g; the model says %.17g",
                      amos_type_name(layout->type), amos_type_name(result->type),
                      amos_interpolation_name(options->interpolation), (int)i, p[0], p[1], p[2], got, expected);
    }
    ck_assert_uint_eq(report.outside, outside);
    ck_assert_uint_eq(report.saturated, 0);
    amos_array_free(out);
}

static const int64_t shapes[][3] = {{13, 7, 9}, {1, 5, 6}, {40, 2, 1}, {3, 3, 3}, {1, 1, 1}, {35, 8, 6}};
static const double spacings[][3] = {{1.5, 1.5, 2}, {0.4, 3.1, 0}, {0, 0, 1.7}, {30, 30, 30}, {0.9, 0.8, 5}};

/* Every type, interpolation, shape and spacing. */
START_TEST(spacing_is_as_in_the_model)
{
    const double spacing[3] = {0.9, 0.8, 5};
    _Alignas(64) char voxels[MOST * 8];
    const amos_interpolation interpolation = (amos_interpolation)(_i % 4);
    const amos_type type = (amos_type)(AMOS_TYPE_INT8 + _i / 4);
    for (int s = 0; s < ROWS(shapes); s++)
        for (int k = 0; k < ROWS(spacings); k++) {
            const amos_layout layout = layout_of(type, shapes[s], spacing);
            amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
            memcpy(o.spacing, spacings[k], sizeof o.spacing);
            o.interpolation = interpolation;
            o.threads = 1 + (s & 1);
            if (interpolation == AMOS_INTERPOLATION_CUBIC || interpolation == AMOS_INTERPOLATION_BSPLINE)
                o.type = is_float(type) ? type : k % 2 ? AMOS_TYPE_INT16 : AMOS_TYPE_FLOAT64;
            else if (k == 4)
                o.type = AMOS_TYPE_FLOAT32;
            fill(type, voxels, count(shapes[s]));
            compare(&layout, voxels, &o);
        }
}
END_TEST

/* Grids that are turned: by axes, by a little that counts as none, by an angle, and far away. */
static amos_geometry turned_grid(const amos_geometry *of, int which)
{
    const int64_t shape[3] = {6, 11, 5};
    const double spacing[3] = {1.3, 0.7, 2.2}, angle = which == 2 ? 0.3 : which == 1 ? 1e-5 : 0;
    amos_geometry g = grid_of(shape, spacing);
    if (which == 0) { /* z, -x, y */
        const double turned[3][3] = {{0, -0.7, 0}, {0, 0, 2.2}, {1.3, 0, 0}};
        for (int r = 0; r < 3; r++)
            memcpy(g.affine[r], turned[r], sizeof turned[r]);
        g.affine[0][3] += 6;
    }
    for (int k = 0; k < 3; k++) {
        const double x = g.affine[0][k], y = g.affine[1][k];
        g.affine[0][k] = cos(angle) * x - sin(angle) * y;
        g.affine[1][k] = sin(angle) * x + cos(angle) * y;
    }
    if (which == 3)
        g.affine[1][3] = of->affine[1][3] + 1000;
    return g;
}

START_TEST(other_grids_are_as_in_the_model)
{
    const int64_t shape[3] = {12, 9, 7};
    const double spacing[3] = {0.9, 0.8, 1.9};
    static const amos_type types[] = {AMOS_TYPE_INT16, AMOS_TYPE_UINT8,  AMOS_TYPE_FLOAT32, AMOS_TYPE_FLOAT64,
                                      AMOS_TYPE_INT8,  AMOS_TYPE_UINT16, AMOS_TYPE_INT32,   AMOS_TYPE_UINT32,
                                      AMOS_TYPE_INT64, AMOS_TYPE_UINT64};
    _Alignas(64) char voxels[MOST * 8];
    for (int t = 0; t < ROWS(types); t++)
        for (int i = 0; i < 4; i++) {
            const amos_layout layout = layout_of(types[t], shape, spacing);
            const amos_geometry like = turned_grid(&layout.geometry, _i);
            amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
            o.like = &like;
            o.interpolation = (amos_interpolation)i;
            o.type = i == 0 || is_float(types[t]) ? AMOS_TYPE_STORED : i == 3 ? AMOS_TYPE_FLOAT64 : AMOS_TYPE_INT32;
            o.outside = 17;
            fill(types[t], voxels, count(shape));
            if (_i == 1) { /* the model follows the small angle */
                amos_array *out;
                amos_resample_report report = AMOS_RESAMPLE_REPORT_INIT;
                assert_ok(amos_array_resample(&layout, voxels, sizeof voxels, &o, &out, &report, &err), &err);
                ck_assert_int_eq(report.separable, 1);
                amos_array_free(out);
                continue;
            }
            compare(&layout, voxels, &o);
        }
}
END_TEST

/* A grid of old voxels: nothing is computed, so even 64-bit integers stay what they are. */
START_TEST(the_same_grid_copies)
{
    const int64_t shape[3] = {5, 4, 3};
    const double spacing[3] = {0.7, 0.9, 5};
    uint64_t voxels[60];
    for (int i = 0; i < 60; i++)
        voxels[i] = next_random();
    for (int t = AMOS_TYPE_INT8; t <= AMOS_TYPE_FLOAT64; t++)
        for (int i = 0; i < 3; i++) {
            const amos_layout layout = layout_of((amos_type)t, shape, spacing);
            amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
            amos_resample_report report = AMOS_RESAMPLE_REPORT_INIT;
            amos_array *out;
            o.like = &layout.geometry;
            o.interpolation = (amos_interpolation)i;
            assert_ok(amos_array_resample(&layout, voxels, sizeof voxels, &o, &out, &report, &err), &err);
            ck_assert_int_eq(memcmp(amos_array_data(out), voxels, 60 * amos_type_bytes((amos_type)t)), 0);
            ck_assert_int_eq(report.rounded, 0);
            amos_array_free(out);
        }
}
END_TEST

/* ---- layouts in memory ---- */

/* The same voxels, reversed along x, with gaps, misaligned and with axes exchanged, give the same. */
START_TEST(strides_do_not_matter)
{
    const int64_t shape[3] = {37, 5, 4};
    const double spacing[3] = {1, 1, 1};
    int16_t packed[37 * 5 * 4];
    static char spread[40000];
    amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
    o.spacing[0] = o.spacing[1] = o.spacing[2] = 0.8;
    o.interpolation = (amos_interpolation)_i;
    fill(AMOS_TYPE_INT16, packed, count(shape));
    amos_layout layout = layout_of(AMOS_TYPE_INT16, shape, spacing);
    amos_array *out, *other;
    assert_ok(amos_array_resample(&layout, packed, sizeof packed, &o, &out, NULL, &err), &err);
    const int64_t strides[][3] = {{-2, 80, 800}, {40, 8, 1600}, {3, 301, 2001}};
    for (int s = 0; s < 3; s++) {
        layout.offset = strides[s][0] < 0 ? 75 : 1;
        memcpy(layout.strides, strides[s], sizeof strides[s]);
        layout.strides[3] = 20000;
        for (int64_t i = 0; i < count(shape); i++)
            memcpy(spread + layout.offset + i % 37 * strides[s][0] + i / 37 % 5 * strides[s][1] +
                       i / 37 / 5 * strides[s][2],
                   packed + i, 2);
        assert_ok(amos_array_resample(&layout, spread, sizeof spread, &o, &other, NULL, &err), &err);
        ck_assert_int_eq(memcmp(amos_array_data(out), amos_array_data(other), amos_array_layout(out)->bytes), 0);
        amos_array_free(other);
    }
    amos_array_free(out);
}
END_TEST

/* ---- threads, progress ---- */

struct watched {
    uint64_t last, total;
    int calls, cancel_at;
};

static int watch(void *user, uint64_t done, uint64_t total)
{
    struct watched *w = user;
    ck_assert_uint_ge(done, w->last);
    w->last = done;
    w->total = total;
    return ++w->calls == w->cancel_at;
}

START_TEST(threads_do_not_matter)
{
    const int64_t shape[3] = {91, 60, 33};
    const double spacing[3] = {0.8, 0.8, 3};
    const amos_type type = _i / 4 ? AMOS_TYPE_FLOAT32 : AMOS_TYPE_INT16;
    void *voxels = malloc((size_t)count(shape) * 4);
    amos_layout layout = layout_of(type, shape, spacing);
    amos_geometry tilted = grid_of((const int64_t[3]){70, 60, 50}, (const double[3]){1, 1, 1});
    tilted.affine[0][2] = 0.2;
    fill(type, voxels, count(shape));
    for (int way = 0; way < 2; way++) {
        amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
        amos_array *out[3];
        o.interpolation = (amos_interpolation)(_i % 4);
        o.like = way ? &tilted : NULL;
        o.spacing[0] = o.spacing[1] = o.spacing[2] = way ? 0 : 0.9;
        for (int i = 0; i < 3; i++) {
            struct watched w = {.cancel_at = -1};
            o.progress = (amos_progress){watch, &w};
            o.threads = 1 + 2 * i;
            assert_ok(amos_array_resample(&layout, voxels, (size_t)count(shape) * 4, &o, &out[i], NULL, &err), &err);
            ck_assert_uint_eq(w.last, w.total);
            ck_assert_uint_eq(w.total, (uint64_t)count(amos_array_layout(out[i])->shape));
            ck_assert_int_eq(memcmp(amos_array_data(out[i]), amos_array_data(out[0]), amos_array_layout(out[0])->bytes),
                             0);
        }
        for (int i = 0; i < 3; i++)
            amos_array_free(out[i]);
    }
    free(voxels);
}
END_TEST

START_TEST(a_cancel_ends_it)
{
    const int64_t shape[3] = {91, 60, 33};
    const double spacing[3] = {0.8, 0.8, 3};
    int16_t *voxels = calloc((size_t)count(shape), 2);
    const amos_layout layout = layout_of(AMOS_TYPE_INT16, shape, spacing);
    struct watched w = {.cancel_at = 2};
    amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
    amos_array *out;
    o.spacing[2] = 1;
    o.progress = (amos_progress){watch, &w};
    assert_status(amos_array_resample(&layout, voxels, (size_t)count(shape) * 2, &o, &out, NULL, &err), AMOS_E_CANCEL,
                  &err);
    assert_sentence(&err, AMOS_E_CANCEL, "cancel");
    ck_assert_ptr_null(out);
    free(voxels);
}
END_TEST

/* ---- values ---- */

/* NaN and infinity spread only where they have a weight. */
START_TEST(nan_without_weight_does_not_count)
{
    const int64_t shape[3] = {9, 1, 1};
    const double spacing[3] = {1, 1, 1};
    float voxels[9] = {0, 1, NAN, 3, 4, INFINITY, 6, 7, 8};
    const amos_layout layout = layout_of(AMOS_TYPE_FLOAT32, shape, spacing);
    amos_geometry like = layout.geometry; /* every second voxel is an old one */
    amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
    amos_array *out;
    like.shape[0] = 17;
    like.affine[0][0] = 0.5;
    o.like = &like;
    assert_ok(amos_array_resample(&layout, voxels, sizeof voxels, &o, &out, NULL, &err), &err);
    const float *got = amos_array_data(out);
    for (int i = 0; i < 17; i++)
        if (i >= 3 && i <= 5)
            ck_assert_float_nan(got[i]);
        else if (i >= 9 && i <= 11)
            ck_assert_float_infinite(got[i]);
        else
            ck_assert_float_eq(got[i], (float)i / 2);
    amos_array_free(out);
}
END_TEST

/* An overshoot that the type cannot hold is its nearest value, and counted. */
START_TEST(what_does_not_fit_is_counted)
{
    const int64_t shape[3] = {8, 1, 1};
    const double spacing[3] = {1, 1, 1};
    static const struct {
        amos_type from, to;
        double low, high, least, most;
    } rows[] = {
        {AMOS_TYPE_UINT8, AMOS_TYPE_UINT8, 0, 255, 0, 255},
        {AMOS_TYPE_INT16, AMOS_TYPE_INT16, -32768, 32767, -32768, 32767},
        {AMOS_TYPE_INT16, AMOS_TYPE_UINT8, 0, 255, 0, 255},
        {AMOS_TYPE_INT32, AMOS_TYPE_INT32, INT32_MIN, INT32_MAX, INT32_MIN, INT32_MAX},
        {AMOS_TYPE_FLOAT32, AMOS_TYPE_FLOAT32, -FLT_MAX, FLT_MAX, -FLT_MAX, FLT_MAX},
        {AMOS_TYPE_FLOAT64, AMOS_TYPE_INT8, -128, 127, -128, 127},
    };
    for (int r = 0; r < ROWS(rows); r++) {
        const amos_layout layout = layout_of(rows[r].from, shape, spacing);
        amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
        amos_resample_report report = AMOS_RESAMPLE_REPORT_INIT;
        double voxels[8];
        amos_array *out;
        for (int i = 0; i < 8; i++)
            put(rows[r].from, voxels, i, i < 4 ? rows[r].low : rows[r].high);
        o.spacing[0] = 0.25;
        o.type = rows[r].to;
        o.interpolation = AMOS_INTERPOLATION_CUBIC;
        assert_ok(amos_array_resample(&layout, voxels, sizeof voxels, &o, &out, &report, &err), &err);
        uint64_t beyond = 0;
        for (int i = 0; i < 32; i++) {
            const double got = get(rows[r].to, amos_array_data(out), i);
            ck_assert(got >= rows[r].least && got <= rows[r].most);
            beyond += (i > 11 - 4 && i < 12 && got == rows[r].least) || (i >= 20 && i < 24 && got == rows[r].most);
        }
        ck_assert_uint_eq(report.saturated, 8); /* four on each side of the edge */
        ck_assert_uint_eq(beyond, 8);
        ck_assert_int_eq(report.rounded, !is_float(rows[r].to));
        amos_array_free(out);
    }
}
END_TEST

START_TEST(nan_as_an_integer_is_counted)
{
    const int64_t shape[3] = {4, 1, 1};
    const double spacing[3] = {1, 1, 1};
    const float voxels[4] = {1, NAN, 3, INFINITY};
    const amos_layout layout = layout_of(AMOS_TYPE_FLOAT32, shape, spacing);
    amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
    amos_resample_report report = AMOS_RESAMPLE_REPORT_INIT;
    amos_array *out;
    o.like = &layout.geometry;
    o.type = AMOS_TYPE_INT16;
    assert_ok(amos_array_resample(&layout, voxels, sizeof voxels, &o, &out, &report, &err), &err);
    const int16_t expected[4] = {1, 0, 3, INT16_MAX};
    ck_assert_mem_eq(amos_array_data(out), expected, sizeof expected);
    ck_assert_uint_eq(report.saturated, 2);
    amos_array_free(out);
}
END_TEST

/* Beyond the volume: the chosen value, or the outermost voxels. */
START_TEST(outside_is_what_was_asked_for)
{
    const int64_t shape[3] = {4, 4, 4};
    const double spacing[3] = {1, 1, 1};
    int16_t voxels[64];
    const amos_layout layout = layout_of(AMOS_TYPE_INT16, shape, spacing);
    amos_geometry like = layout.geometry;
    like.shape[0] = like.shape[1] = like.shape[2] = 8;
    for (int d = 0; d < 3; d++)
        like.affine[d][3] -= 2;
    if (_i / 4)
        like.affine[0][1] = 0.01; /* point by point */
    fill(AMOS_TYPE_INT16, voxels, 64);
    for (int extends = 0; extends < 2; extends++) {
        amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
        amos_resample_report report = AMOS_RESAMPLE_REPORT_INIT;
        amos_array *out;
        o.like = &like;
        o.interpolation = (amos_interpolation)(_i % 4);
        o.outside = -1024;
        o.flags = extends ? AMOS_RESAMPLE_EXTEND : 0;
        assert_ok(amos_array_resample(&layout, voxels, sizeof voxels, &o, &out, &report, &err), &err);
        ck_assert_int_eq(report.separable, !(_i / 4));
        const int16_t *got = amos_array_data(out);
        for (int i = 0; i < 512; i++) {
            const int at[3] = {i % 8 - 2, i / 8 % 8 - 2, i / 64 - 2};
            int near[3], inside = 1;
            for (int d = 0; d < 3; d++) {
                near[d] = at[d] < 0 ? 0 : at[d] > 3 ? 3 : at[d];
                inside &= near[d] == at[d];
            }
            const int16_t expected = voxels[near[0] + 4 * near[1] + 16 * near[2]];
            if (!extends && !inside)
                ck_assert_int_eq(got[i], -1024);
            else if (!(_i / 4))
                ck_assert_int_eq(got[i], expected);
        }
        ck_assert_uint_eq(report.outside, extends ? 0 : 512 - 64);
        amos_array_free(out);
    }
}
END_TEST

/* ---- label maps ---- */

static amos_labelmap *map_of(const int64_t shape[3], const double spacing[3], const uint8_t *labels)
{
    const amos_layout layout = layout_of(AMOS_TYPE_UINT8, shape, spacing);
    amos_labelmap *map;
    assert_ok(amos_labelmap_make(&layout, labels, (size_t)count(shape), NULL, &map, &err), &err);
    return map;
}

/* Labels in blocks, with noise. */
static void fill_labels(const int64_t shape[3], uint8_t *labels)
{
    for (int64_t i = 0; i < count(shape); i++)
        labels[i] = next_random() % 5 ? (uint8_t)(i % shape[0] / 4 + i / shape[0] % shape[1] / 3) % 4
                                      : (uint8_t)(next_random() % 16);
}

START_TEST(labels_are_as_in_the_model)
{
    const double spacing[3] = {0.9, 0.8, 5};
    uint8_t labels[MOST];
    for (int s = 0; s < ROWS(shapes); s++)
        for (int k = 0; k < ROWS(spacings); k++) {
            amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
            amos_labelmap *out;
            double m[4][4], p[3];
            memcpy(o.spacing, spacings[k], sizeof o.spacing);
            o.flags = _i ? AMOS_RESAMPLE_MAJORITY : 0;
            fill_labels(shapes[s], labels);
            amos_labelmap *map = map_of(shapes[s], spacing, labels);
            assert_ok(amos_labelmap_resample(map, &o, &out, NULL, &err), &err);
            const amos_layout *result = amos_labelmap_layout(out);
            divide(amos_labelmap_layout(map)->geometry.affine, result->geometry.affine, m);
            const double width[3] = {m[0][0], m[1][1], m[2][2]};
            for (int64_t i = 0; i < count(result->shape); i++) {
                index_of((const double(*)[4])m, i, result->shape, p);
                if (is_tie(p))
                    continue;
                const double whole[3] = {floor(p[0] + 0.5), floor(p[1] + 0.5), floor(p[2] + 0.5)};
                const int64_t at =
                    (int64_t)(whole[0] + (double)shapes[s][0] * (whole[1] + (double)shapes[s][1] * whole[2]));
                ck_assert_int_eq(amos_labelmap_voxels(out)[i],
                                 _i ? model_majority(shapes[s], labels, p, width) : labels[at]);
            }
            uint64_t counted = 0;
            for (int label = 0; label < 16; label++)
                counted += amos_labelmap_get_stats(out, label)->voxels;
            ck_assert_uint_eq(counted, (uint64_t)count(result->shape));
            amos_labelmap_free(out);
            amos_labelmap_free(map);
        }
}
END_TEST

/* A grid with its axes in another order and direction gives the same labels, in that order. */
START_TEST(labels_on_a_turned_grid)
{
    const int64_t shape[3] = {23, 15, 9};
    const double spacing[3] = {0.9, 0.8, 2}, wanted[3] = {1.6, 1.3, 3.1};
    uint8_t labels[23 * 15 * 9];
    fill_labels(shape, labels);
    amos_labelmap *map = map_of(shape, spacing, labels), *straight, *turned;
    amos_geometry grid, other;
    assert_ok(amos_geometry_resample(&amos_labelmap_layout(map)->geometry, wanted, &grid, &err), &err);
    assert_ok(amos_geometry_reorient(&grid, "ASL", &other, &err), &err);
    amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
    o.flags = _i ? AMOS_RESAMPLE_MAJORITY : 0;
    o.like = &grid;
    assert_ok(amos_labelmap_resample(map, &o, &straight, NULL, &err), &err);
    o.like = &other;
    assert_ok(amos_labelmap_resample(map, &o, &turned, NULL, &err), &err);
    const int64_t *n = grid.shape;
    for (int64_t z = 0; z < n[2]; z++)
        for (int64_t y = 0; y < n[1]; y++)
            for (int64_t x = 0; x < n[0]; x++)
                ck_assert_int_eq(amos_labelmap_voxels(straight)[x + n[0] * (y + n[1] * z)],
                                 amos_labelmap_voxels(turned)[y + n[1] * (z + n[2] * (n[0] - 1 - x))]);
    amos_labelmap_free(turned);
    amos_labelmap_free(straight);
    amos_labelmap_free(map);
}
END_TEST

/* Two old voxels in a new one: the label at the centre, which is that of the second; of four, the smallest of the
 * largest. */
START_TEST(equal_shares_are_decided)
{
    const int64_t shape[3] = {4, 2, 1};
    const double spacing[3] = {1, 1, 1};
    static const struct {
        uint8_t labels[8], expected[2];
    } rows[] = {
        {{1, 2, 3, 3, 1, 2, 4, 4}, {2, 4}}, /* the centre lies in the upper of two voxels */
        {{5, 5, 9, 7, 9, 3, 7, 0}, {5, 7}},
        {{5, 6, 7, 7, 6, 5, 7, 7}, {5, 7}},
        {{4, 4, 8, 8, 6, 6, 8, 1}, {6, 8}},
    };
    for (int r = 0; r < ROWS(rows); r++) {
        amos_labelmap *map = map_of(shape, spacing, rows[r].labels), *out;
        amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
        o.spacing[0] = o.spacing[1] = 2;
        o.flags = AMOS_RESAMPLE_MAJORITY;
        assert_ok(amos_labelmap_resample(map, &o, &out, NULL, &err), &err);
        ck_assert_mem_eq(amos_labelmap_voxels(out), rows[r].expected, 2);
        amos_labelmap_free(out);
        amos_labelmap_free(map);
    }
}
END_TEST

/* On a tilted grid a label that fills the neighbourhood wins, and what is outside has its label. */
START_TEST(labels_on_a_tilted_grid)
{
    const int64_t shape[3] = {12, 12, 12};
    const double spacing[3] = {1, 1, 1};
    uint8_t labels[1728];
    for (int i = 0; i < 1728; i++)
        labels[i] = i % 12 < 6 ? 1 : 2;
    amos_labelmap *map = map_of(shape, spacing, labels), *out;
    amos_geometry like = amos_labelmap_layout(map)->geometry;
    like.affine[0][1] = 0.05;
    like.affine[1][1] = 1.1;
    amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
    amos_resample_report report = AMOS_RESAMPLE_REPORT_INIT;
    o.like = &like;
    o.flags = _i ? AMOS_RESAMPLE_MAJORITY : 0;
    o.outside = 15;
    assert_ok(amos_labelmap_resample(map, &o, &out, &report, &err), &err);
    ck_assert_int_eq(report.separable, 0);
    uint64_t outside = 0;
    for (int i = 0; i < 1728; i++) {
        const int x = i % 12, y = i / 12 % 12;
        const double p = x + 0.05 * y;
        const bool inside = p <= 11.5 && 1.1 * y <= 11.5;
        outside += !inside;
        if (inside && fabs(p - 5.5) < 0.2)
            continue;
        ck_assert_int_eq(amos_labelmap_voxels(out)[i], !inside ? 15 : p < 5.5 ? 1 : 2);
    }
    ck_assert_uint_eq(report.outside, outside);
    amos_labelmap_free(out);
    amos_labelmap_free(map);
}
END_TEST

START_TEST(lost_labels_and_axes_are_named)
{
    const int64_t shape[3] = {8, 8, 8};
    const double spacing[3] = {1, 1, 1};
    uint8_t labels[512] = {0};
    labels[0] = 3;
    labels[511] = 7;
    memset(labels + 256, 2, 64);
    amos_labelmap *map = map_of(shape, spacing, labels), *out;
    amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
    amos_resample_report report = AMOS_RESAMPLE_REPORT_INIT;
    o.spacing[0] = o.spacing[1] = 4;
    o.spacing[2] = 8;
    assert_ok(amos_labelmap_resample(map, &o, &out, &report, &err), &err);
    ck_assert_int_eq(report.lost_count, 2);
    ck_assert_int_eq(report.lost[0], 3);
    ck_assert_int_eq(report.lost[1], 7);
    ck_assert_uint_eq(report.collapsed, 4);
    ck_assert_int_eq(report.rounded, 0);
    amos_labelmap_free(out);
    amos_labelmap_free(map);
}
END_TEST

/* ---- geometry ---- */

START_TEST(the_centre_stays)
{
    const int64_t shape[3] = {13, 7, 9};
    const double spacing[3] = {0.9, 0.8, 5}, wanted[3] = {1.5, 0, 2};
    amos_geometry g = grid_of(shape, spacing), out;
    g.affine[0][1] = 0.3;
    assert_ok(amos_geometry_resample(&g, wanted, &out, &err), &err);
    const int64_t expected[3] = {8, 7, 22}; /* rint(13 * 0.9 / 1.5), 7, rint(9 * 5 / 2) */
    ck_assert_mem_eq(out.shape, expected, sizeof expected);
    ck_assert_double_eq(out.spacing[0], 1.5);
    ck_assert_double_eq(out.spacing[1], 0.8);
    double a[3], b[3];
    amos_geometry_to_mm(&g, (const double[3]){6, 3, 4}, a);
    amos_geometry_to_mm(&out, (const double[3]){3.5, 3, 10.5}, b);
    for (int d = 0; d < 3; d++)
        ck_assert_double_eq_tol(a[d], b[d], 1e-12);
}
END_TEST

/* ---- refusals ---- */

START_TEST(mistakes_are_explained)
{
    const int64_t shape[3] = {4, 4, 4};
    const double spacing[3] = {1, 1, 1};
    int16_t voxels[64] = {0};
    const amos_layout good = layout_of(AMOS_TYPE_INT16, shape, spacing);
    amos_geometry grids[4] = {good.geometry, good.geometry, good.geometry, good.geometry};
    grids[1].affine[0][0] = NAN;
    grids[2].shape[1] = 0;
    grids[3].shape[1] = INT64_MAX;
    const amos_resample_options fine = {.size = sizeof fine, .spacing = {2, 2, 2}};
    struct {
        amos_layout layout;
        amos_resample_options o;
        amos_status status;
    } rows[18];
    for (int i = 0; i < ROWS(rows); i++) {
        rows[i].layout = good;
        rows[i].o = fine;
        rows[i].status = AMOS_E_ARG;
    }
    rows[0].o.flags = 4;
    rows[1].o.interpolation = (amos_interpolation)4;
    memset(rows[2].o.spacing, 0, sizeof rows[2].o.spacing);
    rows[3].o.like = &grids[0];
    rows[4].o.threads = -1;
    rows[5].o.spacing[1] = -1;
    rows[6].o.spacing[1] = INFINITY;
    rows[7].o.spacing[1] = 1e-9;
    rows[7].status = AMOS_E_LIMIT;
    rows[8].o.type = AMOS_TYPE_RGB24;
    rows[9].o.outside = 40000;
    rows[10].layout.type = AMOS_TYPE_COMPLEX64;
    rows[10].status = AMOS_E_UNSUPPORTED;
    rows[11].layout.shape[3] = 2;
    rows[11].layout.shape[2] = 2;
    rows[11].layout.geometry.shape[2] = 2;
    rows[11].status = AMOS_E_UNSUPPORTED;
    rows[12].layout.has_geometry = 0;
    rows[12].status = AMOS_E_GEOM;
    rows[13].layout.geometry.shape[0] = 3;
    rows[14].layout.shape[0] = rows[14].layout.geometry.shape[0] = 5; /* beyond the buffer */
    for (int i = 15; i < 18; i++) {
        memset(rows[i].o.spacing, 0, sizeof rows[i].o.spacing);
        rows[i].o.like = &grids[i - 14];
    }
    rows[15].status = AMOS_E_GEOM;
    rows[17].status = AMOS_E_LIMIT;
    for (int i = 0; i < ROWS(rows); i++) {
        amos_array *out = (amos_array *)voxels;
        char what[16];
        snprintf(what, sizeof what, "row %d", i);
        assert_status_at(__FILE__, __LINE__, what,
                         amos_array_resample(&rows[i].layout, voxels, sizeof voxels, &rows[i].o, &out, NULL, &err),
                         rows[i].status, &err);
        assert_sentence(&err, rows[i].status, what);
        ck_assert_ptr_null(out);
    }
}
END_TEST

START_TEST(mistakes_with_labels_are_explained)
{
    const int64_t shape[3] = {4, 4, 4};
    const double spacing[3] = {1, 1, 1};
    const uint8_t labels[64] = {0};
    amos_labelmap *map = map_of(shape, spacing, labels), *out;
    amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT;
    amos_resample_report report = {.size = 3};
    amos_geometry g;
    o.spacing[0] = 2;
    const double outside[] = {-1, 16, 0.5, NAN};
    for (int i = 0; i < ROWS(outside); i++) {
        o.outside = outside[i];
        assert_status(amos_labelmap_resample(map, &o, &out, NULL, &err), AMOS_E_ARG, &err);
        assert_sentence(&err, AMOS_E_ARG, "outside");
    }
    o.outside = 0;
    assert_status(amos_labelmap_resample(map, &o, &out, &report, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(out);
    assert_status(amos_labelmap_resample(NULL, &o, &out, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_resample(map, NULL, &out, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_labelmap_resample(map, &o, NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_array_resample(NULL, labels, 64, &o, NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_geometry_resample(NULL, spacing, &g, &err), AMOS_E_ARG, &err);
    amos_labelmap_free(map);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("resample");
    TCase *model = add_case(suite, "model", 60);
    tcase_add_loop_test(model, spacing_is_as_in_the_model, 0, 40);
    tcase_add_loop_test(model, other_grids_are_as_in_the_model, 0, 4);
    tcase_add_loop_test(model, labels_are_as_in_the_model, 0, 2);
    TCase *values = add_case(suite, "values", 30);
    tcase_add_test(values, the_same_grid_copies);
    tcase_add_loop_test(values, strides_do_not_matter, 0, 4);
    tcase_add_test(values, nan_without_weight_does_not_count);
    tcase_add_test(values, what_does_not_fit_is_counted);
    tcase_add_test(values, nan_as_an_integer_is_counted);
    tcase_add_loop_test(values, outside_is_what_was_asked_for, 0, 8);
    TCase *threads = add_case(suite, "threads", 60);
    tcase_add_loop_test(threads, threads_do_not_matter, 0, 8);
    tcase_add_test(threads, a_cancel_ends_it);
    TCase *labels = add_case(suite, "labels", 30);
    tcase_add_test(labels, equal_shares_are_decided);
    tcase_add_loop_test(labels, labels_on_a_tilted_grid, 0, 2);
    tcase_add_loop_test(labels, labels_on_a_turned_grid, 0, 2);
    tcase_add_test(labels, lost_labels_and_axes_are_named);
    TCase *refusals = add_case(suite, "refusals", 10);
    tcase_add_test(refusals, the_centre_stays);
    tcase_add_test(refusals, mistakes_are_explained);
    tcase_add_test(refusals, mistakes_with_labels_are_explained);
    return run_suite(suite);
}
