/* SPDX-License-Identifier: BSD-3-Clause */
/* amos export nnunet: the JSON files of the target. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "export/nnunet.h"
#include "kit/json.h"
#include "kit/message.h"
#include "kit/report.h"

/* "ct" clips and scales by the intensities of all cases; names that nnU-Net does not know scale each image by its own. */
const char *nnunet_channel(enum export_task task)
{
    return task == TASK_CT ? "CT" : task == TASK_MRI ? "MRI" : "either_CT_or_MR";
}

/* ---- labels ---- */

#define BACKGROUND "background" /* nnU-Net knows value 0 by this name */
#define IGNORE "ignore"         /* and a label of this name as voxels that do not count; it must be the highest */

static const char *label_name(const amos_dataset *dataset, int label)
{
    return label == 0 ? BACKGROUND : amos_dataset_label_name(dataset, label);
}

static bool refuse_label(const amos_dataset *dataset, int label, const char *what)
{
    const amos_dataset_info *info = amos_dataset_get_info(dataset);
    cli_error(
        "%s: nnU-Net cannot hold the table of labels, because label %d %s; change the table, and the labels with it.",
        info->json_path ? info->json_path : info->root, label, what);
    return false;
}

bool nnunet_labels_fit(const amos_dataset *dataset)
{
    int most = amos_dataset_get_info(dataset)->max_label;
    for (int label = 1; label <= most; label++) {
        const char *name = label_name(dataset, label);
        if (!name)
            return refuse_label(dataset, label, "has no name, and its labels must be numbered without gaps");
        if (strcmp(name, IGNORE) == 0 && label != most)
            return refuse_label(dataset, label, "is named \"ignore\", which only the highest label may be");
        for (int other = 0; other < label; other++)
            if (strcmp(name, label_name(dataset, other)) == 0)
                return refuse_label(dataset, label, "has the name of another label");
    }
    return most > 0 || refuse_label(dataset, 1, "is missing");
}

static void put_labels(cJSON *object, const amos_dataset *dataset)
{
    cJSON *labels = cJSON_AddObjectToObject(object, "labels");
    for (int label = 0; label <= amos_dataset_get_info(dataset)->max_label; label++)
        json_put_integer(labels, label_name(dataset, label), label);
}

/* ---- dataset.json ---- */

static bool put_case(cJSON *object, const struct export_case *c, const char *folder, enum export_paths paths)
{
    char *image = export_path_from(folder, c->info->image_path, paths);
    char *label = export_path_from(folder, c->info->label_path, paths);
    cJSON *entry = cJSON_AddObjectToObject(object, c->info->id), *images = cJSON_AddArrayToObject(entry, "images");
    json_append(images, image ? cJSON_CreateString(image) : NULL);
    json_put_text(entry, "label", label);
    bool good = image && label;
    free(label);
    free(image);
    return good;
}

static bool put_cases(cJSON *object, const struct nnunet_export *given, const struct export_cases *cases,
                      const char *folder)
{
    cJSON *dataset = given->way == EXPORT_BY_NAME ? cJSON_AddObjectToObject(object, "dataset") : NULL;
    bool good = true;
    for (size_t i = 0; dataset && good && i < cases->labelled; i++)
        good = put_case(dataset, &cases->items[i], folder, given->paths);
    return good;
}

/* Passes the value on to a file, and releases it. */
static bool write_json(cJSON *value, const char *path)
{
    struct report report;
    if (!report_begin(&report)) {
        cJSON_Delete(value);
        return false;
    }
    bool made = json_write(report.stream, value);
    return report_put(&report, made ? path : NULL);
}

bool nnunet_write_json(const struct nnunet_export *given, const struct export_cases *cases, const char *title,
                       const char *folder, const char *path)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "name", title);
    json_put_text(object, "description", "made by amos export nnunet");
    json_put_text(cJSON_AddObjectToObject(object, "channel_names"), "0", nnunet_channel(given->task));
    put_labels(object, given->dataset);
    json_put_unsigned(object, "numTraining", cases->labelled);
    json_put_text(object, "file_ending", cases->ending);
    /* Labels may be stored in another orientation than their image; this reader turns both. */
    json_put_text(object, "overwrite_image_reader_writer", "NibabelIOWithReorient");
    if (put_cases(object, given, cases, folder))
        return write_json(object, path);
    cJSON_Delete(object);
    return false;
}

/* ---- splits_final.json ---- */

static void put_part(cJSON *fold, const char *name, const struct export_cases *cases, const struct folds *folds,
                     size_t number, enum fold_part part)
{
    cJSON *list = cJSON_AddArrayToObject(fold, name);
    for (size_t i = 0; i < folds->items; i++)
        if (folds_part(folds, number, i) == part)
            json_append(list, cJSON_CreateString(cases->items[i].info->id));
}

bool nnunet_write_splits(const struct export_cases *cases, const struct folds *folds, const char *path)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t number = 0; number < folds->count; number++) {
        cJSON *fold = json_append(array, cJSON_CreateObject());
        put_part(fold, "train", cases, folds, number, FOLD_TRAIN);
        put_part(fold, "val", cases, folds, number, FOLD_VAL);
    }
    return write_json(array, path);
}
