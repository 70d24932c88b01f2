/* SPDX-License-Identifier: BSD-3-Clause */
/* Points that have no point of the other surface near them. */
#ifndef AMOSI_SCORE_DISTANCE_FAR_H
#define AMOSI_SCORE_DISTANCE_FAR_H

#include "score/distance/distances.h"
#include "score/distance/steps.h"
#include "score/surface/surface.h"

/* The points of one word of a row. */
struct amosi_far_word {
    uint64_t bits;
    uint64_t all;         /* all points of the surface in this word */
    const uint8_t *kinds; /* kinds of the points in `all` */
    int32_t index, y, z;
};

/* Adds the distances from the points to the nearest point of `to`; the words are reordered. The work is bounded: if
 * dividing takes longer than an exact distance transform between the two boxes would, the transform is used for the
 * remaining points. False: out of memory. */
bool amosi_far_solve(struct amosi_far_word *words, size_t count, const struct amosi_surface *to,
                     const struct amosi_steps *steps, struct amosi_distances *out);

#endif
