/* SPDX-License-Identifier: BSD-3-Clause */
/* Random numbers that are a function of a key and a counter only. There is no state, so the order of calls and the
 * thread do not matter. Only integers are used, so every machine gets the same numbers. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

/* 64 well mixed bits for a counter (the finaliser of splitmix64). */
static inline uint64_t random_bits(uint64_t key, uint64_t counter)
{
    uint64_t v = key + (counter + 1) * 0x9e3779b97f4a7c15u;
    v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9u;
    v = (v ^ (v >> 27)) * 0x94d049bb133111ebu;
    return v ^ (v >> 31);
}

/* An index 0..count-1, for a count below 2^32. The probabilities of two indices differ by a factor of at most
 * 1 + count / 2^32. */
static inline uint64_t random_index(uint64_t key, uint64_t counter, uint64_t count)
{
    return (random_bits(key, counter) >> 32) * count >> 32;
}

#endif
