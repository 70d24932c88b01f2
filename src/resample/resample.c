/* SPDX-License-Identifier: BSD-3-Clause */
#include "resample/resample.h"

#include <string.h>

#include "base/error/fail.h"
#include "base/work/pool.h"
#include "nifti/type.h"
#include "resample/job.h"
#include "resample/spline.h"
#include "volume/array.h"

/* ---- jobs ---- */

/* Orders the axes of the old voxels as those of the new grid. */
static void turn_voxels(struct amosi_resample_job *job)
{
    const struct amosi_voxels old = job->from;
    for (int d = 0; d < 3; d++) {
        job->from.shape[d] = old.shape[job->grid->axis[d]];
        job->from.strides[d] = old.strides[job->grid->axis[d]];
    }
}

static amos_status make_lines(struct amosi_resample_job *job, amos_error *err)
{
    const struct amosi_grid *grid = job->grid;
    amos_status status = AMOS_OK;
    for (int d = 0; d < 3 && !status; d++)
        status = amosi_line_make(&job->lines[d], (const int64_t[2]){grid->before[grid->axis[d]], grid->after[d]},
                                 grid->first[d], grid->step[d], job->interpolation, job->extends, err);
    return status;
}

static void release_lines(struct amosi_resample_job *job)
{
    for (int d = 0; d < 3; d++)
        amosi_line_release(&job->lines[d]);
}

/* Whether each new voxel is one of the old ones, so that it can be copied. */
static bool only_copies(const struct amosi_resample_job *job)
{
    const struct amosi_line *line = job->lines;
    return job->grid->separable ? line[0].taps == 1 && line[1].taps == 1 && line[2].taps == 1
                                : job->interpolation == AMOS_INTERPOLATION_NEAREST;
}

static void begin_report(const struct amosi_resample_job *job, amos_resample_report *report)
{
    const struct amosi_grid *grid = job->grid;
    report->separable = grid->separable;
    report->rounded = amosi_type_is_integer(job->type) && (!only_copies(job) || !amosi_type_is_integer(job->from.type));
    for (int d = 0; d < 3; d++)
        if (grid->after[d] == 1 && grid->before[grid->separable ? grid->axis[d] : d] > 1)
            report->collapsed |= 1u << d;
}

static void end_report(struct amosi_resample_job *job, amos_resample_report *report)
{
    report->outside = atomic_load(&job->left);
    report->saturated = atomic_load(&job->saturated);
}

/* Replaces the voxels by the coefficients of a spline, which `coefficients` holds. */
static amos_status make_spline(struct amosi_resample_job *job, struct amosi_buffer *coefficients,
                               amos_buffer_pool *pool, amos_error *err)
{
    const int64_t *shape = job->from.shape;
    const size_t bytes = (size_t)(shape[0] * shape[1] * shape[2]) * sizeof(double);
    struct amosi_voxels spline;
    if (job->interpolation != AMOS_INTERPOLATION_BSPLINE || only_copies(job))
        return AMOS_OK;
    if (!amosi_buffer_get(coefficients, pool, bytes))
        return amosi_fail_nomem(err, NULL);
    amos_status status = amosi_spline_make(&job->from, coefficients->data, job->threads, &spline, err);
    job->from = spline;
    return status;
}

static amosi_rows_fn choose_way(const struct amosi_resample_job *job)
{
    if (!job->grid->separable)
        return amosi_resample_points;
    return only_copies(job) ? amosi_resample_nearest : amosi_resample_lines;
}

amos_status amosi_resample_image(const struct amosi_grid *grid, const struct amosi_voxels *from,
                                 const amos_resample_options *o, void *to, amos_resample_report *report,
                                 amos_error *err)
{
    struct amosi_resample_job job = {.grid = grid,
                                     .from = *from,
                                     .interpolation = o->interpolation,
                                     .extends = o->flags & AMOS_RESAMPLE_EXTEND,
                                     .type = o->type,
                                     .item = amos_type_bytes(o->type),
                                     .to = to,
                                     .outside = o->outside,
                                     .progress = o->progress,
                                     .threads = o->threads};
    struct amosi_buffer coefficients = {0};
    amos_status status = AMOS_OK;
    if (grid->separable) {
        turn_voxels(&job);
        status = make_lines(&job, err);
    }
    if (!status) {
        begin_report(&job, report);
        status = make_spline(&job, &coefficients, o->pool, err);
    }
    if (!status)
        status = amosi_resample_rows(&job, choose_way(&job), err);
    end_report(&job, report);
    amosi_buffer_release(&coefficients);
    release_lines(&job);
    return status;
}

amos_status amosi_resample_labels(const struct amosi_grid *grid, const uint8_t *from, const amos_resample_options *o,
                                  uint8_t *to, amos_resample_report *report, amos_error *err)
{
    const int64_t *shape = grid->before;
    const struct amosi_voxels voxels = {
        (const char *)from, AMOS_TYPE_UINT8, {shape[0], shape[1], shape[2]}, {1, shape[0], shape[0] * shape[1]}};
    struct amosi_resample_job job = {.grid = grid,
                                     .from = voxels,
                                     .interpolation = AMOS_INTERPOLATION_NEAREST,
                                     .extends = o->flags & AMOS_RESAMPLE_EXTEND,
                                     .type = AMOS_TYPE_UINT8,
                                     .item = 1,
                                     .to = (char *)to,
                                     .outside = o->outside,
                                     .progress = o->progress,
                                     .threads = o->threads};
    amos_status status = AMOS_OK;
    if (grid->separable) {
        turn_voxels(&job);
        status = make_lines(&job, err);
    }
    if (!status) {
        begin_report(&job, report);
        status = amosi_resample_rows(
            &job, o->flags & AMOS_RESAMPLE_MAJORITY ? amosi_resample_majority : choose_way(&job), err);
    }
    end_report(&job, report);
    release_lines(&job);
    return status;
}

amos_status amosi_resample_layout(const amos_geometry *geometry, const char *path, amos_layout *layout, amos_error *err)
{
    layout->geometry = *geometry;
    layout->has_geometry = 1;
    memcpy(layout->shape, geometry->shape, sizeof geometry->shape);
    layout->shape[3] = 1;
    int64_t bytes = 16; /* the largest voxels of all arrays of this shape, with room for what is computed from them */
    for (int i = 0; i < 3; i++)
        if (__builtin_mul_overflow(bytes, layout->shape[i], &bytes) || bytes > PTRDIFF_MAX)
            return amosi_fail(err, AMOS_E_LIMIT, path, "%s resampled image would be larger than the address space.",
                              path ? "the" : "The");
    (void)amosi_layout_pack(layout); /* cannot fail: just checked */
    return AMOS_OK;
}
