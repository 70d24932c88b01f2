/* SPDX-License-Identifier: BSD-3-Clause */
/* JSON that is always valid: numbers read back as the same double, NaN and infinities become null, and the text is
 * UTF-8 whatever bytes file names have. Letters that could steer a terminal or make a name look like another one are written
 * as \uNNNN, which reads back as the same text. */
#ifndef CLI_KIT_JSON_H
#define CLI_KIT_JSON_H

#include <amos/amos.h>

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>

/* Call it first, so that a failed allocation is noticed: see cli_lose_output(). */
void json_begin(void);

/* Appends the item and returns it. If memory ran out for either, releases the item and returns NULL. */
cJSON *json_append(cJSON *array, cJSON *item);

/* Adds an existing item as a member; releases it if memory ran out. */
void json_put(cJSON *object, const char *name, cJSON *item);

/* Each adds a member to an object. */
void json_put_number(cJSON *object, const char *name, double value);
void json_put_integer(cJSON *object, const char *name, int64_t value);
void json_put_unsigned(cJSON *object, const char *name, uint64_t value);
void json_put_numbers(cJSON *object, const char *name, const double *values, size_t count);
/* null if an end is not finite. */
void json_put_interval(cJSON *object, const char *name, const double interval[2]);
void json_put_integers(cJSON *object, const char *name, const int64_t *values, size_t count);
void json_put_bool(cJSON *object, const char *name, bool value);
void json_put_null(cJSON *object, const char *name);

/* NULL gives null. A byte that is not UTF-8 is written as the four characters \xNN. */
void json_put_text(cJSON *object, const char *name, const char *text);

/* "warnings": ["W_EXTRA", ...] */
void json_put_warnings(cJSON *object, amos_warnings warnings);

/* "spacing", "affine", "affine_source", "orientation"; all null if `geometry` is NULL. */
void json_put_geometry(cJSON *object, const amos_geometry *geometry);

/* Both print the value on stdout and release it: over several lines, or as one line. False after a failure, which
 * cli_finish() reports. */
bool json_print(cJSON *value);
bool json_print_line(cJSON *value);

/* Writes the value to another stream, over several lines, and releases it. */
bool json_write(FILE *out, cJSON *value);

/* The same as one line. */
bool json_write_line(FILE *out, cJSON *value);

/* The value as one line for a script, from malloc(); releases it. "<" is \u003c, so that no "</script>" can end it. NULL,
 * with a report, if memory ran out. */
char *json_script(cJSON *value);

/* Writes an object whose last member is a list that is too long for memory: first the object and the name of the list,
 * then one item after the other, then the end. The text is that of json_write(). All release their value. */
bool json_write_begin(FILE *out, cJSON *object, const char *list);
bool json_write_item(FILE *out, cJSON *item, bool first);
void json_write_end(FILE *out);

/* The end, if the members of another object follow the list; releases it. */
bool json_write_rest(FILE *out, cJSON *object);

#endif
