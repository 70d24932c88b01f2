/* SPDX-License-Identifier: BSD-3-Clause */
/* Building the JSON of a cache entry. Each function adds to an object, or to a list if there is no name. If memory runs
 * out it sets *good to false, and releases what it could not add. */
#ifndef AMOSI_CACHE_OME_PUT_H
#define AMOSI_CACHE_OME_PUT_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

void amosi_json_put(cJSON *to, const char *name, cJSON *item, bool *good);
void amosi_json_put_text(cJSON *to, const char *name, const char *text, bool *good); /* NULL: null */

/* Numbers with all their digits, as text: a tree of them is printed, not compared. */
void amosi_json_put_number(cJSON *to, const char *name, double value, bool *good);
void amosi_json_put_integers(cJSON *to, const char *name, const int64_t *values, int count, bool *good);

/* Small integers as numbers, so that the tree can also be compared with a parsed one. */
void amosi_json_put_small(cJSON *to, const char *name, int64_t value, bool *good);
void amosi_json_put_sizes(cJSON *to, const char *name, const int64_t *values, int count, bool *good);

#endif
