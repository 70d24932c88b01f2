/* SPDX-License-Identifier: BSD-3-Clause */
/* JSON files whose origin is unknown: checked before cJSON sees them. */
#ifndef CLI_READ_JSON_FILE_H
#define CLI_READ_JSON_FILE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* Reads a file of at most `most` bytes into memory from malloc(), and checks that it is JSON; see base/json/syntax.h. If the
 * text has `sign` (NULL: none has), it is one that Python wrote: the bare words NaN, Infinity and -Infinity, which JSON
 * lacks, become the texts "", "inf" and "-inf" before. False after a failure, which is reported; free *text in either
 * case. */
bool json_text_read(const char *path, size_t most, const char *sign, char **text, size_t *bytes);

/* Parses a piece of such a text; NULL if memory ran out, which is reported. */
cJSON *json_text_parse(const char *path, const char *text, size_t bytes);

/* Both for a whole file. Release it with cJSON_Delete(). */
cJSON *json_file_read(const char *path, size_t most);

#endif
