/* SPDX-License-Identifier: BSD-3-Clause */
#include "tiling/tiling.h"

#include <math.h>
#include <stdbool.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/math/exact.h"

#define LARGEST_SIDE ((int64_t)1 << 30)
#define LOG2_E 1.44269504088896340736
#define LEAST_EXPONENT (-60.0) /* no weight is zero */

/* ---- one axis ---- */

struct amosi_tile_line amosi_tile_line_make(int64_t side, int64_t patch, double overlap)
{
    struct amosi_tile_line line = {side, patch, 1};
    int64_t step = (int64_t)floor((double)patch * (1.0 - overlap));
    step = step < 1 ? 1 : step;
    if (side > patch)
        line.count = (side - patch + step - 1) / step + 1;
    return line;
}

int64_t amosi_tile_start(const struct amosi_tile_line *line, int64_t tile)
{
    int64_t room = line->side - line->patch, gaps = line->count - 1;
    if (gaps == 0)
        return room < 0 ? -(-room / 2) : 0;
    return (tile * room + gaps / 2) / gaps;
}

static double weight_at(int64_t x, int64_t patch, double sigma)
{
    if (sigma == 0.0)
        return 1.0;
    double off = ((double)x - (double)(patch - 1) / 2.0) / (sigma * (double)patch);
    double exponent = -0.5 * off * off * LOG2_E;
    return amosi_exp2(exponent > LEAST_EXPONENT ? exponent : LEAST_EXPONENT);
}

/* Divides each tile's weights by the sum of all tiles' weights at the voxel. `sums` has one element per voxel of the
 * axis. */
static void share_weights(struct amosi_tile_axis *a, double sigma, double *sums)
{
    int64_t patch = a->line.patch;
    for (int pass = 0; pass < 2; pass++)
        for (int64_t i = 0; i < a->line.count; i++)
            for (int64_t x = 0; x < patch; x++) {
                int64_t at = amosi_tile_start(&a->line, i) + x;
                if (at < 0 || at >= a->line.side)
                    continue;
                if (pass == 0)
                    sums[at] += weight_at(x, patch, sigma);
                else
                    a->weights[i * patch + x] = (float)(weight_at(x, patch, sigma) / sums[at]);
            }
}

static amos_status make_axis(struct amosi_tile_axis *a, int64_t side, int64_t patch, const amos_tiling_options *o,
                             amos_error *err)
{
    a->line = amosi_tile_line_make(side, patch, o->overlap);
    size_t weights;
    if (__builtin_mul_overflow((size_t)a->line.count, (size_t)patch, &weights))
        return amosi_fail_nomem(err, NULL);
    a->weights = amosi_zalloc_array(weights, sizeof *a->weights);
    double *sums = amosi_zalloc_array((size_t)side, sizeof *sums);
    bool whole = a->weights && sums;
    if (whole)
        share_weights(a, o->sigma, sums);
    amosi_free(sums);
    return whole ? AMOS_OK : amosi_fail_nomem(err, NULL);
}

/* ---- all axes ---- */

static amos_status check_options(amos_tiling_options *o, const int64_t shape[3], const amos_tiling_options *options,
                                 amos_error *err)
{
    static const amos_tiling_options defaults = AMOS_TILING_OPTIONS_INIT;
    amos_status status = amosi_options_take_from(o, sizeof *o, options, &defaults, "amos_tiling_options", err);
    if (status)
        return status;
    for (int i = 0; i < 3; i++)
        if (shape[i] < 1 || shape[i] > LARGEST_SIDE || o->patch[i] < 1 || o->patch[i] > LARGEST_SIDE)
            return amosi_fail(err, AMOS_E_ARG, NULL,
                              "a tiling needs a shape and a patch of 1..2^30 voxels along each axis.");
    if (!(o->overlap >= 0.0 && o->overlap < 1.0) || !(o->sigma >= 0.0 && o->sigma <= 100.0))
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "a tiling needs an overlap of 0 or more and below 1, and a sigma of 0 to 100.");
    if (o->threads < 0)
        return amosi_fail(err, AMOS_E_ARG, NULL, "the threads of a tiling are %d; 0 is all processors.", o->threads);
    return AMOS_OK;
}

amos_status amos_tiling_make(const int64_t shape[3], const amos_tiling_options *options, amos_tiling **out,
                             amos_error *err)
{
    if (out)
        *out = NULL;
    if (!shape || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_tiling_make needs a shape and a place for the tiling.");
    amos_tiling_options o;
    amos_status status = check_options(&o, shape, options, err);
    if (status)
        return status;
    amos_tiling *tiling = amosi_zalloc(sizeof *tiling);
    if (!tiling)
        return amosi_fail_nomem(err, NULL);
    tiling->threads = o.threads;
    for (int i = 0; i < 3 && !status; i++)
        status = make_axis(&tiling->axis[i], shape[i], o.patch[i], &o, err);
    int64_t count = 0;
    if (!status && (__builtin_mul_overflow(tiling->axis[0].line.count, tiling->axis[1].line.count, &count) ||
                    __builtin_mul_overflow(count, tiling->axis[2].line.count, &count)))
        status = amosi_fail(err, AMOS_E_ARG, NULL, "the volume has too many tiles.");
    if (status)
        amos_tiling_free(tiling);
    else
        *out = tiling;
    return status;
}

void amos_tiling_free(amos_tiling *tiling)
{
    for (int i = 0; tiling && i < 3; i++)
        amosi_free(tiling->axis[i].weights);
    amosi_free(tiling);
}

int64_t amos_tiling_count(const amos_tiling *tiling)
{
    return tiling ? tiling->axis[0].line.count * tiling->axis[1].line.count * tiling->axis[2].line.count : 0;
}

amos_status amosi_tiling_find(const amos_tiling *tiling, int64_t index, int64_t at[3], amos_error *err)
{
    if (index < 0 || index >= amos_tiling_count(tiling))
        return amosi_fail(err, AMOS_E_ARG, NULL, "there is no tile %lld; the tiling has %lld.", (long long)index,
                          (long long)amos_tiling_count(tiling));
    at[0] = index % tiling->axis[0].line.count;
    at[1] = index / tiling->axis[0].line.count % tiling->axis[1].line.count;
    at[2] = index / tiling->axis[0].line.count / tiling->axis[1].line.count;
    return AMOS_OK;
}

amos_status amos_tiling_get_box(const amos_tiling *tiling, int64_t index, amos_box *out, amos_error *err)
{
    if (!tiling || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_tiling_get_box needs a tiling and a place for the box.");
    int64_t at[3];
    amos_status status = amosi_tiling_find(tiling, index, at, err);
    for (int i = 0; i < 3 && !status; i++) {
        out->start[i] = amosi_tile_start(&tiling->axis[i].line, at[i]);
        out->stop[i] = out->start[i] + tiling->axis[i].line.patch;
    }
    return status;
}

struct amosi_tile_span amosi_tile_span_make(const struct amosi_tile_axis *a, int64_t tile)
{
    int64_t start = amosi_tile_start(&a->line, tile), low = start < 0 ? -start : 0;
    int64_t high = start + a->line.patch > a->line.side ? a->line.side - start : a->line.patch;
    return (struct amosi_tile_span){start, low, high, a->weights + tile * a->line.patch};
}

int64_t amosi_tiling_count_values(const amos_tiling *tiling, int64_t channels)
{
    int64_t values = channels;
    for (int i = 0; i < 3; i++)
        if (__builtin_mul_overflow(values, tiling->axis[i].line.side, &values))
            return -1;
    return values;
}
