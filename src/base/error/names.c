/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/error/names.h"

#include <stdio.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/text/words.h"
#include "base/text/utf8.h"

bool amosi_name_is_known(const char *name)
{
    return strcmp(name, "?") != 0;
}

/* "a, b or c" */
static void list(char *out, size_t bytes, const char *(*get)(const void *table, size_t i), const void *table,
                 size_t count)
{
    size_t used = 0;
    for (size_t i = 0; i < count && used < bytes; i++)
        used += (size_t)snprintf(out + used, bytes - used, "%s%s",
                                 i == 0          ? ""
                                 : i + 1 < count ? ", "
                                                 : " or ",
                                 get(table, i));
}

/* The most similar name, if at most a third of its letters differ; else NULL. */
static const char *nearest(const char *name, const char *(*get)(const void *table, size_t i), const void *table,
                           size_t count)
{
    const char *best = NULL;
    size_t least = strlen(name) / 3 + 1;
    for (size_t i = 0; i < count; i++) {
        size_t distance = amosi_words_distance(name, get(table, i));
        if (distance < least) {
            least = distance;
            best = get(table, i);
        }
    }
    return best;
}

amos_status amosi_name_refuse(const char *noun, const char *name, const char *(*get)(const void *table, size_t i),
                              const void *table, size_t count, amos_error *err)
{
    char shown[64], accepted[640];
    const char *meant = name ? nearest(name, get, table, count) : NULL;
    list(accepted, sizeof accepted, get, table, count);
    if (!meant)
        return amosi_fail(err, AMOS_E_ARG, NULL, "\"%s\" is no %s; use %s.",
                          amosi_text_show(shown, sizeof shown, name ? name : ""), noun, accepted);
    return amosi_fail(err, AMOS_E_ARG, NULL, "\"%s\" is no %s; did you mean \"%s\"? Use %s.",
                      amosi_text_show(shown, sizeof shown, name), noun, meant, accepted);
}
