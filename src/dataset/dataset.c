/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "dataset/record.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text/utf8.h"
#include "base/system/alloc.h"
#include "base/text/case_id.h"
#include "base/error/options.h"
#include "dataset/tree/folders.h"
#include "dataset/json/labels.h"
#include "dataset/json/manifest.h"
#include "base/text/volume_name.h"
#include "dataset/metadata.h"
#include "dataset/case_order.h"
#include "dataset/tree/path.h"
#include "dataset/tree/listing.h"

#define DEFAULT_JSON "dataset.json"
#define ARCHIVE_FOLDER "amos22" /* the root folder of the archive that AMOS ships */

/* Checks the options once, so that the rest can rely on them. */
static amos_status check_options(const amos_dataset_options *options, amos_error *err)
{
    if (options->flags & ~(AMOS_DATASET_BENEATH | AMOS_DATASET_ALLOW_ABSOLUTE))
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_dataset_options.flags is 0x%x; use only AMOS_DATASET_... values.",
                          (unsigned)options->flags);
    if (options->modality_count && !options->modality)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_dataset_options.modality is NULL, but modality_count is not 0.");
    for (size_t i = 0; i < options->modality_count; i++) {
        const amos_modality_override *o = &options->modality[i];
        if (!o->case_id || (o->modality != AMOS_MODALITY_CT && o->modality != AMOS_MODALITY_MRI))
            return amosi_fail(err, AMOS_E_ARG, NULL,
                              "Modality override %zu must have a case id and AMOS_MODALITY_CT or AMOS_MODALITY_MRI.",
                              i);
    }
    return AMOS_OK;
}

static amos_status resolve_directory(const char *path, char *real, amos_error *err)
{
    struct stat st;
    if (!realpath(path, real) || stat(real, &st) != 0) {
        if (errno == ENOMEM)
            return amosi_fail_nomem(err, path);
        return amosi_fail_errno(err, AMOS_E_OPEN, path, errno, "the data set's folder cannot be opened");
    }
    if (!S_ISDIR(st.st_mode))
        return amosi_fail(err, AMOS_E_NOTREG, path,
                          "this is not a folder; give the one that holds dataset.json or imagesTr.");
    return AMOS_OK;
}

/* Whether an entry of that name exists, even if it turns out to be unusable. */
static bool name_exists(const char *root, const char *name)
{
    char path[PATH_MAX];
    struct stat st;
    if (!amosi_path_join(path, sizeof path, root, name))
        return false;
    return lstat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

static bool has_folders(const char *root)
{
    char path[PATH_MAX];
    for (int i = 0; i < AMOSI_SPLIT_COUNT; i++) {
        if (amosi_path_join(path, sizeof path, root, amosi_splits[i].images) && amosi_scan_is_folder(path))
            return true;
        if (amosi_path_join(path, sizeof path, root, amosi_splits[i].labels) && amosi_scan_is_folder(path))
            return true;
    }
    return false;
}

static bool holds_dataset(const char *root, const char *json)
{
    return name_exists(root, json) || has_folders(root);
}

/* Replaces `root` by the archive's root folder in it if the data set is there. `root` has PATH_MAX bytes. */
static amos_status enter_archive_folder(char *root, const char *json, amos_error *err)
{
    char nested[PATH_MAX];
    char shown[120];
    if (holds_dataset(root, json))
        return AMOS_OK;
    if (amosi_path_join(nested, sizeof nested, root, ARCHIVE_FOLDER) && amosi_scan_is_folder(nested) &&
        holds_dataset(nested, json))
        return resolve_directory(nested, root, err);
    return amosi_fail_errno(
        err, AMOS_E_OPEN, root, ENOENT,
        "there is neither %s nor one of the folders imagesTr, labelsTr, imagesVa, labelsVa, imagesTs "
        "and labelsTs; give the folder that the data set was unpacked to",
        amosi_text_show(shown, sizeof shown, json));
}

static amos_status set_root(amos_dataset *dataset, const char *path, const char *json, amos_error *err)
{
    char *root = amosi_alloc(PATH_MAX);
    if (!root)
        return amosi_fail_nomem(err, path);
    amos_status status = resolve_directory(path, root, err);
    if (status == AMOS_OK)
        status = enter_archive_folder(root, json, err);
    if (status == AMOS_OK) {
        dataset->info.root = amosi_arena_text(&dataset->text, root, strlen(root));
        status = dataset->info.root ? AMOS_OK : amosi_fail_nomem(err, path);
    }
    amosi_free(root);
    if (status == AMOS_OK)
        dataset->info.name = dataset->info.root[1] ? amosi_base_name(dataset->info.root) : dataset->info.root;
    return status;
}

static amos_status read_manifest(amos_dataset *dataset, const char *json, amos_error *err)
{
    char *path;
    const char *reason;
    char shown[120];
    amos_status status = amosi_path_resolve(&dataset->text, dataset->info.root, json, 0, &path, &reason);
    if (status == AMOS_E_NOMEM)
        return amosi_fail_nomem(err, dataset->info.root);
    if (status)
        return amosi_fail(err, status, dataset->info.root, "the path \"%s\" %s.",
                          amosi_text_show(shown, sizeof shown, json), reason);
    dataset->info.json_path = path;
    return amosi_manifest_read(dataset, err);
}

static amos_status read_folders(amos_dataset *dataset, amos_error *err)
{
    amosi_labels_default(dataset);
    return amosi_folders_read(dataset, err);
}

static void override_modalities(amos_dataset *dataset, const amos_dataset_options *options)
{
    for (size_t i = 0; i < options->modality_count; i++) {
        const amos_modality_override *o = &options->modality[i];
        size_t count;
        size_t first = amosi_case_order_find(dataset, o->case_id, &count);
        for (size_t k = first; k < first + count; k++)
            dataset->cases[k].info.modality = o->modality;
    }
}

static amos_status read_tree(amos_dataset *dataset, const char *path, const amos_dataset_options *options,
                             amos_error *err)
{
    const char *json = options->json_name ? options->json_name : DEFAULT_JSON;
    amos_status status = set_root(dataset, path, json, err);
    if (status)
        return status;
    if (options->json_name || name_exists(dataset->info.root, json))
        status = read_manifest(dataset, json, err);
    else
        status = read_folders(dataset, err);
    if (status == AMOS_OK)
        status = amosi_case_order_make(dataset, err);
    if (status == AMOS_OK)
        status = amosi_metadata_read(dataset, options->metadata_path, err);
    if (status == AMOS_OK)
        override_modalities(dataset, options);
    for (size_t i = 0; i < dataset->info.count; i++)
        dataset->cases[i].info.max_label = dataset->info.max_label;
    return status;
}

amos_status amos_dataset_open(const char *path, const amos_dataset_options *options, amos_dataset **out,
                              amos_error *err)
{
    if (out)
        *out = NULL;
    if (!out || !path || !*path)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_dataset_open() needs the path of a folder and a place for its result.");
    amos_dataset_options own;
    amos_limits limits;
    amos_status status = amosi_options_take(&own, sizeof own, options, "amos_dataset_options", err);
    if (status == AMOS_OK)
        status = check_options(&own, err);
    if (status == AMOS_OK)
        status = amosi_limits_take(&limits, own.limits, err);
    if (status)
        return status;
    amos_dataset *dataset = amosi_zalloc(sizeof *dataset);
    if (!dataset)
        return amosi_fail_nomem(err, path);
    dataset->flags = own.flags;
    dataset->limits = limits;
    dataset->log = (struct amosi_log){own.log, own.log_user};
    status = read_tree(dataset, path, &own, err);
    if (status)
        amos_dataset_free(dataset);
    else
        *out = dataset;
    return status;
}

void amos_dataset_free(amos_dataset *dataset)
{
    if (!dataset)
        return;
    amosi_free(dataset->notes);
    amosi_free(dataset->metadata);
    amosi_free(dataset->cases);
    amosi_arena_free(&dataset->text);
    amosi_free(dataset);
}

const amos_dataset_info *amos_dataset_get_info(const amos_dataset *dataset)
{
    return dataset ? &dataset->info : NULL;
}

const char *amos_dataset_label_name(const amos_dataset *dataset, int label)
{
    return dataset && label >= 0 && label <= dataset->info.max_label ? dataset->label_names[label] : NULL;
}

const amos_case *amos_dataset_get(const amos_dataset *dataset, size_t index)
{
    return dataset && index < dataset->info.count ? &dataset->cases[index] : NULL;
}

const amos_case *amos_dataset_find(const amos_dataset *dataset, const char *id)
{
    if (!dataset || !id)
        return NULL;
    size_t count;
    size_t first = amosi_case_order_find(dataset, id, &count);
    return count ? &dataset->cases[first] : NULL;
}

static bool accepts_file(int wanted, bool there)
{
    return wanted == 0 || (wanted > 0) == there;
}

static bool accepts_case(const amos_case_filter *filter, const amos_case *c)
{
    return (filter->split == AMOS_SPLIT_ANY || filter->split == c->info.split) &&
           (filter->modality == AMOS_MODALITY_ANY || filter->modality == c->info.modality) &&
           accepts_file(filter->has_label, c->info.has_label) && accepts_file(filter->has_image, c->info.has_image);
}

amos_status amos_dataset_next(const amos_dataset *dataset, const amos_case_filter *filter, const amos_case **next,
                              amos_error *err)
{
    const amos_case *before = next ? *next : NULL;
    if (next)
        *next = NULL;
    if (!dataset || !next)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_dataset_next needs a data set and a place for the case.");
    if (before && before->dataset != dataset)
        return amosi_fail(err, AMOS_E_ARG, dataset->info.root, "the case %s is of another data set.", before->info.id);
    amos_case_filter own;
    amos_status status = amosi_options_take(&own, sizeof own, filter, "amos_case_filter", err);
    for (size_t i = before ? before->info.index + 1 : 0; !status && !*next && i < dataset->info.count; i++)
        if (accepts_case(&own, &dataset->cases[i]))
            *next = &dataset->cases[i];
    return status;
}
