/* SPDX-License-Identifier: BSD-3-Clause */
/* Distances from every point of one surface to the nearest point of another. */
#ifndef AMOSI_SCORE_DISTANCE_NEAREST_H
#define AMOSI_SCORE_DISTANCE_NEAREST_H

#include "score/distance/distances.h"
#include "score/distance/steps.h"
#include "score/surface/surface.h"

/* Adds the distance of each point of `from`. `to` must have at least one point. False: out of memory. */
bool amosi_nearest(const struct amosi_surface *from, const struct amosi_surface *to, const struct amosi_steps *steps,
                   struct amosi_distances *out);

#endif
