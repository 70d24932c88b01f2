/* SPDX-License-Identifier: BSD-3-Clause */
/* The Mersenne Twister MT19937 (Matsumoto and Nishimura 1998) as numpy's RandomState uses it, so that what was shuffled
 * there can be shuffled here in the same way. */
#ifndef CLI_EXPORT_TWISTER_H
#define CLI_EXPORT_TWISTER_H

#include <stddef.h>
#include <stdint.h>

#define TWISTER_WORDS 624

struct twister {
    uint32_t words[TWISTER_WORDS];
    size_t next;
};

/* As numpy.random.RandomState(seed) with an integer. */
void twister_begin(struct twister *twister, uint32_t seed);

/* A number from 0 to `most`, each as likely, as numpy's legacy generators draw it: by masking and drawing again. */
uint32_t twister_below(struct twister *twister, uint32_t most);

/* As RandomState.shuffle() of a list of numbers. */
void twister_shuffle(struct twister *twister, size_t *numbers, size_t count);

#endif
