/* SPDX-License-Identifier: BSD-3-Clause */
#include "label/stats.h"

#include <math.h>
#include <string.h>

/* Adds the whole rows y..end-1 of slice z. */
static void tally_rows(struct amosi_tally *t, int64_t width, int64_t y, int64_t end, int64_t z)
{
    struct amosi_tally rows = {0};
    uint64_t n = (uint64_t)(end - y);
    amosi_tally_run(&rows, 0, width, y, z);
    rows.voxels *= n;
    for (int i = 0; i < 3; i++)
        rows.sum[i] *= n;
    rows.sum[1] += (uint64_t)width * (n * (n - 1) / 2);
    rows.high[1] = end - 1;
    amosi_tally_add(t, &rows);
}

void amosi_tally_add(struct amosi_tally *t, const struct amosi_tally *other)
{
    if (t->voxels == 0) {
        *t = *other;
        return;
    }
    t->voxels += other->voxels;
    for (int i = 0; i < 3; i++) {
        t->sum[i] += other->sum[i];
        t->low[i] = other->low[i] < t->low[i] ? other->low[i] : t->low[i];
        t->high[i] = other->high[i] > t->high[i] ? other->high[i] : t->high[i];
    }
}

void amosi_tally_long(struct amosi_tally *t, const int64_t shape[3], const int64_t at[3], uint64_t n)
{
    int64_t x = at[0], y = at[1], z = at[2];
    while (n) {
        int64_t rows = 1, end = shape[0];
        if (n < (uint64_t)(shape[0] - x))
            end = x + (int64_t)n;
        else if (x == 0) /* as many whole rows as there are in this slice */
            rows = n / (uint64_t)shape[0] < (uint64_t)(shape[1] - y) ? (int64_t)(n / (uint64_t)shape[0]) : shape[1] - y;
        if (rows > 1)
            tally_rows(t, shape[0], y, y + rows, z);
        else
            amosi_tally_run(t, x, end, y, z);
        n -= (uint64_t)(end - x) * (uint64_t)rows;
        x = 0;
        y += rows;
        if (y == shape[1]) {
            y = 0;
            z++;
        }
    }
}

static void finish_absent(amos_organ_stats *out)
{
    for (int i = 0; i < 3; i++)
        out->centroid_voxel[i] = out->centroid_mm[i] = NAN;
}

static void finish_axis(const struct amosi_tally *t, int i, int64_t n, const struct amosi_axes *axes,
                        amos_organ_stats *out)
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
