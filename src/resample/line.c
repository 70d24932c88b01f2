/* SPDX-License-Identifier: BSD-3-Clause */
#include "resample/line.h"

#include <math.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "resample/grid.h"

int amosi_taps_of(amos_interpolation interpolation)
{
    static const int taps[] = {[AMOS_INTERPOLATION_LINEAR] = 2,
                               [AMOS_INTERPOLATION_CUBIC] = 4,
                               [AMOS_INTERPOLATION_NEAREST] = 1,
                               [AMOS_INTERPOLATION_BSPLINE] = 4};
    return taps[interpolation];
}

/* The parameter of both splines runs from 0 at voxel at + 1 to 1 at voxel at + 2. */
void amosi_taps_set(struct amosi_taps *taps, double p, amos_interpolation interpolation)
{
    const double whole = interpolation == AMOS_INTERPOLATION_NEAREST ? floor(p + 0.5) : floor(p), t = p - whole;
    const double u = 1 - t;
    memset(taps->weight, 0, sizeof taps->weight);
    taps->at = (int64_t)whole;
    switch (interpolation) {
    case AMOS_INTERPOLATION_LINEAR:
        taps->weight[0] = u;
        taps->weight[1] = t;
        break;
    case AMOS_INTERPOLATION_CUBIC:
        taps->at--;
        taps->weight[0] = ((2 - t) * t - 1) * t / 2;
        taps->weight[1] = ((3 * t - 5) * t * t + 2) / 2;
        taps->weight[2] = ((4 - 3 * t) * t + 1) * t / 2;
        taps->weight[3] = (t - 1) * t * t / 2;
        break;
    case AMOS_INTERPOLATION_BSPLINE:
        taps->at--;
        taps->weight[0] = u * u * u / 6;
        taps->weight[1] = (t * t * (t - 2) * 3 + 4) / 6;
        taps->weight[2] = (u * u * (u - 2) * 3 + 4) / 6;
        taps->weight[3] = t * t * t / 6;
        break;
    default:
        taps->weight[0] = 1;
    }
}

int64_t amosi_line_index(int64_t i, int64_t count, bool mirrored)
{
    if (i >= 0 && i < count)
        return i;
    if (!mirrored || count == 1)
        return i < 0 ? 0 : count - 1;
    const int64_t period = 2 * (count - 1);
    i = (i % period + period) % period;
    return i < count ? i : period - i;
}

bool amosi_line_holds(double *p, int64_t count, bool extends)
{
    const double low = -0.5, high = (double)count - 0.5;
    if (*p >= low - AMOSI_GRID_SLACK && *p <= high + AMOSI_GRID_SLACK)
        return true;
    if (extends)
        *p = *p < low ? 0 : (double)count - 1;
    return false;
}

/* Fills one new voxel. */
static void set_voxel(struct amosi_line *line, int64_t i, double p, amos_interpolation interpolation)
{
    struct amosi_taps taps;
    amosi_taps_set(&taps, p, interpolation);
    line->at[i] = (int32_t)taps.at;
    for (int k = 0; k < line->taps; k++)
        line->weights[k * line->after + i] = taps.weight[k];
}

/* Each new voxel is an old one: then one weight is enough. */
static void simplify(struct amosi_line *line, amos_interpolation interpolation)
{
    const int main = line->taps == 4;
    if (interpolation == AMOS_INTERPOLATION_BSPLINE)
        return;
    for (int64_t i = line->begin; i < line->end; i++)
        if (line->weights[main * line->after + i] != 1)
            return;
    line->same = line->before == line->after && line->begin == 0 && line->end == line->after;
    for (int64_t i = line->begin; i < line->end; i++) {
        line->at[i] += main;
        line->same = line->same && line->at[i] == i;
        line->weights[i] = 1;
    }
    line->taps = 1;
}

amos_status amosi_line_make(struct amosi_line *line, const int64_t counts[2], double first, double step,
                            amos_interpolation interpolation, bool extends, amos_error *err)
{
    *line = (struct amosi_line){.before = counts[0], .after = counts[1], .taps = amosi_taps_of(interpolation)};
    line->mirrored = interpolation == AMOS_INTERPOLATION_BSPLINE;
    line->at = amosi_alloc_array((size_t)line->after, sizeof *line->at);
    line->weights = amosi_alloc_array((size_t)line->after, AMOSI_TAPS * sizeof *line->weights);
    if (!line->at || !line->weights)
        return amosi_fail_nomem(err, NULL);
    for (int64_t i = 0; i < line->after; i++) {
        double p = first + (double)i * step;
        if (!amosi_line_holds(&p, line->before, extends) && !extends)
            continue;
        line->begin = line->end ? line->begin : i;
        line->end = i + 1;
        set_voxel(line, i, p, interpolation);
    }
    simplify(line, interpolation);
    return AMOS_OK;
}

void amosi_line_release(struct amosi_line *line)
{
    amosi_free(line->weights);
    amosi_free(line->at);
}
