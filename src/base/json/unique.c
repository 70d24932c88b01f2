/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/json/unique.h"

#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/math/sort.h"
#include "base/text/utf8.h"

#define FEW_MEMBERS 8 /* up to this number no allocation is needed */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *find_duplicate(const char **names, size_t count)
{
    amosi_sort(names, count, sizeof *names, compare_names);
    for (size_t i = 1; i < count; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            return names[i];
    return NULL;
}

amos_status amosi_json_check_unique(const cJSON *object, const char *path, const char *where, amos_error *err)
{
    const char *few[FEW_MEMBERS];
    size_t count = 0;
    for (const cJSON *item = object->child; item; item = item->next)
        count++;
    const char **names = count <= FEW_MEMBERS ? few : amosi_alloc_array(count, sizeof *names);
    if (!names)
        return amosi_fail_nomem(err, path);
    count = 0;
    for (const cJSON *item = object->child; item; item = item->next)
        names[count++] = item->string;
    const char *twice = find_duplicate(names, count);
    amos_status status = AMOS_OK;
    char shown[80];
    if (twice)
        status = amosi_fail(err, AMOS_E_JSON_SCHEMA, path, "%s has the key \"%s\" twice; a key may appear only once.",
                            where, amosi_text_show(shown, sizeof shown, twice));
    if (names != few)
        amosi_free(names);
    return status;
}
