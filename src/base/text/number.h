/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers as text. */
#ifndef AMOSI_NUMBER_H
#define AMOSI_NUMBER_H

/* Room for every text that amosi_number_write() gives. */
#define AMOSI_NUMBER_BYTES 32

/* Writes a finite number with the fewest of 15 to 17 digits that give it back, with a point in every locale and no minus
 * sign before zero. Returns `text`. */
const char *amosi_number_write(char text[AMOSI_NUMBER_BYTES], double value);

#endif
