/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "review/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/math/digest.h"

enum { NAME_MOST = 80, DIGITS = 12 }; /* a name is short enough for every file system, also with a suffix */

static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

struct named {
    const amos_case_info *info;
    bool shared, alike; /* another case has the same id, or one that is the same but for case */
};

static int by_id(const void *a, const void *b)
{
    const struct named *x = *(struct named *const *)a, *y = *(struct named *const *)b;
    int order = strcasecmp(x->info->id, y->info->id);
    if (order == 0)
        order = strcmp(x->info->id, y->info->id);
    return order != 0 ? order : (x->info->index > y->info->index) - (x->info->index < y->info->index);
}

/* Marks cases whose ids are alike. */
static void compare(struct named **sorted, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct named *a = sorted[i - 1], *b = sorted[i];
        if (strcasecmp(a->info->id, b->info->id) == 0)
            a->alike = b->alike = true;
        if (strcmp(a->info->id, b->info->id) == 0)
            a->shared = b->shared = true;
    }
}

static char *make_id(const struct named *named)
{
    const char *split = amos_split_name(named->info->split);
    size_t bytes = strlen(named->info->id) + strlen(split) + 4;
    char *id = malloc(bytes);
    if (id)
        snprintf(id, bytes, named->shared ? "%s (%s)" : "%s", named->info->id, split);
    return id;
}

static bool is_safe(const char *id)
{
    size_t length = strlen(id);
    return length > 0 && length <= NAME_MOST && id[0] != '.' && id[0] != '-' && strspn(id, safe) == length;
}

/* Safe letters of the id, and a digest of split and id. */
static char *make_name(const struct named *named)
{
    const char *id = named->info->id;
    char digest[65], head[NAME_MOST + 1];
    struct amosi_digest state;
    if (!named->alike && is_safe(id))
        return strdup(id);
    amosi_sha256_begin(&state);
    amosi_digest_take(&state, amos_split_name(named->info->split), strlen(amos_split_name(named->info->split)));
    amosi_digest_take(&state, "/", 1);
    amosi_digest_take(&state, id, strlen(id));
    amosi_digest_text(state, digest);
    size_t used = 0;
    for (size_t i = 0; id[i] && used < NAME_MOST - DIGITS - 1; i++)
        head[used++] = strchr(safe, id[i]) && (i > 0 || (id[i] != '.' && id[i] != '-')) ? id[i] : '_';
    head[used] = '\0';
    char *name = malloc(sizeof head + sizeof digest);
    if (name)
        snprintf(name, sizeof head + sizeof digest, "%s-%.*s", head, DIGITS, digest);
    return name;
}

bool review_names_make(const amos_dataset *dataset, char **ids, char **names)
{
    size_t count = amos_dataset_get_info(dataset)->count;
    struct named *all = calloc(count + 1, sizeof *all), **sorted = calloc(count + 1, sizeof *sorted);
    bool good = all && sorted;
    for (size_t i = 0; good && i < count; i++) {
        all[i].info = amos_case_get_info(amos_dataset_get(dataset, i));
        sorted[i] = &all[i];
    }
    if (good) {
        qsort(sorted, count, sizeof *sorted, by_id);
        compare(sorted, count);
    }
    for (size_t i = 0; good && i < count; i++)
        good = (ids[i] = make_id(&all[i])) != NULL && (names[i] = make_name(&all[i])) != NULL;
    free(sorted);
    free(all);
    return good;
}
