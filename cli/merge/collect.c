/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "merge/collect.h"

#include <amos/amos.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "folder.h"
#include "kit/message.h"

static bool out_of_memory(void)
{
    cli_error("Memory ran out.");
    return false;
}

/* ---- reading ---- */

/* A part that is not whole is left out. */
static bool add_part(struct collected *out, const char *path)
{
    struct shard_parts *parts = &out->parts;
    struct part *items = realloc(parts->items, (parts->count + 1) * sizeof *items);
    char *why;
    if (!items)
        return out_of_memory();
    parts->items = items;
    const bool whole = part_read(path, &items[parts->count], &why);
    if (whole)
        parts->count++;
    else
        part_free(&items[parts->count]);
    if (!whole && why)
        cli_error("%s", why);
    const bool good = whole || why;
    free(why);
    return good || out_of_memory();
}

static bool add_name(struct collected *out, const char *folder, const char *name)
{
    char *path = folder_join(folder, name);
    const bool good = path ? add_part(out, path) : out_of_memory();
    free(path);
    return good;
}

static bool add_folder(struct collected *out, const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    size_t index, count, found = 0;
    bool good = true;
    if (!folder) {
        cli_error("%s: The folder cannot be opened: %s.", path, strerror(errno));
        return false;
    }
    while (good && (entry = readdir(folder)) != NULL)
        if (part_name_read(entry->d_name, &index, &count)) {
            found++;
            good = add_name(out, path, entry->d_name);
        }
    closedir(folder);
    if (good && !found)
        cli_error("%s: The folder has no part, such as 1-of-8.jsonl; a command with --shard and --parts writes them.",
                  path);
    return good && found;
}

/* ---- whether they belong together ---- */

static bool refuse_version(const struct part *part)
{
    cli_error("%s: The part is of amos %s, and this is amos %s; results of two versions are not merged.", part->path,
              part->version, amos_version());
    return false;
}

static bool is_like(const struct part *first, const struct part *part)
{
    if (strcmp(part->version, amos_version()) != 0)
        return refuse_version(part);
    if (part->of != first->of)
        cli_error("%s: The part is one of %zu, and that of %s one of %zu; merge the parts of one run.", part->path,
                  part->of, first->path, first->of);
    else if (strcmp(part->rules, first->rules) != 0)
        cli_error("%s: The part was made by other options than %s: %s, and %s.", part->path, first->path, part->rules,
                  first->rules);
    else if (strcmp(part->data_set, first->data_set) != 0 || part->total != first->total)
        cli_error(
            "%s: The part is of another data set than %s: a case, or the size of a file, differs. If the data changed, "
            "all shards must run again.",
            part->path, first->path);
    else
        return true;
    return false;
}

static int compare_parts(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    return x->index != y->index ? (x->index > y->index) - (x->index < y->index) : strcmp(x->path, y->path);
}

static bool check_parts(const struct shard_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++)
        if (!is_like(&parts->items[0], &parts->items[i]))
            return false;
    for (size_t i = 1; i < parts->count; i++)
        if (parts->items[i].index == parts->items[i - 1].index) {
            cli_error("%s: The part is shard %zu of %zu, and so is %s; give one of them.", parts->items[i].path,
                      parts->items[i].index, parts->items[i].of, parts->items[i - 1].path);
            return false;
        }
    return true;
}

bool collect_parts(char *const *paths, int count, struct collected *out)
{
    bool good = true;
    *out = (struct collected){.of = 0};
    for (int i = 0; good && i < count; i++) {
        struct stat about;
        const bool folder = stat(paths[i], &about) == 0 && S_ISDIR(about.st_mode);
        good = folder ? add_folder(out, paths[i]) : add_part(out, paths[i]);
    }
    struct shard_parts *parts = &out->parts;
    if (good && !parts->count) {
        cli_error("merge: None of the parts is whole; all shards must run again.");
        return false;
    }
    if (parts->count)
        qsort(parts->items, parts->count, sizeof *parts->items, compare_parts);
    out->of = parts->count ? parts->items[0].of : 0;
    return good && check_parts(parts);
}

/* ---- what is missing ---- */

static void put_range(FILE *out, size_t first, size_t last, bool *any)
{
    if (last < first)
        return;
    fprintf(out, "%s%zu", *any ? "," : "", first);
    if (last > first)
        fprintf(out, "-%zu", last);
    *any = true;
}

char *collect_missing(const struct collected *collected)
{
    char *text = NULL;
    size_t bytes, next = 1;
    bool any = false;
    FILE *out = open_memstream(&text, &bytes);
    if (!out)
        return NULL;
    for (size_t i = 0; i < collected->parts.count; i++) {
        put_range(out, next, collected->parts.items[i].index - 1, &any);
        next = collected->parts.items[i].index + 1;
    }
    put_range(out, next, collected->of, &any);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

void collect_free(struct collected *collected)
{
    for (size_t i = 0; i < collected->parts.count; i++)
        part_free(&collected->parts.items[i]);
    free(collected->parts.items);
    *collected = (struct collected){.of = 0};
}
