/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "masks/masks.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error/fail.h"
#include "base/text/volume_name.h"
#include "kit/message.h"

#define MASKS "segmentations"

/* ---- the table ---- */

/* "/data/s0001/segmentations" */
static void folder_of(const amos_case_info *info, char folder[PATH_MAX])
{
    int length = (int)(amosi_base_name(info->image_path) - info->image_path);
    snprintf(folder, PATH_MAX, "%.*s" MASKS, length, info->image_path);
}

bool masks_are_there(const amos_case_info *info)
{
    char folder[PATH_MAX];
    folder_of(info, folder);
    DIR *dir = opendir(folder);
    if (dir)
        closedir(dir);
    return dir != NULL;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* False after a failure, which is reported. */
static bool add_name(struct mask_table *table, const char *folder, const char *name)
{
    char *copy = strndup(name, amosi_volume_name_id_length(name));
    if (!copy)
        cli_error("Memory ran out.");
    if (!copy || (table->count && bsearch(&copy, table->names, table->count, sizeof *table->names, compare_names))) {
        bool good = copy != NULL;
        free(copy);
        return good;
    }
    if (table->count == MASKS_MOST) {
        cli_error("%s: With %s there are more than %d organs, the most that a label map holds.", folder, copy,
                  MASKS_MOST);
        free(copy);
        return false;
    }
    table->names[table->count++] = copy;
    qsort(table->names, table->count, sizeof *table->names, compare_names);
    return true;
}

static bool add_folder(struct mask_table *table, const amos_case_info *info)
{
    char folder[PATH_MAX];
    folder_of(info, folder);
    DIR *dir = opendir(folder);
    bool good = true;
    for (const struct dirent *entry; dir && good && (entry = readdir(dir)) != NULL;)
        if (amosi_volume_name_is_listed(entry->d_name))
            good = add_name(table, folder, entry->d_name);
    if (dir)
        closedir(dir);
    return good;
}

bool mask_table_read(const amos_dataset *dataset, struct mask_table *out)
{
    const amos_case *c;
    *out = (struct mask_table){.count = 0};
    for (size_t i = 0; (c = amos_dataset_get(dataset, i)) != NULL; i++)
        if (!add_folder(out, amos_case_get_info(c)))
            return false;
    if (out->count == 0)
        cli_error("%s: No case has masks; folders such as s0001 with ct.nii.gz and " MASKS
                  "/liver.nii.gz were expected.",
                  amos_dataset_get_info(dataset)->root);
    return out->count > 0;
}

void mask_table_free(struct mask_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->names[i]);
    table->count = 0;
}

/* ---- one case ---- */

/* The file of an organ, .nii.gz or .nii; false if the case has none. */
static bool find_mask(const char *folder, const char *organ, char path[PATH_MAX])
{
    static const char *const endings[] = {".nii.gz", ".nii"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        int length = snprintf(path, PATH_MAX, "%s/%s%s", folder, organ, endings[i]);
        if (length < PATH_MAX && access(path, F_OK) == 0)
            return true;
    }
    return false;
}

static void lay_in(const unsigned char *mask, size_t count, unsigned char label, unsigned char *voxels,
                   uint64_t *overlaps)
{
    for (size_t i = 0; i < count; i++) {
        *overlaps += mask[i] && voxels[i];
        voxels[i] = mask[i] && !voxels[i] ? label : voxels[i];
    }
}

static amos_status add_mask(const amos_case_info *info, const char *path, unsigned char label, unsigned char *voxels,
                            uint64_t *overlaps, amos_error *err)
{
    amos_accept accept = AMOS_ACCEPT_INIT;
    amos_labelmap_options options = AMOS_LABELMAP_OPTIONS_INIT;
    amos_pair *pair = NULL;
    amos_labelmap *map = NULL;
    accept.max_label = 1;
    options.accept = &accept;
    options.threads = 1;
    amos_status status = amos_pair_open(info->image_path, path, NULL, &pair, err);
    if (!status)
        status = amos_pair_load(pair, NULL, &options, NULL, &map, err);
    if (!status)
        lay_in(amos_labelmap_voxels(map), amos_labelmap_layout(map)->bytes, label, voxels, overlaps);
    amos_labelmap_free(map);
    amos_pair_free(pair);
    return status;
}

amos_status masks_merge(const struct mask_table *table, const amos_case_info *info, amos_volume **image,
                        unsigned char **voxels, uint64_t *overlaps, amos_error *err)
{
    char folder[PATH_MAX], path[PATH_MAX];
    folder_of(info, folder);
    *voxels = NULL;
    *overlaps = 0;
    amos_status status = amos_volume_open(info->image_path, NULL, image, err);
    if (status)
        return status;
    const int64_t *shape = amos_volume_get_info(*image)->shape;
    *voxels = calloc((size_t)(shape[0] * shape[1]) + 1, (size_t)shape[2]);
    if (!*voxels)
        return amosi_fail_nomem(err, info->image_path);
    for (size_t n = 0; n < table->count && !status; n++)
        if (find_mask(folder, table->names[n], path))
            status = add_mask(info, path, (unsigned char)(n + 1), *voxels, overlaps, err);
    return status;
}
