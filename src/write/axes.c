/* SPDX-License-Identifier: BSD-3-Clause */
#include "write/axes.h"

#include <string.h>

#include "base/error/fail.h"
#include "base/math/rounding.h"
#include "volume/fit.h"
#include "volume/volume.h"

static bool is_placed(const amos_layout *layout)
{
    return layout->has_geometry && layout->geometry.source != AMOS_AFFINE_SPACING;
}

/* What the caller says about the voxels: their orientation. */
static amos_status axes_by_letters(const char *path, const amos_layout *layout, const amos_write_options *o,
                                   struct amosi_axes *axes, amos_error *err)
{
    amos_geometry as_given = {.shape = {1, 1, 1}}, own = layout->geometry;
    if (!o->reference)
        return amosi_fail(err, AMOS_E_ARG, path, "an orientation needs a reference to turn the voxels into.");
    if (!o->reference->has_geometry)
        return amosi_fail(err, AMOS_E_GEOM, path,
                          "the reference has no usable geometry, so nothing can be turned into it.");
    amos_status status = amos_geometry_reorient(&o->reference->geometry, o->orientation, &as_given, err);
    if (!status && is_placed(layout) && amosi_geometry_orient(&own) &&
        strcmp(own.orientation, as_given.orientation) != 0)
        status =
            amosi_fail(err, AMOS_E_ARG, path,
                       "the voxels are %s by their own geometry and %s by the orientation that was given; leave the "
                       "orientation out, or give voxels without a geometry.",
                       own.orientation, as_given.orientation);
    return status ? status : amosi_axes_between(as_given.orientation, o->reference->geometry.orientation, axes, err);
}

/* What the voxels' own geometry says about them. It need not be that of the reference, which may be written over another
 * place on purpose, but voxels of another orientation are never stored as they are. */
static amos_status axes_by_geometry(const char *path, const amos_layout *layout, const amos_volume *reference,
                                    struct amosi_axes *axes, amos_error *err)
{
    const struct amosi_side base = amosi_side_of_volume(reference, "reference");
    struct amosi_side voxels = {.what = "voxels", .shape = layout->shape, .has_geometry = true};
    struct amosi_fit fit;
    voxels.geometry = layout->geometry;
    double allowed = AMOS_TOLERANCE_VOXELS * amosi_geometry_smallest_spacing(&base.geometry);
    bool found = amosi_fit_find(&base, &voxels, allowed, &fit);
    if (found && fit.displacement <= allowed)
        *axes = fit.axes;
    if ((found && fit.displacement <= allowed) || !amosi_geometry_orient(&voxels.geometry) ||
        strcmp(voxels.geometry.orientation, base.geometry.orientation) == 0)
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_PAIR_GEOM, path,
                      "the voxels are %s by their own geometry, the reference is %s, and they lie at different places; "
                      "give the orientation of the voxels to turn them, or voxels without a geometry.",
                      voxels.geometry.orientation, base.geometry.orientation);
}

amos_status amosi_write_axes(const char *path, const amos_layout *layout, const amos_write_options *o,
                             struct amosi_axes *axes, amos_error *err)
{
    const amos_volume *reference = o->reference;
    amos_status status = AMOS_OK;
    int rounding = amosi_rounding_begin();
    *axes = amosi_axes_same;
    if (o->orientation)
        status = axes_by_letters(path, layout, o, axes, err);
    else if (is_placed(layout) && reference && reference->has_geometry &&
             reference->geometry.source != AMOS_AFFINE_SPACING)
        status = axes_by_geometry(path, layout, reference, axes, err);
    amosi_rounding_end(rounding);
    return status;
}
