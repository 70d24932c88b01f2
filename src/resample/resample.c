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

/* Whether the axes are taken in the order y, x, z instead of z, y, x: if that has fewer sums before the last axis. The
 * rule of docs/conventions.md; what the sizes are decides it, never the number of threads. */
static bool plane_is_first(const struct amosi_resample_job *job)
{
    const int64_t *before = job->from.shape, *after = job->grid->after;
    const double x = (double)before[0], y = (double)before[1], z = (double)before[2];
    const double to_x = (double)after[0], to_y = (double)after[1], to_z = (double)after[2];
    return to_z * (y + to_y) * x > z * (x + to_x) * to_y;
}

/* After this the voxels have the new size along an axis. */
static void line_is_done(struct amosi_line *line)
{
    line->before = line->after;
    line->same = true;
}

/* Replaces the voxels by the coefficients of a spline, which `coefficients` holds. */
static amos_status make_spline(struct amosi_resample_job *job, bool planes, struct amosi_buffer *coefficients,
                               amos_buffer_pool *pool, amos_error *err)
{
    const int64_t *shape = planes ? job->grid->after : job->from.shape;
    const struct amosi_voxels from = job->from;
    size_t bytes = sizeof(double);
    for (int d = 0; d < 2; d++)
        if (__builtin_mul_overflow(bytes, (size_t)shape[d], &bytes))
            return amosi_fail_nomem(err, NULL);
    if (__builtin_mul_overflow(bytes, (size_t)from.shape[2], &bytes) || !amosi_buffer_get(coefficients, pool, bytes))
        return amosi_fail_nomem(err, NULL);
    if (!planes)
        return amosi_spline_make(&from, coefficients->data, job->threads, &job->from, err);
    amos_status status = amosi_spline_planes(&from, job->lines, coefficients->data, job->threads, &job->from, err);
    line_is_done(&job->lines[0]);
    line_is_done(&job->lines[1]);
    job->unfiltered = true;
    return status;
}

/* Computes the result in the way that the grid and the interpolation ask for. */
static amos_status run_job(struct amosi_resample_job *job, struct amosi_buffer *coefficients, amos_buffer_pool *pool,
                           amos_error *err)
{
    const bool copies = only_copies(job), planes = job->grid->separable && !copies && plane_is_first(job);
    if (!copies && job->interpolation == AMOS_INTERPOLATION_BSPLINE) {
        amos_status status = make_spline(job, planes, coefficients, pool, err);
        if (status)
            return status;
    }
    if (planes)
        return amosi_resample_rows(job, amosi_resample_planes, amosi_resample_planes_unit(job), err);
    return amosi_resample_rows(job,
                               !job->grid->separable ? amosi_resample_points
                               : copies              ? amosi_resample_nearest
                                                     : amosi_resample_lines,
                               0, err);
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
        status = run_job(&job, &coefficients, o->pool, err);
    }
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
        status = o->flags & AMOS_RESAMPLE_MAJORITY ? amosi_resample_rows(&job, amosi_resample_majority, 0, err)
                                                   : run_job(&job, NULL, NULL, err);
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
