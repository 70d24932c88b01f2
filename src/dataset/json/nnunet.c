/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/json/nnunet.h"

#include <errno.h>
#include <string.h>

#include "base/text/utf8.h"
#include "base/text/volume_name.h"
#include "dataset/json/entry.h"
#include "dataset/json/json.h"
#include "dataset/record.h"
#include "dataset/tree/folders.h"
#include "dataset/tree/layout.h"

#define LIST "dataset"

bool amosi_nnunet_is_json(const cJSON *root)
{
    return !cJSON_GetObjectItemCaseSensitive(root, "training") &&
           (cJSON_GetObjectItemCaseSensitive(root, "channel_names") ||
            cJSON_GetObjectItemCaseSensitive(root, "file_ending") ||
            cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(root, LIST)));
}

static amos_status check_ending(const amos_dataset *dataset, const cJSON *root, amos_error *err)
{
    const cJSON *ending = cJSON_GetObjectItemCaseSensitive(root, "file_ending");
    char shown[40];
    if (!cJSON_IsString(ending) || amosi_volume_name(ending->valuestring).kind == AMOSI_NAME_SINGLE)
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_UNSUPPORTED, dataset->info.json_path,
                      "\"file_ending\" is \"%s\"; libamos reads .nii.gz and .nii.",
                      amosi_text_show(shown, sizeof shown, ending->valuestring));
}

/* ---- the key "dataset" ---- */

static amos_status read_images(const amos_dataset *dataset, const cJSON *item, struct amosi_json_entry *entry,
                               amos_error *err)
{
    const cJSON *images = cJSON_GetObjectItemCaseSensitive(item, "images");
    for (const cJSON *image = cJSON_IsArray(images) ? images->child : NULL; image; image = image->next) {
        if (!cJSON_IsString(image) || !*image->valuestring)
            return amosi_json_refuse_entry(dataset, entry, "has an image that is not a path.", err);
        if (!entry->image)
            entry->image = image->valuestring;
        else
            entry->channels++;
    }
    if (!entry->image)
        return amosi_json_refuse_entry(dataset, entry, "has no list \"images\"; it must name the image files.", err);
    return AMOS_OK;
}

static amos_status read_case(amos_dataset *dataset, const cJSON *item, struct amosi_json_entry *entry, amos_error *err)
{
    if (!cJSON_IsObject(item))
        return amosi_json_refuse_entry(dataset, entry,
                                       "is not an object; it must be {\"images\": [...], \"label\": ...}.", err);
    if (!*entry->id || strchr(entry->id, '/'))
        return amosi_json_refuse_entry(dataset, entry, "has a key that cannot be an id; it must not hold \"/\".", err);
    amos_status status = amosi_json_check_unique(item, dataset->info.json_path, "a case", err);
    if (status == AMOS_OK)
        status = read_images(dataset, item, entry, err);
    if (status)
        return status;
    const cJSON *label = cJSON_GetObjectItemCaseSensitive(item, "label");
    if (label && !cJSON_IsNull(label) && (!cJSON_IsString(label) || !*label->valuestring))
        return amosi_json_refuse_entry(dataset, entry, "has a \"label\" that is not a path.", err);
    entry->label = label && cJSON_IsString(label) ? label->valuestring : NULL;
    return amosi_json_add_entry(dataset, entry, err);
}

static amos_status read_cases(amos_dataset *dataset, const cJSON *list, amos_error *err)
{
    struct amosi_backslashes backslashes = {0, NULL};
    amos_status status = amosi_json_check_unique(list, dataset->info.json_path, "\"" LIST "\"", err);
    size_t number = 0;
    for (const cJSON *item = list->child; item && status == AMOS_OK; item = item->next) {
        number++;
        struct amosi_json_entry entry = {.list = LIST,
                                         .key = item->string,
                                         .number = number,
                                         .split = AMOS_SPLIT_TRAINING,
                                         .id = item->string,
                                         .channels = 1,
                                         .backslashes = &backslashes};
        status = read_case(dataset, item, &entry, err);
    }
    return status ? status : amosi_json_note_backslashes(dataset, &backslashes, err);
}

/* ---- the cases ---- */

static amos_status check_total(amos_dataset *dataset, const cJSON *root, amos_error *err)
{
    const cJSON *total = cJSON_GetObjectItemCaseSensitive(root, "numTraining");
    size_t count = 0;
    for (size_t i = 0; i < dataset->info.count; i++)
        count += dataset->cases[i].info.split == AMOS_SPLIT_TRAINING;
    if (!total || (cJSON_IsNumber(total) && total->valuedouble == (double)count))
        return AMOS_OK;
    return amosi_dataset_note(dataset, err, AMOS_W_COUNT, dataset->info.json_path, "",
                              "\"numTraining\" should be %zu, the number of training cases that are there.", count);
}

static amos_status refuse_alone(const amos_dataset *dataset, amos_error *err)
{
    amosi_fail(err, AMOS_E_OPEN, dataset->info.json_path,
               "this is nnU-Net's, but none of its folders imagesTr, labelsTr and imagesTs lies beside it; "
               "if volumes do, they are predictions, which amos score -p and amos check --labels take as they are.");
    if (err)
        err->sys_errno = ENOENT;
    return AMOS_E_OPEN;
}

/* The folders of another data set, to which nnU-Net's dataset.json was added. */
static amos_status read_layout(amos_dataset *dataset, const cJSON *root, amos_error *err)
{
    amos_status status = amosi_layout_find(dataset, &dataset->has_layout, err);
    if (status)
        return status;
    if (!dataset->has_layout)
        return refuse_alone(dataset, err);
    dataset->from_folders = true;
    status = amosi_layout_read(dataset, err);
    return status ? status : check_total(dataset, root, err);
}

amos_status amosi_nnunet_read(amos_dataset *dataset, const cJSON *root, amos_error *err)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, LIST);
    bool named = cJSON_IsObject(list);
    amos_status status = check_ending(dataset, root, err);
    if (status)
        return status;
    if (!named && !amosi_root_has_folders(&dataset->tree))
        return read_layout(dataset, root, err);
    dataset->from_folders = !named;
    if (named)
        status = read_cases(dataset, list, err);
    if (status == AMOS_OK)
        status = amosi_folders_read(dataset, named ? AMOS_SPLIT_VALIDATION : AMOS_SPLIT_TRAINING, true, err);
    return status ? status : check_total(dataset, root, err);
}
