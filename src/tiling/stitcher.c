/* SPDX-License-Identifier: BSD-3-Clause */
/* Labels from tiles in their order: voxels are compared as soon as their last tile was added. */
#include <amos/stitcher.h>

#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/math/rounding.h"
#include "base/system/alloc.h"
#include "nifti/kernels.h"
#include "tiling/kernels.h"
#include "tiling/rows.h"
#include "tiling/work.h"

#define ALL_FLIPS 7u
/* Rows of a plane whose channels are added before they are compared: they stay in the processor's cache. */
#define BLOCK_BYTES ((size_t)256 << 10)
#define PIECE 256 /* values of a row that are converted together */

struct amos_stitcher {
    const amos_tiling *tiling;
    amos_stitcher_options o;
    amos_stitcher_info info;
    struct amosi_rows rows;
    uint8_t *finished; /* labels of the planes from info.planes on: the caller's, or `own` */
    uint8_t *own;
    bool stopped; /* by the caller's function */
};

/* ---- planes of labels ---- */

/* The planes that have their labels once a layer of tiles was added. */
static int64_t finished_planes(const amos_tiling *tiling, int64_t layer)
{
    const struct amosi_tile_line *z = &tiling->axis[2].line;
    return layer + 1 < z->count ? amosi_tile_start(z, layer + 1) : z->side;
}

static int64_t plane_voxels(const amos_tiling *tiling)
{
    return tiling->axis[0].line.side * tiling->axis[1].line.side;
}

/* The most planes that a layer finishes. */
static int64_t thickest(const amos_tiling *tiling)
{
    int64_t most = 0, before = 0;
    for (int64_t layer = 0; layer < tiling->axis[2].line.count; layer++) {
        int64_t now = finished_planes(tiling, layer);
        most = now - before > most ? now - before : most;
        before = now;
    }
    return most;
}

static amos_status hand_over(amos_stitcher *s, int64_t layer, amos_error *err)
{
    const int64_t start = s->info.planes, stop = finished_planes(s->tiling, layer);
    amos_status status = s->o.planes ? s->o.planes(s->o.user, s->finished, start, stop, err) : AMOS_OK;
    if (s->o.labels)
        s->finished += (stop - start) * plane_voxels(s->tiling);
    s->info.planes = stop;
    s->stopped = status != AMOS_OK;
    return status;
}

/* ---- making ---- */

static amos_status check_options(const amos_tiling *tiling, const amos_stitcher_options *o, int64_t *values,
                                 amos_error *err)
{
    if (o->channels < 1 || o->channels > 256)
        return amosi_fail(err, AMOS_E_ARG, NULL, "a stitcher needs 1 to 256 channels, not %lld.",
                          (long long)o->channels);
    if (o->flips & ~ALL_FLIPS)
        return amosi_fail(err, AMOS_E_ARG, NULL, "the flips of a stitcher are %u; they are AMOS_FLIP_X, _Y and _Z.",
                          o->flips);
    if (!o->labels && !o->planes)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "a stitcher needs a place for the labels, or a function that takes them.");
    int64_t voxels = amosi_tiling_count_values(tiling, 1);
    *values = amosi_tiling_count_values(tiling, o->channels * (int64_t)sizeof(float));
    if (voxels < 0 || *values < 0)
        return amosi_fail(err, AMOS_E_ARG, NULL, "the volume has too many voxels.");
    if (o->labels && o->bytes < (uint64_t)voxels)
        return amosi_fail(err, AMOS_E_ARG, NULL, "the labels have room for %zu bytes; they need %lld.", o->bytes,
                          (long long)voxels);
    return AMOS_OK;
}

static amos_status make_memory(amos_stitcher *s, amos_error *err)
{
    amos_status status = amosi_rows_make(&s->rows, s->tiling, s->o.channels, err);
    size_t bytes = (size_t)(thickest(s->tiling) * plane_voxels(s->tiling));
    s->finished = s->o.labels;
    s->info.bytes = s->rows.bytes + sizeof *s;
    if (status || s->o.labels)
        return status;
    s->own = amosi_alloc_voxels(bytes);
    s->finished = s->own;
    s->info.bytes += bytes;
    return s->own ? AMOS_OK : amosi_fail_nomem(err, NULL);
}

amos_status amos_stitcher_make(const amos_tiling *tiling, const amos_stitcher_options *options, amos_stitcher **out,
                               amos_error *err)
{
    static const amos_stitcher_options defaults = AMOS_STITCHER_OPTIONS_INIT;
    amos_stitcher_options o;
    int64_t sum_bytes = 0;
    if (out)
        *out = NULL;
    if (!tiling || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_stitcher_make needs a tiling and a place for the stitcher.");
    amos_status status = amosi_options_take_from(&o, sizeof o, options, &defaults, "amos_stitcher_options", err);
    if (!status)
        status = check_options(tiling, &o, &sum_bytes, err);
    if (status)
        return status;
    amos_stitcher *s = amosi_zalloc(sizeof *s);
    if (!s)
        return amosi_fail_nomem(err, NULL);
    s->tiling = tiling;
    s->o = o;
    s->info.sum_bytes = (uint64_t)sum_bytes;
    status = make_memory(s, err);
    if (status)
        amos_stitcher_free(s);
    else
        *out = s;
    return status;
}

void amos_stitcher_free(amos_stitcher *stitcher)
{
    if (!stitcher)
        return;
    amosi_rows_free(&stitcher->rows);
    amosi_free(stitcher->own);
    amosi_free(stitcher);
}

const amos_stitcher_info *amos_stitcher_get_info(const amos_stitcher *stitcher)
{
    return stitcher ? &stitcher->info : NULL;
}

/* ---- a tile ---- */

struct adding {
    const amos_stitcher *s;
    struct amosi_tile_span x, y, z;
    int64_t at[3]; /* the tile's place */
    const char *tile;
    amos_tile_type type;
    uint32_t flips;
    int64_t added_to;     /* along x, voxels before this one have a sum from the tiles before in this line */
    int64_t from, before; /* along x, these voxels are finished by this tile, if the row is */
    float share;          /* of the tile in the mean of its mirrored ones */
};

static size_t bytes_of(amos_tile_type type)
{
    return type == AMOS_TILE_TYPE_FLOAT32 ? sizeof(float) : sizeof(uint16_t);
}

static bool is_reversed(const struct adding *a, int axis)
{
    return a->flips >> axis & 1;
}

/* Values x .. x + n - 1 of a row of the tile as float32, turned back. Uses the buffers if they are not there as such. */
static const float *row_values(const struct adding *a, const char *row, int64_t x, int64_t n, float buffer[2][PIECE])
{
    const int64_t patch = a->s->tiling->axis[0].line.patch;
    const void *from = row + (is_reversed(a, 0) ? patch - x - n : x) * (int64_t)bytes_of(a->type);
    const float *values = from;
    if (a->type == AMOS_TILE_TYPE_FLOAT16)
        amosi_tile_kernels()->from_half(buffer[0], from, (size_t)n);
    if (a->type == AMOS_TILE_TYPE_BFLOAT16)
        amosi_tile_kernels()->from_bfloat(buffer[0], from, (size_t)n);
    if (a->type != AMOS_TILE_TYPE_FLOAT32)
        values = buffer[0];
    if (!is_reversed(a, 0))
        return values;
    amosi_kernels()->reverse4(buffer[1], values, (size_t)n);
    return buffer[1];
}

/* Adds voxels x .. x + n - 1 of a row to a sum, or makes them the sum. */
static void add_run(const struct adding *a, float *sum, const char *row, int64_t x, int64_t n, float factor, bool fresh)
{
    const struct amosi_tile_kernels *kernels = amosi_tile_kernels();
    const bool direct = a->type == AMOS_TILE_TYPE_FLOAT32 && !is_reversed(a, 0);
    float buffer[2][PIECE];
    for (int64_t done = 0, piece; done < n; done += piece) {
        piece = direct || n - done < PIECE ? n - done : PIECE;
        const float *values = row_values(a, row, x + done, piece, buffer);
        (fresh ? kernels->put : kernels->add)(sum + done, values, a->x.weights + x + done, factor, (size_t)piece);
    }
}

/* The sums of one channel of one row, from the tile's first voxel in the volume on. */
static float *sums_of(const struct adding *a, int64_t c, int64_t y, int64_t z)
{
    float *row = amosi_rows_get(&a->s->rows, a->y.start + y, a->z.start + z);
    return row + c * a->s->tiling->axis[0].line.side + a->x.start + a->x.low;
}

/* One channel of one row: y and z are places in the tile, as it lies in the volume. */
static void add_row(const struct adding *a, int64_t c, int64_t y, int64_t z)
{
    const struct amosi_tile_axis *axis = a->s->tiling->axis;
    const int64_t from_y = is_reversed(a, 1) ? axis[1].line.patch - 1 - y : y;
    const int64_t from_z = is_reversed(a, 2) ? axis[2].line.patch - 1 - z : z;
    const int64_t row = ((c * axis[2].line.patch + from_z) * axis[1].line.patch + from_y) * axis[0].line.patch;
    const char *from = a->tile + row * (int64_t)bytes_of(a->type);
    const int64_t first = a->x.start + a->x.low, n = a->x.high - a->x.low;
    float *sum = sums_of(a, c, y, z);
    const float factor = a->z.weights[z] * a->y.weights[y] * a->share;
    const bool begins = a->flips == 0 && amosi_rows_is_first(&a->s->rows, a->at, a->y.start + y, a->z.start + z);
    const int64_t old = !begins || a->added_to >= first + n ? n : a->added_to > first ? a->added_to - first : 0;
    add_run(a, sum, from, a->x.low, old, factor, false);
    add_run(a, sum + old, from, a->x.low + old, n - old, factor, true);
}

/* The labels of a row's voxels that this tile finishes; y and z are places in the volume. */
static void finish_row(const struct adding *a, int64_t y, int64_t z)
{
    const amos_stitcher *s = a->s;
    const struct amosi_tile_axis *axis = s->tiling->axis;
    uint8_t *labels = s->finished + ((z - s->info.planes) * axis[1].line.side + y) * axis[0].line.side;
    amosi_tile_kernels()->largest(amosi_rows_get(&s->rows, y, z) + a->from, axis[0].line.side, (int)s->o.channels,
                                  labels + a->from, (size_t)(a->before - a->from));
}

static void add_block(const struct adding *a, int64_t y, int64_t stop, int64_t z)
{
    const amos_stitcher *s = a->s;
    for (int64_t c = 0; c < s->o.channels; c++)
        for (int64_t i = y; i < stop; i++) {
            if (i + AMOSI_TILE_AHEAD < stop)
                amosi_tile_fetch(sums_of(a, c, i + AMOSI_TILE_AHEAD, z), a->x.high - a->x.low);
            add_row(a, c, i, z);
        }
    for (int64_t i = y; i < stop && a->flips == s->o.flips; i++)
        if (amosi_rows_is_last(&s->rows, a->at, a->y.start + i, a->z.start + z))
            finish_row(a, a->y.start + i, a->z.start + z);
}

static void add_plane(void *user, size_t item)
{
    const struct adding *a = user;
    const size_t row_bytes = a->s->rows.row_floats * sizeof(float);
    const int64_t block = row_bytes < BLOCK_BYTES ? (int64_t)(BLOCK_BYTES / row_bytes) : 1;
    for (int64_t y = a->y.low; y < a->y.high; y += block)
        add_block(a, y, a->y.high - y < block ? a->y.high : y + block, a->z.low + (int64_t)item);
}

/* Opens the rows that the tile is the first to cover, or closes those that it is the last to cover. */
static void for_rows(const struct adding *a, struct amosi_rows *rows,
                     bool (*is)(const struct amosi_rows *, const int64_t[3], int64_t, int64_t),
                     void (*change)(struct amosi_rows *, int64_t, int64_t))
{
    for (int64_t z = a->z.start + a->z.low; z < a->z.start + a->z.high; z++)
        for (int64_t y = a->y.start + a->y.low; y < a->y.start + a->y.high; y++)
            if (is(rows, a->at, y, z))
                change(rows, y, z);
}

static void add_all(amos_stitcher *s, struct adding *a)
{
    const int64_t planes = a->z.high - a->z.low;
    const int64_t values = s->o.channels * planes * (a->y.high - a->y.low) * (a->x.high - a->x.low);
    if (a->at[0] == 0 && a->flips == 0)
        for_rows(a, &s->rows, amosi_rows_is_first, amosi_rows_open);
    amosi_tile_work((size_t)planes, s->tiling->threads, values, add_plane, a);
    if (a->at[0] == s->tiling->axis[0].line.count - 1 && a->flips == s->o.flips)
        for_rows(a, &s->rows, amosi_rows_is_last, amosi_rows_close);
}

static struct adding adding_of(const amos_stitcher *s, const int64_t at[3], const void *tile, amos_tile_type type)
{
    const struct amosi_tile_axis *axis = s->tiling->axis;
    const struct amosi_tile_line *x = &axis[0].line;
    struct adding a = {.s = s,
                       .x = amosi_tile_span_make(&axis[0], at[0]),
                       .y = amosi_tile_span_make(&axis[1], at[1]),
                       .z = amosi_tile_span_make(&axis[2], at[2]),
                       .at = {at[0], at[1], at[2]},
                       .tile = tile,
                       .type = type,
                       .flips = s->info.flips,
                       .share = 1.0f};
    for (int i = 0; i < 3; i++)
        a.share *= s->o.flips >> i & 1 ? 0.5f : 1.0f;
    a.added_to = at[0] ? amosi_tile_start(x, at[0] - 1) + x->patch : 0;
    a.from = a.x.start + a.x.low;
    a.before = at[0] + 1 < x->count ? amosi_tile_start(x, at[0] + 1) : x->side;
    return a;
}

static amos_status check_tile(const amos_stitcher *s, int64_t index, uint32_t flips, amos_tile_type type, size_t bytes,
                              amos_error *err)
{
    const struct amosi_tile_axis *axis = s->tiling->axis;
    const amos_stitcher_info *next = &s->info;
    if (s->stopped)
        return amosi_fail(err, AMOS_E_ARG, NULL, "the stitcher was stopped by the function that takes its planes.");
    if (next->tile == amos_tiling_count(s->tiling))
        return amosi_fail(err, AMOS_E_ARG, NULL, "all %lld tiles were added.", (long long)next->tile);
    if (index != next->tile || flips != next->flips)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "tile %lld with flips %u was added, but tile %lld with flips %u comes next: a stitcher takes "
                          "tiles in their order.",
                          (long long)index, flips, (long long)next->tile, next->flips);
    if ((unsigned)type > AMOS_TILE_TYPE_BFLOAT16)
        return amosi_fail(err, AMOS_E_ARG, NULL, "there is no type %d of tiles.", (int)type);
    double needed = (double)s->o.channels * (double)bytes_of(type);
    for (int i = 0; i < 3; i++)
        needed *= (double)axis[i].line.patch;
    if ((double)bytes != needed)
        return amosi_fail(err, AMOS_E_ARG, NULL, "the tile has %zu bytes; %lld channels of %s have %.0f.", bytes,
                          (long long)s->o.channels, amos_tile_type_name(type), needed);
    return AMOS_OK;
}

/* The mirrored versions of a tile, in the order of their bits, then the next tile. */
static void step_on(amos_stitcher *s)
{
    s->info.flips = (s->info.flips - s->o.flips) & s->o.flips;
    s->info.tile += s->info.flips == 0;
}

amos_status amos_stitcher_add(amos_stitcher *s, int64_t index, uint32_t flips, const void *tile, amos_tile_type type,
                              size_t bytes, amos_error *err)
{
    if (!s || !tile)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_stitcher_add needs a stitcher and a tile.");
    int64_t at[3];
    amos_status status = check_tile(s, index, flips, type, bytes, err);
    if (!status)
        status = amosi_tiling_find(s->tiling, index, at, err);
    if (status)
        return status;
    struct adding adding = adding_of(s, at, tile, type);
    int rounding = amosi_rounding_begin();
    add_all(s, &adding);
    amosi_rounding_end(rounding);
    step_on(s);
    bool layer_ends =
        s->info.flips == 0 && at[0] == s->tiling->axis[0].line.count - 1 && at[1] == s->tiling->axis[1].line.count - 1;
    return layer_ends ? hand_over(s, at[2], err) : AMOS_OK;
}
