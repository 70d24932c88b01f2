/* SPDX-License-Identifier: BSD-3-Clause */
#include "review/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text/volume_name.h"
#include "kit/describe.h"

enum { LABELS = 255, VALUE_TEXT = 160 };

/* ---- numbers ---- */

/* Millilitres and millimetres are given to a thousandth, ratios to a ten-thousandth. */
static const double thousandths = 1e3, ten_thousandths = 1e4;
static const double parts_of_score[REVIEW_SCORES] = {1e4, 1e4, 1e3, 1e3};

static void put_rounded(cJSON *object, const char *name, const double *values, int count, double parts)
{
    double rounded[LABELS];
    for (int i = 0; i < count; i++)
        rounded[i] = rint(values[i] * parts) / parts;
    json_put_numbers(object, name, rounded, (size_t)count);
}

static void put_volumes(cJSON *object, const char *name, const double *values, int count, bool known)
{
    if (known)
        put_rounded(object, name, values, count, thousandths);
    else
        json_put_null(object, name);
}

cJSON *review_scores_json(const struct review_facts *facts)
{
    cJSON *lists = facts->scored ? cJSON_CreateArray() : cJSON_CreateNull();
    cJSON *holder = cJSON_CreateObject();
    for (int key = 0; facts->scored && key < REVIEW_SCORES; key++) {
        put_rounded(holder, review_score_keys[key], facts->scores[key], facts->max_label, parts_of_score[key]);
        json_append(lists, cJSON_DetachItemFromObjectCaseSensitive(holder, review_score_keys[key]));
    }
    cJSON_Delete(holder);
    return lists;
}

cJSON *review_worst_json(const struct review_facts *facts)
{
    static const char *const planes[] = {"sagittal", "coronal", "axial"};
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < facts->max_label; i++) {
        const struct review_slice *slice = &facts->worst[i];
        cJSON *item = slice->index >= 0 ? cJSON_CreateObject() : cJSON_CreateNull();
        if (slice->index >= 0) {
            json_put_text(item, "plane", planes[slice->axis]);
            json_put_integer(item, "index", slice->index);
        }
        json_append(list, item);
    }
    return list;
}

/* ---- the set ---- */

static cJSON *label_json(const amos_dataset *dataset, int label)
{
    unsigned char rgb[3];
    cJSON *object = cJSON_CreateObject();
    describe_label_color(dataset, label, rgb);
    json_put_integer(object, "value", label);
    json_put_text(object, "name", describe_label(dataset, label));
    json_put_integers(object, "color", (int64_t[]){rgb[0], rgb[1], rgb[2]}, 3);
    return object;
}

cJSON *review_set_json(const struct review_set *set, const char *kind)
{
    const char *name = amos_dataset_get_info(set->dataset)->name;
    cJSON *object = cJSON_CreateObject();
    json_put_integer(object, "format", 1);
    json_put_text(object, "kind", kind);
    json_put_text(object, "title", name);
    json_put_text(object, "version", amos_version());
    json_put_text(object, "made_from", name);
    json_put_bool(object, "prediction", set->predictions != NULL);
    cJSON *labels = cJSON_AddArrayToObject(object, "labels");
    for (int label = 1; label <= set->max_label; label++)
        json_append(labels, label_json(set->dataset, label));
    cJSON *keys = cJSON_AddArrayToObject(object, "score_keys");
    for (int key = 0; key < REVIEW_SCORES; key++)
        json_append(keys, cJSON_CreateString(review_score_keys[key]));
    json_put_text(object, "score_rules", set->predictions ? review_score_rules : NULL);
    return object;
}

/* ---- a row ---- */

/* NULL if it is not known. */
static const char *scanner_of(const amos_metadata *metadata, char text[VALUE_TEXT])
{
    const char *blank = metadata->maker[0] && metadata->model[0] ? " " : "";
    snprintf(text, VALUE_TEXT, "%s%s%s", metadata->maker, blank, metadata->model);
    return text[0] ? text : NULL;
}

static const char *known(const char *text)
{
    return text[0] ? text : NULL;
}

static void put_metadata(cJSON *object, const amos_metadata *metadata)
{
    char sex[2] = "", text[VALUE_TEXT];
    if (metadata && metadata->sex != '?')
        sex[0] = metadata->sex;
    json_put_text(object, "sex", known(sex));
    if (metadata && metadata->age_years >= 0)
        json_put_integer(object, "age", metadata->age_years);
    else
        json_put_null(object, "age");
    json_put_text(object, "site", metadata ? known(metadata->site) : NULL);
    json_put_text(object, "scanner", metadata ? scanner_of(metadata, text) : NULL);
}

static void put_grid(cJSON *object, const amos_geometry *geometry)
{
    if (geometry) {
        json_put_integers(object, "shape", geometry->shape, 3);
        put_rounded(object, "spacing", geometry->spacing, 3, ten_thousandths);
    } else {
        json_put_null(object, "shape");
        json_put_null(object, "spacing");
    }
}

static void put_numbers(cJSON *object, const struct review_facts *facts)
{
    static const struct review_facts none = {.max_label = 0};
    facts = facts ? facts : &none;
    put_volumes(object, "volumes", facts->volumes, facts->max_label, facts->measured);
    put_volumes(object, "predicted", facts->predicted, facts->max_label, facts->foretold);
    json_put(object, "scores", review_scores_json(facts));
}

static const char *modality_key(amos_modality modality)
{
    return modality == AMOS_MODALITY_CT ? "ct" : modality == AMOS_MODALITY_MRI ? "mri" : NULL;
}

cJSON *review_row_json(const struct review_set *set, const struct review_item *item, const struct review_facts *facts)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "id", item->id);
    json_put_text(object, "split", amos_split_name(item->info->split));
    json_put_text(object, "modality", modality_key(item->info->modality));
    put_metadata(object, item->info->metadata);
    put_grid(object, facts && facts->has_header ? &facts->canonical : NULL);
    json_put_bool(object, "has_prediction", set->predictions && item->prediction);
    put_numbers(object, facts);
    json_put_text(object, "fault", facts ? facts->fault : NULL);
    return object;
}

/* ---- a case ---- */

static void put_affine(cJSON *object, const double affine[4][4])
{
    cJSON *rows = cJSON_CreateArray(), *holder = cJSON_CreateObject();
    for (int i = 0; i < 3; i++) {
        json_put_numbers(holder, "row", affine[i], 4);
        json_append(rows, cJSON_DetachItemFromObjectCaseSensitive(holder, "row"));
    }
    cJSON_Delete(holder);
    json_put(object, "affine", rows);
}

static void put_pair(cJSON *list, const char *name, const char *value)
{
    cJSON *holder = cJSON_CreateObject(), *pair = cJSON_CreateArray();
    json_append(pair, cJSON_CreateString(name));
    json_put_text(holder, "value", value);
    json_append(pair, cJSON_DetachItemFromObjectCaseSensitive(holder, "value"));
    cJSON_Delete(holder);
    if (value && value[0])
        json_append(list, pair);
    else
        cJSON_Delete(pair);
}

static void put_patient(cJSON *list, const amos_metadata *metadata)
{
    char text[VALUE_TEXT];
    if (!metadata)
        return;
    snprintf(text, sizeof text, "%d", metadata->age_years);
    put_pair(list, "Age", metadata->age_years >= 0 ? text : NULL);
    put_pair(list, "Sex", metadata->sex == 'M' ? "male" : metadata->sex == 'F' ? "female" : NULL);
    put_pair(list, "Scanner", scanner_of(metadata, text));
    put_pair(list, "Site", metadata->site);
    put_pair(list, "Date", metadata->date);
}

static void put_table(cJSON *object, const struct review_item *item, const struct review_facts *facts)
{
    char text[VALUE_TEXT], shape[DESCRIBE_SHAPE], found[ACCEPT_TEXT];
    const double *spacing = facts->stored.spacing;
    cJSON *list = cJSON_AddArrayToObject(object, "metadata");
    put_pair(list, "Split", amos_split_name(item->info->split));
    put_pair(list, "Modality", amos_modality_name(item->info->modality));
    put_patient(list, item->info->metadata);
    put_pair(list, "Image", amosi_base_name(item->info->image_path));
    put_pair(list, "Reference", item->reference ? amosi_base_name(item->reference) : NULL);
    put_pair(list, "Prediction", item->prediction ? amosi_base_name(item->prediction) : NULL);
    put_pair(list, "Voxels", describe_shape(facts->stored.shape, shape));
    snprintf(text, sizeof text, "%.4g x %.4g x %.4g mm", spacing[0], spacing[1], spacing[2]);
    put_pair(list, "Spacing", text);
    put_pair(list, "Orientation", facts->stored.orientation);
    put_pair(list, "Type", amos_type_name(facts->type));
    put_pair(list, "Accepted in the reference", accept_found_text(&facts->accepted[0], found));
    put_pair(list, "Accepted in the prediction", accept_found_text(&facts->accepted[1], found));
}

static void put_windows(cJSON *object, const struct review_window *windows, int count)
{
    cJSON *list = cJSON_AddArrayToObject(object, "windows");
    for (int i = 0; i < count; i++) {
        cJSON *item = cJSON_CreateObject();
        json_put_text(item, "name", windows[i].name);
        json_put_number(item, "low", windows[i].low);
        json_put_number(item, "high", windows[i].high);
        json_append(list, item);
    }
}

cJSON *review_case_json(const struct review_item *item, const struct review_facts *facts, const amos_geometry *shown,
                        const struct review_window *windows, int window_count)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "id", item->id);
    put_grid(object, shown);
    put_affine(object, shown->affine);
    cJSON *stored = cJSON_AddObjectToObject(object, "stored");
    json_put_integers(stored, "shape", facts->stored.shape, 3);
    json_put_text(stored, "orientation", facts->stored.orientation);
    put_affine(stored, facts->stored.affine);
    put_windows(object, windows, window_count);
    put_numbers(object, facts);
    json_put(object, "worst", review_worst_json(facts));
    json_put_text(object, "fault", facts->fault);
    put_table(object, item, facts);
    return object;
}

void review_put_levels(cJSON *object, const struct review_levels *levels)
{
    double values[REVIEW_LEVELS];
    for (int i = 0; i < REVIEW_LEVELS; i++)
        values[i] = i < levels->count ? levels->value[i] : (double)NAN;
    json_put_numbers(object, "levels", values, REVIEW_LEVELS);
}
