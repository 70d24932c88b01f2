/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether the voxels of two volumes are at the same positions: a label and its image, a prediction and its reference.
 * One rule and one set of messages for all. */
#ifndef AMOSI_FIT_H
#define AMOSI_FIT_H

#include <stdbool.h>
#include <stdint.h>

#include <amos/accept.h>
#include <amos/geometry.h>

/* One of the two volumes. */
struct amosi_side {
    const char *what; /* in messages: "label", "image" */
    const char *path; /* NULL: not known */
    const int64_t *shape;
    amos_geometry geometry; /* not needed for the shape */
};

struct amosi_fit {
    double displacement; /* mm; 0 if the position of one of them is unknown */
    amos_warnings warnings;
};

/* AMOS_OK or AMOS_E_PAIR_SHAPE. `other` has to fit `base`; the error has the path of `other`. */
amos_status amosi_fit_shape(const struct amosi_side *base, const struct amosi_side *other, amos_error *err);

/* The shapes must be equal. A displacement of up to tolerance_voxels times the smallest spacing of `base`, or of up to
 * tolerance_mm, is accepted. A larger one is AMOS_E_PAIR_GEOM, or AMOS_W_GEOM if `lenient`. If one of them has no known
 * orientation, any position is accepted, with AMOS_W_NOORIENT. */
amos_status amosi_fit_place(const struct amosi_side *base, const struct amosi_side *other, const amos_accept *accept,
                            bool lenient, struct amosi_fit *fit, amos_error *err);

#endif
