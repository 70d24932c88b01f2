/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: the label files of one side. */
#define _XOPEN_SOURCE 700
#include "score/side.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kit/message.h"
#include "base/text/case_id.h"
#include "base/text/near_name.h"
#include "base/text/volume_name.h"

/* ---- ids ---- */

char *side_id_of(const char *name, size_t length)
{
    char *stem = strndup(name, length);
    long long number = stem ? amosi_amos_number_before(stem) : -1;
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

/* MONAI writes CASE/CASE_trans.nii.gz: the folder is then the case. */
static char *id_of_path(const char *path, bool in_own_folder)
{
    const char *name = amosi_base_name(path);
    size_t before = (size_t)(name - path), length = amosi_volume_name_id_length(name);
    size_t end = before > 1 ? before - 1 : 0, begin = end;
    while (begin > 0 && path[begin - 1] != '/')
        begin--;
    size_t folder = end - begin;
    if (in_own_folder && folder > 0 && folder < length && strncmp(path + begin, name, folder) == 0)
        return side_id_of(path + begin, folder);
    return side_id_of(name, length);
}

/* ---- entries ---- */

const char *side_path(const struct side_entry *entry)
{
    if (!entry->c)
        return entry->path;
    const amos_case_info *info = amos_case_get_info(entry->c);
    return info->has_label ? info->label_path : NULL;
}

bool side_is_unused(const struct side_entry *entry)
{
    return !entry->used && side_path(entry);
}

static bool is_there(const char *folder, const char *name)
{
    char *path = folder_join(folder, name);
    struct stat about;
    bool there = path && stat(path, &about) == 0;
    free(path);
    return there;
}

bool side_find_near(const struct score_side *side, const char *folder, const char *id, char *text, size_t bytes)
{
    static const char *const suffixes[] = {".nii.gz", ".nii"};
    char wanted[NAME_MAX + 1], name[NAME_MAX + 1], original[NAME_MAX + 1];
    for (size_t s = 0; s < 2 && side->place.folder.layout == FOLDER_FLAT; s++) {
        snprintf(wanted, sizeof wanted, "%s%s", id, suffixes[s]);
        for (size_t n = 0; amosi_near_guess(wanted, n, name, sizeof name); n++) {
            if (!is_there(folder, name))
                continue;
            snprintf(text, bytes, "; %s lies there, %s of it", name,
                     amosi_near_text(amosi_near_name(name, original, sizeof original)));
            return true;
        }
    }
    return false;
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

static bool take_folder(struct score_side *side, const struct folder *folder)
{
    for (size_t i = 0; i < folder->count; i++) {
        const char *path = folder->paths[i];
        if (!amosi_volume_name_is_listed(amosi_base_name(path)))
            continue;
        const struct side_entry entry = {.id = id_of_path(path, folder->layout != FOLDER_FLAT), .path = strdup(path)};
        if (!add_entry(side, &entry))
            return false;
    }
    return true;
}

static bool take_dataset(struct score_side *side, amos_split split)
{
    amos_error err;
    const amos_case_filter filter = {.size = sizeof filter, .split = split};
    const amos_case *c = NULL;
    amos_status status;
    while ((status = amos_dataset_next(side->dataset, &filter, &c, &err)) == AMOS_OK && c) {
        const amos_case_info *info = amos_case_get_info(c);
        const struct side_entry entry = {.id = side_id_of(info->id, strlen(info->id)), .c = c};
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

static bool read_place(struct score_side *side, const char *path, const struct dataset_choice *choice, amos_split split)
{
    if (!place_open(&side->place, path, choice))
        return false;
    side->dataset = side->place.kind == PLACE_DATASET ? side->place.dataset : NULL;
    if (side->place.kind == PLACE_FOLDER)
        return take_folder(side, &side->place.folder);
    if (side->dataset)
        return take_dataset(side, split);
    cli_error_of(&side->place.error);
    return false;
}

struct score_side *side_open_folder(const char *path, const struct dataset_choice *choice, amos_split split,
                                    amos_modality modality)
{
    struct score_side *side = calloc(1, sizeof *side);
    if (!side) {
        out_of_memory();
        return NULL;
    }
    bool good = read_place(side, path, choice, split);
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
    const struct side_entry entry = {.id = side_id_of(name, amosi_volume_name_id_length(name)), .path = strdup(path)};
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
        place_close(&side->place);
        free(side->entries);
        free(side);
    }
}
