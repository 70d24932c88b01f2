/* SPDX-License-Identifier: BSD-3-Clause */
/* The distance within which a share of a surface's area lies. */
#ifndef AMOSI_SCORE_DISTANCE_SHARE_H
#define AMOSI_SCORE_DISTANCE_SHARE_H

#include "score/distance/distances.h"
#include "score/surface/area.h"

/* The smallest distance within which at least `percent` (0..100, to nine decimals) of the area lies. A share that is
 * met exactly counts as met: areas are compared as real numbers, not by sums of doubles, whose last digits depend on
 * the order. `d` must be finished, with the weights areas->mm2, and have at least one point. */
double amosi_distances_share(const struct amosi_distances *d, double percent, const struct amosi_areas *areas);

#endif
