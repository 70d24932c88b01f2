/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "base/error/fail.h"
#include "base/text/number.h"
#include "base/math/rounding.h"
#include "nifti/strided.h"
#include "nifti/type.h"
#include "volume/array.h"
#include "volume/read.h"
#include "volume/dispatch.h"

/* Voxels converted at a time if they are not adjacent in the result. */
#define SCATTER_BLOCK 512
#define LARGEST_VOXEL 32 /* complex256 */

static char *place_of(const struct amosi_reading *r, const int64_t at[4])
{
    const struct amosi_plan *p = r->plan;
    const amos_box *box = &p->region.box;
    int64_t offset = p->first + (at[3] - p->region.first_frame) * p->step[3];
    for (int i = 0; i < 3; i++)
        offset += (at[i] - box->start[i]) * p->step[i];
    return r->buffer + offset;
}

/* Gets the coordinates of the voxel `index` voxels after the run's first. */
static void locate_voxel(const struct amosi_reading *r, const struct amosi_run *run, size_t index, int64_t at[4])
{
    const amos_box *box = &r->plan->region.box;
    int64_t left = (int64_t)index;
    for (int i = 0; i < 3; i++) {
        int64_t n = box->stop[i] - box->start[i];
        int64_t sum = run->at[i] - box->start[i] + left;
        at[i] = box->start[i] + sum % n;
        left = sum / n;
    }
    at[3] = run->at[3] + left;
}

static amos_status fail_value(const struct amosi_reading *r, const struct amosi_run *run, size_t index, amos_error *err)
{
    int64_t at[4];
    char number[AMOSI_NUMBER_BYTES];
    locate_voxel(r, run, index, at);
    return amosi_fail(
        err, AMOS_E_RANGE, r->volume->path,
        "voxel (%lld, %lld, %lld) of frame %lld has the value %s, which %s cannot hold; read it as another "
        "type, or saturate.",
        (long long)at[0], (long long)at[1], (long long)at[2], (long long)at[3],
        amosi_number_show(number, r->notes.value), amos_type_name(r->plan->convert.to));
}

/* Converts n adjacent voxels; false at a value that the type cannot hold. */
static bool convert_voxels(struct amosi_reading *r, void *to, const void *from, size_t n)
{
    if (amosi_type_is_numeric(r->plan->convert.from))
        return amosi_convert_run(&r->plan->convert, to, from, n, &r->notes);
    memcpy(to, from, n * r->plan->from_bytes);
    return true;
}

static amos_status take_packed(void *user, const struct amosi_run *run, amos_error *err)
{
    struct amosi_reading *r = user;
    char *to = place_of(r, run->at);
    if (to == run->data || convert_voxels(r, to, run->data, run->voxels)) /* it may have been decoded in place */
        return AMOS_OK;
    return fail_value(r, run, r->notes.index, err);
}

static bool is_plain_copy(const struct amosi_convert *c)
{
    return c->from == c->to && !c->scaled;
}

amos_status amosi_reading_take_row(void *user, const struct amosi_run *row, amos_error *err)
{
    struct amosi_reading *r = user;
    const struct amosi_plan *p = r->plan;
    char *to = place_of(r, row->at);
    if (p->step[0] == (int64_t)p->to_bytes)
        return take_packed(user, row, err);
    _Alignas(64) char block[SCATTER_BLOCK * LARGEST_VOXEL];
    for (size_t i = 0; i < row->voxels; i += SCATTER_BLOCK) {
        size_t n = row->voxels - i < SCATTER_BLOCK ? row->voxels - i : SCATTER_BLOCK;
        const char *from = (const char *)row->data + i * p->from_bytes;
        if (!is_plain_copy(&p->convert)) {
            if (!convert_voxels(r, block, from, n))
                return fail_value(r, row, i + r->notes.index, err);
            from = block;
        }
        amosi_strided_scatter(to + (int64_t)i * p->step[0], p->step[0], from, p->to_bytes, n);
    }
    return AMOS_OK;
}

static amos_status take_rows(void *user, const struct amosi_run *run, amos_error *err)
{
    const struct amosi_reading *r = user;
    return amosi_run_rows(run, &r->plan->region.box, r->plan->from_bytes, amosi_reading_take_row, user, err);
}

/* Whether the result is a contiguous part of the file: it can then be decoded in place. */
static bool is_contiguous(const struct amosi_plan *p, const amos_volume *volume)
{
    const int64_t *shape = volume->header.info.shape;
    const amos_box *box = &p->region.box;
    bool whole[3];
    for (int i = 0; i < 3; i++)
        whole[i] = box->stop[i] - box->start[i] == shape[i];
    return p->packed && is_plain_copy(&p->convert) && whole[0] && whole[1] && (whole[2] || p->region.frames == 1);
}

static void merge_reading(void *user, const void *part)
{
    struct amosi_reading *r = user;
    const struct amosi_reading *other = part;
    r->notes.precision = r->notes.precision || other->notes.precision;
}

static amos_status read_plan(const amos_volume *volume, const struct amosi_plan *plan, void *buffer, amos_error *err)
{
    struct amosi_reading r = {.volume = volume, .plan = plan, .buffer = buffer};
    const struct amosi_sink sink = {plan->packed ? take_packed : take_rows, merge_reading, &r, sizeof r,
                                    is_contiguous(plan, volume) ? (unsigned char *)buffer + plan->first : NULL};
    amos_status status = amosi_volume_dispatch(volume, &plan->region, &plan->progress, plan->threads, &sink, err);
    if (!status && r.notes.precision)
        amosi_volume_warn(volume, AMOS_W_PRECISION);
    return status;
}

amos_status amosi_reading_check(const struct amosi_plan *plan, const void *buffer, size_t bytes, const char *path,
                                amos_error *err)
{
    if (bytes < plan->layout.bytes || bytes > PTRDIFF_MAX)
        return amosi_fail(err, AMOS_E_ARG, path, "the buffer has %zu bytes; %zu are needed.", bytes,
                          plan->layout.bytes);
    size_t alignment = amosi_type_swap_bytes(plan->layout.type);
    if ((uintptr_t)buffer % alignment)
        return amosi_fail(err, AMOS_E_ARG, path, "the buffer must be aligned to %zu bytes for voxels of type %s.",
                          alignment, amos_type_name(plan->layout.type));
    return AMOS_OK;
}

static amos_status read_into(const amos_volume *volume, const amos_read_options *options, void *buffer, size_t bytes,
                             amos_error *err)
{
    struct amosi_plan plan;
    amos_status status = amosi_plan_make(volume, options, &plan, err);
    if (!status)
        status = amosi_reading_check(&plan, buffer, bytes, volume->path, err);
    return status ? status : read_plan(volume, &plan, buffer, err);
}

amos_status amos_volume_read(const amos_volume *volume, const amos_read_options *options, void *buffer, size_t bytes,
                             amos_error *err)
{
    if (!volume || !buffer)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_volume_read needs a volume and a buffer.");
    int rounding = amosi_rounding_begin();
    amos_status status = read_into(volume, options, buffer, bytes, err);
    amosi_rounding_end(rounding);
    return status;
}

static amos_status load_array(const amos_volume *volume, const amos_read_options *options, amos_array **out,
                              amos_error *err)
{
    struct amosi_plan plan;
    amos_status status = amosi_plan_make(volume, options, &plan, err);
    if (!status && plan.own_strides)
        status = amosi_fail(err, AMOS_E_ARG, volume->path,
                            "amos_volume_load packs the voxels; give strides only to amos_volume_read.");
    if (status)
        return status;
    amos_array *array = amosi_array_new(&plan.layout, plan.pool);
    if (!array)
        return amosi_fail_nomem(err, volume->path);
    status = read_plan(volume, &plan, array->buffer.data, err);
    if (status) {
        amos_array_free(array);
        return status;
    }
    array->layout.warnings = amos_volume_warnings(volume);
    *out = array;
    return AMOS_OK;
}

amos_status amos_volume_load(const amos_volume *volume, const amos_read_options *options, amos_array **out,
                             amos_error *err)
{
    if (out)
        *out = NULL;
    if (!volume || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_volume_load needs a volume and a place for the array.");
    int rounding = amosi_rounding_begin();
    amos_status status = load_array(volume, options, out, err);
    amosi_rounding_end(rounding);
    return status;
}
