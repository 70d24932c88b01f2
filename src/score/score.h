/* SPDX-License-Identifier: BSD-3-Clause */
/* A score, seen from inside. */
#ifndef AMOSI_SCORE_SCORE_H
#define AMOSI_SCORE_SCORE_H

#include <stdbool.h>

#include <amos/score.h>

#include "score/surface/area.h"
#include "score/distance/distances.h"

struct amos_score {
    amos_score_info info;
    double *tolerances, *percentiles; /* which info points to */
    amos_organ_score *organs; /* of labels 1..max_label */
    double *lists;            /* what their nsd and hd_percentile point to */
};

/* What an organ's measures are made of, besides its voxels. */
struct amosi_surfaces {
    struct amosi_distances from_reference, from_prediction; /* finished */
    const double *weights; /* of a point of each kind */
};

/* Fills all measures from the voxel counts, which are set, and the surfaces. */
void amosi_measure(const struct amos_score *score, amos_organ_score *organ, const struct amosi_surfaces *surfaces);

/* Where an organ's value is; NULL if the score has no such measure or index. */
const double *amosi_measure_of(const amos_score *score, const amos_organ_score *organ, amos_measure measure, size_t index);

/* Scores all organs; maps and score are known to fit. AMOS_OK, AMOS_E_NOMEM or AMOS_E_CANCEL. */
amos_status amosi_score_organs(struct amos_score *score, const amos_labelmap *reference,
                               const amos_labelmap *prediction, const amos_score_options *options, amos_error *err);

#endif
