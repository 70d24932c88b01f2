/* SPDX-License-Identifier: BSD-3-Clause */
/* Counter-based random numbers: each is a function of seed, epoch, index and purpose. There is no state, so any thread
 * may compute any number in any order. Only integers and IEEE + - * are used, so all machines get the same numbers.
 *
 * Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. */
#ifndef AMOSI_LOADER_DRAW_RANDOM_H
#define AMOSI_LOADER_DRAW_RANDOM_H

#include <stdint.h>

/* The purpose of a number. Each purpose has its own numbers, so a change of one purpose does not affect the others. */
enum amosi_purpose {
    AMOSI_RANDOM_CASES = 1,   /* the order of cases in an epoch */
    AMOSI_RANDOM_ORGANS,      /* the order of organs */
    AMOSI_RANDOM_ORGAN_CASES, /* the order of the cases of an organ */
    AMOSI_RANDOM_GROUP,       /* the order of draws within a group of visits */
    AMOSI_RANDOM_PLACE,       /* the position of a patch */
    AMOSI_RANDOM_STAND_IN,    /* the case that replaces a damaged one */
    AMOSI_RANDOM_TURN,        /* flips and quarter turns */
    AMOSI_RANDOM_AFFINE,      /* rotation and zoom */
    AMOSI_RANDOM_TONE,        /* gamma, contrast, brightness, strength of the noise */
    AMOSI_RANDOM_NOISE        /* the noise of each row */
};

/* Selects a sequence of numbers. `index` is below 2^56. */
struct amosi_source_of_chance {
    uint64_t seed;
    uint32_t epoch;
    uint64_t index;
};

/* A block of 128 random bits. */
struct amosi_random {
    uint32_t word[4];
};

/* Computes one block of Philox4x32-10. */
struct amosi_random amosi_philox(const uint32_t counter[4], uint64_t key);

/* Block `n` of a source and purpose. */
struct amosi_random amosi_random(const struct amosi_source_of_chance *of, enum amosi_purpose purpose, uint32_t n);

/* A number uniform in 0 <= u < 1, a multiple of 2^-53. A block contains two; `half` (0 or 1) selects one. */
static inline double amosi_even(const struct amosi_random *r, int half)
{
    uint64_t bits = (uint64_t)r->word[2 * half] << 32 | r->word[2 * half + 1];
    return (double)(bits >> 11) * (1.0 / 9007199254740992.0);
}

/* A number nearly uniform in 0..n-1 from a uniform word; n >= 1. The relative bias is below n / 2^32. */
static inline uint32_t amosi_below(uint32_t word, uint32_t n)
{
    return (uint32_t)((uint64_t)word * n >> 32);
}

/* The image of `i` under a random permutation of 0..n-1 that depends on source and purpose: the swap-or-not shuffle
 * (Hoang, Morris, Rogaway, "An enciphering scheme based on a card shuffle", CRYPTO 2012), which needs no table. */
uint32_t amosi_permute(const struct amosi_source_of_chance *of, enum amosi_purpose purpose, uint32_t n, uint32_t i);

#endif
