/* SPDX-License-Identifier: BSD-3-Clause */
#include "resample/kernels/kernels.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

/* The weighted sum of rows of FROM. */
#define MIX(NAME, FROM) \
    static void NAME(double *to, const void *const *rows, const double *weights, int taps, size_t n) \
    { \
        for (int k = 0; k < taps; k++) { \
            const FROM *row = rows[k]; \
            for (size_t i = 0; i < n; i++) { \
                double product = weights[k] * (double)row[i]; \
                to[i] = k ? to[i] + product : product; \
            } \
        } \
    }
MIX(mix_f64, double)
MIX(mix_f32, float)
MIX(mix_i16, int16_t)

static void pick(double *to, const double *row, const int32_t *at, const double *weights, size_t stride, int taps,
                 size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double *from = row + at[i], *w = weights + i;
        double sum = *w != 0 ? *w * *from : 0;
        for (int k = 1; k < taps; k++) {
            w += stride;
            from++;
            sum += *w != 0 ? *w * *from : 0;
        }
        to[i] = sum;
    }
}

static void add(double *row, const double *from, double factor, size_t n)
{
    for (size_t i = 0; i < n; i++)
        row[i] += factor * from[i];
}

static void turn(double *row, const double *from, double factor, size_t n)
{
    for (size_t i = 0; i < n; i++)
        row[i] = factor * (from[i] - row[i]);
}

static size_t store_i16(int16_t *to, const double *from, size_t n)
{
    size_t beyond = 0;
    for (size_t i = 0; i < n; i++) {
        const double whole = rint(from[i]);
        const bool fits = whole >= INT16_MIN && whole <= INT16_MAX;
        beyond += !fits;
        to[i] = (int16_t)(fits ? whole : isnan(whole) ? 0 : whole < 0 ? INT16_MIN : INT16_MAX);
    }
    return beyond;
}

static size_t store_f32(float *to, const double *from, size_t n)
{
    size_t beyond = 0;
    for (size_t i = 0; i < n; i++) {
        float v = (float)from[i];
        if (isinf(v) && !isinf(from[i])) {
            v = v < 0 ? -FLT_MAX : FLT_MAX;
            beyond++;
        }
        to[i] = v;
    }
    return beyond;
}

static void copy_u8(void *to, const void *row, const int32_t *at, size_t n, size_t length)
{
    const uint8_t *from = row;
    uint8_t *out = to;
    (void)length;
    for (size_t i = 0; i < n; i++)
        out[i] = from[at[i]];
}

const struct amosi_resampling amosi_resampling_plain = {"plain", mix_f64, mix_f32,   mix_i16,   pick,
                                                        add,     turn,    store_i16, store_f32, copy_u8};
