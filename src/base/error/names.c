/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/error/names.h"

#include <stdio.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/text/words.h"
#include "base/text/utf8.h"

const char *amosi_name_of(const struct amosi_names *names, int value)
{
    for (size_t i = 0; i < names->count; i++)
        if (names->items[i].value == value)
            return names->items[i].name;
    return "?";
}

bool amosi_name_is_known(const char *name)
{
    return strcmp(name, "?") != 0;
}

static bool is_called(const struct amosi_name *item, const char *name)
{
    bool found = amosi_words_equal(item->name, name);
    for (size_t i = 0; !found && i < sizeof item->aliases / sizeof item->aliases[0] && item->aliases[i]; i++)
        found = amosi_words_equal(item->aliases[i], name);
    return found;
}

static const char *name_at(const void *table, size_t i)
{
    return ((const struct amosi_names *)table)->items[i].name;
}

amos_status amosi_name_parse(const struct amosi_names *names, const char *name, int *out, amos_error *err)
{
    if (!out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "%s() needs a place for its result.", names->function);
    *out = names->items[0].value;
    for (size_t i = 0; name && i < names->count; i++)
        if (is_called(&names->items[i], name)) {
            *out = names->items[i].value;
            return AMOS_OK;
        }
    return amosi_name_refuse(names->noun, name, name_at, names, names->count, err);
}

/* ---- unknown names ---- */

/* Writes "a, b or c". */
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
