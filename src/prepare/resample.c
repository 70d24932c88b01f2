/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/error/fail.h"
#include "prepare/case.h"
#include "resample/resample.h"

static amos_status resample_labels(struct amosi_prepare_case *c, const struct amosi_grid *grid,
                                   const amos_resample_options *o, size_t voxels, amos_error *err)
{
    struct amosi_buffer labels = {0};
    amos_resample_report report = AMOS_RESAMPLE_REPORT_INIT;
    if (!c->labels)
        return AMOS_OK;
    if (!amosi_buffer_get(&labels, c->pool, voxels))
        return amosi_fail_nomem(err, c->path);
    amos_status status = amosi_resample_labels(grid, c->labels->voxels, o, labels.data, &report, err);
    if (status)
        amosi_buffer_release(&labels);
    else
        amosi_prepare_replace_labels(c->labels, &labels);
    return status;
}

static amos_status resample_case(struct amosi_prepare_case *c, const struct amosi_grid *grid,
                                 const amos_resample_options *o, const amos_geometry *geometry, amos_error *err)
{
    const amos_layout *old = &c->image->layout;
    const struct amosi_voxels from = {c->image->buffer.data,
                                      old->type,
                                      {old->shape[0], old->shape[1], old->shape[2]},
                                      {old->strides[0], old->strides[1], old->strides[2]}};
    amos_layout layout = *old;
    amos_resample_report report = AMOS_RESAMPLE_REPORT_INIT;
    amos_status status = amosi_resample_layout(geometry, c->path, &layout, err);
    if (status)
        return status;
    amos_array *image = amosi_array_new(&layout, c->pool);
    if (!image)
        return amosi_fail_nomem(err, c->path);
    status = amosi_resample_image(grid, &from, o, image->buffer.data, &report, err);
    if (!status)
        status = resample_labels(c, grid, o, layout.bytes / amos_type_bytes(layout.type), err);
    amos_array_free(status ? image : c->image);
    c->image = status ? c->image : image;
    return status;
}

amos_status amosi_prepare_resample(struct amosi_prepare_case *c, const double spacing[3],
                                   amos_interpolation interpolation, amos_error *err)
{
    const amos_layout *old = &c->image->layout;
    const amos_resample_options o = {
        .size = sizeof o, .interpolation = interpolation, .type = old->type, .pool = c->pool, .threads = 1};
    struct amosi_grid grid;
    amos_geometry geometry;
    if (!old->has_geometry)
        return amosi_fail(err, AMOS_E_GEOM, c->path, "the image has no usable spacing, so it cannot be resampled.");
    amos_status status = amosi_grid_respace(&old->geometry, spacing, c->path, &grid, &geometry, err);
    return status ? status : resample_case(c, &grid, &o, &geometry, err);
}
