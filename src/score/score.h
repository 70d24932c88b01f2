/* SPDX-License-Identifier: BSD-3-Clause */
/* A score: the internal side of amos_score. */
#ifndef AMOSI_SCORE_SCORE_H
#define AMOSI_SCORE_SCORE_H

#include <stdbool.h>

#include <amos/score.h>

#include "score/surface/area.h"
#include "score/distance/distances.h"

struct amos_score {
    amos_score_info info;
    double *tolerances, *percentiles; /* which info points to */
    amos_organ_score *organs;         /* of labels 1..max_label */
    double *lists;                    /* the arrays that their nsd and hd_percentile point to */
};

/* The data for an organ's measures, in addition to its voxel counts. */
struct amosi_surfaces {
    struct amosi_distances from_reference, from_prediction; /* finished */
    const struct amosi_areas *areas;                        /* of a point of each kind */
    const double *weights;                                  /* the same, or 1 for voxels */
};

/* Computes all measures from the voxel counts, which must be set, and the surfaces. */
void amosi_measure(const struct amos_score *score, amos_organ_score *organ, const struct amosi_surfaces *surfaces);

/* Where an organ's value is; NULL if the score has no such measure or index. */
const double *amosi_measure_of(const amos_score *score, const amos_organ_score *organ, amos_measure measure,
                               size_t index);

/* Scores all organs; the maps must fit each other and the score. AMOS_OK, AMOS_E_NOMEM or AMOS_E_CANCEL. */
amos_status amosi_score_organs(struct amos_score *score, const amos_labelmap *reference,
                               const amos_labelmap *prediction, const amos_score_options *options, amos_error *err);

#endif
