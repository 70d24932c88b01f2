/* SPDX-License-Identifier: BSD-3-Clause */
/* Point by point, for grids whose axes do not agree: each new voxel has weights of its own. */
#include <math.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "nifti/convert.h"
#include "resample/job.h"
#include "resample/store.h"

struct point {
    int64_t offset[3][AMOSI_TAPS]; /* bytes, along each axis */
    double weight[3][AMOSI_TAPS];
    int taps;
};

/* The same order of sums as axis by axis: z within y within x. Weights of 0 do not count. */
#define SUM(NAME, T) \
    static double sum_##NAME(const char *voxels, const struct point *p) \
    { \
        double sum = 0; \
        for (int x = 0; x < p->taps; x++) { \
            double across = 0; \
            for (int y = 0; y < p->taps && p->weight[0][x] != 0; y++) { \
                double deep = 0; \
                for (int z = 0; z < p->taps && p->weight[1][y] != 0; z++) { \
                    T v; \
                    memcpy(&v, voxels + p->offset[0][x] + p->offset[1][y] + p->offset[2][z], sizeof v); \
                    deep += p->weight[2][z] != 0 ? p->weight[2][z] * (double)v : 0; \
                } \
                across += p->weight[1][y] != 0 ? p->weight[1][y] * deep : 0; \
            } \
            sum += p->weight[0][x] != 0 ? p->weight[0][x] * across : 0; \
        } \
        return sum; \
    }
SUM(int8, int8_t)
SUM(uint8, uint8_t)
SUM(int16, int16_t)
SUM(uint16, uint16_t)
SUM(int32, int32_t)
SUM(uint32, uint32_t)
SUM(int64, int64_t)
SUM(uint64, uint64_t)
SUM(float32, float)
SUM(float64, double)

static double (*const sums[])(const char *, const struct point *) = {
    [AMOS_TYPE_INT8] = sum_int8,       [AMOS_TYPE_UINT8] = sum_uint8,   [AMOS_TYPE_INT16] = sum_int16,
    [AMOS_TYPE_UINT16] = sum_uint16,   [AMOS_TYPE_INT32] = sum_int32,   [AMOS_TYPE_UINT32] = sum_uint32,
    [AMOS_TYPE_INT64] = sum_int64,     [AMOS_TYPE_UINT64] = sum_uint64, [AMOS_TYPE_FLOAT32] = sum_float32,
    [AMOS_TYPE_FLOAT64] = sum_float64,
};

/* The old index of new voxel `at`; whether it is inside. Outside it is moved to the outermost voxels, if those extend. */
static bool find(const struct amosi_resample_job *job, const double at[3], double p[3])
{
    const struct amosi_grid *grid = job->grid;
    bool inside = true;
    for (int d = 0; d < 3; d++) {
        const double *m = grid->matrix[d];
        p[d] = m[0] * at[0] + (m[1] * at[1] + (m[2] * at[2] + m[3]));
        inside &= amosi_line_holds(&p[d], grid->before[d], job->extends);
    }
    return inside;
}

static void weigh(const struct amosi_resample_job *job, const double p[3], struct point *point)
{
    const bool mirrored = job->interpolation == AMOS_INTERPOLATION_BSPLINE;
    struct amosi_taps taps;
    for (int d = 0; d < 3; d++) {
        amosi_taps_set(&taps, p[d], job->interpolation);
        for (int k = 0; k < point->taps; k++) {
            const int64_t index = amosi_line_index(taps.at + k, job->grid->before[d], mirrored);
            point->offset[d][k] = index * job->from.strides[d];
            point->weight[d][k] = taps.weight[k];
        }
    }
}

/* The voxel nearest to p. */
static const char *nearest(const struct amosi_resample_job *job, const double p[3])
{
    const char *voxel = job->from.data;
    for (int d = 0; d < 3; d++)
        voxel += amosi_line_index((int64_t)floor(p[d] + 0.5), job->grid->before[d], false) * job->from.strides[d];
    return voxel;
}

/* Copies the nearest voxels as they are stored. */
static void copy_row(struct amosi_resample_job *job, int64_t y, int64_t z, char *to)
{
    for (int64_t x = 0; x < job->grid->after[0]; x++, to += job->item) {
        double p[3];
        if (find(job, (const double[3]){(double)x, (double)y, (double)z}, p) || job->extends)
            memcpy(to, nearest(job, p), job->item);
        else
            amosi_resample_leave(job, to, 1);
    }
}

static void make_row(struct amosi_resample_job *job, int64_t y, int64_t z, double *values, char *to)
{
    const int64_t n = job->grid->after[0];
    struct point point = {.taps = amosi_taps_of(job->interpolation)};
    uint64_t left = 0;
    for (int64_t x = 0; x < n; x++) {
        double p[3];
        values[x] = job->outside;
        if (!find(job, (const double[3]){(double)x, (double)y, (double)z}, p) && !job->extends) {
            left++;
            continue;
        }
        weigh(job, p, &point);
        values[x] = sums[job->from.type](job->from.data, &point);
    }
    const size_t lost = amosi_store_values(job->type, to, values, (size_t)n);
    atomic_fetch_add_explicit(&job->saturated, lost, memory_order_relaxed);
    atomic_fetch_add_explicit(&job->left, left, memory_order_relaxed);
}

amos_status amosi_resample_points(struct amosi_resample_job *job, int64_t first, int64_t stop, amos_error *err)
{
    const int64_t *shape = job->grid->after;
    const bool copies = job->interpolation == AMOS_INTERPOLATION_NEAREST && job->type == job->from.type;
    double *values = amosi_alloc_array((size_t)shape[0], sizeof *values);
    if (!values)
        return amosi_fail_nomem(err, NULL);
    for (int64_t i = first; i < stop; i++) {
        char *to = job->to + (size_t)(i * shape[0]) * job->item;
        if (copies)
            copy_row(job, i % shape[1], i / shape[1], to);
        else
            make_row(job, i % shape[1], i / shape[1], values, to);
    }
    amosi_free(values);
    return AMOS_OK;
}
