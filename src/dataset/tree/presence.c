/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/tree/presence.h"

#include <stdlib.h>
#include <string.h>

#include "base/system/alloc.h"
#include "dataset/record.h"
#include "base/math/sort.h"
#include "dataset/tree/path.h"
#include "base/text/volume_name.h"
#include "dataset/case_order.h"

/* The folder of a file, as the beginning of its path. */
struct folder_name {
    const char *path;
    size_t length;
};

struct folders {
    struct folder_name *names; /* sorted, each once */
    size_t count;
    size_t capacity;
    struct amosi_listing *listings; /* one for each name */
    struct amosi_arena text;
};

static int compare_names(const void *first, const void *second)
{
    const struct folder_name *a = first;
    const struct folder_name *b = second;
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->path, b->path, shorter);
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

static struct folder_name folder_of(const char *path)
{
    return (struct folder_name){path, amosi_path_folder_length(path)};
}

/* Successive cases mostly share their folders, so `last` avoids nearly all of the work. */
static bool add_folder(struct folders *folders, const char *path, struct folder_name *last)
{
    struct folder_name name = folder_of(path);
    if (last->length == name.length && memcmp(last->path, name.path, name.length) == 0)
        return true;
    void *names = folders->names;
    if (!amosi_grow(&names, &folders->capacity, folders->count + 1, sizeof *folders->names))
        return false;
    folders->names = names;
    folders->names[folders->count++] = name;
    *last = name;
    return true;
}

static bool collect_folders(struct folders *folders, const amos_dataset *dataset)
{
    struct folder_name last_image = {"", SIZE_MAX}; /* of no folder */
    struct folder_name last_label = {"", SIZE_MAX};
    for (size_t i = 0; i < dataset->info.count; i++) {
        const amos_case *c = &dataset->cases[i];
        if (!add_folder(folders, c->info.image_path, &last_image))
            return false;
        if (c->info.label_path && !add_folder(folders, c->info.label_path, &last_label))
            return false;
    }
    amosi_sort(folders->names, folders->count, sizeof *folders->names, compare_names);
    size_t kept = 0;
    for (size_t i = 0; i < folders->count; i++)
        if (kept == 0 || compare_names(&folders->names[kept - 1], &folders->names[i]) != 0)
            folders->names[kept++] = folders->names[i];
    folders->count = kept;
    return true;
}

amos_status amosi_presence_check(const amos_dataset *dataset, const char *path, amos_error *err)
{
    if (!(dataset->flags & AMOS_DATASET_BENEATH))
        return AMOS_OK;
    return amosi_path_check_beneath(dataset->info.root, path, err);
}

static amos_status list_folders(struct folders *folders, const amos_dataset *dataset, amos_error *err)
{
    folders->listings = amosi_alloc_array(folders->count, sizeof *folders->listings);
    if (!folders->listings)
        return amosi_fail_nomem(err, dataset->info.root);
    memset(folders->listings, 0, folders->count * sizeof *folders->listings);
    for (size_t i = 0; i < folders->count; i++) {
        const char *path = amosi_arena_text(&folders->text, folders->names[i].path, folders->names[i].length);
        if (!path)
            return amosi_fail_nomem(err, dataset->info.root);
        amos_status status = amosi_presence_check(dataset, path, err);
        if (status == AMOS_OK)
            status = amosi_listing_read(&folders->listings[i], path, &folders->text, err);
        if (status)
            return status;
    }
    return AMOS_OK;
}

static void free_folders(struct folders *folders)
{
    for (size_t i = 0; folders->listings && i < folders->count; i++)
        amosi_listing_free(&folders->listings[i]);
    amosi_free(folders->listings);
    amosi_free(folders->names);
    amosi_arena_free(&folders->text);
}

amos_status amosi_presence_entry(const amos_dataset *dataset, const struct amosi_entry *entry, const char *path,
                                 int *there, amos_error *err)
{
    *there = entry->kind == AMOSI_KIND_FILE;
    if (entry->kind != AMOSI_KIND_ASK)
        return AMOS_OK;
    *there = amosi_scan_is_file(path);
    return amosi_presence_check(dataset, path, err);
}

/* *last is the listing in which the previous file was looked up. */
static amos_status check_presence(const struct folders *folders, const amos_dataset *dataset, const char *path,
                                  const struct amosi_listing **last, int *there, amos_error *err)
{
    static const struct amosi_entry unknown = {"", AMOSI_KIND_ASK};
    struct folder_name name = folder_of(path);
    if (!*last || strlen((*last)->folder) != name.length || memcmp((*last)->folder, path, name.length) != 0) {
        const struct folder_name *found = bsearch(&name, folders->names, folders->count, sizeof name, compare_names);
        *last = &folders->listings[found - folders->names];
    }
    const struct amosi_entry *entry = amosi_listing_find(*last, amosi_base_name(path));
    if (!entry && (*last)->unreadable)
        entry = &unknown;
    *there = false;
    return entry ? amosi_presence_entry(dataset, entry, path, there, err) : AMOS_OK;
}

static amos_status check_cases(const struct folders *folders, amos_dataset *dataset, amos_error *err)
{
    const struct amosi_listing *images = NULL;
    const struct amosi_listing *labels = NULL;
    for (size_t i = 0; i < dataset->info.count; i++) {
        amos_case *c = &dataset->cases[i];
        amos_status status = check_presence(folders, dataset, c->info.image_path, &images, &c->info.has_image, err);
        if (status == AMOS_OK && c->info.label_path)
            status = check_presence(folders, dataset, c->info.label_path, &labels, &c->info.has_label, err);
        if (status) {
            amosi_fail_case(err, c->info.id);
            return status;
        }
    }
    return AMOS_OK;
}

amos_status amosi_presence_find(amos_dataset *dataset, amos_error *err)
{
    struct folders folders = {0};
    amos_status status = AMOS_OK;
    if (!collect_folders(&folders, dataset))
        status = amosi_fail_nomem(err, dataset->info.root);
    if (status == AMOS_OK)
        status = list_folders(&folders, dataset, err);
    if (status == AMOS_OK)
        status = check_cases(&folders, dataset, err);
    free_folders(&folders);
    return status;
}
