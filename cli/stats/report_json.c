/* SPDX-License-Identifier: BSD-3-Clause */
/* amos stats for programs. */
#include "stats/report.h"

#include <math.h>

#include "kit/describe.h"

static void put_status(cJSON *object, const amos_error *error)
{
    json_put_text(object, "status", amos_status_name(error->status));
    json_put_text(object, "message", error->status ? error->message : NULL);
}

static void put_image(cJSON *object, const struct subject *subject)
{
    cJSON *image = cJSON_AddObjectToObject(object, "image");
    json_put_text(image, "path", subject->image_path);
    put_status(image, &subject->image_error);
    if (subject->image_error.status)
        return;
    json_put_integers(image, "shape", subject->image_shape, 3);
    json_put_number(image, "min", subject->range.finite ? subject->range.min : (double)NAN);
    json_put_number(image, "max", subject->range.finite ? subject->range.max : (double)NAN);
    json_put_number(image, "mean", subject->range.finite ? subject->range.mean : (double)NAN);
    json_put_unsigned(image, "finite", subject->range.finite);
    json_put_unsigned(image, "nonfinite", subject->range.nonfinite);
    json_put_warnings(image, subject->image_warnings);
}

/* The parts of one organ, the largest first. */
static void put_parts(cJSON *object, const struct found_parts *parts, int label)
{
    if (!parts || label > parts->max_label)
        return;
    const struct found_organ_parts *found = &parts->organs[label];
    const amos_component_organ *organ = &found->organ;
    json_put_unsigned(object, "components", organ->count);
    json_put_number(object, "largest_share",
                    organ->count ? (double)organ->largest / (double)organ->voxels : (double)NAN);
    json_put_unsigned(object, "holes", organ->holes);
    cJSON *list = cJSON_AddArrayToObject(object, "parts");
    for (size_t i = found->first; i < found->first + found->listed; i++) {
        const amos_component *part = &parts->parts[i];
        cJSON *item = cJSON_CreateObject();
        json_put_unsigned(item, "voxels", part->voxels);
        json_put_integers(item, "first", part->first, 3);
        json_put_bool(item, "touches_border", part->touches_border);
        json_append(list, item);
    }
}

static cJSON *organ_json(const struct subject *subject, const amos_organ_stats *organ)
{
    bool placed = subject->map->has_geometry;
    cJSON *object = cJSON_CreateObject();
    json_put_integer(object, "label", organ->label);
    json_put_text(object, "organ", describe_label_name(subject->target->names, organ->label));
    json_put_bool(object, "present", organ->present);
    json_put_unsigned(object, "voxels", organ->voxels);
    json_put_number(object, "millilitres", placed ? organ->millilitres : (double)NAN);
    if (!organ->present) {
        json_put_null(object, "box");
        json_put_null(object, "centroid_voxel");
        json_put_null(object, "centroid_mm");
    } else {
        cJSON *box = cJSON_AddObjectToObject(object, "box");
        json_put_integers(box, "start", organ->box.start, 3);
        json_put_integers(box, "stop", organ->box.stop, 3);
        json_put_numbers(object, "centroid_voxel", organ->centroid_voxel, 3);
        if (placed)
            json_put_numbers(object, "centroid_mm", organ->centroid_mm, 3);
        else
            json_put_null(object, "centroid_mm");
    }
    json_put_bool(object, "touches_border", organ->touches_border);
    put_parts(object, subject->parts, organ->label);
    return object;
}

static void put_label(cJSON *object, const struct subject *subject)
{
    if (!subject->label_path) {
        json_put_null(object, "label");
        return;
    }
    cJSON *label = cJSON_AddObjectToObject(object, "label");
    json_put_text(label, "path", subject->label_path);
    put_status(label, &subject->label_error);
    if (!subject->map)
        return;
    const struct found_map *map = subject->map;
    json_put_text(label, "geometry_message", map->has_geometry ? NULL : subject->place_error.message);
    json_put_integers(label, "shape", map->shape, 3);
    json_put_warnings(label, map->warnings);
    accept_found_put(label, "accepted", &subject->map->accepted);
    cJSON *organs = cJSON_AddArrayToObject(label, "organs");
    for (int value = 1; value <= subject->map->max_label; value++)
        json_append(organs, organ_json(subject, &subject->map->organs[value]));
}

/* Whether the label lies on its image; null if one of them could not be measured. */
static void put_pair(cJSON *object, const struct subject *subject)
{
    const amos_pair_info *info = &subject->pair;
    if (!subject->compared) {
        json_put_null(object, "pair");
        return;
    }
    cJSON *pair = cJSON_AddObjectToObject(object, "pair");
    put_status(pair, &subject->place_error);
    json_put_warnings(pair, info->warnings);
    json_put_number(pair, "displacement_mm", subject->place_error.status ? (double)NAN : info->displacement);
    json_put_text(pair, "turned_from", info->turned_from[0] ? info->turned_from : NULL);
}

cJSON *stats_subject_json(const struct subject *subject)
{
    cJSON *object = cJSON_CreateObject();
    if (subject->c) {
        const amos_case_info *info = amos_case_get_info(subject->c);
        json_put_text(object, "id", info->id);
        json_put_text(object, "split", amos_split_name(info->split));
        json_put_text(object, "modality", amos_modality_name(info->modality));
        put_image(object, subject);
    }
    put_label(object, subject);
    if (subject->c)
        put_pair(object, subject);
    return object;
}

cJSON *stats_dataset_json(const struct target *target)
{
    cJSON *object = cJSON_CreateObject();
    if (target->folder) {
        json_put_text(object, "folder", target->path);
    } else {
        json_put_text(object, "dataset", amos_dataset_get_info(target->dataset)->name);
        json_put_text(object, "root", amos_dataset_get_info(target->dataset)->root);
    }
    return object;
}

void stats_put_summary(cJSON *object, const struct target *target, const struct stats_summary *summary)
{
    json_put_unsigned(object, "labels_with_accepted_voxels", summary->accepted);
    accept_found_put(object, "accepted", &summary->found);
    cJSON *organs = cJSON_AddArrayToObject(object, "organs");
    for (int label = 1; summary->labels && label <= summary->max_label; label++) {
        const struct organ_summary *organ = &summary->organs[label];
        cJSON *line = cJSON_CreateObject();
        json_put_integer(line, "label", label);
        json_put_text(line, "organ", describe_label_name(target->dataset, label));
        json_put_unsigned(line, "cases", organ->cases);
        json_put_unsigned(line, "labels", summary->labels);
        json_put_number(line, "mean", organ->cases ? organ->mean : (double)NAN);
        json_put_number(line, "sd", organ->cases > 1 ? organ_summary_sd(organ) : (double)NAN);
        json_put_number(line, "min", organ->cases ? organ->min : (double)NAN);
        json_put_text(line, "min_case", organ->min_id);
        json_put_number(line, "max", organ->cases ? organ->max : (double)NAN);
        json_put_text(line, "max_case", organ->max_id);
        json_append(organs, line);
    }
}
