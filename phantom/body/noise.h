/* SPDX-License-Identifier: BSD-3-Clause */
/* Noise from the random numbers of random.h, with integers and IEEE + - * / only, so the same on every machine. */
#ifndef PHANTOM_BODY_NOISE_H
#define PHANTOM_BODY_NOISE_H

#include <stdint.h>

#include "base/math/random.h"

/* Uniform in -1..1. */
static inline double phantom_even(uint64_t key, uint64_t counter)
{
    return (double)(int64_t)(random_bits(key, counter) >> 11) / 4503599627370496.0 - 1.0;
}

/* Nearly Gaussian, mean 0 and standard deviation 1: the sum of four 16-bit numbers, so never beyond 3.47. */
static inline double phantom_gauss(uint64_t key, uint64_t counter)
{
    uint64_t v = random_bits(key, counter);
    int64_t sum = (int64_t)((v & 0xffff) + ((v >> 16) & 0xffff) + ((v >> 32) & 0xffff) + (v >> 48));
    return (double)(sum - 131070) / 37837.0;
}

/* Smooth noise in space: `count` (1..3) independent values in -1..1 that change over about `cell` mm. */
void phantom_field(uint64_t key, double cell, const double at[3], int count, double *out);

#endif
