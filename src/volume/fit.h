/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether the voxels of two volumes are at the same positions: a label and its image, a prediction and its reference.
 * One rule and one set of messages for all. */
#ifndef AMOSI_FIT_H
#define AMOSI_FIT_H

#include <stdbool.h>
#include <stdint.h>

#include <amos/accept.h>

#include "volume/volume.h"

/* One of the two volumes. */
struct amosi_side {
    const char *what; /* in messages: "label", "image" */
    const char *path; /* NULL: not known */
    const int64_t *shape;
    const amos_volume *volume; /* NULL: voxels in memory */
    bool has_geometry;
    amos_geometry geometry;
    bool has_other; /* the qform has a second reading; see nifti/quaternion.h */
    amos_geometry other;
};

struct amosi_side amosi_side_of_volume(const amos_volume *volume, const char *what);

/* The result. `axes` is the change of axes after which the voxels of `other` are stored as those of `base`. */
struct amosi_fit {
    double displacement; /* mm; 0 if the position of one of them is unknown */
    amos_warnings warnings;
    struct amosi_axes axes;
    char turned_from[4]; /* the orientation of `other` if the axes change; else "" */
};

/* Finds how the voxels of `other` have to be turned to be those of `base`: of the 48 permutations and flips of its axes
 * that give the shape of `base`, the one with the smallest displacement; as stored, if that is as good. Both readings of
 * a qform count (AMOS_W_READING if only the other one gives it). *fit is set. Both need a known orientation; false if
 * they have not, or if no permutation gives the shape. */
bool amosi_fit_find(const struct amosi_side *base, const struct amosi_side *other, double allowed,
                    struct amosi_fit *fit);

/* Fits if the displacement is within the tolerance of `accept`, as stored or after turning (AMOS_W_TURNED). Otherwise
 * AMOS_E_PAIR_SHAPE, or AMOS_E_PAIR_GEOM, which `lenient` makes AMOS_W_GEOM. If one of them has no known orientation,
 * only the shapes are compared (AMOS_W_NOORIENT). AMOS_E_GEOM if one has no usable geometry. The error has the path of
 * `other`. */
amos_status amosi_fit(const struct amosi_side *base, const struct amosi_side *other, const amos_accept *accept,
                      bool lenient, struct amosi_fit *fit, amos_error *err);

#endif
