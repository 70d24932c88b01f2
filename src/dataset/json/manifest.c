/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/json/manifest.h"

#include <string.h>

#include "dataset/record.h"
#include "dataset/json/json.h"
#include "dataset/json/labels.h"
#include "dataset/tree/path.h"
#include "dataset/tree/presence.h"
#include "base/text/utf8.h"
#include "base/text/volume_name.h"

/* One entry of a list, for messages. */
struct entry {
    const struct amosi_split_folders *split;
    size_t number; /* from 1 */
    const char *image;
    const char *label;
};

/* Sets the case id of an error from the file name, cut at a letter to the size of the field. */
static void set_case_id(amos_error *err, const char *image)
{
    char id[sizeof err->case_id];
    const char *name = amosi_base_name(image);
    size_t length = amosi_volume_name_id_length(name);
    length = amosi_utf8_cut(name, length, sizeof id - 1);
    memcpy(id, name, length);
    id[length] = '\0';
    amosi_fail_case(err, id);
}

static amos_status refuse_entry(const amos_dataset *dataset, const struct entry *entry, const char *what,
                                amos_error *err)
{
    amosi_fail(err, AMOS_E_JSON_SCHEMA, dataset->info.json_path, "entry %zu of \"%s\" %s", entry->number,
               entry->split->key, what);
    if (entry->image)
        set_case_id(err, entry->image);
    return AMOS_E_JSON_SCHEMA;
}

static amos_status resolve_path(amos_dataset *dataset, const struct entry *entry, const char *given, char **out,
                                amos_error *err)
{
    const char *reason;
    int allow_absolute = (dataset->flags & AMOS_DATASET_ALLOW_ABSOLUTE) != 0;
    amos_status status = amosi_path_resolve(&dataset->text, dataset->info.root, given, allow_absolute, out, &reason);
    if (status == AMOS_E_NOMEM)
        return amosi_fail_nomem(err, dataset->info.json_path);
    if (status) {
        char shown[120];
        amosi_fail(err, status, dataset->info.json_path, "entry %zu of \"%s\": the path \"%s\" %s.", entry->number,
                   entry->split->key, amosi_text_show(shown, sizeof shown, given), reason);
        set_case_id(err, entry->image);
    }
    return status;
}

static amos_status add_entry(amos_dataset *dataset, const struct entry *entry, amos_error *err)
{
    char *image = NULL;
    char *label = NULL;
    amos_status status = resolve_path(dataset, entry, entry->image, &image, err);
    if (status == AMOS_OK && entry->label)
        status = resolve_path(dataset, entry, entry->label, &label, err);
    if (status)
        return status;
    if (label && strcmp(image, label) == 0) {
        amosi_fail(err, AMOS_E_DUP, dataset->info.json_path,
                   "entry %zu of \"%s\" names the same file as image and as label; they must be different files.",
                   entry->number, entry->split->key);
        set_case_id(err, entry->image);
        return AMOS_E_DUP;
    }
    return amosi_dataset_add(dataset, entry->split->split, image, label, err);
}

static amos_status read_object(amos_dataset *dataset, const cJSON *object, struct entry *entry, amos_error *err)
{
    amos_status status = amosi_json_check_unique(object, dataset->info.json_path, "an entry", err);
    if (status)
        return status;
    const cJSON *image = cJSON_GetObjectItemCaseSensitive(object, "image");
    if (!cJSON_IsString(image) || !*image->valuestring)
        return refuse_entry(dataset, entry, "has no string \"image\"; it must name the image file.", err);
    entry->image = image->valuestring;
    const cJSON *label = cJSON_GetObjectItemCaseSensitive(object, "label");
    int absent = !label || cJSON_IsNull(label);
    if (absent && entry->split->split == AMOS_SPLIT_TRAINING)
        return refuse_entry(dataset, entry, "has no \"label\"; every training case must name its label file.", err);
    if (!absent && (!cJSON_IsString(label) || !*label->valuestring))
        return refuse_entry(dataset, entry, "has a \"label\" that is not a string; it must name the label file.", err);
    if (!absent)
        entry->label = label->valuestring;
    return AMOS_OK;
}

static amos_status read_entry(amos_dataset *dataset, const cJSON *item, struct entry *entry, amos_error *err)
{
    if (cJSON_IsObject(item)) {
        amos_status status = read_object(dataset, item, entry, err);
        return status ? status : add_entry(dataset, entry, err);
    }
    if (entry->split->split != AMOS_SPLIT_TEST)
        return refuse_entry(dataset, entry, "is not an object; it must be {\"image\": ..., \"label\": ...}.", err);
    if (!cJSON_IsString(item) || !*item->valuestring)
        return refuse_entry(dataset, entry, "is neither an object nor the name of an image file.", err);
    entry->image = item->valuestring;
    return add_entry(dataset, entry, err);
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
                          "the list \"%s\" is missing; it must hold the %s cases.", key, key);
    return amosi_fail(err, AMOS_E_JSON_SCHEMA, dataset->info.json_path, "\"%s\" is not a list; it must hold the %s cases.",
                      key, key);
}

/* Reads the list of one split and sets *count to its length. Only "training" is required. */
static amos_status read_list(amos_dataset *dataset, const cJSON *root, const struct amosi_split_folders *split,
                             size_t *count, amos_error *err)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, split->key);
    *count = 0;
    if (!list && split->split != AMOS_SPLIT_TRAINING)
        return AMOS_OK;
    if (!list || !cJSON_IsArray(list))
        return refuse_list(dataset, root, split->key, err);
    for (const cJSON *item = list->child; item; item = item->next) {
        struct entry entry = {.split = split, .number = ++*count};
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
    for (int i = 0; i < AMOSI_SPLIT_COUNT && status == AMOS_OK; i++) {
        size_t count;
        status = read_list(dataset, root, &amosi_splits[i], &count, err);
        if (status == AMOS_OK)
            status = check_total(dataset, root, &amosi_splits[i], count, err);
    }
    return status;
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
    if (status == AMOS_OK)
        status = amosi_presence_find(dataset, err);
    return status;
}
