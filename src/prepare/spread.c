/* SPDX-License-Identifier: BSD-3-Clause */
#include "prepare/spread.h"

#include <math.h>
#include <string.h>

#include "base/system/alloc.h"
#include "nifti/type.h"

bool amosi_spread_begin(struct amosi_spread *s, amos_type type, double slope, double inter, double min, double max)
{
    const size_t bytes = amos_type_bytes(type);
    const bool exact = amosi_type_is_integer(type) && bytes <= 2;
    memset(s, 0, sizeof *s);
    s->slope = slope;
    s->inter = inter;
    if (exact) {
        s->low = amosi_type_kind(type) == AMOS_KIND_SIGNED ? -(double)((uint64_t)1 << (8 * bytes - 1)) : 0;
        s->step = 1;
    } else {
        double a = (min - inter) / slope, b = (max - inter) / slope;
        s->low = fmin(a, b);
        s->step = fmax(a, b) / AMOSI_SPREAD_BINS - s->low / AMOSI_SPREAD_BINS;
        s->sum = amosi_zalloc_array(AMOSI_SPREAD_BINS, sizeof *s->sum);
    }
    s->count = amosi_zalloc_array(AMOSI_SPREAD_BINS, sizeof *s->count);
    return s->count && (exact || s->sum);
}

void amosi_spread_add(struct amosi_spread *s, const double *stored, const uint8_t *labels, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (labels[i] == 0 || !isfinite(stored[i]))
            continue;
        double at = s->step > 0 ? (stored[i] - s->low) / s->step : 0;
        size_t bin = at < 0 ? 0 : at < AMOSI_SPREAD_BINS ? (size_t)at : AMOSI_SPREAD_BINS - 1;
        s->count[bin]++;
        s->voxels++;
        if (s->sum)
            s->sum[bin] += stored[i];
    }
}

size_t amosi_spread_distinct(const struct amosi_spread *s)
{
    size_t distinct = 0;
    for (size_t i = 0; i < AMOSI_SPREAD_BINS; i++)
        distinct += s->count[i] ? 1 : 0;
    return distinct;
}

double amosi_spread_value(const struct amosi_spread *s, size_t bin)
{
    double stored = s->sum ? s->sum[bin] / (double)s->count[bin] : s->low + (double)bin;
    return s->slope * stored + s->inter;
}

void amosi_spread_free(struct amosi_spread *s)
{
    amosi_free(s->sum);
    amosi_free(s->count);
    memset(s, 0, sizeof *s);
}
