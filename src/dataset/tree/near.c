/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "dataset/tree/near.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/text/near_name.h"
#include "base/text/utf8.h"
#include "base/text/volume_name.h"
#include "dataset/record.h"
#include "dataset/tree/path.h"

#define SHOWN 120

/* ---- names of volumes ---- */

amos_status amosi_near_remark(amos_dataset *dataset, const struct amosi_listing *listing, const char *folder,
                              const char *name, bool *left_out, amos_error *err)
{
    char original[256];
    enum amosi_near near = amosi_near_name(name, original, sizeof original);
    *left_out = false;
    if (near == AMOSI_NEAR_NONE)
        return AMOS_OK;
    bool beside = amosi_listing_find(listing, original) != NULL, listed = amosi_volume_name_is_listed(name);
    const char *path = amosi_dataset_path(dataset, folder, name);
    char *id = amosi_arena_text(&dataset->text, original, amosi_volume_name_id_length(original));
    if (!path || !id)
        return amosi_fail_nomem(err, dataset->info.root);
    *left_out = near == AMOSI_NEAR_COPY && beside;
    return amosi_dataset_note(dataset, err, AMOS_W_UNLISTED, path, id, "by its name this is %s of %s%s.",
                              amosi_near_text(near), original,
                              near == AMOSI_NEAR_PARTIAL ? "; end the download, or remove it"
                              : *left_out                ? ", which lies beside it; it is left out"
                              : listed                   ? ", which is not here; it is taken as a case of its own"
                                                         : ", which is not here; rename it");
}

/* ---- what a folder holds instead of a data set ---- */

struct contents {
    size_t entries, volumes;    /* hidden ones are not counted */
    char archive[NAME_MAX + 1]; /* the first ZIP archive; "": none */
    char dataset[NAME_MAX + 1]; /* the first folder that holds a data set */
    char folder[NAME_MAX + 1];  /* the first folder that holds volumes directly; */
    size_t folders, in_folders; /* how many there are, and volumes in them */
};

static bool is_archive(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && (strcmp(name + length - 4, ".zip") == 0 || strcmp(name + length - 4, ".ZIP") == 0);
}

static bool is_split_folder(const char *name)
{
    for (int i = 0; i < AMOSI_SPLIT_COUNT; i++)
        if (strcmp(name, amosi_splits[i].images) == 0 || strcmp(name, amosi_splits[i].labels) == 0)
            return true;
    return false;
}

static void keep_first(char kept[NAME_MAX + 1], const char *name)
{
    if (!kept[0])
        snprintf(kept, NAME_MAX + 1, "%s", name);
}

static void note_folder(const struct amosi_listing *listing, const char *name, const char *json,
                        struct contents *contents)
{
    size_t volumes = 0;
    for (size_t i = 0; i < listing->count; i++) {
        const char *entry = listing->entries[i].name;
        volumes += amosi_volume_name_is_listed(entry);
        if (strcmp(entry, json) == 0 || is_split_folder(entry))
            keep_first(contents->dataset, name);
    }
    contents->in_folders += volumes;
    contents->folders += volumes > 0;
    if (volumes)
        keep_first(contents->folder, name);
}

/* What cannot be read does not matter here. */
static void look_into(const struct amosi_archive *archive, const char *root, const char *name, const char *json,
                      struct contents *contents)
{
    char path[PATH_MAX];
    struct amosi_arena text = {0};
    struct amosi_listing listing = {0};
    if (amosi_path_join(path, sizeof path, root, name) &&
        amosi_listing_read(&listing, archive, path, &text, NULL) == AMOS_OK)
        note_folder(&listing, name, json, contents);
    amosi_listing_free(&listing);
    amosi_arena_free(&text);
}

static void note_entry(const struct amosi_archive *archive, const char *root, const struct amosi_entry *entry,
                       const char *json, struct contents *contents)
{
    if (entry->name[0] == '.' || strcmp(entry->name, "__MACOSX") == 0)
        return;
    contents->entries++;
    contents->volumes += amosi_volume_name_is_listed(entry->name);
    if (is_archive(entry->name))
        keep_first(contents->archive, entry->name);
    if (entry->kind != AMOSI_KIND_FILE)
        look_into(archive, root, entry->name, json, contents);
}

/* A folder that cannot be listed counts as having something in it. */
static void look_at(const struct amosi_archive *archive, const char *root, const char *json, struct contents *contents)
{
    struct amosi_arena text = {0};
    struct amosi_listing listing = {0};
    memset(contents, 0, sizeof *contents);
    if (amosi_listing_read(&listing, archive, root, &text, NULL) != AMOS_OK || listing.unreadable)
        contents->entries = 1;
    for (size_t i = 0; i < listing.count; i++)
        note_entry(archive, root, &listing.entries[i], json, contents);
    amosi_listing_free(&listing);
    amosi_arena_free(&text);
}

/* What can be done with volumes that are no data set. */
#define TAKEN "; amos info, check, stats, view and score take such a folder as it is."

/* Writes the end of a sentence that begins with the folder. */
static void describe(const char *root, const char *json, const struct contents *c, char *out, size_t bytes)
{
    char shown[SHOWN];
    size_t volumes = c->volumes ? c->volumes : c->in_folders;
    const char *many = volumes == 1 ? "volume lies" : "volumes lie";
    if (c->entries == 0)
        snprintf(out, bytes, "the folder is empty; volumes or a data set were expected.");
    else if (is_split_folder(amosi_base_name(root)))
        snprintf(out, bytes, "this is a part of a data set; give the folder that holds %s.", amosi_base_name(root));
    else if (c->dataset[0])
        snprintf(out, bytes, "the data set is one level down, in %s; give that folder.",
                 amosi_text_show(shown, sizeof shown, c->dataset));
    else if (c->volumes)
        snprintf(out, bytes,
                 "this is a folder of volumes and no data set: %zu %s directly in here, without %s, imagesTr "
                 "or the like" TAKEN,
                 volumes, many, json);
    else if (c->archive[0])
        snprintf(out, bytes, "the data set is in an archive, %s; give that file, which is read as it is.",
                 amosi_text_show(shown, sizeof shown, c->archive));
    else if (c->in_folders)
        snprintf(out, bytes, "no volume lies directly in here, and it is no data set: %zu %s in %s%s" TAKEN, volumes,
                 many, c->folders > 1 ? "folders below, the first is " : "",
                 amosi_text_show(shown, sizeof shown, c->folder));
    else
        snprintf(out, bytes,
                 "there is neither %s nor one of the folders imagesTr, labelsTr, imagesVa, labelsVa, imagesTs "
                 "and labelsTs, nor a volume here or one level down; give the folder that the volumes lie in, or "
                 "that the data set was unpacked to (AMOS is at " AMOSI_DATA_URL ").",
                 json);
}

amos_status amosi_near_refuse_root(const struct amosi_archive *archive, const char *root, const char *json,
                                   amos_error *err)
{
    char shown[SHOWN], text[600];
    struct contents contents;
    if (!err)
        return AMOS_E_OPEN;
    look_at(archive, root, json, &contents);
    describe(root, amosi_text_show(shown, sizeof shown, json), &contents, text, sizeof text);
    amosi_fail(err, AMOS_E_OPEN, root, "%s", text);
    err->sys_errno = ENOENT;
    return AMOS_E_OPEN;
}

amos_status amosi_near_refuse_file(const char *path, amos_error *err)
{
    const char *name = amosi_base_name(path);
    char shown[SHOWN];
    if (is_archive(name))
        return amosi_fail(err, AMOS_E_NOTREG, path,
                          "%s is named like a ZIP archive, but does not begin like one; copy or download it again.",
                          amosi_text_show(shown, sizeof shown, name));
    return amosi_fail(err, AMOS_E_NOTREG, path,
                      "this is not a folder; give the one that holds dataset.json or imagesTr.");
}
