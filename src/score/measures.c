/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of measures, by which a value is named, looked up and printed. A new measure is a constant, a field of
 * amos_organ_score, a row here, and its computation in measure.c. */
#include <stddef.h>

#include "base/error/fail.h"
#include "base/error/names.h"
#include "base/text/words.h"
#include "score/score.h"

static const struct {
    amos_measure_info info;
    size_t offset; /* in amos_organ_score: of a double, or of a pointer to one for each tolerance or percentile */
} measures[AMOS_MEASURE_COUNT] = {
#define ROW(MEASURE, field, column, title, unit, better, level, summary) \
    [AMOS_MEASURE_##MEASURE] = {{AMOS_MEASURE_##MEASURE, #field, column, title, unit, better, level, summary}, \
                                offsetof(amos_organ_score, field)}
    ROW(DICE, dice, "dice", "Dice", "", 1, AMOS_LEVEL_NONE, 1),
    ROW(NSD, nsd, "nsd_#mm", "NSD # mm", "", 1, AMOS_LEVEL_TOLERANCE, 1),
    ROW(HD_PERCENTILE, hd_percentile, "hd#", "HD# mm", "mm", -1, AMOS_LEVEL_PERCENTILE, 1),
    ROW(ASSD, assd, "assd", "ASSD mm", "mm", -1, AMOS_LEVEL_NONE, 1),
    ROW(MILLILITRES_REFERENCE, millilitres_reference, "millilitres_reference", "Reference ml", "ml", 0, AMOS_LEVEL_NONE,
        0),
    ROW(MILLILITRES_PREDICTION, millilitres_prediction, "millilitres_prediction", "Prediction ml", "ml", 0,
        AMOS_LEVEL_NONE, 0),
    ROW(JACCARD, jaccard, "jaccard", "Jaccard", "", 1, AMOS_LEVEL_NONE, 0),
    ROW(VOLUME_DIFFERENCE, volume_difference, "volume_difference", "Volume difference", "", 0, AMOS_LEVEL_NONE, 0),
    ROW(SENSITIVITY, sensitivity, "sensitivity", "Sensitivity", "", 1, AMOS_LEVEL_NONE, 0),
    ROW(PRECISION, precision, "precision", "Precision", "", 1, AMOS_LEVEL_NONE, 0),
    ROW(HD, hd, "hd", "HD mm", "mm", -1, AMOS_LEVEL_NONE, 0),
    ROW(SURFACE_REFERENCE, surface_reference, "surface_reference", "Reference surface", "mm2", 0, AMOS_LEVEL_NONE, 0),
    ROW(SURFACE_PREDICTION, surface_prediction, "surface_prediction", "Prediction surface", "mm2", 0, AMOS_LEVEL_NONE,
        0),
    ROW(MEAN_REFERENCE_TO_PREDICTION, mean_reference_to_prediction, "mean_reference_to_prediction",
        "Mean distance of the reference mm", "mm", -1, AMOS_LEVEL_NONE, 0),
    ROW(MEAN_PREDICTION_TO_REFERENCE, mean_prediction_to_reference, "mean_prediction_to_reference",
        "Mean distance of the prediction mm", "mm", -1, AMOS_LEVEL_NONE, 0),
};

const amos_measure_info *amos_measure_get(int i)
{
    return i >= 0 && i < AMOS_MEASURE_COUNT ? &measures[i].info : NULL;
}

static const char *name_at(const void *table, size_t i)
{
    (void)table;
    return measures[i].info.name;
}

amos_status amos_measure_parse(const char *name, amos_measure *out, amos_error *err)
{
    if (!out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_measure_parse() needs a place for its result.");
    *out = AMOS_MEASURE_DICE;
    for (int i = 0; name && i < AMOS_MEASURE_COUNT; i++)
        if (amosi_words_equal(measures[i].info.name, name)) {
            *out = measures[i].info.measure;
            return AMOS_OK;
        }
    return amosi_name_refuse("measure", name, name_at, NULL, AMOS_MEASURE_COUNT, err);
}

static size_t level_count(const amos_score *score, amos_level level)
{
    return level == AMOS_LEVEL_TOLERANCE    ? score->info.tolerance_count
           : level == AMOS_LEVEL_PERCENTILE ? score->info.percentile_count
                                            : 1;
}

const double *amosi_measure_of(const amos_score *score, const amos_organ_score *organ, amos_measure measure,
                               size_t index)
{
    const amos_measure_info *info = amos_measure_get((int)measure);
    if (!info || index >= level_count(score, info->level))
        return NULL;
    const char *at = (const char *)organ + measures[measure].offset;
    return info->level == AMOS_LEVEL_NONE ? (const double *)(const void *)at
                                          : *(const double *const *)(const void *)at + index;
}
