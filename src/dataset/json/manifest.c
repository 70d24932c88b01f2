/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/json/manifest.h"

#include <string.h>

#include "dataset/record.h"
#include "dataset/json/entry.h"
#include "dataset/json/json.h"
#include "dataset/json/labels.h"
#include "dataset/json/nnunet.h"
#include "dataset/tree/layout.h"
#include "dataset/tree/presence.h"
#include "base/text/utf8.h"

static amos_status read_object(amos_dataset *dataset, const cJSON *object, struct amosi_json_entry *entry,
                               amos_error *err)
{
    amos_status status = amosi_json_check_unique(object, dataset->info.json_path, "an entry", err);
    if (status)
        return status;
    const cJSON *image = cJSON_GetObjectItemCaseSensitive(object, "image");
    if (!cJSON_IsString(image) || !*image->valuestring)
        return amosi_json_refuse_entry(dataset, entry, "has no string \"image\"; it must name the image file.", err);
    entry->image = image->valuestring;
    const cJSON *label = cJSON_GetObjectItemCaseSensitive(object, "label");
    int absent = !label || cJSON_IsNull(label);
    if (absent && entry->split == AMOS_SPLIT_TRAINING)
        return amosi_json_refuse_entry(dataset, entry,
                                       "has no \"label\"; every training case must name its label file.", err);
    if (!absent && (!cJSON_IsString(label) || !*label->valuestring))
        return amosi_json_refuse_entry(dataset, entry,
                                       "has a \"label\" that is not a string; it must name the label file.", err);
    if (!absent)
        entry->label = label->valuestring;
    return AMOS_OK;
}

static amos_status read_entry(amos_dataset *dataset, const cJSON *item, struct amosi_json_entry *entry, amos_error *err)
{
    if (cJSON_IsObject(item)) {
        amos_status status = read_object(dataset, item, entry, err);
        return status ? status : amosi_json_add_entry(dataset, entry, err);
    }
    if (entry->split != AMOS_SPLIT_TEST)
        return amosi_json_refuse_entry(dataset, entry, "is not an object; it must be {\"image\": ..., \"label\": ...}.",
                                       err);
    if (!cJSON_IsString(item) || !*item->valuestring)
        return amosi_json_refuse_entry(dataset, entry, "is neither an object nor the name of an image file.", err);
    entry->image = item->valuestring;
    return amosi_json_add_entry(dataset, entry, err);
}

static amos_status refuse_list(const amos_dataset *dataset, const cJSON *root, const char *key, amos_error *err)
{
    const cJSON *similar = cJSON_GetObjectItem(root, key);
    char shown[80];
    if (similar && strcmp(similar->string, key) != 0)
        return amosi_fail(err, AMOS_E_JSON_SCHEMA, dataset->info.json_path,
                          "the list \"%s\" is missing; \"%s\" does not count, because case matters.", key,
                          amosi_text_show(shown, sizeof shown, similar->string));
    if (!similar)
        return amosi_fail(err, AMOS_E_JSON_SCHEMA, dataset->info.json_path,
                          "the list \"%s\" is missing; it must hold the %s cases. Name another file of the data set "
                          "(--dataset-json, json_name), or take this one away and the folders decide.",
                          key, key);
    return amosi_fail(err, AMOS_E_JSON_SCHEMA, dataset->info.json_path,
                      "\"%s\" is not a list; it must hold the %s cases.", key, key);
}

/* Reads the list of one split and sets *count to its length. Only "training" is required. */
static amos_status read_list(amos_dataset *dataset, const cJSON *root, const struct amosi_split_folders *split,
                             struct amosi_backslashes *backslashes, size_t *count, amos_error *err)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, split->key);
    *count = 0;
    if (!list && split->split != AMOS_SPLIT_TRAINING)
        return AMOS_OK;
    if (!list || !cJSON_IsArray(list))
        return refuse_list(dataset, root, split->key, err);
    for (const cJSON *item = list->child; item; item = item->next) {
        struct amosi_json_entry entry = {
            .list = split->key, .number = ++*count, .split = split->split, .channels = 1, .backslashes = backslashes};
        amos_status status = read_entry(dataset, item, &entry, err);
        if (status)
            return status;
    }
    return AMOS_OK;
}

static amos_status check_total(amos_dataset *dataset, const cJSON *root, const struct amosi_split_folders *split,
                               size_t count, amos_error *err)
{
    const cJSON *total = cJSON_GetObjectItemCaseSensitive(root, split->total);
    if (!total || (cJSON_IsNumber(total) && total->valuedouble == (double)count))
        return AMOS_OK;
    return amosi_dataset_note(dataset, err, AMOS_W_COUNT, dataset->info.json_path, "",
                              "\"%s\" should be %zu, the number of entries in \"%s\".", split->total, count,
                              split->key);
}

static amos_status read_name(amos_dataset *dataset, const cJSON *root, amos_error *err)
{
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(root, "name");
    if (!cJSON_IsString(name) || !*name->valuestring)
        return AMOS_OK;
    dataset->info.name = amosi_arena_text(&dataset->text, name->valuestring, strlen(name->valuestring));
    return dataset->info.name ? AMOS_OK : amosi_fail_nomem(err, dataset->info.json_path);
}

/* "CT", "MR" or "MRI". */
static amos_modality modality_of(const char *text)
{
    amos_modality modality;
    return amos_modality_parse(text, &modality, NULL) == AMOS_OK && modality != AMOS_MODALITY_ANY
               ? modality
               : AMOS_MODALITY_UNKNOWN;
}

/* What a text or an object of texts states, {"0": "CT"}: unknown unless all of it says the same. */
static amos_modality stated_by(const cJSON *item)
{
    if (cJSON_IsString(item))
        return modality_of(item->valuestring);
    amos_modality all = AMOS_MODALITY_ANY;
    for (const cJSON *channel = cJSON_IsObject(item) ? item->child : NULL; channel; channel = channel->next) {
        amos_modality one = cJSON_IsString(channel) ? modality_of(channel->valuestring) : AMOS_MODALITY_UNKNOWN;
        all = all == AMOS_MODALITY_ANY || all == one ? one : AMOS_MODALITY_UNKNOWN;
    }
    return all == AMOS_MODALITY_ANY ? AMOS_MODALITY_UNKNOWN : all;
}

/* nnU-Net's version 2 says "channel_names", version 1 and the others "modality". */
static void read_modality(amos_dataset *dataset, const cJSON *root)
{
    const cJSON *names = cJSON_GetObjectItemCaseSensitive(root, "channel_names");
    dataset->stated = stated_by(names ? names : cJSON_GetObjectItemCaseSensitive(root, "modality"));
}

static amos_status read_lists(amos_dataset *dataset, const cJSON *root, amos_error *err)
{
    struct amosi_backslashes backslashes = {0, NULL};
    amos_status status = AMOS_OK;
    for (int i = 0; i < AMOSI_SPLIT_COUNT && status == AMOS_OK; i++) {
        size_t count;
        status = read_list(dataset, root, &amosi_splits[i], &backslashes, &count, err);
        if (status == AMOS_OK)
            status = check_total(dataset, root, &amosi_splits[i], count, err);
    }
    return status ? status : amosi_json_note_backslashes(dataset, &backslashes, err);
}

static amos_status read_root(amos_dataset *dataset, const cJSON *root, amos_error *err)
{
    if (!cJSON_IsObject(root))
        return amosi_fail(err, AMOS_E_JSON_SCHEMA, dataset->info.json_path,
                          "the file is not a JSON object; {\"training\": [...], ...} is expected.");
    amos_status status = amosi_json_check_unique(root, dataset->info.json_path, "the file", err);
    if (status == AMOS_OK)
        status = read_name(dataset, root, err);
    if (status == AMOS_OK)
        status = amosi_labels_read(dataset, cJSON_GetObjectItemCaseSensitive(root, "labels"), err);
    if (status)
        return status;
    read_modality(dataset, root);
    if (amosi_nnunet_is_json(root))
        return amosi_nnunet_read(dataset, root, err);
    if (!cJSON_GetObjectItem(root, amosi_splits[0].key) && !amosi_root_has_folders(&dataset->tree))
        status = amosi_layout_find(dataset, &dataset->has_layout, err);
    if (status || !dataset->has_layout)
        return status ? status : read_lists(dataset, root, err);
    dataset->from_folders = true;
    return amosi_layout_read(dataset, err);
}

amos_status amosi_manifest_read(amos_dataset *dataset, amos_error *err)
{
    cJSON *root;
    amos_status status = amosi_presence_check(dataset, dataset->info.json_path, err);
    if (status == AMOS_OK)
        status = amosi_json_load(dataset->info.json_path, &dataset->limits, &root, err);
    if (status)
        return status;
    status = read_root(dataset, root, err);
    cJSON_Delete(root);
    if (status == AMOS_OK && !dataset->from_folders)
        status = amosi_presence_find(dataset, err);
    return status;
}
