/* SPDX-License-Identifier: BSD-3-Clause */
/* Statistics of each label value, gathered run by run along x. */
#ifndef AMOSI_LABEL_STATS_H
#define AMOSI_LABEL_STATS_H

#include <amos/labelmap.h>

#include "label/run_length.h"
#include "nifti/geometry.h"

#define AMOSI_LABELS 256

/* Integer sums are exact: centroids do not depend on the order of the voxels. */
struct amosi_tally {
    uint64_t voxels;
    uint64_t sum[3];
    int64_t low[3], high[3]; /* inclusive; meaningless if voxels is 0 */
};

/* Adds n voxels of a row, the first and the last at x and `last`, the sum of whose x is known. */
static inline void amosi_tally_some(struct amosi_tally *t, uint64_t n, uint64_t sum, int64_t x, int64_t last, int64_t y,
                                    int64_t z)
{
    if (t->voxels == 0) {
        t->low[0] = t->high[0] = x;
        t->low[1] = t->high[1] = y;
        t->low[2] = t->high[2] = z;
    }
    t->voxels += n;
    t->sum[0] += sum;
    t->sum[1] += (uint64_t)y * n;
    t->sum[2] += (uint64_t)z * n;
    t->low[0] = x < t->low[0] ? x : t->low[0];
    t->high[0] = last > t->high[0] ? last : t->high[0];
    t->low[1] = y < t->low[1] ? y : t->low[1];
    t->high[1] = y > t->high[1] ? y : t->high[1];
    t->low[2] = z < t->low[2] ? z : t->low[2];
    t->high[2] = z > t->high[2] ? z : t->high[2];
}

/* Adds the voxels (x..end-1, y, z). */
static inline void amosi_tally_run(struct amosi_tally *t, int64_t x, int64_t end, int64_t y, int64_t z)
{
    const uint64_t n = (uint64_t)(end - x);
    amosi_tally_some(t, n, (uint64_t)(x + end - 1) * n / 2, x, end - 1, y, z); /* one of the factors is even */
}

/* Adds another tally, which must not be empty. */
void amosi_tally_add(struct amosi_tally *t, const struct amosi_tally *other);

/* Adds those of 32 voxels of a row, from x on, that were found, at least one. */
static inline void amosi_tally_equal(struct amosi_tally *t, const struct amosi_equal *found, int64_t x, int64_t y,
                                     int64_t z)
{
    const int64_t first = x + __builtin_ctz(found->bits), last = x + 31 - __builtin_clz(found->bits);
    amosi_tally_some(t, found->count, (uint64_t)x * found->count + found->places, first, last, y, z);
}

/* Moves `at` on by n voxels. */
static inline void amosi_walk(const int64_t shape[3], int64_t at[3], uint64_t n)
{
    at[0] += (int64_t)n;
    if (at[0] < shape[0])
        return;
    at[1] += at[0] / shape[0];
    at[0] %= shape[0];
    if (at[1] < shape[1])
        return;
    at[2] += at[1] / shape[1];
    at[1] %= shape[1];
}

/* Adds n consecutive voxels of a volume of this shape, from `at` on, across the ends of rows and slices. */
void amosi_tally_long(struct amosi_tally *t, const int64_t shape[3], const int64_t at[3], uint64_t n);
static inline void amosi_tally_span(struct amosi_tally *t, const int64_t shape[3], const int64_t at[3], uint64_t n)
{
    if (n <= (uint64_t)(shape[0] - at[0]))
        amosi_tally_run(t, at[0], at[0] + (int64_t)n, at[1], at[2]);
    else
        amosi_tally_long(t, shape, at, n);
}

/* Computes the statistics, in the axis order of `layout`, from a tally in stored axis order. */
void amosi_stats_finish(const struct amosi_tally *tally, int label, const int64_t stored_shape[3],
                        const struct amosi_axes *axes, const amos_layout *layout, amos_organ_stats *out);

#endif
