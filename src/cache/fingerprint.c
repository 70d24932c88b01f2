/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error/options.h"
#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/math/rounding.h"
#include "cache/cache.h"
#include "cache/entry.h"

/* A sampled voxel, and the share of the data set that it represents. */
struct sample {
    double value, weight;
};

struct gathering {
    struct sample *samples;
    size_t count, room;
    double *numbers[6]; /* spacing and shape along x, y and z, of each case */
    size_t cases;
    double mean, square; /* sums over cases of their mean and mean square */
    uint64_t voxels;
    double min, max;
};

/* ---- one case ---- */

/* Adds the samples of a case. Their weights add up to 1; each organ's share is its size. */
static amos_status add_samples(struct gathering *g, const amos_cache_entry *entry, amos_error *err)
{
    size_t count = amosi_cache_entry_position_count(entry), at = 0;
    float *values = amosi_alloc_array(count, sizeof *values);
    if (!values || !amosi_grow((void **)&g->samples, &g->room, g->count + count, sizeof *g->samples)) {
        amosi_free(values);
        return amosi_fail_nomem(err, entry->source.path);
    }
    amos_status status = amosi_cache_entry_values(entry, values, err);
    for (int label = 1; label < AMOSI_LABELS && !status; label++) {
        size_t n = entry->meta.positions[label];
        double weight = (double)entry->meta.organs[label].voxels / (double)entry->meta.info.organs.voxels / (double)n;
        for (size_t i = 0; i < n; i++, at++)
            if (isfinite(values[at]))
                g->samples[g->count++] = (struct sample){values[at], weight};
    }
    amosi_free(values);
    return status;
}

static amos_status add_case(struct gathering *g, const amos_cache_entry *entry, amos_error *err)
{
    const amos_cache_entry_info *info = &entry->meta.info;
    const amos_intensity *organs = &info->organs;
    if (!info->has_labels || organs->voxels == 0)
        return AMOS_OK;
    amos_status status = add_samples(g, entry, err);
    if (status)
        return status;
    for (int i = 0; i < 3; i++) {
        g->numbers[i][g->cases] = info->layout.geometry.spacing[i];
        g->numbers[3 + i][g->cases] = (double)info->layout.shape[i];
    }
    g->min = g->cases == 0 || organs->min < g->min ? organs->min : g->min;
    g->max = g->cases == 0 || organs->max > g->max ? organs->max : g->max;
    g->mean += organs->mean;
    g->square += organs->std * organs->std + organs->mean * organs->mean;
    g->voxels += organs->voxels;
    g->cases++;
    return AMOS_OK;
}

static amos_status gather_cases(struct gathering *g, const amos_cache *cache, const amos_dataset *dataset,
                                const amos_case_filter *filter, amos_error *err)
{
    const amos_case *c = NULL;
    amos_status chosen;
    while ((chosen = amos_dataset_next(dataset, filter, &c, err)) == AMOS_OK && c) {
        amos_cache_entry *entry = NULL;
        amos_error why;
        bool has_image = amos_case_get_info(c)->has_image;
        amos_status status = has_image ? amos_cache_entry_open(cache, c, &entry, &why) : AMOS_OK;
        if (!has_image || (status == AMOS_E_OPEN && why.sys_errno == ENOENT))
            continue;
        if (entry)
            status = add_case(g, entry, &why);
        amos_cache_entry_free(entry);
        if (status && err)
            *err = why;
        if (status)
            return status;
    }
    return chosen;
}

/* ---- all cases ---- */

static int by_number(const void *a, const void *b)
{
    const double *p = a, *q = b;
    return (*p > *q) - (*p < *q);
}

static double median(double *numbers, size_t n)
{
    qsort(numbers, n, sizeof *numbers, by_number);
    return n % 2 ? numbers[n / 2] : (numbers[n / 2 - 1] + numbers[n / 2]) / 2;
}

static int by_value(const void *a, const void *b)
{
    const struct sample *p = a, *q = b;
    return (p->value > q->value) - (p->value < q->value);
}

/* The first value at which the cumulative weight reaches this share of the total. */
static double weighted_percentile(const struct gathering *g, double share)
{
    double all = 0, sum = 0;
    size_t i = 0;
    for (size_t k = 0; k < g->count; k++)
        all += g->samples[k].weight;
    for (; i + 1 < g->count; i++) {
        sum += g->samples[i].weight;
        if (sum >= share * all)
            break;
    }
    return g->count ? g->samples[i].value : 0;
}

static void compute_result(struct gathering *g, amos_fingerprint *out)
{
    amos_intensity *f = &out->foreground;
    out->cases = g->cases;
    if (g->cases == 0)
        return;
    for (int i = 0; i < 3; i++) {
        out->median_spacing[i] = median(g->numbers[i], g->cases);
        out->median_shape[i] = median(g->numbers[3 + i], g->cases);
    }
    if (g->count)
        qsort(g->samples, g->count, sizeof *g->samples, by_value);
    f->voxels = g->voxels;
    f->min = g->min;
    f->max = g->max;
    f->mean = g->mean / (double)g->cases;
    f->std = sqrt(fmax(0, g->square / (double)g->cases - f->mean * f->mean));
    f->percentile_00_5 = weighted_percentile(g, 0.005);
    f->median = weighted_percentile(g, 0.5);
    f->percentile_99_5 = weighted_percentile(g, 0.995);
}

static amos_status compute_fingerprint(const amos_cache *cache, const amos_dataset *dataset, const amos_case_filter *filter,
                           amos_fingerprint *out, amos_error *err)
{
    amos_fingerprint result;
    memset(&result, 0, sizeof result);
    amos_status status = amosi_options_give(out, &result, sizeof result, "amos_fingerprint", err);
    struct gathering g = {0};
    bool good = true;
    for (int i = 0; i < 6 && !status; i++)
        good &= (g.numbers[i] = amosi_alloc_array(amos_dataset_get_info(dataset)->count, sizeof(double))) != NULL;
    if (!good)
        status = amosi_fail_nomem(err, NULL);
    if (!status)
        status = gather_cases(&g, cache, dataset, filter, err);
    if (!status) {
        compute_result(&g, &result);
        status = amosi_options_give(out, &result, sizeof result, "amos_fingerprint", err);
    }
    for (int i = 0; i < 6; i++)
        amosi_free(g.numbers[i]);
    amosi_free(g.samples);
    return status;
}

amos_status amos_cache_get_fingerprint(const amos_cache *cache, const amos_dataset *dataset, const amos_case_filter *filter,
                                   amos_fingerprint *out, amos_error *err)
{
    if (!cache || !dataset || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_cache_get_fingerprint needs a cache, a data set and a place for the result.");
    int rounding = amosi_rounding_begin();
    amos_status status = compute_fingerprint(cache, dataset, filter, out, err);
    amosi_rounding_end(rounding);
    return status;
}
