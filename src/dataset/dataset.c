/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "dataset/record.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text/url.h"
#include "base/text/utf8.h"
#include "base/system/alloc.h"
#include "base/error/options.h"
#include "dataset/tree/folders.h"
#include "dataset/tree/layout.h"
#include "dataset/json/labels.h"
#include "dataset/json/manifest.h"
#include "base/text/volume_name.h"
#include "dataset/metadata.h"
#include "dataset/modality.h"
#include "dataset/case_order.h"
#include "dataset/tree/near.h"
#include "dataset/tree/path.h"
#include "dataset/tree/listing.h"
#include "io/zip/member.h"

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
        if (!o->case_id || (o->modality != AMOS_MODALITY_CT && o->modality != AMOS_MODALITY_MRI &&
                            o->modality != AMOS_MODALITY_UNKNOWN))
            return amosi_fail(err, AMOS_E_ARG, NULL,
                              "Modality override %zu must have a case id and AMOS_MODALITY_CT, ..._MRI or ..._UNKNOWN.",
                              i);
    }
    return AMOS_OK;
}

/* The absolute path of an archive; a URL is one. 0, or errno. */
static int resolve_archive(const char *name, char *real)
{
    if (!amosi_is_url(name))
        return realpath(name, real) ? 0 : errno;
    if (strlen(name) >= PATH_MAX)
        return ENAMETOOLONG;
    strcpy(real, name);
    return 0;
}

/* Opens the archive that is at a path, or that the path goes on into. *found is false if there is none. `real` becomes the
 * absolute path. */
static amos_status open_archive(amos_dataset *dataset, const char *path, size_t length, char *real, bool *found,
                                amos_error *err)
{
    char *name = amosi_strndup(path, length);
    amos_status status = AMOS_OK;
    if (!name)
        return amosi_fail_nomem(err, path);
    int error = resolve_archive(name, real);
    amosi_free(name);
    if (error)
        return error == ENOMEM ? amosi_fail_nomem(err, path)
                               : amosi_fail_errno(err, AMOS_E_OPEN, path, error, "the archive cannot be opened");
    if (!dataset->archive)
        status = amosi_archive_open(real, &dataset->archive, err);
    *found = !status && dataset->archive;
    const char *rest = path + length + strspn(path + length, "/");
    if (*found && *rest && !amosi_path_join(real, PATH_MAX, dataset->archive->path, rest))
        return amosi_fail_errno(err, AMOS_E_OPEN, path, ENAMETOOLONG, "the folder in the archive cannot be opened");
    for (size_t end = strlen(real); *found && *rest && real[end - 1] == '/'; end--)
        real[end - 1] = '\0';
    return status;
}

static amos_status resolve_directory(amos_dataset *dataset, const char *path, char *real, amos_error *err)
{
    struct stat st;
    bool there = stat(path, &st) == 0, found = false;
    bool url = !there && amosi_is_url(path);
    size_t length = url || (!there && errno == ENOTDIR) ? amosi_path_archive_length(path) : 0;
    if (length || url || (there && S_ISREG(st.st_mode))) {
        amos_status status = open_archive(dataset, path, length ? length : strlen(path), real, &found, err);
        if (status)
            return status;
        if (!found && url)
            return amosi_fail(err, AMOS_E_UNSUPPORTED, path,
                              "this is no ZIP archive; a data set at a URL must be one, such as .../amos22.zip.");
        there = found ? amosi_archive_stat(dataset->archive, real, &st) == 0 : there;
        errno = found ? errno : ENOTDIR;
    }
    if (there && !found)
        there = realpath(path, real) && stat(real, &st) == 0;
    if (!there) {
        if (errno == ENOMEM)
            return amosi_fail_nomem(err, path);
        if (found)
            return amosi_fail_errno(err, AMOS_E_OPEN, path, errno,
                                    "the ZIP archive has no such folder; give the archive itself");
        return amosi_fail_errno(err, AMOS_E_OPEN, path, errno, "the data set's folder cannot be opened%s",
                                errno == ENOENT ? " (AMOS is at " AMOSI_DATA_URL ")" : "");
    }
    if (!S_ISDIR(st.st_mode))
        return amosi_near_refuse_file(path, err);
    return AMOS_OK;
}

/* Whether an entry of that name exists, even if it turns out to be unusable. */
static bool name_exists(const struct amosi_archive *archive, const char *root, const char *name)
{
    char path[PATH_MAX];
    struct stat st;
    if (!amosi_path_join(path, sizeof path, root, name))
        return false;
    if (amosi_archive_holds(archive, path))
        return amosi_archive_stat(archive, path, &st) == 0;
    return lstat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* Also sets whether it is the tree of another data set, see tree/layout.h. */
static amos_status find_dataset(amos_dataset *dataset, const char *json, bool *there, amos_error *err)
{
    dataset->has_layout = false;
    *there =
        name_exists(dataset->archive, dataset->tree.listing.folder, json) || amosi_root_has_folders(&dataset->tree);
    amos_status status = *there ? AMOS_OK : amosi_layout_find(dataset, &dataset->has_layout, err);
    *there = *there || dataset->has_layout;
    return status;
}

/* Takes a folder as the data set's. */
static amos_status list_root(amos_dataset *dataset, const char *path, amos_error *err)
{
    char *root = amosi_alloc(PATH_MAX);
    if (!root)
        return amosi_fail_nomem(err, path);
    amos_status status = resolve_directory(dataset, path, root, err);
    if (status == AMOS_OK) {
        dataset->info.root = amosi_arena_text(&dataset->text, root, strlen(root));
        status = dataset->info.root ? AMOS_OK : amosi_fail_nomem(err, path);
    }
    amosi_free(root);
    if (status)
        return status;
    amosi_root_free(&dataset->tree);
    return amosi_root_read(&dataset->tree, dataset->archive, dataset->info.root, &dataset->text, err);
}

/* Takes the archive's root folder in the given one if the data set is there. */
static amos_status set_root(amos_dataset *dataset, const char *path, const char *json, amos_error *err)
{
    char nested[PATH_MAX];
    bool there = false;
    amos_status status = list_root(dataset, path, err);
    if (status == AMOS_OK)
        status = find_dataset(dataset, json, &there, err);
    if (status == AMOS_OK && !there) {
        const char *given = dataset->info.root;
        if (amosi_path_join(nested, sizeof nested, given, ARCHIVE_FOLDER) &&
            amosi_scan_is_folder(dataset->archive, nested)) {
            status = list_root(dataset, nested, err);
            status = status ? status : find_dataset(dataset, json, &there, err);
        }
        if (status == AMOS_OK && !there)
            status = amosi_near_refuse_root(dataset->archive, given, json, err);
    }
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

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), n = strlen(end);
    return length >= n && strcmp(text + length - n, end) == 0;
}

/* The challenge's archives have task1_dataset.json and task2_dataset.json, of which none is the data set's own. */
static amos_status note_other_json(amos_dataset *dataset, amos_error *err)
{
    const struct amosi_listing *listing = &dataset->tree.listing;
    amos_status status = AMOS_OK;
    for (size_t i = 0; i < listing->count && !status; i++) {
        const struct amosi_entry *entry = &listing->entries[i];
        if (entry->kind == AMOSI_KIND_OTHER || entry->name[0] == '.' || !ends_with(entry->name, "_" DEFAULT_JSON))
            continue;
        const char *path = amosi_dataset_path(dataset, entry->name, NULL);
        char shown[120];
        status = path ? amosi_dataset_note(dataset, err, AMOS_W_UNUSED, path, "",
                                           "the file lies there, but the folders decide which cases there are; "
                                           "--dataset-json %s (json_name) uses it.",
                                           amosi_text_show(shown, sizeof shown, entry->name))
                      : amosi_fail_nomem(err, dataset->info.root);
    }
    return status;
}

/* Without dataset.json the labels of another data set have AMOS's names, which may be wrong. */
static amos_status note_assumed_labels(amos_dataset *dataset, amos_error *err)
{
    bool labels = false;
    for (size_t i = 0; i < dataset->info.count; i++) {
        if (dataset->cases[i].info.number >= 0 || dataset->names_of_masks)
            return AMOS_OK;
        labels = labels || dataset->cases[i].info.label_path;
    }
    if (!labels)
        return AMOS_OK;
    return amosi_dataset_note(
        dataset, err, AMOS_W_LABELS, dataset->info.root, "",
        "no dataset.json names its labels, and no id is AMOS's; the 15 organs of AMOS are assumed.");
}

/* A look for dataset.json that failed has counted as one; if there is none now, the folders have not been looked at. */
static amos_status settle_layout(amos_dataset *dataset, const char *json, amos_error *err)
{
    if (dataset->has_layout || amosi_root_has_folders(&dataset->tree))
        return AMOS_OK;
    amos_status status = amosi_layout_find(dataset, &dataset->has_layout, err);
    return status || dataset->has_layout ? status
                                         : amosi_near_refuse_root(dataset->archive, dataset->info.root, json, err);
}

static amos_status read_folders(amos_dataset *dataset, const char *json, amos_error *err)
{
    amos_status status = settle_layout(dataset, json, err);
    if (status)
        return status;
    amosi_labels_default(dataset);
    dataset->from_folders = true;
    status = dataset->has_layout ? amosi_layout_read(dataset, err)
                                 : amosi_folders_read(dataset, AMOS_SPLIT_TRAINING, false, err);
    if (status == AMOS_OK)
        status = note_assumed_labels(dataset, err);
    return status ? status : note_other_json(dataset, err);
}

static amos_status note_archive(amos_dataset *dataset, amos_error *err)
{
    const struct amosi_archive *archive = dataset->archive;
    amos_status status = AMOS_OK;
    if (archive && archive->strange)
        status = amosi_dataset_note(dataset, err, AMOS_W_UNUSED, archive->path, "",
                                    "%zu members are left out: their names lead out of the archive, or have empty "
                                    "parts.",
                                    archive->strange);
    if (!status && archive && archive->repeated)
        status = amosi_dataset_note(dataset, err, AMOS_W_UNUSED, archive->path, "",
                                    "%zu members are left out: a later member has the same name.", archive->repeated);
    return status;
}

static amos_status note_channels(amos_dataset *dataset, amos_error *err)
{
    size_t several = 0;
    const amos_case *first = NULL;
    for (size_t i = dataset->info.count; i-- > 0;)
        if (dataset->cases[i].info.channels > 1) {
            several++;
            first = &dataset->cases[i];
        }
    return several ? amosi_dataset_note(
                         dataset, err, AMOS_W_UNUSED, first->info.image_path, "",
                         "this case has %d channels, as %zu in all have more than one; only the first is read.",
                         first->info.channels, several)
                   : AMOS_OK;
}

static amos_status read_tree(amos_dataset *dataset, const char *path, const amos_dataset_options *options,
                             amos_error *err)
{
    const char *json = options->json_name ? options->json_name : DEFAULT_JSON;
    amos_status status = set_root(dataset, path, json, err);
    if (status)
        return status;
    if (options->json_name || name_exists(dataset->archive, dataset->info.root, json))
        status = read_manifest(dataset, json, err);
    else
        status = read_folders(dataset, json, err);
    if (status == AMOS_OK)
        status = amosi_case_order_make(dataset, err);
    if (status == AMOS_OK)
        status = amosi_metadata_read(dataset, options->metadata_path, err);
    if (status == AMOS_OK)
        status = amosi_modality_settle(dataset, options, err);
    for (size_t i = 0; i < dataset->info.count; i++)
        dataset->cases[i].info.max_label = dataset->info.max_label;
    if (status == AMOS_OK)
        status = note_archive(dataset, err);
    return status ? status : note_channels(dataset, err);
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
    amos_status status = amosi_options_copy(&own, sizeof own, options, "amos_dataset_options", err);
    if (status == AMOS_OK)
        status = check_options(&own, err);
    if (status == AMOS_OK)
        status = amosi_limits_copy(&limits, own.limits, err);
    if (status)
        return status;
    amos_dataset *dataset = amosi_zalloc(sizeof *dataset);
    if (!dataset)
        return amosi_fail_nomem(err, path);
    dataset->flags = own.flags;
    dataset->limits = limits;
    dataset->log = (struct amosi_log){own.log, own.log_user};
    dataset->stated = AMOS_MODALITY_UNKNOWN;
    status = read_tree(dataset, path, &own, err);
    amosi_root_free(&dataset->tree);
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
    amosi_archive_free(dataset->archive);
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

static bool accepts_verdict(const amos_case_filter *filter, const char *id)
{
    return !filter->verdicts || !filter->only ||
           (filter->only & AMOS_ONLY(amos_verdicts_of(filter->verdicts, id))) != 0;
}

bool amosi_dataset_accepts(const amos_case_filter *filter, const amos_case *c)
{
    return (filter->split == AMOS_SPLIT_ANY || filter->split == c->info.split) &&
           (filter->modality == AMOS_MODALITY_ANY || filter->modality == c->info.modality) &&
           accepts_file(filter->has_label, c->info.has_label) && accepts_file(filter->has_image, c->info.has_image) &&
           accepts_verdict(filter, c->info.id);
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
    amos_status status = amosi_options_copy(&own, sizeof own, filter, "amos_case_filter", err);
    for (size_t i = before ? before->info.index + 1 : 0; !status && !*next && i < dataset->info.count; i++)
        if (amosi_dataset_accepts(&own, &dataset->cases[i]))
            *next = &dataset->cases[i];
    return status;
}
