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
    const struct amosi_mixing *kernels;
    amos_type type;
    size_t item;
    char *to;
    int64_t shape[3];
};

/* `count` rows of n numbers that are filtered across: row i is at `rows` + i * step. */
struct column {
    char *rows;
    size_t step, n;
    int64_t count;
};

static void *row_of(const struct column *c, int64_t i)
{
    return c->rows + (size_t)i * c->step;
}

/* The first row of the causal filter: the sum over the mirrored signal (Unser's equation 2.5 in box 2). A long signal is
 * cut where its share vanishes; a short one is summed over its whole period. */
static void begin_causal(const struct spline *s, const struct column *c)
{
    const int64_t last = c->count - 1, reach = c->count > HORIZON ? HORIZON : last + 1;
    const void *first = row_of(c, 0);
    double power[2 * HORIZON] = {1}; /* of the pole */
    for (int i = 1; i < 2 * HORIZON; i++)
        power[i] = power[i - 1] * POLE;
    const double whole = c->count > HORIZON ? 1 : 1 / (1 - power[2 * last]);
    s->kernels->mix(row_of(c, 0), &first, &whole, 1, c->n);
    for (int64_t i = 1; i < reach; i++) {
        const double back = c->count <= HORIZON && i < last ? power[2 * last - i] : 0;
        s->kernels->add(row_of(c, 0), row_of(c, i), whole * (power[i] + back), c->n);
    }
}

static void filter(const struct spline *s, const struct column *c)
{
    const struct amosi_mixing *k = s->kernels;
    const double factor = POLE / (POLE * POLE - 1), gain = GAIN;
    if (c->count == 1)
        return;
    for (int64_t i = 0; i < c->count; i++) {
        const void *row = row_of(c, i);
        k->mix(row_of(c, i), &row, &gain, 1, c->n);
    }
    begin_causal(s, c);
    for (int64_t i = 1; i < c->count; i++)
        k->add(row_of(c, i), row_of(c, i - 1), POLE, c->n);
    const void *ends[2] = {row_of(c, c->count - 1), row_of(c, c->count - 2)};
    const double weights[2] = {factor, factor * POLE};
    k->mix(row_of(c, c->count - 1), ends, weights, 2, c->n);
    for (int64_t i = c->count - 2; i >= 0; i--)
        k->turn(row_of(c, i), row_of(c, i + 1), POLE, c->n);
}

/* ---- along x ---- */

/* Copies `rows` rows of a slice to the columns of a tile, or back. */
static void turn_tile(const struct spline *s, char *rows, int64_t count, char *tile, bool back)
{
    for (int64_t y = 0; y < count; y++)
        for (int64_t x = 0; x < s->shape[0]; x++) {
            char *row = rows + (size_t)(y * s->shape[0] + x) * s->item;
            char *cell = tile + (size_t)(x * TILE + y) * s->item;
            if (s->item == 4)
                memcpy(back ? row : cell, back ? cell : row, 4);
            else
                memcpy(back ? row : cell, back ? cell : row, 8);
        }
}

static void filter_x(const struct spline *s, char *slice, char *tile)
{
    const struct column columns = {tile, TILE * s->item, TILE, s->shape[0]};
    for (int64_t y = 0; y < s->shape[1]; y += TILE) {
        const int64_t rows = s->shape[1] - y < TILE ? s->shape[1] - y : TILE;
        char *from = slice + (size_t)(y * s->shape[0]) * s->item;
        turn_tile(s, from, rows, tile, false);
        filter(s, &columns);
        turn_tile(s, from, rows, tile, true);
    }
}

/* ---- slices and the whole ---- */

static void load_slice(const struct spline *s, int64_t z, char *slice, void *scratch)
{
    const struct amosi_convert convert = {s->from->type, s->type, false, 1, 0, true};
    struct amosi_convert_notes notes = {0};
    for (int64_t y = 0; y < s->shape[1]; y++)
        (void)amosi_convert_run(&convert, slice + (size_t)(y * s->shape[0]) * s->item,
                                amosi_voxels_row(s->from, y, z, scratch), (size_t)s->shape[0], &notes);
}

/* Loads a slice and filters it along x and y. */
static amos_status make_slice(void *user, size_t index, amos_error *err)
{
    const struct spline *s = user;
    char *slice = s->to + index * (size_t)(s->shape[0] * s->shape[1]) * s->item;
    char *tile = amosi_zalloc_array((size_t)s->shape[0], TILE * sizeof(double));
    if (!tile)
        return amosi_fail_nomem(err, NULL);
    load_slice(s, (int64_t)index, slice, tile);
    filter_x(s, slice, tile);
    const struct column columns = {slice, (size_t)s->shape[0] * s->item, (size_t)s->shape[0], s->shape[1]};
    filter(s, &columns);
    amosi_free(tile);
    return AMOS_OK;
}

/* Filters all slices along z, a row of each. */
static amos_status filter_z(void *user, size_t index, amos_error *err)
{
    const struct spline *s = user;
    const size_t row = (size_t)s->shape[0] * s->item;
    const struct column columns = {s->to + index * row, row * (size_t)s->shape[1], (size_t)s->shape[0], s->shape[2]};
    (void)err;
    filter(s, &columns);
    return AMOS_OK;
}

amos_status amosi_spline_make(const struct amosi_voxels *from, amos_type type, void *to, int threads,
                              struct amosi_voxels *out, amos_error *err)
{
    const amos_workers_options workers = {.size = sizeof workers, .threads = threads};
    struct spline s = {.from = from, .type = type, .item = amos_type_bytes(type), .to = to};
    memcpy(s.shape, from->shape, sizeof s.shape);
    s.kernels = type == AMOS_TYPE_FLOAT32 ? &amosi_resampling()->f32 : &amosi_resampling()->f64;
    amos_status status = amos_workers_run((size_t)s.shape[2], &workers, make_slice, NULL, &s, err);
    if (!status)
        status = amos_workers_run((size_t)s.shape[1], &workers, filter_z, NULL, &s, err);
    *out = (struct amosi_voxels){to, type, {s.shape[0], s.shape[1], s.shape[2]}, {(int64_t)s.item, 0, 0}};
    out->strides[1] = out->strides[0] * s.shape[0];
    out->strides[2] = out->strides[1] * s.shape[1];
    return status;
}
