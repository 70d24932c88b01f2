/* The exact Euclidean distance transform of a surface, at the points that are asked for only. */
#ifndef AMOSI_TRANSFORM_H
#define AMOSI_TRANSFORM_H

#include "score/far.h"

/* What it costs, in units of a block that is visited instead. */
uint64_t amosi_transform_cost(const struct amosi_far_point *points, size_t count, const struct amosi_surface *to);

/* Solves all points. False: no memory. */
bool amosi_transform(struct amosi_far_point *points, size_t count, const struct amosi_surface *to,
                     const struct amosi_steps *steps);

#endif
