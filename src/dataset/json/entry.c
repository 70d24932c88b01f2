/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "dataset/json/entry.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/system/alloc.h"
#include "base/text/case_id.h"
#include "base/text/utf8.h"
#include "base/text/volume_name.h"
#include "dataset/record.h"
#include "dataset/tree/path.h"

/* ---- refusals ---- */

/* The case id of an error: the entry's own, else that of the image's name, cut at a letter to the size of the field. */
static void set_case_id(amos_error *err, const struct amosi_json_entry *entry)
{
    char id[sizeof err->case_id];
    const char *name = entry->id ? entry->id : amosi_base_name(entry->image);
    size_t length = entry->id ? strlen(name) : amosi_volume_name_id_length(name);
    length = amosi_utf8_cut(name, length, sizeof id - 1);
    memcpy(id, name, length);
    id[length] = '\0';
    amosi_fail_case(err, id);
}

/* 'entry 3 of "training"', or 'the case "amos_0001" of "dataset"' */
static const char *place_of(const struct amosi_json_entry *entry, char *text, size_t bytes)
{
    char shown[80];
    if (entry->key)
        snprintf(text, bytes, "the case \"%s\" of \"%s\"", amosi_text_show(shown, sizeof shown, entry->key),
                 entry->list);
    else
        snprintf(text, bytes, "entry %zu of \"%s\"", entry->number, entry->list);
    return text;
}

amos_status amosi_json_refuse_entry(const amos_dataset *dataset, const struct amosi_json_entry *entry, const char *what,
                                    amos_error *err)
{
    char place[160];
    amosi_fail(err, AMOS_E_JSON_SCHEMA, dataset->info.json_path, "%s %s", place_of(entry, place, sizeof place), what);
    if (entry->id || entry->image)
        set_case_id(err, entry);
    return AMOS_E_JSON_SCHEMA;
}

/* ---- paths ---- */

/* Whether there is something of that name; an errno if that is unknown. */
enum { ABSENT = 0, THERE = -1 };

static int look_for(const struct amosi_archive *archive, const char *path)
{
    struct stat st;
    if ((amosi_archive_holds(archive, path) ? amosi_archive_stat(archive, path, &st) : lstat(path, &st)) == 0)
        return THERE;
    return errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG ? ABSENT : errno;
}

/* Replaces a path with backslashes by the same with slashes, unless there is a file of the literal name. What cannot be
 * a path with slashes stays literal too. */
static amos_status take_backslashes(amos_dataset *dataset, const struct amosi_json_entry *entry, const char *given,
                                    int allow_absolute, char **path, int *error)
{
    const char *reason;
    if (!strchr(given, '\\') || (*error = look_for(dataset->archive, *path)) == THERE)
        return AMOS_OK;
    if (*error != ABSENT)
        return AMOS_E_IO;
    char *slashed = amosi_strdup(given), *resolved;
    if (!slashed)
        return AMOS_E_NOMEM;
    for (char *at = slashed; (at = strchr(at, '\\')) != NULL;)
        *at = '/';
    amos_status status =
        amosi_path_resolve(&dataset->text, dataset->info.root, slashed, allow_absolute, &resolved, &reason);
    amosi_free(slashed);
    if (status)
        return status == AMOS_E_NOMEM ? status : AMOS_OK;
    *path = resolved;
    if (entry->backslashes->count++ == 0)
        entry->backslashes->first = amosi_arena_text(&dataset->text, given, strlen(given));
    return entry->backslashes->first ? AMOS_OK : AMOS_E_NOMEM;
}

static amos_status resolve_path(amos_dataset *dataset, const struct amosi_json_entry *entry, const char *given,
                                char **out, amos_error *err)
{
    const char *reason;
    int error = 0, allow_absolute = (dataset->flags & AMOS_DATASET_ALLOW_ABSOLUTE) != 0;
    amos_status status = amosi_path_resolve(&dataset->text, dataset->info.root, given, allow_absolute, out, &reason);
    if (status == AMOS_OK)
        status = take_backslashes(dataset, entry, given, allow_absolute, out, &error);
    if (status == AMOS_E_NOMEM)
        return amosi_fail_nomem(err, dataset->info.json_path);
    if (status == AMOS_E_IO)
        return amosi_fail_errno(err, status, *out, error, "the path cannot be looked at");
    if (status) {
        char shown[120], place[160];
        amosi_fail(err, status, dataset->info.json_path, "%s: the path \"%s\" %s.",
                   place_of(entry, place, sizeof place), amosi_text_show(shown, sizeof shown, given), reason);
        set_case_id(err, entry);
    }
    return status;
}

amos_status amosi_json_note_backslashes(amos_dataset *dataset, const struct amosi_backslashes *backslashes,
                                        amos_error *err)
{
    char shown[120];
    if (!backslashes->count)
        return AMOS_OK;
    return amosi_dataset_note(
        dataset, err, AMOS_W_RENAMED, dataset->info.json_path, "",
        "%zu of its paths have backslashes, as on Windows, the first is \"%s\"; they are read with "
        "slashes, below the data set's folder.",
        backslashes->count, amosi_text_show(shown, sizeof shown, backslashes->first));
}

/* ---- the case ---- */

/* The id in an image's name. nnU-Net's "_0000" is no part of it if it then is an AMOS id or the name of the label. */
static size_t id_length(const char *image, const char *label)
{
    int channel;
    char id[64];
    size_t stem = amosi_volume_name_id_length(image), cut = amosi_channel_cut(image, stem, &channel);
    if (channel != 0)
        return stem;
    bool is_labels = label && amosi_volume_name_id_length(label) == cut && memcmp(image, label, cut) == 0;
    snprintf(id, sizeof id, "%.*s", cut < sizeof id ? (int)cut : 0, image);
    return is_labels || amosi_amos_number(id) >= 0 ? cut : stem;
}

amos_status amosi_json_add_entry(amos_dataset *dataset, const struct amosi_json_entry *entry, amos_error *err)
{
    char *image = NULL;
    char *label = NULL;
    amos_status status = resolve_path(dataset, entry, entry->image, &image, err);
    if (status == AMOS_OK && entry->label)
        status = resolve_path(dataset, entry, entry->label, &label, err);
    if (status)
        return status;
    if (label && strcmp(image, label) == 0) {
        char place[160];
        amosi_fail(err, AMOS_E_DUP, dataset->info.json_path,
                   "%s names the same file as image and as label; they must be different files.",
                   place_of(entry, place, sizeof place));
        set_case_id(err, entry);
        return AMOS_E_DUP;
    }
    const char *id = entry->id ? entry->id : amosi_base_name(image);
    size_t length = entry->id ? strlen(id) : id_length(id, label ? amosi_base_name(label) : NULL);
    const struct amosi_new_case new_case = {entry->split, id, length, image, label, entry->channels};
    return amosi_dataset_add(dataset, &new_case, err);
}
