/* SPDX-License-Identifier: BSD-3-Clause */
/* amos export monai: the list as JSON, in the shape of the Medical Segmentation Decathlon or of Auto3DSeg. */
#include <stdlib.h>
#include <string.h>

#include "export/list.h"
#include "kit/json.h"
#include "kit/message.h"

/* Every item has every key, with a value of the same type: MONAI makes batches of them. */
static void put_facts(cJSON *item, const struct export_case *c)
{
    static const amos_metadata none = {.age_years = -1, .sex = '?', .site = ""};
    const amos_metadata *about = c->info->metadata ? c->info->metadata : &none;
    const char sex[] = {about->sex, '\0'};
    json_put_text(item, "id", c->info->id);
    json_put_text(item, "modality", amos_modality_name(c->info->modality));
    json_put_numbers(item, "spacing", c->spacing, 3);
    json_put_integer(item, "age", about->age_years);
    json_put_text(item, "sex", sex);
    json_put_text(item, "site", about->site);
}

static bool append_item(cJSON *list, const struct list_content *content, size_t index)
{
    const struct export_case *c = &content->cases->items[index];
    char *image = list_path(content, c->info->image_path), *label = list_path(content, c->info->label_path);
    cJSON *item = cJSON_CreateObject();
    if (c->labelled && content->folds->count)
        json_put_integer(item, "fold", folds_of(content->folds, index));
    json_put_text(item, "image", image);
    if (c->labelled)
        json_put_text(item, "label", label);
    put_facts(item, c);
    json_append(list, item);
    bool good = image && label;
    free(label);
    free(image);
    return good;
}

static bool put_list(cJSON *object, const char *name, const struct list_content *content, amos_split split)
{
    cJSON *list = cJSON_AddArrayToObject(object, name);
    bool good = true;
    for (size_t i = 0; good && i < content->cases->count; i++)
        if (list_split(content, i) == split)
            good = append_item(list, content, i);
    return good;
}

/* "CT", "MRI", or "CT and MRI". */
static const char *modality_of(const struct export_cases *cases)
{
    bool of[AMOS_MODALITY_UNKNOWN + 1] = {false};
    for (size_t i = 0; i < cases->count; i++)
        of[cases->items[i].info->modality] = true;
    return of[AMOS_MODALITY_UNKNOWN]                       ? "unknown"
           : of[AMOS_MODALITY_CT] && of[AMOS_MODALITY_MRI] ? "CT and MRI"
           : of[AMOS_MODALITY_CT]                          ? "CT"
                                                           : "MRI";
}

/* {"0": "background", ...}; values without a name are left out. */
static void put_labels(cJSON *object, const amos_dataset *dataset)
{
    cJSON *labels = cJSON_AddObjectToObject(object, "labels");
    char value[16];
    for (int label = 0; label <= amos_dataset_get_info(dataset)->max_label; label++) {
        snprintf(value, sizeof value, "%d", label);
        if (amos_dataset_label_name(dataset, label))
            json_put_text(labels, value, amos_dataset_label_name(dataset, label));
    }
}

static size_t count_list(const struct list_content *content, amos_split split)
{
    size_t count = 0;
    for (size_t i = 0; i < content->cases->count; i++)
        count += list_split(content, i) == split;
    return count;
}

static void put_decathlon_head(cJSON *object, const struct list_content *content)
{
    cJSON *modality = cJSON_AddObjectToObject(object, "modality");
    json_put_text(object, "description", "made by amos export monai");
    json_put_text(modality, "0", modality_of(content->cases));
    put_labels(object, content->given->dataset);
    json_put_unsigned(object, "numTraining", count_list(content, AMOS_SPLIT_TRAINING));
    json_put_unsigned(object, "numValidation", count_list(content, AMOS_SPLIT_VALIDATION));
    json_put_unsigned(object, "numTest", count_list(content, AMOS_SPLIT_TEST));
}

bool list_write_json(FILE *out, const struct list_content *content)
{
    bool decathlon = content->given->format == LIST_DECATHLON;
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "name", amos_dataset_get_info(content->given->dataset)->name);
    if (decathlon)
        put_decathlon_head(object, content);
    else
        json_put_text(object, "modality", modality_of(content->cases));
    bool good = put_list(object, "training", content, AMOS_SPLIT_TRAINING);
    if (decathlon)
        good = good && put_list(object, "validation", content, AMOS_SPLIT_VALIDATION);
    good = good && put_list(object, decathlon ? "test" : "testing", content, AMOS_SPLIT_TEST);
    if (good)
        return json_write(out, object);
    cJSON_Delete(object);
    return false;
}
