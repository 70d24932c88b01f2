/* SPDX-License-Identifier: BSD-3-Clause */
/* The geometry of a header in millimetres, and changes of axis order. */
#ifndef AMOSI_NIFTI_GEOMETRY_H
#define AMOSI_NIFTI_GEOMETRY_H

#include <stdbool.h>

#include <amos/geometry.h>

#include "nifti/header.h"

/* The effective geometry of a header. `lenient` makes negative spacings positive. Bits are added
 * to *warnings (may be NULL). On AMOS_E_GEOM only the shape in `out` is valid. */
amos_status amosi_geometry_from_header(const struct amosi_header *header, bool lenient, const char *path,
                                       amos_geometry *out, amos_warnings *warnings, amos_error *err);

/* The other reading of a qform that is nearly a half turn (see nifti/quaternion.h), as the whole geometry. False if there
 * is none. `geometry` is what amosi_geometry_from_header() gave. */
bool amosi_geometry_other_reading(const struct amosi_header *header, const amos_geometry *geometry,
                                  amos_geometry *other);

/* Sets the orientation by the affine; false if the affine gives none. */
bool amosi_geometry_orient(amos_geometry *geometry);

/* The smallest spacing in mm. */
double amosi_geometry_smallest_spacing(const amos_geometry *geometry);

/* The displacement, as of amos_geometry_get_displacement(), where `a` has two readings: the smallest for the positions
 * between `a` and `other`. The shapes must be equal. */
double amosi_geometry_displacement_between(const amos_geometry *a, const amos_geometry *other, const amos_geometry *b);

/* For the message about two shapes that differ: " (it looks as if the axes were exchanged)" if they are equal after
 * exchanging axes, with the usual cause if it is that of arrays in the order z, y, x; else "". */
const char *amosi_shape_hint(const int64_t a[3], const int64_t b[3]);

/* A change of axis order: axis i of the one becomes axis `to[i]` of the other, reversed if flip[i]. */
struct amosi_axes {
    int to[3];
    bool flip[3];
};

/* The change from an orientation (three letters, upper case) to a wanted one (either case).
 * AMOS_E_ARG if `wanted` is not an orientation. */
amos_status amosi_axes_between(const char *from, const char *wanted, struct amosi_axes *out, amos_error *err);

extern const struct amosi_axes amosi_axes_same;

/* Whether the change leaves every voxel where it is. The struct has padding, so memcmp() cannot tell. */
bool amosi_axes_change_nothing(const struct amosi_axes *axes);

/* The geometry after a change of its axis order. */
void amosi_geometry_apply(const amos_geometry *from, const struct amosi_axes *axes, amos_geometry *out);

/* Changes a geometry to that of a box of its voxels. */
void amosi_geometry_crop(amos_geometry *geometry, const amos_box *box);

/* Whether the axes are not at right angles. */
bool amosi_geometry_is_sheared(const amos_geometry *geometry);

/* Volume of one voxel in mm^3. */
double amosi_geometry_voxel_mm3(const amos_geometry *geometry);

#endif
