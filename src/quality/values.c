/* SPDX-License-Identifier: BSD-3-Clause */
#include "quality/values.h"

#include <math.h>

/* Voxel i belongs to lane i % LANES, whatever the width of a register. */
enum { LANES = 8, BLOCK = 4096 };

/* False: one of them is not finite; then nothing is added. */
static int add_block(const float *v, size_t n, struct amosi_quality_values *out)
{
    float min[LANES], max[LANES];
    double sum[LANES] = {0};
    for (int k = 0; k < LANES; k++)
        min[k] = max[k] = v[k];
    for (size_t i = 0; i < n; i += LANES)
        for (int k = 0; k < LANES; k++) {
            const float x = v[i + (size_t)k];
            min[k] = x < min[k] ? x : min[k];
            max[k] = x > max[k] ? x : max[k];
            sum[k] += (double)x;
        }
    double total = 0;
    for (int k = 0; k < LANES; k++)
        total += sum[k];
    if (!isfinite(total))
        return 0;
    for (int k = 0; k < LANES; k++) {
        out->min = min[k] < out->min ? min[k] : out->min;
        out->max = max[k] > out->max ? max[k] : out->max;
    }
    out->sum += total;
    out->finite += n;
    return 1;
}

static void add_each(const float *v, size_t n, struct amosi_quality_values *out)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(v[i]))
            continue;
        out->min = v[i] < out->min ? v[i] : out->min;
        out->max = v[i] > out->max ? v[i] : out->max;
        out->sum += (double)v[i];
        out->finite++;
    }
}

void amosi_quality_values_of(const float *voxels, size_t n, struct amosi_quality_values *out)
{
    *out = (struct amosi_quality_values){INFINITY, -INFINITY, 0, 0, 0};
    for (size_t i = 0; i < n; i += BLOCK) {
        const size_t left = n - i < BLOCK ? n - i : BLOCK, whole = left - left % LANES;
        if (whole == 0 || !add_block(voxels + i, whole, out))
            add_each(voxels + i, whole, out);
        add_each(voxels + i + whole, left - whole, out);
    }
}

void amosi_quality_values_add(struct amosi_quality_values *to, const struct amosi_quality_values *other)
{
    to->min = other->min < to->min ? other->min : to->min;
    to->max = other->max > to->max ? other->max : to->max;
    to->sum += other->sum;
    to->finite += other->finite;
}

void amosi_quality_values_sum(const float *voxels, size_t n, struct amosi_quality_values *to)
{
    for (size_t i = 0; i < n; i++) {
        const double x = (double)voxels[i];
        if (!isfinite(x))
            continue;
        to->sum += x;
        to->squares += x * x;
        to->finite++;
    }
}
