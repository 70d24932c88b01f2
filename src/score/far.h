/* Points that are far from a surface. */
#ifndef AMOSI_FAR_H
#define AMOSI_FAR_H

#include "score/distances.h"
#include "score/steps.h"
#include "score/surface.h"

struct amosi_far_point {
    int32_t at[3];
    uint32_t kind;
    double square; /* of a distance to some point of the surface, or infinite; afterwards of the nearest */
};

/* Finds the nearest point of `to` for each of the points, which are in the order of z, y, x. False: no memory. */
bool amosi_far_solve(struct amosi_far_point *points, size_t count, const struct amosi_surface *to,
                     const struct amosi_steps *steps);

#endif
