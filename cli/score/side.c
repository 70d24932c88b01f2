/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: the label files of one side. */
#define _XOPEN_SOURCE 700
#include "score/side.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/message.h"
#include "base/text/case_id.h"
#include "base/text/volume_name.h"

/* ---- ids ---- */

/* Names with the same id belong to one case. From malloc(); NULL if memory ran out. */
static char *id_of_name(const char *name, size_t length)
{
    char *stem = strndup(name, length);
    long long number = stem ? amosi_amos_number(stem) : -1;
    if (number >= 0) {
        char id[32];
        snprintf(id, sizeof id, "amos_%04lld", number);
        free(stem);
        return strdup(id);
    }
    if (stem && length > 5 && strcmp(stem + length - 5, "_0000") == 0)
        stem[length - 5] = '\0';
    return stem;
}

/* ---- entries ---- */

const char *side_path(const struct side_entry *entry)
{
    if (!entry->c)
        return entry->path;
    const amos_case_info *info = amos_case_get_info(entry->c);
    return info->has_label ? info->label_path : NULL;
}

amos_modality side_modality(const struct side_entry *entry)
{
    return entry->c ? amos_case_get_info(entry->c)->modality : amosi_modality_of_name(entry->id);
}

static bool out_of_memory(void)
{
    cli_error("Memory ran out.");
    return false;
}

static bool grow_entries(struct score_side *side)
{
    if (side->count < side->room)
        return true;
    size_t room = side->room ? 2 * side->room : 64;
    struct side_entry *entries = realloc(side->entries, room * sizeof *entries);
    if (!entries)
        return false;
    side->entries = entries;
    side->room = room;
    return true;
}

/* Appends the entry, or releases it if memory ran out. */
static bool add_entry(struct score_side *side, const struct side_entry *entry)
{
    bool good = entry->id && (entry->path || entry->c) && grow_entries(side);
    if (good) {
        side->entries[side->count++] = *entry;
        return true;
    }
    free(entry->id);
    free(entry->path);
    return out_of_memory();
}

static char *join_path(const char *folder, const char *name)
{
    size_t bytes = strlen(folder) + strlen(name) + 2;
    char *path = malloc(bytes);
    bool slash = folder[0] && folder[strlen(folder) - 1] == '/';
    if (path)
        snprintf(path, bytes, "%s%s%s", folder, slash ? "" : "/", name);
    return path;
}

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const struct side_entry *)a)->id, ((const struct side_entry *)b)->id);
}

static int compare_id(const void *id, const void *entry)
{
    return strcmp(id, ((const struct side_entry *)entry)->id);
}

struct side_entry *side_find(struct score_side *side, const char *id)
{
    return side->count ? bsearch(id, side->entries, side->count, sizeof *side->entries, compare_id) : NULL;
}

/* Two files for one case are ambiguous and refused. */
static bool check_twice(const struct score_side *side, const char *path)
{
    for (size_t i = 1; i < side->count; i++) {
        const struct side_entry *a = &side->entries[i - 1], *b = &side->entries[i];
        if (strcmp(a->id, b->id) != 0)
            continue;
        if (side->dataset)
            cli_error("%s: The case %s appears twice in this data set, as %s and %s; choose one with --split.", path,
                      a->id, amos_case_get_info(a->c)->label_path, amos_case_get_info(b->c)->label_path);
        else
            cli_error("%s: Two files belong to the case %s, %s and %s; one was expected, so move the other away.", path,
                      a->id, a->path, b->path);
        return false;
    }
    return true;
}

/* ---- folders ---- */

static bool list_volumes(struct score_side *side, const char *path, DIR *dir)
{
    const struct dirent *found;
    while (errno = 0, (found = readdir(dir)) != NULL) {
        size_t length = amosi_volume_name_is_listed(found->d_name) ? amosi_volume_name_id_length(found->d_name) : 0;
        const struct side_entry entry = {.id = length ? id_of_name(found->d_name, length) : NULL,
                                         .path = length ? join_path(path, found->d_name) : NULL};
        if (length && !add_entry(side, &entry))
            return false;
    }
    if (errno == 0)
        return true;
    cli_error("%s: The folder cannot be read: %s.", path, strerror(errno));
    return false;
}

static bool open_flat(struct score_side *side, const char *path)
{
    DIR *dir = opendir(path);
    if (!dir) {
        cli_error("%s: The folder cannot be opened: %s.", path, strerror(errno));
        return false;
    }
    bool good = list_volumes(side, path, dir);
    closedir(dir);
    return good;
}

static bool open_dataset(struct score_side *side, const char *path, amos_split split)
{
    amos_error err;
    const amos_case_filter filter = {.size = sizeof filter, .split = split};
    amos_status opened = amos_dataset_open(path, NULL, &side->dataset, &err);
    if (opened == AMOS_E_OPEN)
        cli_error("%s: This folder has no volume (.nii or .nii.gz) and is no data set; a folder with labels such as "
                  "amos_0018.nii.gz was expected, or the folder of a data set.",
                  path);
    else if (opened)
        cli_error_of(&err);
    if (opened)
        return false;
    const amos_case *c = NULL;
    amos_status status;
    while ((status = amos_dataset_next(side->dataset, &filter, &c, &err)) == AMOS_OK && c) {
        const amos_case_info *info = amos_case_get_info(c);
        const struct side_entry entry = {.id = id_of_name(info->id, strlen(info->id)), .c = c};
        if (!info->label_path)
            free(entry.id);
        else if (!add_entry(side, &entry))
            return false;
    }
    if (status)
        cli_error_of(&err);
    return !status;
}

static void keep_modality(struct score_side *side, amos_modality modality)
{
    size_t kept = 0;
    for (size_t i = 0; i < side->count; i++) {
        struct side_entry *entry = &side->entries[i];
        if (modality == AMOS_MODALITY_ANY || side_modality(entry) == modality) {
            side->entries[kept++] = *entry;
        } else {
            free(entry->id);
            free(entry->path);
        }
    }
    side->count = kept;
}

/* A folder that has volumes directly in it is not a data set, even with a dataset.json, which nnU-Net writes next to
 * its predictions. */
static bool read_folder(struct score_side *side, const char *path, amos_split split)
{
    return open_flat(side, path) && (side->count > 0 || open_dataset(side, path, split));
}

struct score_side *side_open_folder(const char *path, amos_split split, amos_modality modality)
{
    struct score_side *side = calloc(1, sizeof *side);
    if (!side) {
        out_of_memory();
        return NULL;
    }
    bool good = read_folder(side, path, split);
    keep_modality(side, modality);
    if (side->count > 0)
        qsort(side->entries, side->count, sizeof *side->entries, compare_entries);
    if (good && check_twice(side, path))
        return side;
    side_free(side);
    return NULL;
}

struct score_side *side_of_file(const char *path)
{
    const char *name = amosi_base_name(path);
    struct score_side *side = calloc(1, sizeof *side);
    const struct side_entry entry = {.id = id_of_name(name, amosi_volume_name_id_length(name)), .path = strdup(path)};
    if (!side) {
        free(entry.id);
        free(entry.path);
        out_of_memory();
        return NULL;
    }
    if (add_entry(side, &entry))
        return side;
    side_free(side);
    return NULL;
}

void side_free(struct score_side *side)
{
    for (size_t i = 0; side && i < side->count; i++) {
        free(side->entries[i].id);
        free(side->entries[i].path);
    }
    if (side) {
        amos_dataset_free(side->dataset);
        free(side->entries);
        free(side);
    }
}
