/* SPDX-License-Identifier: BSD-3-Clause */
/* Points that have nothing of a surface near them. */
#ifndef AMOSI_SCORE_DISTANCE_FAR_H
#define AMOSI_SCORE_DISTANCE_FAR_H

#include "score/distance/distances.h"
#include "score/distance/steps.h"
#include "score/surface/surface.h"

/* The points of one word of a row. */
struct amosi_far_word {
    uint64_t bits;
    uint64_t all;         /* all points that the surface has in this word */
    const uint8_t *kinds; /* of these */
    int32_t index, y, z;
};

/* Adds the distances of the points from the nearest point of `to`; the words change places. The work is bounded: where
 * dividing takes longer than an exact distance transform between the two boxes would, that is made for what is left.
 * False: no memory. */
bool amosi_far_solve(struct amosi_far_word *words, size_t count, const struct amosi_surface *to,
                     const struct amosi_steps *steps, struct amosi_distances *out);

#endif
