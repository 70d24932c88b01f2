/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether the voxels of one volume lie where those of another do: a label and its image, a prediction and its
 * reference. One rule and one set of messages for all. */
#ifndef AMOSI_FIT_H
#define AMOSI_FIT_H

#include <stdbool.h>
#include <stdint.h>

#include <amos/geometry.h>

/* One of the two. */
struct amosi_side {
    const char *what; /* in messages: "label", "image" */
    const char *path; /* NULL: not known */
    const int64_t *shape;
    amos_geometry geometry; /* not needed for the shape */
};

struct amosi_fit {
    double displacement; /* mm; 0 if one of them has no known place */
    amos_warnings warnings;
};

/* AMOS_OK, or AMOS_E_PAIR_SHAPE. `other` is what has to fit, and its path is the error's. */
amos_status amosi_fit_shape(const struct amosi_side *base, const struct amosi_side *other, amos_error *err);

/* Of one shape already. A displacement of up to `tolerance` times the smallest spacing of `base` is accepted; a larger one
 * is AMOS_E_PAIR_GEOM, or AMOS_W_GEOM if `lenient`. If one of them has no known orientation, any place is accepted:
 * AMOS_W_NOORIENT. */
amos_status amosi_fit_place(const struct amosi_side *base, const struct amosi_side *other, double tolerance,
                            bool lenient, struct amosi_fit *fit, amos_error *err);

#endif
