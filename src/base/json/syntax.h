/* SPDX-License-Identifier: BSD-3-Clause */
/* Checks that a text is JSON as RFC 8259 defines it, before cJSON parses it.
 *
 * cJSON 1.7.15 treats control characters as spaces and "\u0000" and "\uzzzz" as the end of a string, and accepts
 * numbers such as 0123 or 1.; its error does not distinguish a syntax error from a lack of memory. All this is checked
 * here, so that cJSON can only fail if memory runs out. */
#ifndef AMOSI_JSON_SYNTAX_H
#define AMOSI_JSON_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

#include <amos/error.h>

#define AMOSI_JSON_DEPTH 64 /* levels of lists and objects; a data set needs three */

/* Checks the text of the file `path`. Leading zeros and a NUL in any form are refused. The text is changed in one
 * respect: numbers other than plain integers of up to 15 characters become 9e9 and spaces. No key that is used can hold
 * such a number, so neither the locale's decimal point nor cJSON's limit of 63 characters matters.
 * AMOS_OK, AMOS_E_JSON_SYNTAX (with the byte offset) or AMOS_E_LIMIT (depth, number of values). */
amos_status amosi_json_check(char *text, size_t length, uint64_t max_values, const char *path, amos_error *err);

/* The same for JSON whose fractions count, such as the library's own: all numbers are kept, and a number of more than 40
 * characters is an error. The text is not changed. */
amos_status amosi_json_check_own(char *text, size_t length, uint64_t max_values, const char *path, amos_error *err);

/* A member of an object or an item of a list in a text that was checked: where its value stands, and its key with the
 * quotes (empty in a list). */
struct amosi_json_part {
    size_t key, key_end;
    size_t value, value_end;
};

/* Walks through an object or a list without making a tree: *at is first the index of its opening bracket. False after the
 * last part. */
bool amosi_json_next(const char *text, size_t length, size_t *at, struct amosi_json_part *part);

/* The index of the value in a text that was checked. */
size_t amosi_json_begin(const char *text, size_t length);

#endif
