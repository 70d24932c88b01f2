/* SPDX-License-Identifier: BSD-3-Clause */
/* amos_array_resample() and amos_labelmap_resample(). */
#include <math.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/error/names.h"
#include "base/error/options.h"
#include "base/math/rounding.h"
#include "label/labelmap.h"
#include "nifti/type.h"
#include "resample/resample.h"
#include "resample/store.h"
#include "volume/array.h"

/* A call: its options, where the voxels go, and what happens to them. */
struct call {
    amos_resample_options o;
    struct amosi_grid grid;
    amos_geometry geometry;
    amos_resample_report report;
};

/* ---- options ---- */

static amos_status check_options(const amos_resample_options *o, amos_error *err)
{
    const bool spaced = o->spacing[0] != 0 || o->spacing[1] != 0 || o->spacing[2] != 0;
    if (o->flags & ~(AMOS_RESAMPLE_MAJORITY | AMOS_RESAMPLE_EXTEND))
        return amosi_fail(err, AMOS_E_ARG, NULL, "0x%lx is not a set of AMOS_RESAMPLE_ flags.",
                          (unsigned long)o->flags);
    if (!amosi_name_is_known(amos_interpolation_name(o->interpolation)))
        return amosi_fail(err, AMOS_E_ARG, NULL, "%d is not an amos_interpolation.", (int)o->interpolation);
    if (spaced == (o->like != NULL))
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "Resampling needs a spacing or a grid to be like, %s; set one of them.",
                          spaced ? "not both" : "and has neither");
    if (o->threads < 0)
        return amosi_fail(err, AMOS_E_ARG, NULL, "%d threads are not possible; 0 means all processors.", o->threads);
    return AMOS_OK;
}

static amos_status begin_call(struct call *call, const amos_resample_options *options, amos_error *err)
{
    memset(call, 0, sizeof *call);
    call->report.size = sizeof call->report;
    amos_status status = amosi_options_copy(&call->o, sizeof call->o, options, "amos_resample_options", err);
    return status ? status : check_options(&call->o, err);
}

/* ---- grids ---- */

/* Sets what follows from the affine and what a caller may have left out. */
static void complete_geometry(amos_geometry *geometry, bool with_spacing)
{
    for (int k = 0; k < 3 && with_spacing; k++) {
        const double(*a)[4] = (const double(*)[4])geometry->affine;
        geometry->spacing[k] = sqrt(a[0][k] * a[0][k] + a[1][k] * a[1][k] + a[2][k] * a[2][k]);
    }
    if (geometry->source != AMOS_AFFINE_SPACING)
        (void)amosi_geometry_orient(geometry);
}

/* The grid of the result, and its geometry, for voxels of this layout. */
static amos_status find_grid(struct call *call, const amos_layout *layout, amos_error *err)
{
    const amos_geometry *old = &layout->geometry;
    if (!layout->has_geometry)
        return amosi_fail(err, AMOS_E_GEOM, NULL, "The voxels have no usable spacing, so they cannot be resampled.");
    if (memcmp(old->shape, layout->shape, sizeof old->shape) != 0)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "There are %lld x %lld x %lld voxels, but the geometry has %lld x %lld x %lld.",
                          (long long)layout->shape[0], (long long)layout->shape[1], (long long)layout->shape[2],
                          (long long)old->shape[0], (long long)old->shape[1], (long long)old->shape[2]);
    for (int i = 0; i < 3; i++)
        if (old->shape[i] > AMOSI_GRID_MOST)
            return amosi_fail(err, AMOS_E_LIMIT, NULL, "There are %lld voxels along %c; at most %lld can be resampled.",
                              (long long)old->shape[i], 'x' + i, (long long)AMOSI_GRID_MOST);
    amos_status status;
    if (call->o.like) {
        call->geometry = *call->o.like;
        status = amosi_grid_between(old, &call->geometry, &call->grid, err);
    } else {
        status = amosi_grid_respace(old, call->o.spacing, NULL, &call->grid, &call->geometry, err);
    }
    if (!status)
        complete_geometry(&call->geometry, call->o.like != NULL);
    return status;
}

/* ---- images ---- */

static amos_status check_image(const amos_layout *layout, struct call *call, amos_error *err)
{
    if (!amosi_type_is_numeric(layout->type))
        return amosi_fail(err, AMOS_E_UNSUPPORTED, NULL, "Voxels of type %s cannot be resampled.",
                          amos_type_name(layout->type));
    if (call->o.type == AMOS_TYPE_STORED)
        call->o.type = layout->type;
    if (!amosi_type_is_numeric(call->o.type))
        return amosi_fail(err, AMOS_E_ARG, NULL, "Voxels cannot be resampled to the type %s; use a numeric type.",
                          amos_type_name(call->o.type));
    if (layout->shape[3] > 1)
        return amosi_fail(err, AMOS_E_UNSUPPORTED, NULL, "There are %lld frames; resample them one by one.",
                          (long long)layout->shape[3]);
    if (!amosi_store_fits(call->o.type, call->o.outside))
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "Voxels outside cannot be %g, which %s does not hold; choose another value or type.",
                          call->o.outside, amos_type_name(call->o.type));
    return AMOS_OK;
}

static amos_status resample_image(struct call *call, const amos_layout *layout, const void *voxels, size_t bytes,
                                  amos_array **out, amos_error *err)
{
    int64_t strides[4];
    amos_layout result = {.type = call->o.type, .warnings = layout->warnings};
    amos_status status = amosi_layout_strides(layout, bytes, NULL, strides, err);
    if (!status)
        status = find_grid(call, layout, err);
    if (!status)
        status = amosi_resample_layout(&call->geometry, NULL, &result, err);
    if (status)
        return status;
    const struct amosi_voxels from = {(const char *)voxels + layout->offset,
                                      layout->type,
                                      {layout->shape[0], layout->shape[1], layout->shape[2]},
                                      {strides[0], strides[1], strides[2]}};
    *out = amosi_array_new(&result, call->o.pool);
    if (!*out)
        return amosi_fail_nomem(err, NULL);
    status = amosi_resample_image(&call->grid, &from, &call->o, (*out)->buffer.data, &call->report, err);
    if (status) {
        amos_array_free(*out);
        *out = NULL;
    }
    return status;
}

static amos_status end_call(const struct call *call, amos_status status, amos_resample_report *report, int rounding,
                            amos_error *err)
{
    amosi_rounding_end(rounding);
    if (report && !status)
        status = amosi_options_give(report, &call->report, sizeof call->report, "amos_resample_report", err);
    return status;
}

amos_status amos_array_resample(const amos_layout *layout, const void *voxels, size_t bytes,
                                const amos_resample_options *options, amos_array **out, amos_resample_report *report,
                                amos_error *err)
{
    struct call call;
    if (out)
        *out = NULL;
    if (!layout || !voxels || !options || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_array_resample needs a layout, voxels, options and a place for the array.");
    const int rounding = amosi_rounding_begin(); /* the threads inherit it */
    amos_status status = begin_call(&call, options, err);
    if (!status)
        status = check_image(layout, &call, err);
    if (!status)
        status = resample_image(&call, layout, voxels, bytes, out, err);
    status = end_call(&call, status, report, rounding, err);
    if (status) {
        amos_array_free(*out);
        *out = NULL;
    }
    return status;
}

/* ---- label maps ---- */

static void note_lost(const amos_labelmap *before, const amos_labelmap *after, amos_resample_report *report)
{
    for (int label = 1; label <= before->info.max_label; label++)
        if (before->stats[label].present && !after->stats[label].present)
            report->lost[report->lost_count++] = (uint8_t)label;
}

/* A map of the new grid, without voxels that are set. */
static amos_status begin_map(struct call *call, const amos_labelmap *map, amos_labelmap **out, amos_error *err)
{
    amos_labelmap *to = *out = amosi_zalloc(sizeof *to);
    if (!to)
        return amosi_fail_nomem(err, NULL);
    to->layout = map->layout;
    to->info = map->info;
    amos_status status = amosi_resample_layout(&call->geometry, NULL, &to->layout, err);
    if (!status && !amosi_buffer_get(&to->buffer, call->o.pool, to->layout.bytes))
        status = amosi_fail_nomem(err, NULL);
    to->voxels = to->buffer.data;
    return status;
}

static amos_status resample_map(struct call *call, const amos_labelmap *map, amos_labelmap **out, amos_error *err)
{
    if (!(call->o.outside >= 0 && call->o.outside <= map->info.max_label && call->o.outside == floor(call->o.outside)))
        return amosi_fail(err, AMOS_E_ARG, NULL, "Voxels outside cannot have the label %g; use one from 0 to %d.",
                          call->o.outside, map->info.max_label);
    amos_status status = find_grid(call, &map->layout, err);
    if (!status)
        status = begin_map(call, map, out, err);
    if (!status)
        status = amosi_resample_labels(&call->grid, map->voxels, &call->o, (*out)->voxels, &call->report, err);
    if (!status)
        status = amosi_labelmap_recount(*out, err);
    if (!status)
        note_lost(map, *out, &call->report);
    return status;
}

amos_status amos_labelmap_resample(const amos_labelmap *map, const amos_resample_options *options, amos_labelmap **out,
                                   amos_resample_report *report, amos_error *err)
{
    struct call call;
    if (out)
        *out = NULL;
    if (!map || !map->voxels || !options || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_labelmap_resample needs a label map with voxels, options and a place for the result.");
    const int rounding = amosi_rounding_begin(); /* the threads inherit it */
    amos_status status = begin_call(&call, options, err);
    if (!status)
        status = resample_map(&call, map, out, err);
    status = end_call(&call, status, report, rounding, err);
    if (status) {
        amos_labelmap_free(*out);
        *out = NULL;
    }
    return status;
}
