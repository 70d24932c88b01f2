/* SPDX-License-Identifier: BSD-3-Clause */
#include "score/score.h"

#include <math.h>

#include "base/alloc.h"
#include "base/fail.h"
#include "base/rounding.h"

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

const amos_organ_score *amos_score_get_organ(const amos_score *score, int label)
{
    return score && label >= 1 && label <= score->max_label ? &score->organs[label - 1] : NULL;
}

/* ---- options and inputs ---- */

amos_convention amos_score_convention(const amos_score *score)
{
    return score ? score->convention : AMOS_CONVENTION_DEEPMIND;
}

amos_absent amos_score_absent(const amos_score *score)
{
    return score ? score->absent : AMOS_ABSENT_NAN;
}

int amos_score_max_label(const amos_score *score)
{
    return score ? score->max_label : 0;
}

const double *amos_score_tolerances(const amos_score *score, size_t *count)
{
    if (count)
        *count = score ? score->tolerance_count : 0;
    return score ? score->tolerances : NULL;
}

const double *amos_score_percentiles(const amos_score *score, size_t *count)
{
    if (count)
        *count = score ? score->percentile_count : 0;
    return score ? score->percentiles : NULL;
}

const double *amos_score_spacing(const amos_score *score)
{
    return score ? score->spacing : NULL;
}

double amos_score_displacement(const amos_score *score)
{
    return score ? score->displacement : 0;
}

amos_warnings amos_score_warnings(const amos_score *score)
{
    return score ? score->warnings : 0;
}

/* ---- means ---- */

static void add_organ(const amos_score *score, const amos_organ_score *organ, double value, amos_score_mean *mean)
{
    if (score->absent == AMOS_ABSENT_NAN && organ->voxels_reference == 0 && organ->voxels_prediction == 0) {
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
    if (out)
        *out = (amos_score_mean){.mean = NAN};
    if (!score || !out || !amosi_measure_of(score, score->organs, measure, index))
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_score_get_mean needs a score, a place for the mean, and a measure with an index that the "
                          "score has.");
    amos_score_mean mean = {0};
    int rounding = amosi_rounding_begin();
    for (int i = 0; i < score->max_label; i++)
        add_organ(score, &score->organs[i], *amosi_measure_of(score, &score->organs[i], measure, index), &mean);
    mean.mean = mean.counted ? mean.mean / (double)mean.counted : (double)NAN;
    *out = mean;
    amosi_rounding_end(rounding);
    return AMOS_OK;
}
