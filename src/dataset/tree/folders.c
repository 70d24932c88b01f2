/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/tree/folders.h"

#include <string.h>

#include "dataset/record.h"
#include "dataset/tree/presence.h"
#include "dataset/tree/roles.h"
#include "dataset/tree/shelf.h"

/* What belongs to the name of a volume beside the id. */
enum naming {
    NAMING_PLAIN,
    NAMING_NNUNET, /* a channel, see amosi_shelf_settle() */
    NAMING_ROLES   /* "img" and "label", see amosi_roles_match() */
};

static amos_status find_presence(const amos_dataset *dataset, const struct amosi_shelf_volume *volume, const char *path,
                                 int *there, amos_error *err)
{
    *there = false;
    return volume ? amosi_presence_entry(dataset, volume->entry, path, there, err) : AMOS_OK;
}

/* One of the two volumes may be NULL: then the other gives the id, and the name that the image would have. */
static amos_status add_case(amos_dataset *dataset, const struct amosi_split_folders *split,
                            const struct amosi_shelf *images, const struct amosi_shelf_volume *image,
                            const struct amosi_shelf *labels, const struct amosi_shelf_volume *label, amos_error *err)
{
    const struct amosi_shelf_volume *named = image ? image : label;
    /* cppcheck-suppress nullPointerRedundantCheck */
    const char *name = named->entry->name;
    const char *image_path = amosi_dataset_path(dataset, images->folder, name);
    const char *label_path = label ? amosi_dataset_path(dataset, labels->folder, label->entry->name) : NULL;
    if (!image_path || (label && !label_path))
        return amosi_fail_nomem(err, dataset->info.root);
    const struct amosi_new_case new_case = {split->split, named->id,  named->id_length,
                                            image_path,   label_path, named->channels};
    amos_status status = amosi_dataset_add(dataset, &new_case, err);
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
                                 const struct amosi_shelf *images, const struct amosi_shelf *labels, amos_error *err)
{
    size_t i = 0;
    size_t l = 0;
    for (;;) {
        const struct amosi_shelf_volume *image = i < images->count ? &images->volumes[i] : NULL;
        const struct amosi_shelf_volume *label = l < labels->count ? &labels->volumes[l] : NULL;
        if (!image && !label)
            return AMOS_OK;
        int order = !image ? 1 : !label ? -1 : amosi_shelf_compare(image, label);
        image = order <= 0 ? image : NULL;
        label = order >= 0 ? label : NULL;
        amos_status status = add_case(dataset, split, images, image, labels, label, err);
        if (status)
            return status;
        i += image != NULL;
        l += label != NULL;
    }
}

static amos_status read_split(amos_dataset *dataset, const struct amosi_split_folders *split, enum naming naming,
                              amos_error *err)
{
    struct amosi_shelf images;
    struct amosi_shelf labels = {0};
    amos_status status = amosi_shelf_read(dataset, split->images, &images, err);
    if (status == AMOS_OK && split->labels)
        status = amosi_shelf_read(dataset, split->labels, &labels, err);
    if (status == AMOS_OK)
        status = amosi_shelf_settle(dataset, &images, &labels, naming == NAMING_NNUNET, err);
    if (status == AMOS_OK && naming == NAMING_ROLES)
        status = amosi_roles_match(&images, &labels, err);
    if (status == AMOS_OK)
        status = match_shelves(dataset, split, &images, &labels, err);
    amosi_shelf_free(&labels);
    amosi_shelf_free(&images);
    return status;
}

amos_status amosi_folders_read(amos_dataset *dataset, amos_split first, bool nnunet, amos_error *err)
{
    amos_status status = AMOS_OK;
    for (int i = 0; i < AMOSI_SPLIT_COUNT && status == AMOS_OK; i++)
        if (amosi_splits[i].split >= first)
            status = read_split(dataset, &amosi_splits[i], nnunet ? NAMING_NNUNET : NAMING_PLAIN, err);
    return status;
}

amos_status amosi_folders_read_pair(amos_dataset *dataset, const struct amosi_split_folders *folders, amos_error *err)
{
    return read_split(dataset, folders, NAMING_ROLES, err);
}
