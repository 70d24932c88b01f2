/* SPDX-License-Identifier: BSD-3-Clause */
#include "resample/spline.h"

#include <string.h>

#include <amos/workers.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "nifti/convert.h"
#include "resample/kernels.h"

/* The pole of the filter, and what an axis is multiplied with: (1 - z) (1 - 1 / z). */
#define POLE (-0.26794919243112270647)
#define GAIN 6.0
#define HORIZON 28 /* numbers after which the pole's powers are below 1e-15 */
#define TILE 16    /* rows that are filtered side by side along x */

struct spline {
    const struct amosi_voxels *from;
    const struct amosi_resampling *kernels;
    double *to;
    int64_t shape[3];
};

/* `count` rows of n numbers that are filtered across: row i is at `rows` + i * step. */
struct column {
    double *rows;
    size_t step, n;
    int64_t count;
};

static double *row_of(const struct column *c, int64_t i)
{
    return c->rows + (size_t)i * c->step;
}

/* row = factor * row */
static void scale(const struct spline *s, const struct column *c, int64_t i, double factor)
{
    const void *row = row_of(c, i);
    s->kernels->mix_f64(row_of(c, i), &row, &factor, 1, c->n);
}

/* The first row of the causal filter: the sum over the mirrored signal (Unser's equation 2.5 in box 2). A long signal is
 * cut where its share vanishes; a short one is summed over its whole period. */
static void begin_causal(const struct spline *s, const struct column *c)
{
    const int64_t last = c->count - 1, reach = c->count > HORIZON ? HORIZON : last + 1;
    double power[2 * HORIZON] = {1}; /* of the pole */
    for (int i = 1; i < 2 * HORIZON; i++)
        power[i] = power[i - 1] * POLE;
    const double whole = c->count > HORIZON ? 1 : 1 / (1 - power[2 * last]);
    scale(s, c, 0, whole);
    for (int64_t i = 1; i < reach; i++) {
        const double back = c->count <= HORIZON && i < last ? power[2 * last - i] : 0;
        s->kernels->add(row_of(c, 0), row_of(c, i), whole * (power[i] + back), c->n);
    }
}

static void filter(const struct spline *s, const struct column *c)
{
    const double factor = POLE / (POLE * POLE - 1);
    if (c->count == 1)
        return;
    for (int64_t i = 0; i < c->count; i++)
        scale(s, c, i, GAIN);
    begin_causal(s, c);
    for (int64_t i = 1; i < c->count; i++)
        s->kernels->add(row_of(c, i), row_of(c, i - 1), POLE, c->n);
    const void *ends[2] = {row_of(c, c->count - 1), row_of(c, c->count - 2)};
    const double weights[2] = {factor, factor * POLE};
    s->kernels->mix_f64(row_of(c, c->count - 1), ends, weights, 2, c->n);
    for (int64_t i = c->count - 2; i >= 0; i--)
        s->kernels->turn(row_of(c, i), row_of(c, i + 1), POLE, c->n);
}

/* ---- along x ---- */

static void filter_x(const struct spline *s, double *slice, double *tile)
{
    const struct column columns = {tile, TILE, TILE, s->shape[0]};
    const int64_t width = s->shape[0];
    for (int64_t first = 0; first < s->shape[1]; first += TILE) {
        const int64_t rows = s->shape[1] - first < TILE ? s->shape[1] - first : TILE;
        double *from = slice + first * width;
        for (int64_t y = 0; y < rows; y++)
            for (int64_t x = 0; x < width; x++)
                tile[x * TILE + y] = from[y * width + x];
        filter(s, &columns);
        for (int64_t y = 0; y < rows; y++)
            for (int64_t x = 0; x < width; x++)
                from[y * width + x] = tile[x * TILE + y];
    }
}

/* ---- slices and the whole ---- */

/* Loads a slice and filters it along x and y. */
static amos_status make_slice(void *user, size_t index, amos_error *err)
{
    const struct spline *s = user;
    const int64_t width = s->shape[0];
    double *slice = s->to + index * (size_t)(width * s->shape[1]);
    double *tile = amosi_zalloc_array((size_t)width, TILE * sizeof *tile);
    if (!tile)
        return amosi_fail_nomem(err, NULL);
    for (int64_t y = 0; y < s->shape[1]; y++)
        amosi_convert_to_double(s->from->type, slice + y * width, amosi_voxels_row(s->from, y, (int64_t)index, tile),
                                (size_t)width);
    memset(tile, 0, (size_t)width * TILE * sizeof *tile);
    filter_x(s, slice, tile);
    const struct column columns = {slice, (size_t)width, (size_t)width, s->shape[1]};
    filter(s, &columns);
    amosi_free(tile);
    return AMOS_OK;
}

/* Filters all slices along z, a row of each. */
static amos_status filter_z(void *user, size_t index, amos_error *err)
{
    const struct spline *s = user;
    const size_t row = (size_t)s->shape[0];
    const struct column columns = {s->to + index * row, row * (size_t)s->shape[1], row, s->shape[2]};
    (void)err;
    filter(s, &columns);
    return AMOS_OK;
}

amos_status amosi_spline_make(const struct amosi_voxels *from, double *to, int threads, struct amosi_voxels *out,
                              amos_error *err)
{
    const amos_workers_options workers = {.size = sizeof workers, .threads = threads};
    const int64_t *n = from->shape, item = (int64_t)sizeof *to;
    struct spline s = {from, amosi_resampling(), to, {n[0], n[1], n[2]}};
    amos_status status = amos_workers_run((size_t)n[2], &workers, make_slice, NULL, &s, err);
    if (!status)
        status = amos_workers_run((size_t)n[1], &workers, filter_z, NULL, &s, err);
    *out = (struct amosi_voxels){
        (const char *)to, AMOS_TYPE_FLOAT64, {n[0], n[1], n[2]}, {item, item * n[0], item * n[0] * n[1]}};
    return status;
}
