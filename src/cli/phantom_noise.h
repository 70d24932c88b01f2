/* Random numbers that depend on nothing but what they are for: a key and a counter. No state, so any order and any
 * thread gives the same numbers; integers and IEEE + - * / only, so every machine does too. */
#ifndef CLI_PHANTOM_NOISE_H
#define CLI_PHANTOM_NOISE_H

#include <stdint.h>

/* 64 well mixed bits of a counter (the finaliser of splitmix64). */
static inline uint64_t phantom_hash(uint64_t key, uint64_t counter)
{
    uint64_t v = key + (counter + 1) * 0x9e3779b97f4a7c15u;
    v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9u;
    v = (v ^ (v >> 27)) * 0x94d049bb133111ebu;
    return v ^ (v >> 31);
}

/* Even in -1..1. */
static inline double phantom_even(uint64_t key, uint64_t counter)
{
    return (double)(int64_t)(phantom_hash(key, counter) >> 11) / 4503599627370496.0 - 1.0;
}

/* Nearly Gaussian, mean 0 and standard deviation 1: the sum of four 16-bit numbers, so never beyond 3.47. */
static inline double phantom_gauss(uint64_t key, uint64_t counter)
{
    uint64_t v = phantom_hash(key, counter);
    int64_t sum = (int64_t)((v & 0xffff) + ((v >> 16) & 0xffff) + ((v >> 32) & 0xffff) + (v >> 48));
    return (double)(sum - 131070) / 37837.0;
}

/* Smooth noise in space: `count` (1..3) independent values in -1..1 that change over about `cell` mm. */
void phantom_field(uint64_t key, double cell, const double at[3], int count, double *out);

#endif
