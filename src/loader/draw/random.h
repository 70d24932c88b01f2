/* SPDX-License-Identifier: BSD-3-Clause */
/* Random numbers that are a function of what they are for: seed, epoch, index and purpose. There is no state, so any
 * thread may ask for any of them in any order; integers and IEEE + - * only, so every machine gets the same.
 *
 * Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. */
#ifndef AMOSI_LOADER_DRAW_RANDOM_H
#define AMOSI_LOADER_DRAW_RANDOM_H

#include <stdint.h>

/* What a number decides. Each has its own numbers, so that a change of one does not change the others. */
enum amosi_purpose {
    AMOSI_RANDOM_CASES = 1, /* the order of cases in an epoch */
    AMOSI_RANDOM_ORGANS,    /* the order of organs */
    AMOSI_RANDOM_ORGAN_CASES,
    AMOSI_RANDOM_GROUP, /* the order within mixed visits */
    AMOSI_RANDOM_PLACE,
    AMOSI_RANDOM_STAND_IN, /* cases in place of damaged ones */
    AMOSI_RANDOM_TURN,
    AMOSI_RANDOM_AFFINE,
    AMOSI_RANDOM_TONE,
    AMOSI_RANDOM_NOISE
};

/* Whose numbers. `index` is below 2^56. */
struct amosi_source_of_chance {
    uint64_t seed;
    uint32_t epoch;
    uint64_t index;
};

struct amosi_random {
    uint32_t word[4];
};

/* One block of Philox4x32-10. */
struct amosi_random amosi_philox(const uint32_t counter[4], uint64_t key);

/* The n-th 128 bits for a purpose. */
struct amosi_random amosi_random(const struct amosi_source_of_chance *of, enum amosi_purpose purpose, uint32_t n);

/* Even in 0 <= u < 1, in steps of 2^-53; `half` 0 or 1 takes one of the two that a block holds. */
static inline double amosi_even(const struct amosi_random *r, int half)
{
    uint64_t bits = (uint64_t)r->word[2 * half] << 32 | r->word[2 * half + 1];
    return (double)(bits >> 11) * (1.0 / 9007199254740992.0);
}

/* Even in 0..n-1; n at least 1. */
static inline uint32_t amosi_below(uint32_t word, uint32_t n)
{
    return (uint32_t)((uint64_t)word * n >> 32);
}

/* Where item `i` of 0..n-1 goes in a random order that belongs to this source and purpose: the swap-or-not shuffle
 * (Hoang, Morris, Rogaway, "An enciphering scheme based on a card shuffle", CRYPTO 2012), which needs no table. */
uint32_t amosi_permute(const struct amosi_source_of_chance *of, enum amosi_purpose purpose, uint32_t n, uint32_t i);

#endif
