/* SPDX-License-Identifier: BSD-3-Clause */
#include "volume/array.h"
#include "volume/plan.h"

#include <string.h>

#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/math/rounding.h"
#include "base/error/options.h"
#include "base/work/threads.h"
#include "nifti/type.h"

/* How many threads decode. Of a plain file it is one, and nobody asks how many processors there are. */
static int threads_for(const amos_volume *v, int wanted)
{
    if (!v->gzip)
        return 1;
    return amosi_threads(wanted);
}

static amos_status plan_type(const amos_volume *v, const amos_read_options *o, struct amosi_plan *p, amos_error *err)
{
    const amos_volume_info *info = &v->header.info;
    bool as_stored = o->type == AMOS_TYPE_STORED;
    if (!as_stored && !amosi_type_is_numeric(o->type))
        return amosi_fail(err, AMOS_E_ARG, v->path,
                          "voxels cannot be read as type %d (%s); ask for one of int8 to float64.", (int)o->type,
                          amos_type_name(o->type));
    if (!as_stored && !amosi_type_is_numeric(info->type))
        return amosi_fail(err, AMOS_E_UNSUPPORTED, v->path,
                          "voxels of type %s cannot be read as %s; read them as stored.", amos_type_name(info->type),
                          amos_type_name(o->type));
    if (o->flags & ~AMOS_READ_SATURATE)
        return amosi_fail(err, AMOS_E_ARG, v->path, "amos_read_options has an unknown flag.");
    if (o->threads < 0)
        return amosi_fail(err, AMOS_E_ARG, v->path, "threads is %d; it must be at least 0.", o->threads);
    p->threads = threads_for(v, o->threads);
    amos_type to = as_stored ? info->type : o->type;
    bool scaled = !as_stored && (info->slope != 1 || info->inter != 0);
    p->convert =
        (struct amosi_convert){info->type, to, scaled, info->slope, info->inter, o->flags & AMOS_READ_SATURATE};
    p->from_bytes = v->header.voxel_bytes;
    p->to_bytes = amos_type_bytes(to);
    p->layout.type = to;
    return AMOS_OK;
}

static amos_status plan_frames(const amos_volume *v, const amos_read_options *o, struct amosi_plan *p, amos_error *err)
{
    int64_t frames = v->header.info.frames;
    if (o->frame < AMOS_FRAME_ALL || o->frame >= frames)
        return amosi_fail(err, AMOS_E_ARG, v->path, "frame %lld does not exist; the file has %lld, counted from 0.",
                          (long long)o->frame, (long long)frames);
    p->region.first_frame = o->frame == AMOS_FRAME_ALL ? 0 : o->frame;
    p->region.frames = o->frame == AMOS_FRAME_ALL ? frames : 1;
    return AMOS_OK;
}

static bool is_all_zero(const int64_t *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (values[i])
            return false;
    return true;
}

/* Gets the box of the options, or the whole volume, in the axis order of the result. */
static amos_status take_box(const amos_volume *v, const amos_read_options *o, const int64_t shape[3], amos_box *box,
                            amos_error *err)
{
    *box = o->box;
    if (is_all_zero(box->start, 3) && is_all_zero(box->stop, 3))
        memcpy(box->stop, shape, sizeof box->stop);
    for (int i = 0; i < 3; i++)
        if (box->start[i] < 0 || box->start[i] >= box->stop[i] || box->stop[i] > shape[i])
            return amosi_fail(
                err, AMOS_E_ARG, v->path,
                "the box goes from %lld to %lld along %c; it must hold at least one voxel and be within 0 "
                "to %lld.",
                (long long)box->start[i], (long long)box->stop[i], "xyz"[i], (long long)shape[i]);
    return AMOS_OK;
}

/* Converts the box to stored axis order. */
static void store_box(const amos_box *box, const struct amosi_axes *axes, const int64_t stored_shape[3], amos_box *out)
{
    for (int i = 0; i < 3; i++) {
        int to = axes->to[i];
        out->start[i] = axes->flip[i] ? stored_shape[i] - box->stop[to] : box->start[to];
        out->stop[i] = axes->flip[i] ? stored_shape[i] - box->start[to] : box->stop[to];
    }
}

static amos_status plan_space(const amos_volume *v, const amos_read_options *o, struct amosi_plan *p,
                              struct amosi_axes *axes, amos_error *err)
{
    amos_geometry whole = v->geometry;
    amos_box box;
    *axes = amosi_axes_same;
    amos_status status = AMOS_OK;
    if (o->orientation) {
        status = amos_volume_get_geometry(v, &whole, err);
        if (!status)
            status = amosi_axes_between(whole.orientation, o->orientation, axes, err);
    }
    if (status)
        return status;
    amosi_geometry_apply(&whole, axes, &p->layout.geometry);
    status = take_box(v, o, p->layout.geometry.shape, &box, err);
    if (status)
        return status;
    store_box(&box, axes, v->header.info.shape, &p->region.box);
    amosi_geometry_crop(&p->layout.geometry, &box);
    if (!v->has_geometry)
        memset(p->layout.geometry.affine, 0, sizeof p->layout.geometry.affine);
    p->layout.has_geometry = v->has_geometry;
    p->layout.warnings = amos_volume_warnings(v);
    memcpy(p->layout.shape, p->layout.geometry.shape, 3 * sizeof(int64_t));
    p->layout.shape[3] = p->region.frames;
    return AMOS_OK;
}

/* ---- strides ---- */

static amos_status fail_too_large(const amos_volume *v, amos_error *err)
{
    return amosi_fail(err, AMOS_E_LIMIT, v->path, "the result would be larger than the address space.");
}

static uint64_t size_of(int64_t stride)
{
    return stride < 0 ? 0 - (uint64_t)stride : (uint64_t)stride;
}

/* No two voxels may share a byte: in ascending order, each stride must exceed the extent of all smaller ones. */
static bool strides_overlap(const struct amosi_plan *p)
{
    int order[4] = {0, 1, 2, 3};
    const int64_t *strides = p->layout.strides, *shape = p->layout.shape;
    for (int i = 1; i < 4; i++)
        for (int j = i; j > 0 && size_of(strides[order[j]]) < size_of(strides[order[j - 1]]); j--) {
            int swap = order[j];
            order[j] = order[j - 1];
            order[j - 1] = swap;
        }
    uint64_t reach = p->to_bytes;
    for (int i = 0; i < 4; i++) {
        if (shape[order[i]] == 1)
            continue;
        uint64_t stride = size_of(strides[order[i]]);
        if (stride < reach)
            return true;
        reach += stride * (uint64_t)(shape[order[i]] - 1);
    }
    return false;
}

/* Gets the caller's strides, and the smallest buffer that they need. */
static amos_status take_strides(const amos_volume *v, const amos_read_options *o, struct amosi_plan *p, amos_error *err)
{
    int64_t low = o->offset, high = low;
    uint64_t places = (uint64_t)o->offset;
    memcpy(p->layout.strides, o->strides, sizeof o->strides);
    p->layout.offset = o->offset;
    for (int i = 0; i < 4; i++) {
        int64_t reach;
        places |= (uint64_t)o->strides[i];
        if (o->strides[i] == INT64_MIN || __builtin_mul_overflow(o->strides[i], p->layout.shape[i] - 1, &reach) ||
            __builtin_add_overflow(reach < 0 ? low : high, reach, reach < 0 ? &low : &high))
            return fail_too_large(v, err);
    }
    if (low < 0)
        return amosi_fail(err, AMOS_E_ARG, v->path, "the strides reach %llu bytes before the buffer; raise the offset.",
                          (unsigned long long)(0 - (uint64_t)low)); /* low may be INT64_MIN */
    if (high > PTRDIFF_MAX - (int64_t)p->to_bytes)
        return fail_too_large(v, err);
    p->layout.bytes = (size_t)high + p->to_bytes;
    if (places % amosi_type_swap_bytes(p->layout.type))
        return amosi_fail(err, AMOS_E_ARG, v->path,
                          "the offset and the strides must be multiples of %zu for voxels of type %s.",
                          amosi_type_swap_bytes(p->layout.type), amos_type_name(p->layout.type));
    if (strides_overlap(p))
        return amosi_fail(err, AMOS_E_ARG, v->path, "the strides make voxels overlap.");
    return AMOS_OK;
}

/* Whether the voxels have no gaps: each step is exactly the bytes of all axes before it. */
static bool is_packed(const struct amosi_plan *p)
{
    int64_t bytes = (int64_t)p->to_bytes;
    const amos_box *box = &p->region.box;
    for (int i = 0; i < 4; i++) {
        int64_t n = i < 3 ? box->stop[i] - box->start[i] : p->region.frames;
        if (n > 1 && p->step[i] != bytes)
            return false;
        bytes *= n;
    }
    return true;
}

static void plan_progress(const amos_volume *v, const amos_read_options *o, struct amosi_plan *p)
{
    const amos_box *box = &p->region.box;
    uint64_t bytes = (uint64_t)p->region.frames * p->from_bytes;
    for (int i = 0; i < 3; i++)
        bytes *= (uint64_t)(box->stop[i] - box->start[i]);
    p->progress = amosi_progress_of(&o->progress, bytes, v->path);
}

static void plan_steps(struct amosi_plan *p, const struct amosi_axes *axes)
{
    const amos_layout *layout = &p->layout;
    p->first = layout->offset;
    for (int i = 0; i < 3; i++) {
        int to = axes->to[i];
        p->step[i] = axes->flip[i] ? -layout->strides[to] : layout->strides[to];
        if (axes->flip[i])
            p->first += layout->strides[to] * (layout->shape[to] - 1);
    }
    p->step[3] = layout->strides[3];
    p->packed = is_packed(p);
}

amos_status amosi_plan_make(const amos_volume *volume, const amos_read_options *options, struct amosi_plan *plan,
                            amos_error *err)
{
    amos_read_options o;
    struct amosi_axes axes;
    memset(plan, 0, sizeof *plan);
    amos_status status = amosi_options_copy(&o, sizeof o, options, "amos_read_options", err);
    if (!status)
        status = plan_type(volume, &o, plan, err);
    if (!status)
        status = plan_frames(volume, &o, plan, err);
    if (!status)
        status = plan_space(volume, &o, plan, &axes, err);
    plan->own_strides = !is_all_zero(o.strides, 4);
    if (!status && !plan->own_strides && o.offset)
        status = amosi_fail(err, AMOS_E_ARG, volume->path, "an offset needs strides.");
    else if (!status)
        status = plan->own_strides                  ? take_strides(volume, &o, plan, err)
                 : amosi_layout_pack(&plan->layout) ? AMOS_OK
                                                    : fail_too_large(volume, err);
    if (!status) {
        plan_steps(plan, &axes);
        plan_progress(volume, &o, plan);
        plan->pool = o.pool;
    }
    return status;
}

amos_status amos_volume_get_layout(const amos_volume *volume, const amos_read_options *options, amos_layout *out,
                                   amos_error *err)
{
    if (!volume || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_volume_get_layout needs a volume and a place for the answer.");
    struct amosi_plan plan;
    int rounding = amosi_rounding_begin();
    amos_status status = amosi_plan_make(volume, options, &plan, err);
    amosi_rounding_end(rounding);
    if (!status)
        *out = plan.layout;
    return status;
}
