/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/tree/layout.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/system/alloc.h"
#include "dataset/record.h"
#include "dataset/tree/folders.h"
#include "dataset/tree/path.h"
#include "dataset/tree/presence.h"
#include "masks/table.h"

/* ---- two folders ---- */

static const char *const image_folders[] = {"images", "image", "imgs", "img", "volumes", "scans"};
static const char *const label_folders[] = {"labels", "label", "masks", "mask", "segmentations", "segs", "seg"};

/* Folders of splits, below which the two lie; "": the data set's own. */
static const struct split_folder {
    const char *name;
    amos_split split;
} split_folders[] = {{"", AMOS_SPLIT_TRAINING},        {"training", AMOS_SPLIT_TRAINING},
                     {"train", AMOS_SPLIT_TRAINING},   {"validation", AMOS_SPLIT_VALIDATION},
                     {"valid", AMOS_SPLIT_VALIDATION}, {"val", AMOS_SPLIT_VALIDATION},
                     {"testing", AMOS_SPLIT_TEST},     {"test", AMOS_SPLIT_TEST}};
#define SPLIT_FOLDERS (sizeof split_folders / sizeof split_folders[0])

static const char *first_of(const struct amosi_root *root, const char *const *names, size_t count)
{
    const char *found = NULL;
    for (size_t i = 0; i < count && !found; i++)
        found = amosi_root_folder(root, names[i]);
    return found;
}

static const char *images_of(const struct amosi_root *root)
{
    return first_of(root, image_folders, sizeof image_folders / sizeof image_folders[0]);
}

static const char *labels_of(const struct amosi_root *root)
{
    return first_of(root, label_folders, sizeof label_folders / sizeof label_folders[0]);
}

/* Opens a folder below the data set's. A folder that may not be listed is an empty one. */
static amos_status open_below(amos_dataset *dataset, const char *name, struct amosi_root *out, amos_error *err)
{
    const char *path = amosi_dataset_path(dataset, name, NULL);
    memset(out, 0, sizeof *out);
    if (!path)
        return amosi_fail_nomem(err, dataset->info.root);
    return amosi_root_read(out, dataset->archive, path, &dataset->text, err);
}

/* "Training/img" in the data set's arena; NULL for a NULL name, or if memory ran out. */
static const char *join(amos_dataset *dataset, const char *folder, const char *name)
{
    size_t bytes = name ? strlen(folder) + strlen(name) + 2 : 0;
    char *path = name ? amosi_arena_bytes(&dataset->text, bytes) : NULL;
    if (path)
        snprintf(path, bytes, "%s%s%s", folder, *folder ? "/" : "", name);
    return path;
}

/* The two folders of a split; both NULL if they are not there. Test images may have no labels. */
static amos_status find_pair(amos_dataset *dataset, const struct split_folder *split, struct amosi_split_folders *out,
                             amos_error *err)
{
    struct amosi_root below = {.listing = {.count = 0}};
    const char *folder = *split->name ? amosi_root_folder(&dataset->tree, split->name) : "";
    amos_status status = folder && *folder ? open_below(dataset, folder, &below, err) : AMOS_OK;
    const struct amosi_root *root = folder && *folder ? &below : &dataset->tree;
    const char *images = folder && !status ? images_of(root) : NULL, *labels = images ? labels_of(root) : NULL;
    *out = (struct amosi_split_folders){.split = split->split};
    if (images && (labels || split->split == AMOS_SPLIT_TEST)) {
        out->images = join(dataset, folder, images);
        out->labels = join(dataset, folder, labels);
        if (!out->images || (labels && !out->labels))
            status = amosi_fail_nomem(err, dataset->info.root);
    }
    amosi_root_free(&below);
    return status;
}

/* ---- subjects ---- */

#define LOOKED_AT 32 /* folders, before a tree counts as none of subjects */

static const struct subject_image {
    const char *name;
    amos_modality modality;
} subject_images[] = {{"ct.nii.gz", AMOS_MODALITY_CT},
                      {"ct.nii", AMOS_MODALITY_CT},
                      {"mri.nii.gz", AMOS_MODALITY_MRI},
                      {"mri.nii", AMOS_MODALITY_MRI}};
#define SUBJECT_IMAGES (sizeof subject_images / sizeof subject_images[0])

struct subject {
    const struct amosi_entry *entry; /* of the image; NULL: the folder is none of a subject */
    amos_modality modality;
    bool masks; /* it has labels, one file for each organ */
};

static struct subject look_at(const struct amosi_root *folder)
{
    const char *masks = amosi_root_folder(folder, AMOSI_MASKS_FOLDER);
    struct subject subject = {NULL, AMOS_MODALITY_UNKNOWN, masks && strcmp(masks, AMOSI_MASKS_FOLDER) == 0};
    for (size_t i = 0; i < SUBJECT_IMAGES && !subject.entry; i++) {
        subject.entry = amosi_listing_find(&folder->listing, subject_images[i].name);
        subject.modality = subject_images[i].modality;
    }
    return subject;
}

static bool may_be_subject(const struct amosi_entry *entry)
{
    return entry->kind != AMOSI_KIND_FILE && entry->name[0] != '.';
}

static amos_status find_subjects(amos_dataset *dataset, bool *out, amos_error *err)
{
    const struct amosi_listing *listing = &dataset->tree.listing;
    amos_status status = AMOS_OK;
    *out = false;
    for (size_t i = 0, looked = 0; i < listing->count && looked < LOOKED_AT && !*out && !status; i++) {
        struct amosi_root folder;
        if (!may_be_subject(&listing->entries[i]))
            continue;
        looked++;
        status = open_below(dataset, listing->entries[i].name, &folder, err);
        struct subject subject = look_at(&folder);
        *out = !status && subject.entry && subject.masks;
        amosi_root_free(&folder);
    }
    return status;
}

/* What is found in the masks of all subjects. */
struct masks_found {
    struct amosi_masks table;
    size_t subjects;      /* with masks */
    const char *first;    /* the name of the first of them */
    size_t lacking;       /* those that lack a mask of the table */
    const char *lacks[2]; /* the first of them, and what it lacks */
    size_t in_archive;    /* those whose masks are not read, as they lie in an archive */
};

/* A link that leads out of the data set is refused if that is wanted. */
static amos_status check_masks(const amos_dataset *dataset, const char *folder, const struct amosi_masks *masks,
                               amos_error *err)
{
    amos_status status = AMOS_OK;
    for (int i = 0; i < masks->count && !status && (dataset->flags & AMOS_DATASET_BENEATH); i++) {
        char *path = amosi_masks_path(masks, folder, i);
        status = path ? amosi_presence_check(dataset, path, err) : amosi_fail_nomem(err, folder);
        amosi_free(path);
    }
    return status;
}

static amos_status note_lacking(amos_dataset *dataset, const struct amosi_masks *masks, const char *name,
                                struct masks_found *found, amos_error *err)
{
    int missing = -1;
    for (int i = 0; i < found->table.count && missing < 0; i++)
        missing = amosi_masks_find(masks, found->table.names[i]) < 0 ? i : -1;
    if (missing < 0 || found->lacking++)
        return AMOS_OK;
    found->lacks[0] = name;
    found->lacks[1] =
        amosi_arena_text(&dataset->text, found->table.names[missing], strlen(found->table.names[missing]));
    return found->lacks[1] ? AMOS_OK : amosi_fail_nomem(err, dataset->info.root);
}

/* The folder as the label of the last case, if there are masks in it. The first subject has the table. */
static amos_status add_masks(amos_dataset *dataset, const char *name, struct masks_found *found, amos_error *err)
{
    const char *folder = amosi_dataset_path(dataset, name, AMOSI_MASKS_FOLDER);
    amos_case_info *info = &dataset->cases[dataset->info.count - 1].info;
    struct amosi_masks masks;
    if (!folder)
        return amosi_fail_nomem(err, dataset->info.root);
    if (dataset->archive)
        found->first = found->in_archive++ ? found->first : name;
    if (dataset->archive)
        return AMOS_OK;
    amos_status status = amosi_masks_list(folder, &masks, err);
    if (!status && masks.count) {
        info->label_path = folder;
        info->has_label = 1;
        if (found->subjects++ == 0) {
            found->first = name;
            status = amosi_masks_table(folder, &found->table, NULL, err);
        }
        status = status ? status : check_masks(dataset, folder, &masks, err);
        status = status ? status : note_lacking(dataset, &masks, name, found, err);
    }
    amosi_masks_free(&masks);
    return status;
}

static amos_status add_subject(amos_dataset *dataset, const char *name, const struct subject *subject, amos_error *err)
{
    const char *path = amosi_dataset_path(dataset, name, subject->entry->name);
    if (!path)
        return amosi_fail_nomem(err, dataset->info.root);
    const struct amosi_new_case new_case = {AMOS_SPLIT_TRAINING, name, strlen(name), path, NULL, 1};
    amos_status status = amosi_dataset_add(dataset, &new_case, err);
    if (status)
        return status;
    amos_case_info *info = &dataset->cases[dataset->info.count - 1].info;
    info->modality = info->modality == AMOS_MODALITY_UNKNOWN ? subject->modality : info->modality;
    return amosi_presence_entry(dataset, subject->entry, path, &info->has_image, err);
}

/* The table is that of the data set: name n is label n + 1. */
static amos_status use_table(amos_dataset *dataset, const struct amosi_masks *table, amos_error *err)
{
    memset(dataset->label_names, 0, sizeof dataset->label_names);
    dataset->names_of_masks = true;
    dataset->label_names[0] = "background";
    dataset->info.max_label = table->count;
    for (int i = 0; i < table->count; i++) {
        dataset->label_names[i + 1] = amosi_arena_text(&dataset->text, table->names[i], strlen(table->names[i]));
        if (!dataset->label_names[i + 1])
            return amosi_fail_nomem(err, dataset->info.root);
    }
    return AMOS_OK;
}

static amos_status note_masks(amos_dataset *dataset, const struct masks_found *found, amos_error *err)
{
    amos_status status = AMOS_OK;
    if (found->in_archive)
        return amosi_dataset_note(dataset, err, AMOS_W_UNUSED, dataset->info.root, "",
                                  "the labels of %zu cases are a file for each organ, the first are in "
                                  "%s/" AMOSI_MASKS_FOLDER
                                  ", and are not read in an archive; unpack it, and give the folder.",
                                  found->in_archive, found->first);
    if (found->subjects)
        status = use_table(dataset, &found->table, err);
    if (!status && found->lacking)
        status =
            amosi_dataset_note(dataset, err, AMOS_W_LABELS, dataset->info.root, "",
                               "%zu of %zu cases lack a mask that the first, %s, has (%s lacks %s); the organ counts "
                               "as absent there.",
                               found->lacking, found->subjects, found->first, found->lacks[0], found->lacks[1]);
    return status;
}

static amos_status read_subjects(amos_dataset *dataset, amos_error *err)
{
    const struct amosi_listing *listing = &dataset->tree.listing;
    struct masks_found found = {.first = ""};
    amos_status status = AMOS_OK;
    for (size_t i = 0; i < listing->count && !status; i++) {
        struct amosi_root folder;
        const char *name = listing->entries[i].name;
        if (!may_be_subject(&listing->entries[i]))
            continue;
        status = open_below(dataset, name, &folder, err);
        struct subject subject = look_at(&folder);
        if (!status && subject.entry)
            status = add_subject(dataset, name, &subject, err);
        if (!status && subject.entry && subject.masks)
            status = add_masks(dataset, name, &found, err);
        amosi_root_free(&folder);
    }
    status = status ? status : note_masks(dataset, &found, err);
    amosi_masks_free(&found.table);
    return status;
}

/* ---- both ---- */

amos_status amosi_layout_find(amos_dataset *dataset, bool *out, amos_error *err)
{
    amos_status status = AMOS_OK;
    *out = false;
    for (size_t i = 0; i < SPLIT_FOLDERS && !*out && !status; i++) {
        struct amosi_split_folders pair;
        status = find_pair(dataset, &split_folders[i], &pair, err);
        *out = !status && pair.images && pair.labels;
    }
    return *out || status ? status : find_subjects(dataset, out, err);
}

amos_status amosi_layout_read(amos_dataset *dataset, amos_error *err)
{
    amos_status status = AMOS_OK;
    bool any = false;
    for (size_t i = 0; i < SPLIT_FOLDERS && !status; i++) {
        struct amosi_split_folders pair;
        status = find_pair(dataset, &split_folders[i], &pair, err);
        if (status || !pair.images)
            continue;
        any = true;
        status = amosi_folders_read_pair(dataset, &pair, err);
    }
    return any || status ? status : read_subjects(dataset, err);
}
