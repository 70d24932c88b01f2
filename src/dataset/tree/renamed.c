/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/tree/renamed.h"

#include <string.h>

#include "base/math/sort.h"
#include "base/system/alloc.h"
#include "base/text/utf8.h"
#include "dataset/record.h"

bool amosi_renamed_add(struct amosi_renamed *renamed, const char **path, int *there, const char *found)
{
    void *items = renamed->items;
    if (!amosi_grow(&items, &renamed->capacity, renamed->count + 1, sizeof *renamed->items))
        return false;
    renamed->items = items;
    renamed->items[renamed->count++] = (struct amosi_renaming){path, *path, there};
    *path = found;
    return true;
}

void amosi_renamed_free(struct amosi_renamed *renamed)
{
    amosi_free(renamed->items);
    *renamed = (struct amosi_renamed){.items = NULL};
}

/* ---- what is not clear ---- */

static int compare_paths(const void *first, const void *second)
{
    return strcmp(*(const char *const *)first, *(const char *const *)second);
}

/* By the file found, then by the name given. */
static int compare_found(const void *first, const void *second)
{
    const struct amosi_renaming *a = first;
    const struct amosi_renaming *b = second;
    int order = strcmp(*a->path, *b->path);
    return order ? order : strcmp(a->named, b->named);
}

/* The paths of all files of the cases, sorted. NULL: memory ran out. */
static const char **sort_paths(const amos_dataset *dataset, size_t *count)
{
    const char **paths = amosi_alloc_array(dataset->info.count, 2 * sizeof(const char *));
    *count = 0;
    for (size_t i = 0; paths && i < dataset->info.count; i++) {
        paths[(*count)++] = dataset->cases[i].info.image_path;
        if (dataset->cases[i].info.label_path)
            paths[(*count)++] = dataset->cases[i].info.label_path;
    }
    if (paths)
        amosi_sort(paths, *count, sizeof(const char *), compare_paths);
    return paths;
}

/* How many of the sorted paths from *at on are `path`; *at moves behind them. */
static size_t count_equal(const char *const *paths, size_t count, size_t *at, const char *path)
{
    while (*at < count && strcmp(paths[*at], path) < 0)
        ++*at;
    size_t first = *at;
    while (*at < count && strcmp(paths[*at], path) == 0)
        ++*at;
    return *at - first;
}

/* A case in two splits names its files twice; that is clear. Both lists are walked once, in the order of the files. */
static amos_status take_back(struct amosi_renamed *renamed, const amos_dataset *dataset, amos_error *err)
{
    size_t count, kept = 0, at = 0;
    const char **paths = sort_paths(dataset, &count);
    if (!paths)
        return amosi_fail_nomem(err, dataset->info.root);
    amosi_sort(renamed->items, renamed->count, sizeof *renamed->items, compare_found);
    for (size_t first = 0, end; first < renamed->count; first = end) {
        const struct amosi_renaming *r = &renamed->items[first];
        const char *found = *r->path;
        for (end = first + 1; end < renamed->count && strcmp(*renamed->items[end].path, found) == 0;)
            end++;
        bool clear = strcmp(r->named, renamed->items[end - 1].named) == 0 &&
                     count_equal(paths, count, &at, found) == end - first;
        for (size_t i = first; i < end && !clear; i++) {
            *renamed->items[i].path = renamed->items[i].named;
            *renamed->items[i].there = false;
        }
        if (clear)
            renamed->items[kept++] = *r;
    }
    renamed->count = kept;
    amosi_free(paths);
    return AMOS_OK;
}

/* ---- what is said ---- */

static const char *in_tree(const amos_dataset *dataset, const char *path)
{
    size_t length = strlen(dataset->info.root);
    return strncmp(path, dataset->info.root, length) == 0 && path[length] == '/' ? path + length + 1 : path;
}

amos_status amosi_renamed_settle(struct amosi_renamed *renamed, amos_dataset *dataset, amos_error *err)
{
    char wanted[120], used[120];
    amos_status status = renamed->count ? take_back(renamed, dataset, err) : AMOS_OK;
    if (status == AMOS_OK && renamed->count)
        status = amosi_dataset_note(dataset, err, AMOS_W_RENAMED, dataset->info.json_path, "",
                                    "%zu of its files lie there under another name and are used, the first, %s, as %s.",
                                    renamed->count,
                                    amosi_text_show(wanted, sizeof wanted, in_tree(dataset, renamed->items[0].named)),
                                    amosi_text_show(used, sizeof used, in_tree(dataset, *renamed->items[0].path)));
    if (status == AMOS_OK && renamed->ambiguous)
        status = amosi_dataset_note(
            dataset, err, AMOS_W_RENAMED, dataset->info.json_path, "",
            "for %zu of its missing files several others could be meant, with another suffix or "
            "\"_0000\"; none is used. Leave one of them for the first, %s.",
            renamed->ambiguous, amosi_text_show(wanted, sizeof wanted, in_tree(dataset, renamed->example)));
    return status;
}
