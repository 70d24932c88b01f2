#include "label/stats.h"

#include <math.h>
#include <string.h>

static void finish_absent(amos_organ_stats *out)
{
    for (int i = 0; i < 3; i++)
        out->centroid_voxel[i] = out->centroid_mm[i] = NAN;
}

static void finish_axis(const struct amosi_tally *t, int i, int64_t n, const struct amosi_axes *axes, amos_organ_stats *out)
{
    int to = axes->to[i];
    bool flip = axes->flip[i];
    double mean = (double)t->sum[i] / (double)t->voxels;
    out->box.start[to] = flip ? n - 1 - t->high[i] : t->low[i];
    out->box.stop[to] = flip ? n - t->low[i] : t->high[i] + 1;
    out->centroid_voxel[to] = flip ? (double)(n - 1) - mean : mean;
    out->touches_border |= t->low[i] == 0 || t->high[i] == n - 1;
}

void amosi_stats_finish(const struct amosi_tally *tally, int label, const int64_t stored_shape[3],
                        const struct amosi_axes *axes, const amos_layout *layout, amos_organ_stats *out)
{
    memset(out, 0, sizeof *out);
    out->label = label;
    out->voxels = tally->voxels;
    out->present = tally->voxels > 0;
    if (!out->present) {
        finish_absent(out);
        return;
    }
    for (int i = 0; i < 3; i++)
        finish_axis(tally, i, stored_shape[i], axes, out);
    for (int i = 0; i < 3; i++)
        out->centroid_mm[i] = NAN;
    if (!layout->has_geometry)
        return;
    amos_geometry_to_mm(&layout->geometry, out->centroid_voxel, out->centroid_mm);
    out->millilitres = (double)tally->voxels * amosi_geometry_voxel_mm3(&layout->geometry) / 1000.0;
}
