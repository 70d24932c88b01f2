/* SPDX-License-Identifier: BSD-3-Clause */
/* Kernels for the float32 values of rows of voxels. The plain C code and the vector code give identical bits. */
#ifndef AMOSI_LOADER_FILL_TONE_H
#define AMOSI_LOADER_FILL_TONE_H

#include <stddef.h>
#include <stdint.h>

/* A linear scaling: (clip(v, low, high) - shift) * factor. NaN stays NaN. */
struct amosi_tone_scale {
    float low, high, shift, factor;
};

/* `rows` rows of n voxels: source and destination of the first row, and the steps to the next row in elements. */
struct amosi_tone_rows {
    float *to;
    const int16_t *from;
    int64_t to_step, from_step;
    size_t n, rows;
};

/* The number of linear pieces in a table of powers. */
#define AMOSI_GAMMA_PIECES 4096

/* A table of x^exponent for x in 0..1, linear between its entries. */
struct amosi_gamma {
    float table[AMOSI_GAMMA_PIECES + 1];
};

/* Fills the table for an exponent above 0. */
void amosi_gamma_make(struct amosi_gamma *gamma, double exponent);

/* A set of kernels. */
struct amosi_tone_kernels {
    /* Converts int16 voxels to float32 and scales them. scale_i16_reversed reads each row backwards: `from` points to
     * the row's last voxel, which becomes the first. */
    void (*scale_i16)(const struct amosi_tone_rows *rows, const struct amosi_tone_scale *scale);
    void (*scale_i16_reversed)(const struct amosi_tone_rows *rows, const struct amosi_tone_scale *scale);
    /* Scales n values in place. */
    void (*scale)(float *row, size_t n, const struct amosi_tone_scale *scale);
    /* v becomes (v - middle) * factor + middle + add. */
    void (*stretch)(float *row, size_t n, float middle, float factor, float add);
    /* Adds nearly Gaussian noise of a standard deviation to a part of a row. The noise depends only on the key and the
     * index in the row; row[0] has index `first`. */
    void (*noise)(float *row, size_t n, uint64_t key, size_t first, float deviation);
    /* The smallest and the largest of n values, NaN aside: eight of each, of the values whose index has the same rest
     * of a division by 8. INFINITY and -INFINITY if there is none. */
    void (*range)(const float *values, size_t n, float low[8], float high[8]);
    /* amosi_gamma_row() for low < high and a finite range. */
    void (*gamma)(const struct amosi_gamma *gamma, float *row, size_t n, float low, float high);
    /* Converts to IEEE binary16: round to nearest, ties to even. */
    void (*to_half)(uint16_t *to, const float *row, size_t n);
};

/* The kernels in plain C. */
extern const struct amosi_tone_kernels amosi_tone_plain;

/* The fastest kernels for this processor. */
const struct amosi_tone_kernels *amosi_tone(void);

/* v becomes low + (high - low) * ((v - low) / (high - low))^exponent. NaN and values outside low..high stay. Does
 * nothing if low == high or the range is not finite. */
void amosi_gamma_row(const struct amosi_gamma *gamma, float *row, size_t n, float low, float high);

/* Noise with standard deviation 1 from one 32-bit number. The sum of its four bytes is nearly Gaussian. Normalized to
 * mean 0 and deviation 1, the sum z becomes a*z + b*z^3, which has the kurtosis of a Gaussian and a maximum of 4.05. */
#define AMOSI_NOISE_STEP 0.0067658751f /* 1 / deviation of the sum of four bytes */
#define AMOSI_NOISE_LINEAR 0.94903328f /* a */
#define AMOSI_NOISE_CUBIC 0.01864238f  /* b */

#endif
