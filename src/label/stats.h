/* What is known of each label value, gathered run by run along x. */
#ifndef AMOSI_STATS_H
#define AMOSI_STATS_H

#include <amos/labelmap.h>

#include "nifti/geometry.h"

#define AMOSI_LABELS 256

/* Integer sums are exact: centroids do not depend on the order in which voxels come. */
struct amosi_tally {
    uint64_t voxels;
    uint64_t sum[3];
    int64_t low[3], high[3]; /* inclusive; meaningless where voxels is 0 */
};

/* Voxels (x..end-1, y, z) have this label. */
static inline void amosi_tally_run(struct amosi_tally *t, int64_t x, int64_t end, int64_t y, int64_t z)
{
    uint64_t n = (uint64_t)(end - x);
    if (t->voxels == 0) {
        t->low[0] = t->high[0] = x;
        t->low[1] = t->high[1] = y;
        t->low[2] = t->high[2] = z;
    }
    t->voxels += n;
    t->sum[0] += (uint64_t)(x + end - 1) * n / 2; /* one of the factors is even */
    t->sum[1] += (uint64_t)y * n;
    t->sum[2] += (uint64_t)z * n;
    t->low[0] = x < t->low[0] ? x : t->low[0];
    t->high[0] = end - 1 > t->high[0] ? end - 1 : t->high[0];
    t->low[1] = y < t->low[1] ? y : t->low[1];
    t->high[1] = y > t->high[1] ? y : t->high[1];
    t->low[2] = z < t->low[2] ? z : t->low[2];
    t->high[2] = z > t->high[2] ? z : t->high[2];
}

/* From the tally in stored axis order to the statistics in the axis order of `layout`. */
void amosi_stats_finish(const struct amosi_tally *tally, int label, const int64_t stored_shape[3],
                        const struct amosi_axes *axes, const amos_layout *layout, amos_organ_stats *out);

#endif
