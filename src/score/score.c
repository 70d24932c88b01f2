/* SPDX-License-Identifier: BSD-3-Clause */
#include "score/score.h"

#include <math.h>

#include "base/error/options.h"
#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/math/rounding.h"

void amos_score_free(amos_score *score)
{
    if (!score)
        return;
    amosi_free(score->lists);
    amosi_free(score->organs);
    amosi_free(score->percentiles);
    amosi_free(score->tolerances);
    amosi_free(score);
}

const amos_score_info *amos_score_get_info(const amos_score *score)
{
    return score ? &score->info : NULL;
}

const amos_organ_score *amos_score_get_organ(const amos_score *score, int label)
{
    return score && label >= 1 && label <= score->info.max_label ? &score->organs[label - 1] : NULL;
}

double amos_score_value(const amos_score *score, int label, amos_measure measure, size_t index)
{
    const amos_organ_score *organ = amos_score_get_organ(score, label);
    const double *value = organ ? amosi_measure_of(score, organ, measure, index) : NULL;
    return value ? *value : (double)NAN;
}

/* ---- means ---- */

static void add_organ(const amos_score *score, const amos_organ_score *organ, double value, amos_score_mean *mean)
{
    if (score->info.absent == AMOS_ABSENT_NAN && organ->voxels_reference == 0 && organ->voxels_prediction == 0) {
        mean->absent++;
    } else if (isfinite(value)) {
        mean->mean += value;
        mean->counted++;
    } else {
        mean->infinite++;
    }
}

amos_status amos_score_get_mean(const amos_score *score, amos_measure measure, size_t index, amos_score_mean *out,
                                amos_error *err)
{
    amos_score_mean mean = {.mean = NAN};
    if (!out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_score_get_mean needs a place for the mean.");
    amos_status status = amosi_options_give(out, &mean, sizeof mean, "amos_score_mean", err);
    if (status)
        return status;
    if (!score || !amosi_measure_of(score, score->organs, measure, index))
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_score_get_mean needs a score, and a measure with an index that the score has.");
    mean.mean = 0;
    int rounding = amosi_rounding_begin();
    for (int i = 0; i < score->info.max_label; i++)
        add_organ(score, &score->organs[i], *amosi_measure_of(score, &score->organs[i], measure, index), &mean);
    mean.mean = mean.counted ? mean.mean / (double)mean.counted : (double)NAN;
    amosi_rounding_end(rounding);
    return amosi_options_give(out, &mean, sizeof mean, "amos_score_mean", err);
}
