/* SPDX-License-Identifier: BSD-3-Clause */
/* JSON that is always valid: numbers that read back as the same double, NaN and infinities as null, UTF-8 whatever
 * the file names are made of. */
#ifndef CLI_KIT_JSON_H
#define CLI_KIT_JSON_H

#include <amos/amos.h>

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>

/* To be called before any of it, so that memory that runs out is noticed: see cli_lose_output(). */
void json_begin(void);

/* Takes the item and gives it back, or releases it and gives NULL where memory ran out for one of both. */
cJSON *json_append(cJSON *array, cJSON *item);

/* Adds a member that was made elsewhere, or releases it where memory ran out. */
void json_put(cJSON *object, const char *name, cJSON *item);

/* Each adds a member to an object. */
void json_put_number(cJSON *object, const char *name, double value);
void json_put_integer(cJSON *object, const char *name, int64_t value);
void json_put_unsigned(cJSON *object, const char *name, uint64_t value);
void json_put_numbers(cJSON *object, const char *name, const double *values, size_t count);
void json_put_integers(cJSON *object, const char *name, const int64_t *values, size_t count);
void json_put_bool(cJSON *object, const char *name, bool value);
void json_put_null(cJSON *object, const char *name);

/* NULL gives null. A byte that is not UTF-8 is written as the four letters \xNN. */
void json_put_text(cJSON *object, const char *name, const char *text);

/* "warnings": ["W_EXTRA", ...] */
void json_put_warnings(cJSON *object, amos_warnings warnings);

/* "spacing", "affine", "affine_source", "orientation"; all null where `geometry` is NULL. */
void json_put_geometry(cJSON *object, const amos_geometry *geometry);

/* Prints the value on stdout and releases it: over several lines, or as one line. False after a
 * failure, which cli_finish() reports. */
bool json_print(cJSON *value);
bool json_print_line(cJSON *value);

/* The same into another stream, over several lines. */
bool json_write(FILE *out, cJSON *value);

#endif
