/* SPDX-License-Identifier: BSD-3-Clause */
/* Fields of CSV (RFC 4180). */
#ifndef CLI_SCORE_CSV_H
#define CLI_SCORE_CSV_H

#include <stdio.h>

/* Writes a text from outside, quoted if needed. Unsafe letters are escaped as in texts for people. A text that begins with
 * = + - @ gets an apostrophe before it: spreadsheets would run it as a formula, and show it as a text like this. */
void csv_put_text(FILE *out, const char *text);

/* Writes a number that reads back as the same double, "nan", "inf" or "-inf". */
void csv_put_number(FILE *out, double value);

#endif
