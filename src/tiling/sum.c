/* SPDX-License-Identifier: BSD-3-Clause */
/* Tiles added to the sum of the whole volume, and its largest channels. */
#include "base/error/fail.h"
#include "base/math/rounding.h"
#include "tiling/kernels.h"
#include "tiling/tiling.h"
#include "tiling/work.h"

/* ---- adding ---- */

struct adding {
    const amos_tiling *tiling;
    struct amosi_tile_span x, y, z;
    const float *tile;
    float *sum;
    int64_t channels;
};

/* One plane of one channel. Items of the work are planes, channel after channel. */
static void add_plane(void *user, size_t item)
{
    const struct adding *a = user;
    const struct amosi_tile_axis *axis = a->tiling->axis;
    const struct amosi_tile_kernels *kernels = amosi_tile_kernels();
    const int64_t planes = a->z.high - a->z.low, c = (int64_t)item / planes, z = a->z.low + (int64_t)item % planes;
    const int64_t n = a->x.high - a->x.low;
    const int64_t from_plane = (c * axis[2].line.patch + z) * axis[1].line.patch,
                  to_plane = (c * axis[2].line.side + a->z.start + z) * axis[1].line.side + a->y.start;
    for (int64_t y = a->y.low; y < a->y.high; y++) {
        float *sum = a->sum + (to_plane + y) * axis[0].line.side + a->x.start + a->x.low;
        if (y + AMOSI_TILE_AHEAD < a->y.high)
            amosi_tile_fetch(sum + AMOSI_TILE_AHEAD * axis[0].line.side, n);
        kernels->add(sum, a->tile + (from_plane + y) * axis[0].line.patch + a->x.low, a->x.weights + a->x.low,
                     a->z.weights[z] * a->y.weights[y], (size_t)n);
    }
}

static void add_all(struct adding *a)
{
    const int64_t items = a->channels * (a->z.high - a->z.low);
    const int64_t values = items * (a->y.high - a->y.low) * (a->x.high - a->x.low);
    amosi_tile_work((size_t)items, a->tiling->threads, values, add_plane, a);
}

amos_status amos_tiling_add(const amos_tiling *tiling, int64_t index, const float *tile, int64_t channels, float *sum,
                            size_t sum_count, amos_error *err)
{
    if (!tiling || !tile || !sum || channels < 1)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_tiling_add needs a tiling, a tile, channels and a buffer for the sum.");
    int64_t at[3], values = amosi_tiling_count_values(tiling, channels);
    if (values < 0 || (uint64_t)values > sum_count)
        return amosi_fail(err, AMOS_E_ARG, NULL, "the sum has room for %zu floats; it needs %lld.", sum_count,
                          (long long)values);
    amos_status status = amosi_tiling_find(tiling, index, at, err);
    if (status)
        return status;
    const struct amosi_tile_axis *a = tiling->axis;
    struct adding adding = {tiling,
                            amosi_tile_span_make(&a[0], at[0]),
                            amosi_tile_span_make(&a[1], at[1]),
                            amosi_tile_span_make(&a[2], at[2]),
                            tile,
                            sum,
                            channels};
    int rounding = amosi_rounding_begin();
    add_all(&adding);
    amosi_rounding_end(rounding);
    return AMOS_OK;
}

/* ---- the largest channel ---- */

#define PIECE ((int64_t)1 << 15) /* voxels of an item of work */

struct comparing {
    const float *sum;
    int64_t voxels;
    int channels;
    uint8_t *labels;
};

static void compare_piece(void *user, size_t item)
{
    const struct comparing *c = user;
    const int64_t first = (int64_t)item * PIECE, n = c->voxels - first < PIECE ? c->voxels - first : PIECE;
    amosi_tile_kernels()->largest(c->sum + first, c->voxels, c->channels, c->labels + first, (size_t)n);
}

amos_status amos_tiling_argmax(const amos_tiling *tiling, const float *sum, int64_t channels, uint8_t *labels,
                               size_t bytes, amos_error *err)
{
    if (!tiling || !sum || !labels || channels < 1 || channels > 256)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_tiling_argmax needs a tiling, a sum of 1..256 channels and labels.");
    int64_t voxels = amosi_tiling_count_values(tiling, 1);
    if (voxels < 0 || (uint64_t)voxels > bytes)
        return amosi_fail(err, AMOS_E_ARG, NULL, "the labels have room for %zu bytes; they need %lld.", bytes,
                          (long long)voxels);
    struct comparing comparing = {sum, voxels, (int)channels, labels};
    amosi_tile_work((size_t)((voxels + PIECE - 1) / PIECE), tiling->threads, voxels * channels, compare_piece,
                    &comparing);
    return AMOS_OK;
}
