/* Points that are far from a surface, or that have few other points near them: found by descending a pyramid of boxes. */
#ifndef AMOSI_FAR_H
#define AMOSI_FAR_H

#include "score/steps.h"
#include "score/surface.h"

struct amosi_far_point {
    int32_t at[3];
    uint32_t kind;
    double square; /* of the distance to some point of the surface, or infinite; once solved, to the nearest */
};

/* Finds the nearest point of `to` for each of the points, which are in the order of z, y, x. The work is bounded: where
 * descending costs more than an exact distance transform between the two boxes would, that is made for what is left.
 * False: no memory. */
bool amosi_far_solve(struct amosi_far_point *points, size_t count, const struct amosi_surface *to,
                     const struct amosi_steps *steps);

#endif
