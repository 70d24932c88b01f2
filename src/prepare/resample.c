/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "prepare/case.h"
#include "nifti/convert.h"

#define TAPS 4

/* The old voxels along an axis that a new voxel is interpolated from. */
struct tap {
    int64_t at[TAPS];
    double weight[TAPS]; /* 0 if not needed */
    int64_t nearest;
};

struct axis {
    int64_t before, after; /* voxels */
    double spacing;        /* mm, exactly as asked for */
    double step;           /* old voxels from one new one to the next */
    double first;          /* the old index of the first new voxel */
    struct tap *taps;      /* one for each new voxel */
};

struct resampling {
    struct amosi_prepare_case *c;
    struct axis axes[3];
    double *slice; /* old x, old y */
    double *rows;  /* old x, new y */
    double *row;   /* old x or new x */
    amos_array *image;
    struct amosi_buffer labels;
};

/* ---- axes ---- */

static int64_t clamp(int64_t i, int64_t count)
{
    return i < 0 ? 0 : i >= count ? count - 1 : i;
}

static void set_tap(struct tap *tap, double at, int64_t count, amos_interpolation interpolation)
{
    double whole = floor(at), t = at - whole;
    double linear[TAPS] = {0, 1 - t, t, 0};
    double cubic[TAPS] = {((2 - t) * t - 1) * t / 2, ((3 * t - 5) * t * t + 2) / 2, ((4 - 3 * t) * t + 1) * t / 2,
                          (t - 1) * t * t / 2};
    for (int i = 0; i < TAPS; i++) {
        tap->at[i] = clamp((int64_t)whole + i - 1, count);
        tap->weight[i] = interpolation == AMOS_INTERPOLATION_CUBIC ? cubic[i] : linear[i];
    }
    tap->nearest = clamp((int64_t)floor(at + 0.5), count);
}

static amos_status make_axis(struct axis *axis, int64_t count, double before, double after,
                             amos_interpolation interpolation, const char *path, amos_error *err)
{
    axis->before = axis->after = count;
    axis->step = 1;
    axis->spacing = before;
    if (after != 0 && after != before) {
        double wanted = rint((double)count * before / after);
        if (wanted > (double)AMOSI_CACHE_MOST_VOXELS)
            return amosi_fail(err, AMOS_E_LIMIT, path,
                              "with %g mm an axis would have %.0f voxels; at most %lld are possible.", after, wanted,
                              (long long)AMOSI_CACHE_MOST_VOXELS);
        axis->after = wanted < 1 ? 1 : (int64_t)wanted;
        axis->step = after / before;
        axis->spacing = after;
    }
    axis->first = ((double)(count - 1) - (double)(axis->after - 1) * axis->step) / 2;
    axis->taps = amosi_alloc_array((size_t)axis->after, sizeof *axis->taps);
    if (!axis->taps)
        return amosi_fail_nomem(err, path);
    for (int64_t i = 0; i < axis->after; i++)
        set_tap(&axis->taps[i], axis->first + (double)i * axis->step, count, interpolation);
    return AMOS_OK;
}

static void move_geometry(const struct axis axes[3], amos_geometry *geometry)
{
    double origin[3];
    const double first[3] = {axes[0].first, axes[1].first, axes[2].first};
    amos_geometry_to_mm(geometry, first, origin);
    for (int i = 0; i < 3; i++) {
        geometry->shape[i] = axes[i].after;
        geometry->spacing[i] = axes[i].spacing;
        geometry->affine[i][3] = origin[i];
        for (int k = 0; k < 3; k++)
            geometry->affine[i][k] *= axes[k].step;
    }
}

/* ---- voxels ---- */

/* sum += weight * values; a weight of 0 does not propagate NaN. */
static void add_weighted(double *sum, double weight, const double *values, int64_t n)
{
    if (weight != 0)
        for (int64_t i = 0; i < n; i++)
            sum[i] += weight * values[i];
}

/* Computes the weighted sum of the old slices for a new one. */
static void mix_slices(const struct resampling *r, const struct tap *tap)
{
    const amos_layout *layout = &r->c->image->layout;
    int64_t width = r->axes[0].before, height = r->axes[1].before;
    memset(r->slice, 0, (size_t)(width * height) * sizeof *r->slice);
    for (int i = 0; i < TAPS; i++)
        for (int64_t y = 0; y < height && tap->weight[i] != 0; y++) {
            const char *from =
                (const char *)r->c->image->buffer.data + tap->at[i] * layout->strides[2] + y * layout->strides[1];
            amosi_convert_to_double(layout->type, r->row, from, (size_t)width);
            add_weighted(r->slice + y * width, tap->weight[i], r->row, width);
        }
}

static void mix_rows(const struct resampling *r)
{
    int64_t width = r->axes[0].before;
    memset(r->rows, 0, (size_t)(width * r->axes[1].after) * sizeof *r->rows);
    for (int64_t y = 0; y < r->axes[1].after; y++)
        for (int i = 0; i < TAPS; i++)
            add_weighted(r->rows + y * width, r->axes[1].taps[y].weight[i], r->slice + r->axes[1].taps[y].at[i] * width,
                         width);
}

static void mix_row(const struct resampling *r, const double *from)
{
    for (int64_t x = 0; x < r->axes[0].after; x++) {
        const struct tap *tap = &r->axes[0].taps[x];
        double sum = 0;
        for (int i = 0; i < TAPS; i++)
            if (tap->weight[i] != 0)
                sum += tap->weight[i] * from[tap->at[i]];
        r->row[x] = sum;
    }
}

static void resample_image(const struct resampling *r)
{
    const amos_layout *layout = &r->image->layout;
    const struct amosi_convert convert = {AMOS_TYPE_FLOAT64, layout->type, false, 1, 0, true};
    struct amosi_convert_notes notes = {0};
    for (int64_t z = 0; z < layout->shape[2]; z++) {
        mix_slices(r, &r->axes[2].taps[z]);
        mix_rows(r);
        for (int64_t y = 0; y < layout->shape[1]; y++) {
            char *to = (char *)r->image->buffer.data + z * layout->strides[2] + y * layout->strides[1];
            mix_row(r, r->rows + y * r->axes[0].before);
            (void)amosi_convert_run(&convert, to, r->row, (size_t)layout->shape[0],
                                    &notes); /* cannot fail: it saturates */
        }
    }
}

static void resample_labels(const struct resampling *r)
{
    const int64_t *old = r->c->image->layout.shape, *shape = r->image->layout.shape;
    uint8_t *to = r->labels.data;
    for (int64_t z = 0; z < shape[2]; z++)
        for (int64_t y = 0; y < shape[1]; y++) {
            const uint8_t *from =
                r->c->labels->voxels + (r->axes[2].taps[z].nearest * old[1] + r->axes[1].taps[y].nearest) * old[0];
            for (int64_t x = 0; x < shape[0]; x++)
                *to++ = from[r->axes[0].taps[x].nearest];
        }
}

/* ---- all of it ---- */

static amos_status allocate_output(struct resampling *r, amos_error *err)
{
    const struct axis *a = r->axes;
    amos_layout layout = r->c->image->layout;
    int64_t voxels = 1, longest = a[0].before > a[0].after ? a[0].before : a[0].after;
    move_geometry(a, &layout.geometry);
    for (int i = 0; i < 3; i++) {
        layout.shape[i] = a[i].after;
        if (__builtin_mul_overflow(voxels, a[i].after, &voxels) || voxels > PTRDIFF_MAX / 16)
            return amosi_fail(err, AMOS_E_LIMIT, r->c->path,
                              "the resampled image would be larger than the address space.");
    }
    (void)amosi_layout_pack(&layout); /* cannot fail: just checked */
    r->image = amosi_array_new(&layout, r->c->pool);
    bool good = !r->c->labels || amosi_buffer_get(&r->labels, r->c->pool, (size_t)voxels);
    r->slice = amosi_alloc_array((size_t)(a[0].before * a[1].before), sizeof *r->slice);
    r->rows = amosi_alloc_array((size_t)a[0].before, (size_t)a[1].after * sizeof *r->rows);
    r->row = amosi_alloc_array((size_t)longest, sizeof *r->row);
    if (!r->image || !good || !r->slice || !r->rows || !r->row)
        return amosi_fail_nomem(err, r->c->path);
    return AMOS_OK;
}

amos_status amosi_prepare_resample(struct amosi_prepare_case *c, const double spacing[3],
                                   amos_interpolation interpolation, amos_error *err)
{
    const amos_geometry *geometry = &c->image->layout.geometry;
    struct resampling r = {.c = c};
    amos_status status = AMOS_OK;
    if (!c->image->layout.has_geometry)
        return amosi_fail(err, AMOS_E_GEOM, c->path, "the image has no usable spacing, so it cannot be resampled.");
    for (int i = 0; i < 3 && !status; i++)
        status =
            make_axis(&r.axes[i], geometry->shape[i], geometry->spacing[i], spacing[i], interpolation, c->path, err);
    if (!status)
        status = allocate_output(&r, err);
    if (!status) {
        resample_image(&r);
        if (c->labels) {
            resample_labels(&r);
            amosi_prepare_replace_labels(c->labels, &r.labels);
        }
        amos_array_free(c->image);
        c->image = r.image;
    } else {
        amosi_buffer_release(&r.labels);
        amos_array_free(r.image);
    }
    amosi_free(r.row);
    amosi_free(r.rows);
    amosi_free(r.slice);
    for (int i = 0; i < 3; i++)
        amosi_free(r.axes[i].taps);
    return status;
}
