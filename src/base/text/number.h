/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers as text. */
#ifndef AMOSI_NUMBER_H
#define AMOSI_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* Enough room for every text that amosi_number_write() writes. */
#define AMOSI_NUMBER_BYTES 32

/* Writes a finite number with the fewest digits, 15 to 17, that are read back as the same number. The decimal point is
 * '.' in every locale, and zero has no minus sign. Returns `text`. */
const char *amosi_number_write(char text[AMOSI_NUMBER_BYTES], double value);

/* The same for files that are read again: a zero keeps its minus sign, which changes results. */
const char *amosi_number_write_exact(char text[AMOSI_NUMBER_BYTES], double value);

/* Writes any number for a message that says why it is refused, so that it never looks like one that is not: all digits
 * of an integer below 1e20, "nan", "inf", else as amosi_number_write(). Returns `text`. */
const char *amosi_number_show(char text[AMOSI_NUMBER_BYTES], double value);

/* Takes the digits at *at, without sign or blanks, and moves *at behind them. False, and nothing is changed, if there are
 * none or the number has more than 64 bits. `base` is 10 or 16; hexadecimal digits are of either case, without "0x". */
bool amosi_number_take(const char **at, unsigned base, uint64_t *value);

#endif
