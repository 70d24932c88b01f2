/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: the texts of the rules, and the numbers of an organ by them. */
#include "score/results.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char score_means_text[] = "infinite distances are counted, but are in no mean; the mean of organs is the mean of "
                                "their means over cases, like the mean DSC and mean NSD of AMOS";

const char *score_missing_name(enum score_missing missing)
{
    static const char *const names[] = {"error", "zero", "skip"};
    return names[missing];
}

const char *score_convention_text(amos_convention convention)
{
    static const char *const texts[] = {
        [AMOS_CONVENTION_DEEPMIND] =
            "deepmind: surfaces on the half-voxel grid, weighted by area; HD95 is the larger of "
            "both directions",
        [AMOS_CONVENTION_MEDPY] = "medpy: surface voxels; HD95 and ASSD are over the distances of both directions "
                                  "pooled, NSD over the voxels of both surfaces",
        [AMOS_CONVENTION_MONAI] = "monai: surface voxels; HD95 is the larger of both directions, ASSD and NSD are over "
                                  "the voxels of both surfaces",
        [AMOS_CONVENTION_MEDPY_0_4] =
            "medpy-0.4: surface voxels; HD95 is over the distances of both directions pooled, "
            "ASSD the mean of both means, NSD over the voxels of both surfaces"};
    return texts[convention];
}

const char *score_absent_text(amos_absent absent)
{
    static const char *const texts[] = {
        "nan: an organ absent in both is left out; absent in one, Dice and NSD are 0 and distances infinite",
        "one: an organ absent in both has Dice and NSD 1 and distances 0; absent in one, 0 and infinite"};
    return texts[absent];
}

const char *score_missing_text(enum score_missing missing)
{
    static const char *const texts[] = {"error: without its prediction a case fails, and nothing is scored",
                                        "zero: without its prediction a case counts as one that has no organ",
                                        "skip: without its prediction a case is left out"};
    return texts[missing];
}

const double score_percentile = 95;

/* Writes a text of the library's table with the level in place of '#'. */
static void put_level(char *out, size_t bytes, const char *text, double level)
{
    const char *at = strchr(text, '#');
    if (at)
        snprintf(out, bytes, "%.*s%g%s", (int)(at - text), text, level, at + 1);
    else
        snprintf(out, bytes, "%s", text);
}

static size_t levels_of(const struct score_rules *rules, amos_level level, const double **values)
{
    static const double none = 0;
    *values = level == AMOS_LEVEL_TOLERANCE    ? rules->tolerances
              : level == AMOS_LEVEL_PERCENTILE ? &score_percentile
                                               : &none;
    return level == AMOS_LEVEL_TOLERANCE ? rules->tolerance_count : 1;
}

size_t score_metrics(const struct score_rules *rules, bool in_summary, struct score_metric metrics[SCORE_METRICS])
{
    const amos_measure_info *info;
    size_t count = 0;
    for (int i = 0; (info = amos_measure_get(i)) != NULL; i++) {
        const double *levels;
        size_t level_count = levels_of(rules, info->level, &levels);
        for (size_t l = 0; l < level_count && in_summary == (info->in_summary != 0); l++) {
            struct score_metric *metric = &metrics[count++];
            *metric = (struct score_metric){.measure = info->measure, .index = l, .distance = info->better < 0};
            put_level(metric->name, sizeof metric->name, info->column, levels[l]);
            put_level(metric->title, sizeof metric->title, info->title, levels[l]);
        }
    }
    return count;
}

double score_value(const struct score_numbers *score, int label, const struct score_metric *metric)
{
    const amos_organ_score *organ = score_numbers_organ(score, label);
    bool is_absent = organ->voxels_reference == 0 && organ->voxels_prediction == 0;
    bool is_left_out = is_absent && score->info.absent == AMOS_ABSENT_NAN;
    if (is_left_out && amos_measure_get((int)metric->measure)->better != 0)
        return (double)NAN;
    return score_numbers_value(score, label, metric->measure, metric->index);
}

/* Whether a name matches a column: "hd95" matches "hd#". */
static bool matches_column(const char *name, const char *column)
{
    const char *at = strchr(column, '#');
    if (!at)
        return strcmp(name, column) == 0;
    size_t before = (size_t)(at - column),
           digits = strncmp(name, column, before) == 0 ? strspn(name + before, "0123456789.e+-") : 0;
    return digits > 0 && strcmp(name + before + digits, at + 1) == 0;
}

bool score_is_distance(const char *name)
{
    const amos_measure_info *info;
    for (int i = 0; (info = amos_measure_get(i)) != NULL; i++)
        if (matches_column(name, info->column))
            return info->better < 0;
    return false;
}
