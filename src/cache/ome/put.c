/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache/ome/put.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/text/number.h"
#include "base/text/utf8.h"

void amosi_json_put(cJSON *to, const char *name, cJSON *item, bool *good)
{
    if (to && item && (name ? cJSON_AddItemToObject(to, name, item) : cJSON_AddItemToArray(to, item)))
        return;
    cJSON_Delete(item);
    *good = false;
}

/* JSON has no infinity, which statistics of extreme values can reach. The text is the library's own: cJSON's has up to
 * one unit in the last place less. */
void amosi_json_put_number(cJSON *to, const char *name, double value, bool *good)
{
    char text[AMOSI_NUMBER_BYTES];
    if (!isfinite(value))
        value = isnan(value) ? 0 : copysign(DBL_MAX, value);
    amosi_json_put(to, name, cJSON_CreateRaw(amosi_number_write_exact(text, value)), good);
}

/* File names can hold any bytes; JSON is UTF-8. */
void amosi_json_put_text(cJSON *to, const char *name, const char *text, bool *good)
{
    char *copy = text ? amosi_strdup(text) : NULL;
    if (text && !copy)
        *good = false;
    for (char *at = copy, *end = copy ? copy + strlen(copy) : NULL; at < end; at++) {
        at += amosi_utf8_end(at, (size_t)(end - at));
        if (at < end)
            *at = '?';
    }
    amosi_json_put(to, name, copy ? cJSON_CreateString(copy) : cJSON_CreateNull(), good);
    amosi_free(copy);
}

void amosi_json_put_integers(cJSON *to, const char *name, const int64_t *values, int count, bool *good)
{
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < count; i++)
        amosi_json_put_number(list, NULL, (double)values[i], good);
    amosi_json_put(to, name, list, good);
}

void amosi_json_put_small(cJSON *to, const char *name, int64_t value, bool *good)
{
    amosi_json_put(to, name, cJSON_CreateNumber((double)value), good);
}

void amosi_json_put_sizes(cJSON *to, const char *name, const int64_t *values, int count, bool *good)
{
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < count; i++)
        amosi_json_put_small(list, NULL, values[i], good);
    amosi_json_put(to, name, list, good);
}
