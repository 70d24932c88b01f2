/* SPDX-License-Identifier: BSD-3-Clause */
#include "numbers/numbers.h"

#include <stdlib.h>
#include <string.h>

#include "kit/json.h"
#include "shard/facts.h"

enum { LABELS_MOST = 255, LEVELS_MOST = 64 };

/* The members of amos_organ_score by their measures. */
#define SCALAR(measure, member) [AMOS_MEASURE_##measure] = offsetof(amos_organ_score, member)
static const size_t members[AMOS_MEASURE_COUNT] = {
    SCALAR(DICE, dice),
    SCALAR(ASSD, assd),
    SCALAR(MILLILITRES_REFERENCE, millilitres_reference),
    SCALAR(MILLILITRES_PREDICTION, millilitres_prediction),
    SCALAR(JACCARD, jaccard),
    SCALAR(VOLUME_DIFFERENCE, volume_difference),
    SCALAR(SENSITIVITY, sensitivity),
    SCALAR(PRECISION, precision),
    SCALAR(HD, hd),
    SCALAR(SURFACE_REFERENCE, surface_reference),
    SCALAR(SURFACE_PREDICTION, surface_prediction),
    SCALAR(MEAN_REFERENCE_TO_PREDICTION, mean_reference_to_prediction),
    SCALAR(MEAN_PREDICTION_TO_REFERENCE, mean_prediction_to_reference),
    [AMOS_MEASURE_NSD] = offsetof(amos_organ_score, nsd),
    [AMOS_MEASURE_HD_PERCENTILE] = offsetof(amos_organ_score, hd_percentile),
};

/* How many numbers of a measure an organ has. */
static size_t numbers_of(const struct score_numbers *numbers, int measure)
{
    const amos_level level = amos_measure_get(measure)->level;
    return level == AMOS_LEVEL_TOLERANCE    ? numbers->tolerances
           : level == AMOS_LEVEL_PERCENTILE ? numbers->percentiles
                                            : 1;
}

static struct score_numbers *make(const amos_score_info *info, size_t tolerances, size_t percentiles)
{
    const size_t organs = (size_t)info->max_label, each = tolerances + percentiles;
    struct score_numbers *out = calloc(1, sizeof *out + organs * sizeof *out->organs);
    double *levels = calloc(organs * each + 1, sizeof *levels);
    if (!out || !levels) {
        free(levels);
        free(out);
        return NULL;
    }
    out->info = *info;
    out->info.tolerances = out->info.percentiles = NULL;
    out->tolerances = tolerances;
    out->percentiles = percentiles;
    out->levels = levels;
    return out;
}

/* The levels of an organ: those of its NSD, then those of its percentiles. */
static double *levels_of(const struct score_numbers *numbers, size_t i)
{
    return numbers->levels + i * (numbers->tolerances + numbers->percentiles);
}

static void point_at_levels(struct score_numbers *numbers, size_t i)
{
    numbers->organs[i].nsd = levels_of(numbers, i);
    numbers->organs[i].hd_percentile = levels_of(numbers, i) + numbers->tolerances;
}

struct score_numbers *score_numbers_of(const amos_score *score)
{
    const amos_score_info *info = amos_score_get_info(score);
    struct score_numbers *out = info ? make(info, info->tolerance_count, info->percentile_count) : NULL;
    for (size_t i = 0; out && i < (size_t)info->max_label; i++) {
        const amos_organ_score *organ = amos_score_get_organ(score, (int)i + 1);
        double *levels = levels_of(out, i);
        memcpy(levels, organ->nsd, out->tolerances * sizeof *levels);
        memcpy(levels + out->tolerances, organ->hd_percentile, out->percentiles * sizeof *levels);
        out->organs[i] = *organ;
        point_at_levels(out, i);
    }
    return out;
}

void score_numbers_free(struct score_numbers *numbers)
{
    if (numbers)
        free(numbers->levels);
    free(numbers);
}

const amos_organ_score *score_numbers_organ(const struct score_numbers *numbers, int label)
{
    return &numbers->organs[label - 1];
}

double score_numbers_value(const struct score_numbers *numbers, int label, amos_measure measure, size_t index)
{
    const amos_organ_score *organ = score_numbers_organ(numbers, label);
    double value;
    if (measure == AMOS_MEASURE_NSD)
        return organ->nsd[index];
    if (measure == AMOS_MEASURE_HD_PERCENTILE)
        return organ->hd_percentile[index];
    memcpy(&value, (const char *)organ + members[measure], sizeof value);
    return value;
}

/* ---- JSON ---- */

static const struct fact of_info[] = {FACT(amos_score_info, absent, FACT_INT),
                                      FACT(amos_score_info, max_label, FACT_INT),
                                      FACT(amos_score_info, spacing, FACT_NUMBER),
                                      FACT(amos_score_info, displacement, FACT_NUMBER),
                                      FACT(amos_score_info, warnings, FACT_BITS),
                                      FACT(amos_score_info, left_out, FACT_COUNT),
                                      FACT(amos_score_info, turned_from, FACT_TEXT),
                                      FACT(amos_score_info, voxels, FACT_COUNT),
                                      FACT_END};

static const struct fact of_size[] = {{"tolerances", FACT_COUNT, 0, sizeof(uint64_t)},
                                      {"percentiles", FACT_COUNT, sizeof(uint64_t), sizeof(uint64_t)},
                                      FACT_END};

static const struct fact of_voxels[] = {FACT(amos_organ_score, voxels_reference, FACT_COUNT),
                                        FACT(amos_organ_score, voxels_prediction, FACT_COUNT),
                                        FACT(amos_organ_score, voxels_both, FACT_COUNT), FACT_END};

/* An organ: its voxels, and its numbers in the order of the measures. */
static cJSON *organ_json(const struct score_numbers *numbers, int label)
{
    cJSON *object = cJSON_CreateObject();
    facts_put(object, of_voxels, score_numbers_organ(numbers, label));
    cJSON *list = cJSON_AddArrayToObject(object, "numbers");
    for (int m = 0; m < AMOS_MEASURE_COUNT; m++)
        for (size_t i = 0; i < numbers_of(numbers, m); i++)
            json_append(list, fact_number(score_numbers_value(numbers, label, (amos_measure)m, i)));
    return object;
}

cJSON *score_numbers_json(const struct score_numbers *numbers)
{
    const uint64_t sizes[2] = {numbers->tolerances, numbers->percentiles};
    cJSON *object = cJSON_CreateObject();
    facts_put(object, of_info, &numbers->info);
    facts_put(object, of_size, sizes);
    facts_put_in(object, "accepted_reference", facts_of_accepted, &numbers->info.reference);
    facts_put_in(object, "accepted_prediction", facts_of_accepted, &numbers->info.prediction);
    cJSON *organs = cJSON_AddArrayToObject(object, "organs");
    for (int label = 1; label <= numbers->info.max_label; label++)
        json_append(organs, organ_json(numbers, label));
    return object;
}

static void set_value(struct score_numbers *numbers, size_t organ, int measure, size_t index, double value)
{
    double *levels = levels_of(numbers, organ);
    if (measure == AMOS_MEASURE_NSD)
        levels[index] = value;
    else if (measure == AMOS_MEASURE_HD_PERCENTILE)
        levels[numbers->tolerances + index] = value;
    else
        memcpy((char *)&numbers->organs[organ] + members[measure], &value, sizeof value);
}

static bool read_organ(struct score_numbers *numbers, size_t i, const cJSON *json)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(json, "numbers"), *item = list ? list->child : NULL;
    bool good = facts_take(json, of_voxels, &numbers->organs[i]);
    numbers->organs[i].label = (int)i + 1;
    point_at_levels(numbers, i);
    for (int m = 0; good && m < AMOS_MEASURE_COUNT; m++)
        for (size_t k = 0; good && k < numbers_of(numbers, m); k++) {
            double value;
            good = item && fact_number_read(item, &value);
            if (good)
                set_value(numbers, i, m, k, value);
            item = item ? item->next : NULL;
        }
    return good && !item;
}

static bool read_organs(struct score_numbers *numbers, const cJSON *organs)
{
    const cJSON *organ;
    size_t i = 0;
    bool good = cJSON_GetArraySize(organs) == numbers->info.max_label;
    cJSON_ArrayForEach(organ, organs) good = good && read_organ(numbers, i++, organ);
    return good;
}

struct score_numbers *score_numbers_read(const cJSON *json)
{
    amos_score_info info = {.max_label = 0};
    uint64_t sizes[2];
    if (!facts_take(json, of_info, &info) || !facts_take(json, of_size, sizes) || info.max_label < 0 ||
        info.max_label > LABELS_MOST || sizes[0] > LEVELS_MOST || sizes[1] > LEVELS_MOST ||
        !facts_take_from(json, "accepted_reference", facts_of_accepted, &info.reference) ||
        !facts_take_from(json, "accepted_prediction", facts_of_accepted, &info.prediction))
        return NULL;
    struct score_numbers *numbers = make(&info, (size_t)sizes[0], (size_t)sizes[1]);
    if (numbers && !read_organs(numbers, cJSON_GetObjectItemCaseSensitive(json, "organs"))) {
        score_numbers_free(numbers);
        return NULL;
    }
    return numbers;
}
