/* SPDX-License-Identifier: BSD-3-Clause */
#include "loader/draw/random.h"

struct amosi_random amosi_philox(const uint32_t counter[4], uint64_t key)
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)0xD2511F53u * c0, b = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)b;
        c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)a;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return (struct amosi_random){{c0, c1, c2, c3}};
}

struct amosi_random amosi_random(const struct amosi_source_of_chance *of, enum amosi_purpose purpose, uint32_t n)
{
    uint32_t counter[4] = {n, (uint32_t)of->index, (uint32_t)(of->index >> 32) << 8 | (uint32_t)purpose, of->epoch};
    return amosi_philox(counter, of->seed);
}

/* Six rounds per bit of n, and 24 more for small n. */
static uint32_t rounds_for(uint32_t n)
{
    uint32_t bits = 0;
    while (n >> bits && bits < 31)
        bits++;
    return 24 + 6 * bits;
}

uint32_t amosi_permute(const struct amosi_source_of_chance *of, enum amosi_purpose purpose, uint32_t n, uint32_t i)
{
    uint32_t rounds = rounds_for(n), x = i;
    for (uint32_t round = 0; round < rounds; round++) {
        uint32_t sum = amosi_below(amosi_random(of, purpose, 2 * round).word[0], n);
        uint32_t partner = sum >= x ? sum - x : n - x + sum;
        uint32_t larger = x > partner ? x : partner;
        /* Both partners use the same bit, so they swap or both stay. */
        uint32_t counter[4] = {larger, round, (uint32_t)purpose, 0};
        struct amosi_random bit = amosi_random(of, purpose, 2 * round + 1);
        uint64_t key = (uint64_t)bit.word[0] << 32 | bit.word[1];
        if (amosi_philox(counter, key).word[0] >> 31)
            x = partner;
    }
    return x;
}
