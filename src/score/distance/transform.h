/* SPDX-License-Identifier: BSD-3-Clause */
/* The exact Euclidean distance transform of a surface, only at the given points. */
#ifndef AMOSI_SCORE_DISTANCE_TRANSFORM_H
#define AMOSI_SCORE_DISTANCE_TRANSFORM_H

#include "score/distance/far.h"

struct amosi_point {
    int32_t at[3];
    uint32_t kind;
    double square; /* result: the squared distance to the nearest point */
};

/* The largest number of steps that these words may take. */
uint64_t amosi_transform_cost(const struct amosi_far_word *words, size_t count, const struct amosi_surface *to);

/* Solves all points. False: out of memory. */
bool amosi_transform(struct amosi_point *points, size_t count, const struct amosi_surface *to,
                     const struct amosi_steps *steps);

#endif
