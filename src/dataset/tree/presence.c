/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/tree/presence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/system/alloc.h"
#include "dataset/record.h"
#include "base/math/sort.h"
#include "dataset/tree/names.h"
#include "dataset/tree/path.h"
#include "dataset/tree/renamed.h"
#include "base/text/case_id.h"
#include "base/text/volume_name.h"

#define LONGEST_NAME 255
#define MOST_CHANNELS 64 /* more are not counted: many entries may name one file */

/* The folder of a file, as the beginning of its path. */
struct folder_name {
    const char *path;
    size_t length;
};

/* A folder that files are named in, and what is really there. */
struct shelf {
    struct amosi_listing listing; /* its folder may differ from the named one in the case of letters */
    struct amosi_names near;      /* its volumes, made when a file is missing */
};

struct folders {
    struct folder_name *names; /* sorted, each once */
    size_t count;
    size_t capacity;
    struct shelf *shelves; /* one for each name */
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
    if (!(dataset->flags & AMOS_DATASET_BENEATH) || amosi_archive_holds(dataset->archive, path))
        return AMOS_OK;
    return amosi_path_check_beneath(dataset->info.root, path, err);
}

/* The path of a folder as it is there: of one that lies directly in the data set's folder, also if letters differ in case
 * alone. NULL: out of memory. */
static const char *find_folder(struct folders *folders, amos_dataset *dataset, const struct folder_name *name)
{
    const char *path = amosi_arena_text(&folders->text, name->path, name->length);
    size_t root = strlen(dataset->info.root);
    if (!path || strncmp(path, dataset->info.root, root) != 0 || path[root] != '/' || strchr(path + root + 1, '/'))
        return path;
    const char *there = amosi_root_folder(&dataset->tree, path + root + 1);
    return there && strcmp(there, path + root + 1) != 0 ? amosi_dataset_path(dataset, there, NULL) : path;
}

static amos_status list_folders(struct folders *folders, amos_dataset *dataset, amos_error *err)
{
    folders->shelves = amosi_zalloc_array(folders->count, sizeof *folders->shelves);
    if (!folders->shelves)
        return amosi_fail_nomem(err, dataset->info.root);
    for (size_t i = 0; i < folders->count; i++) {
        const char *path = find_folder(folders, dataset, &folders->names[i]);
        if (!path)
            return amosi_fail_nomem(err, dataset->info.root);
        amos_status status = amosi_presence_check(dataset, path, err);
        if (status == AMOS_OK)
            status = amosi_listing_read(&folders->shelves[i].listing, dataset->archive, path, &folders->text, err);
        if (status)
            return status;
    }
    return AMOS_OK;
}

static void free_folders(struct folders *folders)
{
    for (size_t i = 0; folders->shelves && i < folders->count; i++) {
        amosi_names_free(&folders->shelves[i].near);
        amosi_listing_free(&folders->shelves[i].listing);
    }
    amosi_free(folders->shelves);
    amosi_free(folders->names);
    amosi_arena_free(&folders->text);
}

amos_status amosi_presence_entry(const amos_dataset *dataset, const struct amosi_entry *entry, const char *path,
                                 int *there, amos_error *err)
{
    *there = entry->kind == AMOSI_KIND_FILE;
    if (entry->kind != AMOSI_KIND_ASK)
        return AMOS_OK;
    *there = amosi_scan_is_file(dataset->archive, path);
    return amosi_presence_check(dataset, path, err);
}

/* ---- near names ---- */

static const char *join(amos_dataset *dataset, const char *folder, const char *name)
{
    size_t bytes = strlen(folder) + strlen(name) + 2;
    char *path = amosi_arena_bytes(&dataset->text, bytes);
    if (path)
        amosi_path_join(path, bytes, folder, name);
    return path;
}

/* The entry that is meant by the name of a missing file, if there is only one. */
static amos_status find_near(struct amosi_renamed *renamed, struct shelf *shelf, const char *path,
                             const struct amosi_entry **out, amos_error *err)
{
    size_t count;
    *out = NULL;
    if (!shelf->near.made && !amosi_names_make(&shelf->near, &shelf->listing, amosi_key_volume))
        return amosi_fail_nomem(err, path);
    const struct amosi_entry *near = amosi_names_find(&shelf->near, amosi_base_name(path), &count);
    if (count == 1)
        *out = near;
    else if (count > 1 && renamed->ambiguous++ == 0)
        renamed->example = path;
    return AMOS_OK;
}

/* ---- each file ---- */

struct look {
    struct folders *folders;
    amos_dataset *dataset;
    struct amosi_renamed *renamed;
    amos_error *err;
};

/* *last is the shelf in which the previous file was looked up. */
static struct shelf *find_shelf(const struct folders *folders, const char *path, struct shelf **last)
{
    struct folder_name name = folder_of(path);
    const struct folder_name *known = *last ? &folders->names[*last - folders->shelves] : NULL;
    if (!known || known->length != name.length || memcmp(known->path, path, name.length) != 0) {
        known = bsearch(&name, folders->names, folders->count, sizeof name, compare_names);
        *last = &folders->shelves[known - folders->names];
    }
    return *last;
}

/* Finds out whether a file is there, under its name or, if only one can be meant, under a near one. */
static amos_status check_presence(const struct look *look, const char **path, struct shelf **last, int *there)
{
    static const struct amosi_entry unknown = {"", AMOSI_KIND_ASK};
    struct shelf *shelf = find_shelf(look->folders, *path, last);
    const struct amosi_entry *entry = amosi_listing_find(&shelf->listing, amosi_base_name(*path));
    *there = false;
    if (!entry && shelf->listing.unreadable)
        return amosi_presence_entry(look->dataset, &unknown, *path, there, look->err);
    amos_status status = entry ? AMOS_OK : find_near(look->renamed, shelf, *path, &entry, look->err);
    if (status || !entry)
        return status;
    const char *found = join(look->dataset, shelf->listing.folder, entry->name);
    if (!found || (strcmp(found, *path) != 0 && !amosi_renamed_add(look->renamed, path, there, found)))
        return amosi_fail_nomem(look->err, *path);
    return amosi_presence_entry(look->dataset, entry, *path, there, look->err);
}

/* How many channels lie beside an image whose name ends in "_0000": x_0000, x_0001, ... */
static int count_channels(const struct shelf *shelf, const char *path)
{
    char name[LONGEST_NAME + 1];
    int channel, count = 1;
    const char *first = amosi_base_name(path);
    size_t stem = amosi_volume_name_id_length(first), cut = amosi_channel_cut(first, stem, &channel);
    if (channel != 0 || strlen(first) >= sizeof name)
        return 1;
    while (count < MOST_CHANNELS) {
        snprintf(name, sizeof name, "%.*s_%04d%s", (int)cut, first, count, first + stem);
        const struct amosi_entry *entry = amosi_listing_find(&shelf->listing, name);
        if (!entry || entry->kind == AMOSI_KIND_OTHER)
            break;
        count++;
    }
    return count;
}

static amos_status check_cases(const struct look *look)
{
    struct shelf *images = NULL, *labels = NULL;
    for (size_t i = 0; i < look->dataset->info.count; i++) {
        amos_case *c = &look->dataset->cases[i];
        amos_status status = check_presence(look, &c->info.image_path, &images, &c->info.has_image);
        if (status == AMOS_OK && c->info.has_image && c->info.channels == 1)
            c->info.channels = count_channels(images, c->info.image_path);
        if (status == AMOS_OK && c->info.label_path)
            status = check_presence(look, &c->info.label_path, &labels, &c->info.has_label);
        if (status) {
            amosi_fail_case(look->err, c->info.id);
            return status;
        }
    }
    return AMOS_OK;
}

amos_status amosi_presence_find(amos_dataset *dataset, amos_error *err)
{
    struct folders folders = {0};
    struct amosi_renamed renamed = {0};
    const struct look look = {&folders, dataset, &renamed, err};
    amos_status status = AMOS_OK;
    if (!collect_folders(&folders, dataset))
        status = amosi_fail_nomem(err, dataset->info.root);
    if (status == AMOS_OK)
        status = list_folders(&folders, dataset, err);
    if (status == AMOS_OK)
        status = check_cases(&look);
    if (status == AMOS_OK)
        status = amosi_renamed_settle(&renamed, dataset, err);
    amosi_renamed_free(&renamed);
    free_folders(&folders);
    return status;
}
