/* SPDX-License-Identifier: BSD-3-Clause */
#include "resample/spline.h"

#include <amos/workers.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "nifti/convert.h"
#include "resample/mix.h"

/* The pole of the filter, and what an axis is multiplied with: (1 - z) (1 - 1 / z). */
#define POLE (-0.26794919243112270647)
#define GAIN 6.0
#define HORIZON 28 /* numbers after which the pole's powers are below 1e-15 */
#define TILE 16    /* rows that are filtered side by side along x, */
#define WIDTH 64   /* and columns along y */

/* `count` rows of n numbers that are filtered across: row i is at `rows` + i * step. */
struct column {
    const struct amosi_resampling *kernels;
    double *rows;
    size_t step, n;
    int64_t count;
};

static double *row_of(const struct column *c, int64_t i)
{
    return c->rows + (size_t)i * c->step;
}

/* row = factor * row */
static void scale(const struct column *c, int64_t i, double factor)
{
    const void *row = row_of(c, i);
    c->kernels->mix_f64(row_of(c, i), &row, &factor, 1, c->n);
}

/* The first row of the causal filter: the sum over the mirrored signal (Unser's equation 2.5 in box 2). A long signal is
 * cut where its share vanishes; a short one is summed over its whole period. */
static void begin_causal(const struct column *c)
{
    const int64_t last = c->count - 1, reach = c->count > HORIZON ? HORIZON : last + 1;
    double power[2 * HORIZON] = {1}; /* of the pole */
    for (int i = 1; i < 2 * HORIZON; i++)
        power[i] = power[i - 1] * POLE;
    const double whole = c->count > HORIZON ? 1 : 1 / (1 - power[2 * last]);
    scale(c, 0, whole);
    for (int64_t i = 1; i < reach; i++) {
        const double back = c->count <= HORIZON && i < last ? power[2 * last - i] : 0;
        c->kernels->add(row_of(c, 0), row_of(c, i), whole * (power[i] + back), c->n);
    }
}

/* The numbers have been multiplied by the gain. */
static void filter(const struct column *c)
{
    const double factor = POLE / (POLE * POLE - 1);
    if (c->count == 1)
        return;
    begin_causal(c);
    for (int64_t i = 1; i < c->count; i++)
        c->kernels->add(row_of(c, i), row_of(c, i - 1), POLE, c->n);
    const void *ends[2] = {row_of(c, c->count - 1), row_of(c, c->count - 2)};
    const double weights[2] = {factor, factor * POLE};
    c->kernels->mix_f64(row_of(c, c->count - 1), ends, weights, 2, c->n);
    for (int64_t i = c->count - 2; i >= 0; i--)
        c->kernels->turn(row_of(c, i), row_of(c, i + 1), POLE, c->n);
}

/* What voxels are multiplied by before their axes are filtered. */
static double gain_of(const int64_t shape[3])
{
    double gain = 1;
    for (int d = 0; d < 3; d++)
        gain *= shape[d] > 1 ? GAIN : 1;
    return gain;
}

/* Some rows as columns of a tile; columns without a row are 0. */
static void turn_in(double *tile, const double *from, int64_t rows, int64_t width)
{
    for (int64_t y = 0; y < TILE; y++)
        for (int64_t x = 0; x < width; x++)
            tile[x * TILE + y] = y < rows ? from[y * width + x] : 0;
}

static void turn_out(double *to, const double *tile, int64_t rows, int64_t width)
{
    for (int64_t y = 0; y < rows; y++)
        for (int64_t x = 0; x < width; x++)
            to[y * width + x] = tile[x * TILE + y];
}

/* ---- all axes before the interpolation ---- */

struct spline {
    const struct amosi_voxels *from;
    double *to;
    int64_t shape[3];
};

static void filter_x(const struct spline *s, double *slice, double *tile)
{
    const struct column columns = {amosi_resampling(), tile, TILE, TILE, s->shape[0]};
    const int64_t width = s->shape[0];
    for (int64_t first = 0; first < s->shape[1]; first += TILE) {
        const int64_t rows = s->shape[1] - first < TILE ? s->shape[1] - first : TILE;
        turn_in(tile, slice + first * width, rows, width);
        filter(&columns);
        turn_out(slice + first * width, tile, rows, width);
    }
}

/* Loads a slice and filters it along x and y. */
static amos_status make_slice(void *user, size_t index, amos_error *err)
{
    const struct spline *s = user;
    const int64_t width = s->shape[0];
    double *slice = s->to + index * (size_t)(width * s->shape[1]);
    double *tile = amosi_alloc_array((size_t)width, TILE * sizeof *tile);
    const struct column columns = {amosi_resampling(), slice, (size_t)width, (size_t)width, s->shape[1]};
    if (!tile)
        return amosi_fail_nomem(err, NULL);
    for (int64_t y = 0; y < s->shape[1]; y++) {
        amosi_convert_to_double(s->from->type, slice + y * width, amosi_voxels_row(s->from, y, (int64_t)index, tile),
                                (size_t)width);
        scale(&columns, y, gain_of(s->shape));
    }
    filter_x(s, slice, tile);
    filter(&columns);
    amosi_free(tile);
    return AMOS_OK;
}

/* Filters all slices along z, a row of each. */
static amos_status filter_z(void *user, size_t index, amos_error *err)
{
    const struct spline *s = user;
    const size_t row = (size_t)s->shape[0];
    const struct column columns = {amosi_resampling(), s->to + index * row, row * (size_t)s->shape[1], row,
                                   s->shape[2]};
    (void)err;
    filter(&columns);
    return AMOS_OK;
}

static struct amosi_voxels packed(const double *data, int64_t width, int64_t height, int64_t depth)
{
    const int64_t item = (int64_t)sizeof *data;
    return (struct amosi_voxels){
        (const char *)data, AMOS_TYPE_FLOAT64, {width, height, depth}, {item, item * width, item * width * height}};
}

amos_status amosi_spline_make(const struct amosi_voxels *from, double *to, int threads, struct amosi_voxels *out,
                              amos_error *err)
{
    const amos_workers_options workers = {.size = sizeof workers, .threads = threads};
    const int64_t *n = from->shape;
    struct spline s = {from, to, {n[0], n[1], n[2]}};
    amos_status status = amos_workers_run((size_t)n[2], &workers, make_slice, NULL, &s, err);
    if (!status)
        status = amos_workers_run((size_t)n[1], &workers, filter_z, NULL, &s, err);
    *out = packed(to, n[0], n[1], n[2]);
    return status;
}

/* ---- an axis at a time, in the plane first ---- */

struct planes {
    const struct amosi_voxels *from;
    const struct amosi_line *x, *y;
    double *to;
};

/* The working memory of a thread. */
struct room {
    double *memory;
    struct amosi_mix mix;
    double *columns; /* old rows, WIDTH numbers of each */
    double *plane;   /* rows mixed along y */
    double *old;     /* a tile of them across, */
    double *tile;    /* and mixed along x */
};

static bool make_room(struct room *room, const struct planes *p)
{
    const struct amosi_line *x = p->x, *y = p->y;
    const size_t columns = amosi_mix_lined_up(y->before * WIDTH), plane = amosi_mix_lined_up(x->before * y->after);
    const size_t old = amosi_mix_lined_up(x->before * TILE), tile = amosi_mix_lined_up(x->after * TILE);
    const size_t count = columns + plane + old + tile + amosi_mix_doubles(p->from);
    double *memory = room->memory = amosi_alloc_array(count, sizeof *memory);
    if (!memory)
        return false;
    room->columns = amosi_mix_take(&memory, columns);
    room->plane = amosi_mix_take(&memory, plane);
    room->old = amosi_mix_take(&memory, old);
    room->tile = amosi_mix_take(&memory, tile);
    amosi_mix_begin(&room->mix, p->from, &memory);
    return true;
}

/* Mixes all new voxels of a line from old rows: row i of n numbers is at `old` + i * step. */
static void mix_line(const struct amosi_line *line, const double *old, size_t from_step, double *to, size_t to_step,
                     size_t n)
{
    int64_t at[AMOSI_TAPS];
    double weights[AMOSI_TAPS];
    const void *rows[AMOSI_TAPS];
    for (int64_t i = line->begin; i < line->end; i++) {
        const int taps = amosi_mix_taps(line, i, at, weights);
        for (int k = 0; k < taps; k++)
            rows[k] = old + (size_t)at[k] * from_step;
        amosi_resampling()->mix_f64(to + (size_t)i * to_step, rows, weights, taps, n);
    }
}

/* Filters and mixes a slice along y. */
static void along_y(const struct planes *p, struct room *room, int64_t z)
{
    const double gain = gain_of(p->from->shape);
    const int64_t width = p->x->before;
    for (int64_t x = 0; x < width; x += WIDTH) {
        const int64_t n = width - x < WIDTH ? width - x : WIDTH;
        const struct column columns = {room->mix.kernels, room->columns, WIDTH, (size_t)n, p->y->before};
        for (int64_t y = 0; y < p->y->before; y++) {
            const void *row = amosi_mix_old(&room->mix, x, n, y, z, 0);
            room->mix.sum(row_of(&columns, y), &row, &gain, 1, (size_t)n);
        }
        filter(&columns);
        mix_line(p->y, room->columns, WIDTH, room->plane + x, (size_t)width, (size_t)n);
    }
}

/* Filters and mixes the rows of a slice along x. */
static void along_x(const struct planes *p, struct room *room, double *to)
{
    const struct column columns = {room->mix.kernels, room->old, TILE, TILE, p->x->before};
    const int64_t before = p->x->before, after = p->x->after;
    for (int64_t y = p->y->begin; y < p->y->end; y += TILE) {
        const int64_t rows = p->y->end - y < TILE ? p->y->end - y : TILE;
        turn_in(room->old, room->plane + y * before, rows, before);
        filter(&columns);
        mix_line(p->x, room->old, TILE, room->tile, TILE, TILE);
        turn_out(to + y * after, room->tile, rows, after);
    }
}

static amos_status make_plane(void *user, size_t index, amos_error *err)
{
    const struct planes *p = user;
    struct room room;
    if (!make_room(&room, p))
        return amosi_fail_nomem(err, NULL);
    along_y(p, &room, (int64_t)index);
    along_x(p, &room, p->to + (int64_t)index * p->x->after * p->y->after);
    amosi_free(room.memory);
    return AMOS_OK;
}

amos_status amosi_spline_planes(const struct amosi_voxels *from, const struct amosi_line lines[2], double *to,
                                int threads, struct amosi_voxels *out, amos_error *err)
{
    const amos_workers_options workers = {.size = sizeof workers, .threads = threads};
    struct planes p = {from, &lines[0], &lines[1], to};
    *out = packed(to, lines[0].after, lines[1].after, from->shape[2]);
    return amos_workers_run((size_t)from->shape[2], &workers, make_plane, NULL, &p, err);
}

void amosi_spline_filter_z(const struct amosi_voxels *voxels, int64_t first, int64_t stop)
{
    const size_t row = (size_t)voxels->shape[0];
    double *data = (double *)(uintptr_t)voxels->data; /* the coefficients are the library's own */
    const struct column columns = {amosi_resampling(), data + (size_t)first * row, row * (size_t)voxels->shape[1],
                                   row * (size_t)(stop - first), voxels->shape[2]};
    filter(&columns);
}
