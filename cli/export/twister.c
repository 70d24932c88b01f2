/* SPDX-License-Identifier: BSD-3-Clause */
#include "export/twister.h"

#define MIDDLE 397

void twister_begin(struct twister *twister, uint32_t seed)
{
    uint32_t word = seed;
    for (uint32_t i = 0; i < TWISTER_WORDS; i++) {
        twister->words[i] = word;
        word = 1812433253u * (word ^ (word >> 30)) + i + 1;
    }
    twister->next = TWISTER_WORDS;
}

static void make_words(struct twister *twister)
{
    uint32_t *w = twister->words;
    for (size_t i = 0; i < TWISTER_WORDS; i++) {
        uint32_t joined = (w[i] & 0x80000000u) | (w[(i + 1) % TWISTER_WORDS] & 0x7fffffffu);
        w[i] = w[(i + MIDDLE) % TWISTER_WORDS] ^ (joined >> 1) ^ (joined & 1 ? 0x9908b0dfu : 0);
    }
    twister->next = 0;
}

static uint32_t draw(struct twister *twister)
{
    if (twister->next == TWISTER_WORDS)
        make_words(twister);
    uint32_t word = twister->words[twister->next++];
    word ^= word >> 11;
    word ^= (word << 7) & 0x9d2c5680u;
    word ^= (word << 15) & 0xefc60000u;
    return word ^ (word >> 18);
}

uint32_t twister_below(struct twister *twister, uint32_t most)
{
    uint32_t mask = most, value;
    for (unsigned shift = 1; shift < 32; shift *= 2)
        mask |= mask >> shift;
    do
        value = draw(twister) & mask;
    while (value > most);
    return value;
}

void twister_shuffle(struct twister *twister, size_t *numbers, size_t count)
{
    for (size_t i = count; i-- > 1;) {
        size_t other = twister_below(twister, (uint32_t)i), number = numbers[i];
        numbers[i] = numbers[other];
        numbers[other] = number;
    }
}
