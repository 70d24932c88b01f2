/* SPDX-License-Identifier: BSD-3-Clause */
/* Decoding from the middle of a body before the data in front of it is known: the beginning of a block is guessed, and
 * bytes copied from the unknown window are kept as marks, to be resolved once the window is known. The method is that of
 * pugz (Kerbiriou and Chikhi 2019) and rapidgzip (Knespel and Brunst 2023). */
#ifndef AMOSI_IO_INFLATE_GUESS_H
#define AMOSI_IO_INFLATE_GUESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/inflate/inflate.h"

/* Output of some whole blocks. It is `units` numbers of 16 bits, bytes or marks, and then bytes alone, which begin once
 * no mark is left in the window. Mark AMOSI_GUESS_MARK + n is byte n of the unknown window. */
struct amosi_guess {
    uint64_t begin, end; /* the blocks, in bits from the input's beginning; equal: none was found */
    const uint16_t *marked;
    size_t units;
    const unsigned char *plain;
    size_t bytes;
};
#define AMOSI_GUESS_MARK 256

/* What makes guesses, one at a time; not for two threads at once. */
struct amosi_guesser;

/* The input of one guess has at most `most` bytes. Its output takes at most `room` bytes, of which a marked one takes two.
 * NULL: out of memory. */
struct amosi_guesser *amosi_guesser_new(size_t most, size_t room);
void amosi_guesser_free(struct amosi_guesser *guesser); /* accepts NULL */

/* Where the input of the next guess is to be put. */
unsigned char *amosi_guesser_input(const struct amosi_guesser *guesser);

/* Looks for the first beginning of a block in `bytes` bytes of input that is neither the last nor damaged, and decodes from
 * there up to the first that begins at bit `stop` or later. Ends earlier, between two blocks, at the last block of the body,
 * at damaged data, and where input or room end. The guess refers to memory of the guesser until the next one. */
void amosi_guess(struct amosi_guesser *guesser, size_t bytes, uint64_t stop, struct amosi_guess *out);

/* What each unit means once the window is known. */
struct amosi_guess_key {
    unsigned char bytes[AMOSI_GUESS_MARK + AMOSI_WINDOW_BYTES];
};
void amosi_guess_key_make(struct amosi_guess_key *key, const unsigned char *window);

/* Writes `bytes` bytes of the guess's output, from position `at` on. */
void amosi_guess_resolve(const struct amosi_guess *guess, const struct amosi_guess_key *key, size_t at,
                         unsigned char *out, size_t bytes);

#endif
