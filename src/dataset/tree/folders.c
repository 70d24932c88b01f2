/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/tree/folders.h"

#include <string.h>

#include "base/system/alloc.h"
#include "dataset/record.h"
#include "base/math/sort.h"
#include "base/text/volume_name.h"
#include "dataset/tree/near.h"
#include "dataset/tree/path.h"
#include "dataset/tree/presence.h"
#include "dataset/tree/listing.h"

struct volume {
    const struct amosi_entry *entry;
    size_t id_length;
};

/* The volumes of one folder, sorted by id, each id once. */
struct shelf {
    const char *folder; /* its name in the tree */
    struct amosi_listing listing;
    struct volume *volumes;
    size_t count;
};

static int compare_ids(const struct volume *a, const struct volume *b)
{
    size_t shorter = a->id_length < b->id_length ? a->id_length : b->id_length;
    int order = memcmp(a->entry->name, b->entry->name, shorter);
    return order ? order : (a->id_length > b->id_length) - (a->id_length < b->id_length);
}

/* For the same id, ".nii.gz" precedes ".nii" in upper or lower case, then lower case precedes upper case. */
static int compare_volumes(const void *first, const void *second)
{
    const struct volume *a = first;
    const struct volume *b = second;
    int order = compare_ids(a, b);
    if (!order)
        order = amosi_volume_name(b->entry->name).gz - amosi_volume_name(a->entry->name).gz;
    return order ? order : strcmp(b->entry->name, a->entry->name);
}

static amos_status drop_duplicates(amos_dataset *dataset, struct shelf *shelf, amos_error *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < shelf->count; i++) {
        const struct volume *last = kept ? &shelf->volumes[kept - 1] : NULL;
        if (!last || compare_ids(last, &shelf->volumes[i]) != 0) {
            shelf->volumes[kept++] = shelf->volumes[i];
            continue;
        }
        const char *path = amosi_dataset_path(dataset, shelf->folder, shelf->volumes[i].entry->name);
        char *id = amosi_arena_text(&dataset->text, last->entry->name, last->id_length);
        if (!path || !id)
            return amosi_fail_nomem(err, dataset->info.root);
        amos_status status =
            amosi_dataset_note(dataset, err, AMOS_W_UNLISTED, path, id,
                               "the case has a second volume in this folder; %s is used.", last->entry->name);
        if (status)
            return status;
    }
    shelf->count = kept;
    return AMOS_OK;
}

static amos_status fill_shelf(amos_dataset *dataset, struct shelf *shelf, amos_error *err)
{
    shelf->volumes = amosi_alloc_array(shelf->listing.count, sizeof *shelf->volumes);
    if (!shelf->volumes)
        return amosi_fail_nomem(err, dataset->info.root);
    for (size_t i = 0; i < shelf->listing.count; i++) {
        const struct amosi_entry *entry = &shelf->listing.entries[i];
        bool left_out;
        amos_status status = amosi_near_remark(dataset, &shelf->listing, shelf->folder, entry->name, &left_out, err);
        if (status)
            return status;
        if (amosi_volume_name_is_listed(entry->name) && !left_out)
            shelf->volumes[shelf->count++] = (struct volume){entry, amosi_volume_name_id_length(entry->name)};
    }
    amosi_sort(shelf->volumes, shelf->count, sizeof *shelf->volumes, compare_volumes);
    return drop_duplicates(dataset, shelf, err);
}

static amos_status read_shelf(amos_dataset *dataset, const char *folder, struct shelf *shelf, amos_error *err)
{
    memset(shelf, 0, sizeof *shelf);
    shelf->folder = folder;
    const char *path = amosi_dataset_path(dataset, folder, NULL);
    if (!path)
        return amosi_fail_nomem(err, dataset->info.root);
    amos_status status = amosi_presence_check(dataset, path, err);
    if (status == AMOS_OK)
        status = amosi_listing_read(&shelf->listing, path, &dataset->text, err);
    if (status == AMOS_OK && shelf->listing.unreadable)
        status = amosi_fail_errno(err, AMOS_E_OPEN, path, shelf->listing.unreadable, "the folder cannot be listed");
    return status ? status : fill_shelf(dataset, shelf, err);
}

static void free_shelf(struct shelf *shelf)
{
    amosi_free(shelf->volumes);
    amosi_listing_free(&shelf->listing);
}

static amos_status find_presence(const amos_dataset *dataset, const struct volume *volume, const char *path,
                                 int *there, amos_error *err)
{
    *there = false;
    return volume ? amosi_presence_entry(dataset, volume->entry, path, there, err) : AMOS_OK;
}

/* One of the two volumes may be NULL. `name` is that of the image, or of the label if there is no image. */
static amos_status add_case(amos_dataset *dataset, const struct amosi_split_folders *split, const char *name,
                            const struct volume *image, const struct volume *label, amos_error *err)
{
    const char *image_path = amosi_dataset_path(dataset, split->images, name);
    const char *label_path = label ? amosi_dataset_path(dataset, split->labels, label->entry->name) : NULL;
    if (!image_path || (label && !label_path))
        return amosi_fail_nomem(err, dataset->info.root);
    amos_status status = amosi_dataset_add(dataset, split->split, image_path, label_path, err);
    if (status)
        return status;
    amos_case *c = &dataset->cases[dataset->info.count - 1];
    status = find_presence(dataset, image, image_path, &c->info.has_image, err);
    if (status == AMOS_OK)
        status = find_presence(dataset, label, label_path, &c->info.has_label, err);
    if (status)
        amosi_fail_case(err, c->info.id);
    return status;
}

/* Walks both sorted lists at once, as a merge does. */
static amos_status match_shelves(amos_dataset *dataset, const struct amosi_split_folders *split,
                                 const struct shelf *images, const struct shelf *labels, amos_error *err)
{
    size_t i = 0;
    size_t l = 0;
    for (;;) {
        const struct volume *image = i < images->count ? &images->volumes[i] : NULL;
        const struct volume *label = l < labels->count ? &labels->volumes[l] : NULL;
        if (!image && !label)
            return AMOS_OK;
        int order = !image ? 1 : !label ? -1 : compare_ids(image, label);
        const char *name = (order <= 0 ? image : label)->entry->name;
        image = order <= 0 ? image : NULL;
        label = order >= 0 ? label : NULL;
        amos_status status = add_case(dataset, split, name, image, label, err);
        if (status)
            return status;
        i += image != NULL;
        l += label != NULL;
    }
}

static amos_status read_split(amos_dataset *dataset, const struct amosi_split_folders *split, amos_error *err)
{
    struct shelf images;
    struct shelf labels = {0};
    amos_status status = read_shelf(dataset, split->images, &images, err);
    if (status == AMOS_OK)
        status = read_shelf(dataset, split->labels, &labels, err);
    if (status == AMOS_OK)
        status = match_shelves(dataset, split, &images, &labels, err);
    free_shelf(&labels);
    free_shelf(&images);
    return status;
}

amos_status amosi_folders_read(amos_dataset *dataset, amos_error *err)
{
    amos_status status = AMOS_OK;
    for (int i = 0; i < AMOSI_SPLIT_COUNT && status == AMOS_OK; i++)
        status = read_split(dataset, &amosi_splits[i], err);
    return status;
}
