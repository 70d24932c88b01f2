/* SPDX-License-Identifier: BSD-3-Clause */
#include "stats/facts.h"

#include <stdlib.h>

#include "kit/json.h"
#include "shard/facts.h"

static const struct fact of_range[] = {
    FACT(amos_value_range, min, FACT_NUMBER),      FACT(amos_value_range, max, FACT_NUMBER),
    FACT(amos_value_range, mean, FACT_NUMBER),     FACT(amos_value_range, finite, FACT_COUNT),
    FACT(amos_value_range, nonfinite, FACT_COUNT), FACT_END};

static const struct fact of_image[] = {FACT(struct subject, image_shape, FACT_INTEGER),
                                       FACT(struct subject, image_warnings, FACT_BITS), FACT_END};

static const struct fact of_place[] = {FACT(struct subject, compared, FACT_BOOL), FACT_END};

static const struct fact of_pair[] = {FACT(amos_pair_info, displacement, FACT_NUMBER),
                                      FACT(amos_pair_info, warnings, FACT_BITS),
                                      FACT(amos_pair_info, turned_from, FACT_TEXT), FACT_END};

static const struct fact of_map[] = {
    FACT(struct found_map, shape, FACT_INTEGER), FACT(struct found_map, warnings, FACT_BITS),
    FACT(struct found_map, has_geometry, FACT_INT), FACT(struct found_map, max_label, FACT_INT), FACT_END};

static const struct fact of_organ[] = {
    FACT(amos_organ_stats, present, FACT_INT),
    FACT(amos_organ_stats, voxels, FACT_COUNT),
    FACT(amos_organ_stats, millilitres, FACT_NUMBER),
    {"start", FACT_INTEGER, offsetof(amos_organ_stats, box.start), sizeof(((amos_organ_stats *)0)->box.start)},
    {"stop", FACT_INTEGER, offsetof(amos_organ_stats, box.stop), sizeof(((amos_organ_stats *)0)->box.stop)},
    FACT(amos_organ_stats, centroid_voxel, FACT_NUMBER),
    FACT(amos_organ_stats, centroid_mm, FACT_NUMBER),
    FACT(amos_organ_stats, touches_border, FACT_INT),
    FACT_END};

static const struct fact of_organ_parts[] = {
    FACT(amos_component_organ, first, FACT_COUNT),  FACT(amos_component_organ, count, FACT_COUNT),
    FACT(amos_component_organ, voxels, FACT_COUNT), FACT(amos_component_organ, largest, FACT_COUNT),
    FACT(amos_component_organ, holes, FACT_COUNT),  FACT_END};

static const struct fact of_part[] = {FACT(amos_component, voxels, FACT_COUNT),
                                      FACT(amos_component, first, FACT_INTEGER),
                                      FACT(amos_component, touches_border, FACT_INT), FACT_END};

/* ---- writing ---- */

static cJSON *list_item(const struct fact *facts, const void *values)
{
    cJSON *object = cJSON_CreateObject();
    facts_put(object, facts, values);
    return object;
}

static void put_map(cJSON *object, const struct found_map *map)
{
    cJSON *to = cJSON_AddObjectToObject(object, "map");
    facts_put(to, of_map, map);
    facts_put_in(to, "accepted", facts_of_accepted, &map->accepted);
    cJSON *organs = cJSON_AddArrayToObject(to, "organs");
    for (int label = 0; label <= map->max_label; label++)
        json_append(organs, list_item(of_organ, &map->organs[label]));
}

static void put_parts(cJSON *object, const struct found_parts *parts)
{
    cJSON *to = cJSON_AddArrayToObject(object, "parts");
    for (int label = 1; label <= parts->max_label; label++) {
        const struct found_organ_parts *organ = &parts->organs[label];
        cJSON *item = json_append(to, list_item(of_organ_parts, &organ->organ));
        cJSON *list = cJSON_AddArrayToObject(item, "list");
        for (size_t i = 0; i < organ->listed; i++)
            json_append(list, list_item(of_part, &parts->parts[organ->first + i]));
    }
}

cJSON *subject_facts(const struct subject *subject)
{
    cJSON *object = cJSON_CreateObject();
    facts_put_in(object, "image_error", facts_of_error, subject->image_error.status ? &subject->image_error : NULL);
    facts_put_in(object, "label_error", facts_of_error, subject->label_error.status ? &subject->label_error : NULL);
    facts_put_in(object, "place_error", facts_of_error, subject->place_error.status ? &subject->place_error : NULL);
    facts_put(object, of_image, subject);
    facts_put(object, of_place, subject);
    facts_put_in(object, "range", of_range, &subject->range);
    facts_put_in(object, "pair", of_pair, &subject->pair);
    if (subject->map)
        put_map(object, subject->map);
    if (subject->parts)
        put_parts(object, subject->parts);
    return object;
}

/* ---- reading ---- */

static bool take_error(const cJSON *facts, const char *name, amos_error *err)
{
    const cJSON *object = cJSON_GetObjectItemCaseSensitive(facts, name);
    return !object || facts_take(object, facts_of_error, err);
}

static bool take_map(struct subject *subject, const cJSON *facts)
{
    struct found_map *map = subject->map = calloc(1, sizeof *map);
    const cJSON *organs = cJSON_GetObjectItemCaseSensitive(facts, "organs"), *organ;
    if (!map || !facts_take(facts, of_map, map) || map->max_label < 0 || map->max_label >= STATS_LABELS ||
        cJSON_GetArraySize(organs) != map->max_label + 1)
        return false;
    bool good = facts_take_from(facts, "accepted", facts_of_accepted, &map->accepted);
    int label = 0;
    cJSON_ArrayForEach(organ, organs)
    {
        map->organs[label].label = label;
        good = good && facts_take(organ, of_organ, &map->organs[label++]);
    }
    return good;
}

static bool take_organ_parts(struct found_parts *parts, int label, size_t *used, const cJSON *facts)
{
    struct found_organ_parts *organ = &parts->organs[label];
    const cJSON *part, *list = cJSON_GetObjectItemCaseSensitive(facts, "list");
    organ->organ.label = label;
    organ->first = *used;
    bool good = facts_take(facts, of_organ_parts, &organ->organ);
    cJSON_ArrayForEach(part, list)
    {
        good = good && *used < parts->count && facts_take(part, of_part, &parts->parts[*used]);
        *used += good;
        organ->listed += good;
    }
    return good;
}

static bool take_parts(struct subject *subject, const cJSON *facts)
{
    const cJSON *organ;
    const int organs = cJSON_GetArraySize(facts);
    size_t count = 0, used = 0;
    cJSON_ArrayForEach(organ, facts) count +=
        (size_t)cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(organ, "list"));
    struct found_parts *parts = subject->parts = found_parts_new(count);
    bool good = parts && organs < STATS_LABELS;
    int label = 1;
    if (good)
        parts->max_label = organs;
    cJSON_ArrayForEach(organ, facts) good = good && take_organ_parts(parts, label++, &used, organ);
    return good;
}

bool subject_take(struct subject *subject, const cJSON *facts)
{
    const cJSON *map = cJSON_GetObjectItemCaseSensitive(facts, "map"),
                *parts = cJSON_GetObjectItemCaseSensitive(facts, "parts");
    return take_error(facts, "image_error", &subject->image_error) &&
           take_error(facts, "label_error", &subject->label_error) &&
           take_error(facts, "place_error", &subject->place_error) && facts_take(facts, of_image, subject) &&
           facts_take(facts, of_place, subject) && facts_take_from(facts, "range", of_range, &subject->range) &&
           facts_take_from(facts, "pair", of_pair, &subject->pair) &&
           (!map || (subject->label_path && take_map(subject, map))) && (!parts || take_parts(subject, parts));
}
