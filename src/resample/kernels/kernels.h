/* SPDX-License-Identifier: BSD-3-Clause */
/* The loops of resampling, in plain C and as vector code. All sets give the same bits; a test compares them.
 *
 * A weighted sum begins with the first product; the others are added to it one after the other, each rounded. */
#ifndef AMOSI_RESAMPLE_KERNELS_H
#define AMOSI_RESAMPLE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

struct amosi_resampling {
    const char *name;
    /* to[i] = weighted sum of rows[0][i] to rows[taps - 1][i], 1 to 4 of them, of float64, float32 or int16 */
    void (*mix_f64)(double *to, const void *const *rows, const double *weights, int taps, size_t n);
    void (*mix_f32)(double *to, const void *const *rows, const double *weights, int taps, size_t n);
    void (*mix_i16)(double *to, const void *const *rows, const double *weights, int taps, size_t n);
    /* to[i] = weighted sum of the `taps` numbers from row[at[i]] on; the weights of number k are at k * stride. A number
     * with weight 0 does not count */
    void (*pick)(double *to, const double *row, const int32_t *at, const double *weights, size_t stride, int taps,
                 size_t n);
    /* row[i] += factor * from[i] */
    void (*add)(double *row, const double *from, double factor, size_t n);
    /* row[i] = factor * (from[i] - row[i]) */
    void (*turn)(double *row, const double *from, double factor, size_t n);
    /* round to nearest and saturate; the number of values that did not fit. NaN becomes 0 as int16 */
    size_t (*store_i16)(int16_t *to, const double *from, size_t n);
    size_t (*store_f32)(float *to, const double *from, size_t n);
    /* to[i] = row[at[i]]; `at` goes up or down, and the row has `length` bytes */
    void (*copy_u8)(void *to, const void *row, const int32_t *at, size_t n, size_t length);
};

extern const struct amosi_resampling amosi_resampling_plain;

/* The best set for this processor. */
const struct amosi_resampling *amosi_resampling(void);

#endif
