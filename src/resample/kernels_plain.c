/* SPDX-License-Identifier: BSD-3-Clause */
#include "resample/kernels.h"

#include <float.h>
#include <math.h>

/* The weighted sum of rows of FROM in T. */
#define MIX(NAME, T, FROM) \
    static void NAME(void *to, const void *const *rows, const double *weights, int taps, size_t n) \
    { \
        T *out = to; \
        for (int k = 0; k < taps; k++) { \
            const FROM *row = rows[k]; \
            const T w = (T)weights[k]; \
            for (size_t i = 0; i < n; i++) { \
                T product = w * (T)row[i]; \
                out[i] = k ? out[i] + product : product; \
            } \
        } \
    }
MIX(mix_f32, float, float)
MIX(mix_f64, double, double)
MIX(mix_i16, float, int16_t)
MIX(mix_wide, double, float)

/* COUNTS says whether a number with the weight w counts. */
#define PICK(NAME, T, COUNTS) \
    static void NAME(void *to, const void *row, const int32_t *at, const void *weights, size_t stride, int taps, \
                     size_t n) \
    { \
        T *out = to; \
        for (size_t i = 0; i < n; i++) { \
            const T *from = (const T *)row + at[i], *w = (const T *)weights + i; \
            T sum = (COUNTS) ? *w * *from : 0; \
            for (int k = 1; k < taps; k++) { \
                w += stride; \
                from++; \
                sum += (COUNTS) ? *w * *from : 0; \
            } \
            out[i] = sum; \
        } \
    }
PICK(pick_f32, float, 1)
PICK(pick_f64, double, *w != 0)

#define RECUR(KIND, T) \
    static void add_##KIND(void *row, const void *from, double factor, size_t n) \
    { \
        const T *other = from, f = (T)factor; \
        T *out = row; \
        for (size_t i = 0; i < n; i++) \
            out[i] += f * other[i]; \
    } \
    static void turn_##KIND(void *row, const void *from, double factor, size_t n) \
    { \
        const T *other = from, f = (T)factor; \
        T *out = row; \
        for (size_t i = 0; i < n; i++) \
            out[i] = f * (other[i] - out[i]); \
    }
RECUR(f32, float)
RECUR(f64, double)

static size_t store_i16(void *to, const float *from, size_t n)
{
    int16_t *out = to;
    size_t beyond = 0;
    for (size_t i = 0; i < n; i++) {
        const float whole = rintf(from[i]);
        beyond += whole > INT16_MAX || whole < INT16_MIN;
        out[i] = (int16_t)(whole > INT16_MAX ? INT16_MAX : whole < INT16_MIN ? INT16_MIN : whole);
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

const struct amosi_resampling amosi_resampling_plain = {
    .name = "plain",
    .f32 = {mix_f32, pick_f32, add_f32, turn_f32},
    .f64 = {mix_f64, pick_f64, add_f64, turn_f64},
    .mix_i16 = mix_i16,
    .mix_wide = mix_wide,
    .store_i16 = store_i16,
    .store_f32 = store_f32,
    .copy_u8 = copy_u8,
};
