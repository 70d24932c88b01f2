/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "score/conventions.h"
#include "score/distance/share.h"
#include "score/score.h"

/* ---- from voxels ---- */

static void measure_voxels(amos_organ_score *o)
{
    double r = (double)o->voxels_reference, p = (double)o->voxels_prediction, both = (double)o->voxels_both;
    o->dice = 2 * both / (r + p);
    o->jaccard = both / (r + p - both);
    o->volume_difference = (p - r) / r;
    o->sensitivity = both / r;
    o->precision = both / p;
}

/* ---- from surfaces ---- */

static double nsd_at(const struct amosi_surfaces *s, double tolerance)
{
    double within =
        amosi_distances_within(&s->from_reference, tolerance) + amosi_distances_within(&s->from_prediction, tolerance);
    return within / (amosi_distances_total(&s->from_reference) + amosi_distances_total(&s->from_prediction));
}

static double percentile_at(enum amosi_percentile_rule rule, const struct amosi_surfaces *s, double percent)
{
    const struct amosi_distances *r = &s->from_reference, *p = &s->from_prediction;
    double share = percent / 100;
    switch (rule) {
    case AMOSI_PERCENTILE_POOLED:
        return amosi_distances_quantile(r, p, share);
    case AMOSI_PERCENTILE_LARGER:
        return fmax(amosi_distances_quantile(r, NULL, share), amosi_distances_quantile(p, NULL, share));
    default:
        return fmax(amosi_distances_share(r, percent, s->areas), amosi_distances_share(p, percent, s->areas));
    }
}

static void measure_surfaces(const struct amos_score *score, amos_organ_score *o, const struct amosi_surfaces *s,
                             double *nsd, double *percentiles)
{
    const struct amosi_distances *r = &s->from_reference, *p = &s->from_prediction;
    const struct amosi_convention *rules = amosi_convention_get(score->info.convention);
    double sum_r = amosi_distances_sum(r, s->weights), sum_p = amosi_distances_sum(p, s->weights);
    bool in_both = o->voxels_reference && o->voxels_prediction;
    o->surface_reference = amosi_distances_total(r);
    o->surface_prediction = amosi_distances_total(p);
    o->mean_reference_to_prediction = sum_r / o->surface_reference;
    o->mean_prediction_to_reference = sum_p / o->surface_prediction;
    o->assd = rules->assd_of_means ? (o->mean_reference_to_prediction + o->mean_prediction_to_reference) / 2
                                   : (sum_r + sum_p) / (o->surface_reference + o->surface_prediction);
    if (!in_both)
        o->assd = INFINITY;
    o->hd = in_both ? fmax(amosi_distances_max(r), amosi_distances_max(p)) : (double)INFINITY;
    for (size_t i = 0; i < score->info.tolerance_count; i++)
        nsd[i] = nsd_at(s, score->info.tolerances[i]);
    for (size_t i = 0; i < score->info.percentile_count; i++)
        percentiles[i] = in_both ? percentile_at(rules->percentile, s, score->info.percentiles[i]) : (double)INFINITY;
}

/* ---- absent organs ---- */

static void measure_absent(const struct amos_score *score, amos_organ_score *o, double *nsd, double *percentiles)
{
    bool one = score->info.absent == AMOS_ABSENT_ONE;
    double ratio = one ? 1 : (double)NAN, difference = one ? 0 : (double)NAN;
    bool infinite = !one && amosi_convention_get(score->info.convention)->absent_infinite;
    double hausdorff = infinite ? (double)INFINITY : difference;
    o->dice = o->jaccard = o->sensitivity = o->precision = ratio;
    o->volume_difference = difference;
    o->assd = o->mean_reference_to_prediction = o->mean_prediction_to_reference = difference;
    o->hd = hausdorff;
    for (size_t i = 0; i < score->info.tolerance_count; i++)
        nsd[i] = ratio;
    for (size_t i = 0; i < score->info.percentile_count; i++)
        percentiles[i] = hausdorff;
}

void amosi_measure(const struct amos_score *score, amos_organ_score *organ, const struct amosi_surfaces *surfaces)
{
    double *nsd =
        score->lists + (size_t)(organ->label - 1) * (score->info.tolerance_count + score->info.percentile_count);
    double *percentiles = nsd + score->info.tolerance_count;
    organ->nsd = nsd;
    organ->hd_percentile = percentiles;
    if (organ->voxels_reference == 0 && organ->voxels_prediction == 0) {
        measure_absent(score, organ, nsd, percentiles);
    } else {
        measure_voxels(organ);
        measure_surfaces(score, organ, surfaces, nsd, percentiles);
    }
}
