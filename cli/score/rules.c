/* amos score: the rules in words, and the numbers that they give of an organ. */
#include "score/results.h"

#include <math.h>
#include <stdio.h>

const char score_means_text[] =
    "infinite distances are in no mean, but counted; the mean of organs is that of their means over cases, as AMOS has "
    "its mean DSC and mean NSD";

const char *score_missing_name(enum score_missing missing)
{
    static const char *const names[] = {"error", "zero", "skip"};
    return names[missing];
}

const char *score_convention_text(amos_convention convention)
{
    static const char *const texts[] = {
        "deepmind: surfaces on the half-voxel grid, weighted by area; HD95 is the larger of both directions "
        "(google-deepmind/surface-distance)",
        "medpy: surface voxels; HD95 is that of both directions pooled, ASSD the mean of both means (MedPy); NSD by "
        "surface voxels",
        "monai: surface voxels; HD95 is the larger of both directions, ASSD and NSD are over the voxels of both "
        "surfaces (MONAI)"};
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

size_t score_metrics(const struct score_rules *rules, struct score_metric metrics[SCORE_METRICS])
{
    size_t count = 0;
    metrics[count++] = (struct score_metric){"dice", "Dice", false};
    for (size_t i = 0; i < rules->tolerance_count; i++) {
        struct score_metric *nsd = &metrics[count++];
        nsd->distance = false;
        snprintf(nsd->name, sizeof nsd->name, "nsd_%gmm", rules->tolerances[i]);
        snprintf(nsd->title, sizeof nsd->title, "NSD %g mm", rules->tolerances[i]);
    }
    metrics[count++] = (struct score_metric){"hd95", "HD95 mm", true};
    metrics[count++] = (struct score_metric){"assd", "ASSD mm", true};
    return count;
}

static bool is_left_out(const struct score_rules *rules, const amos_organ_score *organ)
{
    return organ->voxels_reference == 0 && organ->voxels_prediction == 0 && rules->absent == AMOS_ABSENT_NAN;
}

void score_values(const struct score_rules *rules, const amos_organ_score *organ, double values[SCORE_METRICS])
{
    size_t count = 0;
    values[count++] = organ->dice;
    for (size_t i = 0; i < rules->tolerance_count; i++)
        values[count++] = organ->nsd[i];
    values[count++] = organ->hd_percentile[0];
    values[count++] = organ->assd;
    for (size_t i = 0; is_left_out(rules, organ) && i < count; i++)
        values[i] = (double)NAN;
}

const char *const score_detail_names[SCORE_DETAILS] = {
    "millilitres_reference",
    "millilitres_prediction",
    "jaccard",
    "volume_difference",
    "sensitivity",
    "precision",
    "hd",
    "surface_reference",
    "surface_prediction",
    "mean_reference_to_prediction",
    "mean_prediction_to_reference"};

void score_details(const struct score_rules *rules, const amos_organ_score *organ, double values[SCORE_DETAILS])
{
    const double found[SCORE_DETAILS] = {organ->millilitres_reference,
                                         organ->millilitres_prediction,
                                         organ->jaccard,
                                         organ->volume_difference,
                                         organ->sensitivity,
                                         organ->precision,
                                         is_left_out(rules, organ) ? (double)NAN : organ->hd,
                                         organ->surface_reference,
                                         organ->surface_prediction,
                                         organ->mean_reference_to_prediction,
                                         organ->mean_prediction_to_reference};
    for (size_t i = 0; i < SCORE_DETAILS; i++)
        values[i] = found[i];
}
