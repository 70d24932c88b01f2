/* SPDX-License-Identifier: BSD-3-Clause */
#include "review/grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the grid ---- */

static int64_t at_least_one(double value)
{
    return value < 1 ? 1 : (int64_t)value;
}

static void shrink_shape(const int64_t canonical[3], int64_t size, int64_t out[3])
{
    int64_t widest = canonical[0] > canonical[1] ? canonical[0] : canonical[1];
    memcpy(out, canonical, 3 * sizeof *out);
    for (int axis = 0; size > 0 && widest > size && axis < 2; axis++)
        out[axis] = at_least_one(rint((double)canonical[axis] * (double)size / (double)widest));
}

void review_grid_shrink(const amos_geometry *canonical, int64_t size, amos_geometry *out)
{
    *out = *canonical;
    shrink_shape(canonical->shape, size, out->shape);
    for (int axis = 0; axis < 2; axis++) {
        double factor = (double)canonical->shape[axis] / (double)out->shape[axis];
        out->spacing[axis] = canonical->spacing[axis] * factor;
        for (int row = 0; row < 3; row++) {
            out->affine[row][axis] = canonical->affine[row][axis] * factor;
            out->affine[row][3] += canonical->affine[row][axis] * (factor - 1) / 2;
        }
    }
}

/* The axis of RAS order that a letter stands for. */
static int axis_of(char letter)
{
    return letter == 'R' || letter == 'L' ? 0 : letter == 'A' || letter == 'P' ? 1 : 2;
}

static bool is_turned(char letter)
{
    return letter == 'L' || letter == 'P' || letter == 'I';
}

void review_grid_place(const int64_t stored[3], const char orientation[4], int64_t size, const int64_t voxel[3],
                       int64_t out[3])
{
    int64_t canonical[3] = {1, 1, 1}, shown[3], at[3] = {0, 0, 0};
    for (int i = 0; i < 3; i++) {
        int axis = axis_of(orientation[i]);
        canonical[axis] = stored[i];
        at[axis] = is_turned(orientation[i]) ? stored[i] - 1 - voxel[i] : voxel[i];
    }
    shrink_shape(canonical, size, shown);
    for (int i = 0; i < 3; i++)
        out[i] = at[i] * shown[i] / canonical[i];
}

/* ---- the image ---- */

/* The old voxels that new voxel i of m takes part of, of n; the shares of the first and the last, those between are 1. */
struct review_span {
    int64_t first, last;
    double first_share, last_share;
};

static struct review_span span_of(int64_t i, int64_t n, int64_t m)
{
    int64_t from = i * n, to = (i + 1) * n; /* in parts of an old voxel that has m */
    struct review_span span = {.first = from / m, .last = (to - 1) / m};
    span.first_share = (double)((span.first + 1) * m - from) / (double)m;
    span.last_share = (double)(to - span.last * m) / (double)m;
    if (span.first == span.last)
        span.first_share = span.last_share = (double)n / (double)m;
    return span;
}

static double share_of(const struct review_span *span, int64_t at)
{
    return at == span->first ? span->first_share : at == span->last ? span->last_share : 1;
}

/* The sum of the old rows that a new one takes part of. */
static void sum_rows(const float *slice, int64_t width, const struct review_span *span, double *row)
{
    memset(row, 0, (size_t)width * sizeof *row);
    for (int64_t y = span->first; y <= span->last; y++) {
        const float *old = slice + y * width;
        double share = share_of(span, y);
        for (int64_t x = 0; x < width; x++)
            row[x] += share * (double)old[x];
    }
}

bool review_averaging_make(const int64_t shape[3], const int64_t shown[3], struct review_averaging *out)
{
    memcpy(out->shape, shape, sizeof out->shape);
    memcpy(out->shown, shown, sizeof out->shown);
    out->columns = calloc((size_t)shown[0], sizeof *out->columns);
    out->row = calloc((size_t)shape[0], sizeof *out->row);
    if (!out->columns || !out->row)
        return false;
    for (int64_t x = 0; x < shown[0]; x++)
        out->columns[x] = span_of(x, shape[0], shown[0]);
    return true;
}

void review_averaging_free(struct review_averaging *averaging)
{
    free(averaging->columns);
    free(averaging->row);
}

static double sum_columns(const double *row, const struct review_span *span)
{
    double sum = span->first_share * row[span->first];
    for (int64_t x = span->first + 1; x < span->last; x++)
        sum += row[x];
    return span->last > span->first ? sum + span->last_share * row[span->last] : sum;
}

void review_average(const struct review_averaging *averaging, const float *voxels, int64_t z, double *out)
{
    const int64_t *shape = averaging->shape, *shown = averaging->shown;
    const float *slice = voxels + z * shape[0] * shape[1];
    double scale = (double)shown[0] / (double)shape[0] * ((double)shown[1] / (double)shape[1]);
    for (int64_t y = 0; y < shown[1]; y++) {
        struct review_span rows = span_of(y, shape[1], shown[1]);
        sum_rows(slice, shape[0], &rows, averaging->row);
        for (int64_t x = 0; x < shown[0]; x++)
            *out++ = scale * sum_columns(averaging->row, &averaging->columns[x]);
    }
}

/* ---- labels ---- */

struct review_labels review_labels_of(const amos_labelmap *map)
{
    struct review_labels out = {.voxels = amos_labelmap_voxels(map)};
    const amos_layout *layout = amos_labelmap_layout(map);
    int64_t step = 1, first = 0;
    for (int i = 0; out.voxels && i < 3; i++) {
        char letter = layout->has_geometry ? layout->geometry.orientation[i] : "RAS"[i];
        int axis = axis_of(letter);
        bool turned = is_turned(letter);
        out.shape[axis] = layout->shape[i];
        out.step[axis] = turned ? -step : step;
        first += turned ? (layout->shape[i] - 1) * step : 0;
        step *= layout->shape[i];
    }
    if (out.voxels)
        out.voxels += first;
    return out;
}

void review_labels_slice(const struct review_labels *labels, int64_t z, uint8_t *out)
{
    for (int64_t y = 0; y < labels->shape[1]; y++) {
        const uint8_t *row = labels->voxels + z * labels->step[2] + y * labels->step[1];
        if (labels->step[0] == 1) {
            memcpy(out, row, (size_t)labels->shape[0]);
            out += labels->shape[0];
            continue;
        }
        for (int64_t x = 0; x < labels->shape[0]; x++)
            *out++ = row[x * labels->step[0]];
    }
}

amos_status review_labels_shrink(const amos_labelmap *map, const amos_geometry *grid, amos_buffer_pool *pool,
                                 amos_labelmap **out, amos_error *err)
{
    const amos_layout *layout = amos_labelmap_layout(map);
    amos_resample_options options = AMOS_RESAMPLE_OPTIONS_INIT;
    bool shrinks = false;
    *out = NULL;
    for (int i = 0; layout->has_geometry && i < 3; i++) {
        int64_t shown = grid->shape[axis_of(layout->geometry.orientation[i])];
        if (shown == layout->shape[i])
            continue;
        options.spacing[i] = layout->geometry.spacing[i] * (double)layout->shape[i] / (double)shown;
        shrinks = true;
    }
    if (!shrinks)
        return AMOS_OK;
    options.flags = AMOS_RESAMPLE_MAJORITY;
    options.pool = pool;
    options.threads = 1;
    return amos_labelmap_resample(map, &options, out, NULL, err);
}
