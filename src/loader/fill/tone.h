/* SPDX-License-Identifier: BSD-3-Clause */
/* What happens to the values of rows of voxels, as float32: plain C and vector code that gives the same bits. */
#ifndef AMOSI_LOADER_FILL_TONE_H
#define AMOSI_LOADER_FILL_TONE_H

#include <stddef.h>
#include <stdint.h>

/* value = (clipped to low..high - shift) * factor; NaN stays. */
struct amosi_tone_scale {
    float low, high, shift, factor;
};

/* Rows of n voxels: where the first one comes from and goes to, and how far it is to the next. */
struct amosi_tone_rows {
    float *to;
    const int16_t *from;
    int64_t to_step, from_step;
    size_t n, rows;
};

struct amosi_tone_kernels {
    /* int16 voxels as float32, scaled; and with each row's last one, which is where it comes from, first. */
    void (*scale_i16)(const struct amosi_tone_rows *rows, const struct amosi_tone_scale *scale);
    void (*scale_i16_reversed)(const struct amosi_tone_rows *rows, const struct amosi_tone_scale *scale);
    void (*scale)(float *row, size_t n, const struct amosi_tone_scale *scale);
    /* (v - middle) * factor + middle + add */
    void (*stretch)(float *row, size_t n, float middle, float factor, float add);
    /* Adds deviation times nearly Gaussian noise to part of a row, which depends on the key and the place in the row
     * alone, that of row[0] being `first`. */
    void (*noise)(float *row, size_t n, uint64_t key, size_t first, float deviation);
    /* IEEE binary16, to nearest, ties to even. */
    void (*to_half)(uint16_t *to, const float *row, size_t n);
};

extern const struct amosi_tone_kernels amosi_tone_plain;

/* The best for this processor. */
const struct amosi_tone_kernels *amosi_tone(void);

/* Powers of 0..1 by a table of straight pieces. */
#define AMOSI_GAMMA_PIECES 4096
struct amosi_gamma {
    float table[AMOSI_GAMMA_PIECES + 1];
};
void amosi_gamma_make(struct amosi_gamma *gamma, double exponent);

/* v becomes low + (high - low) * ((v - low) / (high - low))^exponent; NaN stays. Nothing where low == high. */
void amosi_gamma_row(const struct amosi_gamma *gamma, float *row, size_t n, float low, float high);

/* The noise, of deviation 1, of one 32-bit number: its four bytes are added up, which is nearly Gaussian, and the sum z
 * (mean 0, deviation 1) is bent into a*z + b*z^3, which has the kurtosis of a Gaussian and ends at 4.05. */
#define AMOSI_NOISE_STEP 0.0067658751f /* 1 / deviation of the sum of four bytes */
#define AMOSI_NOISE_LINEAR 0.94903328f
#define AMOSI_NOISE_CUBIC 0.01864238f

#endif
