/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/tree/shelf.h"

#include <stdlib.h>
#include <string.h>

#include "base/math/sort.h"
#include "base/system/alloc.h"
#include "base/text/case_id.h"
#include "base/text/volume_name.h"
#include "dataset/record.h"
#include "dataset/tree/near.h"
#include "dataset/tree/presence.h"

/* ---- order ---- */

static int compare_ids(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
    return order ? order : (a_length > b_length) - (a_length < b_length);
}

int amosi_shelf_compare(const struct amosi_shelf_volume *a, const struct amosi_shelf_volume *b)
{
    return compare_ids(a->id, a->id_length, b->id, b->id_length);
}

/* For the same id, a name without a channel precedes those with one; then ".nii.gz" precedes ".nii" in upper or lower
 * case, then lower case precedes upper case. */
static int compare_volumes(const void *first, const void *second)
{
    const struct amosi_shelf_volume *a = first;
    const struct amosi_shelf_volume *b = second;
    int order = amosi_shelf_compare(a, b);
    if (!order)
        order = (a->channel > b->channel) - (a->channel < b->channel);
    if (!order)
        order = amosi_volume_name(b->entry->name).gz - amosi_volume_name(a->entry->name).gz;
    return order ? order : strcmp(b->entry->name, a->entry->name);
}

void amosi_shelf_sort(struct amosi_shelf *shelf)
{
    amosi_sort(shelf->volumes, shelf->count, sizeof *shelf->volumes, compare_volumes);
}

/* ---- listing ---- */

static amos_status fill_shelf(amos_dataset *dataset, struct amosi_shelf *shelf, amos_error *err)
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
            shelf->volumes[shelf->count++] =
                (struct amosi_shelf_volume){entry, entry->name, amosi_volume_name_id_length(entry->name), -1, 1};
    }
    amosi_shelf_sort(shelf);
    return AMOS_OK;
}

/* A folder whose letters differ in case alone is the one that is meant, as on the disks of macOS and Windows. */
static amos_status find_folder(amos_dataset *dataset, struct amosi_shelf *shelf, amos_error *err)
{
    const char *there = amosi_root_folder(&dataset->tree, shelf->folder);
    if (!there || strcmp(there, shelf->folder) == 0)
        return AMOS_OK;
    const char *wanted = shelf->folder, *path = amosi_dataset_path(dataset, there, NULL);
    shelf->folder = there;
    return path ? amosi_dataset_note(dataset, err, AMOS_W_RENAMED, path, "", "the folder is taken as %s.", wanted)
                : amosi_fail_nomem(err, dataset->info.root);
}

amos_status amosi_shelf_read(amos_dataset *dataset, const char *folder, struct amosi_shelf *shelf, amos_error *err)
{
    memset(shelf, 0, sizeof *shelf);
    shelf->folder = folder;
    amos_status status = find_folder(dataset, shelf, err);
    if (status)
        return status;
    const char *path = amosi_dataset_path(dataset, shelf->folder, NULL);
    if (!path)
        return amosi_fail_nomem(err, dataset->info.root);
    status = amosi_presence_check(dataset, path, err);
    if (status == AMOS_OK)
        status = amosi_listing_read(&shelf->listing, dataset->archive, path, &dataset->text, err);
    if (status == AMOS_OK && shelf->listing.unreadable)
        status = amosi_fail_errno(err, AMOS_E_OPEN, path, shelf->listing.unreadable, "the folder cannot be listed");
    return status ? status : fill_shelf(dataset, shelf, err);
}

void amosi_shelf_free(struct amosi_shelf *shelf)
{
    amosi_free(shelf->volumes);
    amosi_listing_free(&shelf->listing);
}

/* ---- channels ---- */

struct id {
    const char *text;
    size_t length;
};

static int compare_id_to(const void *wanted, const void *volume)
{
    const struct id *id = wanted;
    const struct amosi_shelf_volume *v = volume;
    return compare_ids(id->text, id->length, v->id, v->id_length);
}

static bool has_id(const struct amosi_shelf *shelf, const char *id, size_t length)
{
    const struct id wanted = {id, length};
    return shelf->count && bsearch(&wanted, shelf->volumes, shelf->count, sizeof *shelf->volumes, compare_id_to);
}

static bool is_amos_id(const char *name, size_t length)
{
    char id[64];
    if (length >= sizeof id)
        return false;
    memcpy(id, name, length);
    id[length] = '\0';
    return amosi_amos_number(id) >= 0;
}

/* Takes every ending as a channel, and counts the channels 0. */
static size_t cut_all(struct amosi_shelf *shelf)
{
    size_t zeros = 0;
    for (size_t i = 0; i < shelf->count; i++) {
        struct amosi_shelf_volume *v = &shelf->volumes[i];
        v->id_length = amosi_channel_cut(v->entry->name, v->id_length, &v->channel);
        zeros += v->channel == 0;
    }
    amosi_shelf_sort(shelf);
    return zeros;
}

static void uncut(struct amosi_shelf_volume *v)
{
    v->id_length = amosi_volume_name_id_length(v->entry->name);
    v->channel = -1;
}

/* Whether the endings of a group of names, which are equal without them, are channels. `zero` is its channel 0. */
static bool are_channels(const struct amosi_shelf_volume *zero, const struct amosi_shelf *labels, bool many)
{
    const char *name = zero->entry->name;
    if (is_amos_id(name, zero->id_length))
        return true;
    if (labels && has_id(labels, name, amosi_volume_name_id_length(name)))
        return false;
    return many || (labels && has_id(labels, name, zero->id_length));
}

/* Settles the names of a folder. `labels` is NULL for labels themselves, which have channels by mistake only. */
static void settle_names(struct amosi_shelf *shelf, const struct amosi_shelf *labels, bool nnunet)
{
    size_t volumes = shelf->count, zeros = cut_all(shelf);
    bool many = labels && (zeros > 1 || volumes == 1);
    for (size_t first = 0, end; first < shelf->count; first = end) {
        const struct amosi_shelf_volume *zero = NULL;
        for (end = first; end < shelf->count; end++) {
            if (amosi_shelf_compare(&shelf->volumes[first], &shelf->volumes[end]) != 0)
                break;
            if (!zero && shelf->volumes[end].channel == 0)
                zero = &shelf->volumes[end];
        }
        bool channels = zero && (nnunet || are_channels(zero, labels, many));
        for (size_t i = first; i < end && !channels; i++)
            uncut(&shelf->volumes[i]);
    }
    amosi_shelf_sort(shelf);
}

/* ---- each case once ---- */

static amos_status note_second(amos_dataset *dataset, const struct amosi_shelf *shelf,
                               const struct amosi_shelf_volume *kept, const struct amosi_shelf_volume *other,
                               amos_error *err)
{
    const char *path = amosi_dataset_path(dataset, shelf->folder, other->entry->name);
    char *id = amosi_arena_text(&dataset->text, kept->entry->name, kept->id_length);
    if (!path || !id)
        return amosi_fail_nomem(err, dataset->info.root);
    return amosi_dataset_note(dataset, err, AMOS_W_UNLISTED, path, id,
                              "the case has a second volume in this folder; %s is used.", kept->entry->name);
}

static amos_status keep_first(amos_dataset *dataset, struct amosi_shelf *shelf, amos_error *err)
{
    size_t kept = 0;
    int highest = -1; /* channel of the last kept case */
    amos_status status = AMOS_OK;
    for (size_t i = 0; i < shelf->count && !status; i++) {
        struct amosi_shelf_volume *last = kept ? &shelf->volumes[kept - 1] : NULL;
        const struct amosi_shelf_volume *v = &shelf->volumes[i];
        if (!last || amosi_shelf_compare(last, v) != 0) {
            shelf->volumes[kept++] = *v;
            highest = v->channel;
        } else if (last->channel == 0 && v->channel > highest) {
            last->channels++;
            highest = v->channel;
        } else {
            status = note_second(dataset, shelf, last, v, err);
        }
    }
    shelf->count = kept;
    return status;
}

amos_status amosi_shelf_settle(amos_dataset *dataset, struct amosi_shelf *images, struct amosi_shelf *labels,
                               bool nnunet, amos_error *err)
{
    settle_names(labels, NULL, false);
    settle_names(images, labels, nnunet);
    amos_status status = keep_first(dataset, images, err);
    return status ? status : keep_first(dataset, labels, err);
}
