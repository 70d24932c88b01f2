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
#include "nifti/convert.h"
#include "prepare/spread.h"

/* A value, and the share of the data set that has it. */
struct sample {
    double value, weight;
};

struct gathering {
    struct sample *samples;
    size_t count, room;
    double *numbers[6];     /* spacing and shape along x, y and z, of each case */
    size_t cases, labelled; /* labelled: with image and label, whether they have an entry or not */
    double mean, square;    /* sums over cases of their mean and mean square */
    uint64_t voxels;
    double min, max;
};

/* ---- one case ---- */

/* What the chunks of an entry are read into. */
struct reading {
    const amos_cache_entry *entry;
    struct amosi_spread spread;
    struct amosi_scratch *image, *labels;
    double *row;
};

/* Counts the voxels of a chunk, up to the end of the volume. */
static void count_chunk(struct reading *r, const int64_t at[3], const void *image, const uint8_t *labels)
{
    const struct amosi_chunked *array = &r->entry->image;
    const int64_t *chunk = array->chunk, *shape = array->view.header.info.shape;
    const amos_type type = array->view.header.info.type;
    const amos_box all = {{0, 0, 0}, {shape[0], shape[1], shape[2]}}, part = amosi_cache_chunk_part(array, at, &all);
    const size_t width = (size_t)(part.stop[0] - part.start[0]);
    for (int64_t z = 0; z < part.stop[2] - part.start[2]; z++)
        for (int64_t y = 0; y < part.stop[1] - part.start[1]; y++) {
            int64_t first = (z * chunk[1] + y) * chunk[0];
            if (image)
                amosi_convert_to_double(type, r->row, (const char *)image + first * (int64_t)amos_type_bytes(type),
                                        width);
            else
                memset(r->row, 0, width * sizeof *r->row);
            amosi_spread_add(&r->spread, r->row, labels + first, width);
        }
}

/* The image is read only where there are labels. */
static amos_status read_chunk(struct reading *r, const int64_t at[3], amos_error *err)
{
    const void *image = NULL, *labels = NULL;
    const amos_cache_entry *entry = r->entry;
    amos_status status = amosi_cache_entry_chunk(entry, &entry->labels, at, at[0] + 1, r->labels, &labels, err);
    if (status || !labels)
        return status;
    status = amosi_cache_entry_chunk(entry, &entry->image, at, at[0] + 1, r->image, &image, err);
    if (!status)
        count_chunk(r, at, image, labels);
    return status;
}

static amos_status read_chunks(struct reading *r, amos_error *err)
{
    const int64_t *grid = r->entry->labels.grid;
    int64_t at[3];
    amos_status status = AMOS_OK;
    for (at[2] = 0; at[2] < grid[2]; at[2]++)
        for (at[1] = 0; at[1] < grid[1]; at[1]++)
            for (at[0] = 0; at[0] < grid[0] && !status; at[0]++)
                status = read_chunk(r, at, err);
    return status;
}

/* Adds the values of a case. Their weights add up to 1. */
static amos_status add_values(struct gathering *g, const struct amosi_spread *spread, const char *path, amos_error *err)
{
    if (!amosi_grow((void **)&g->samples, &g->room, g->count + amosi_spread_distinct(spread), sizeof *g->samples))
        return amosi_fail_nomem(err, path);
    for (size_t i = 0; i < AMOSI_SPREAD_BINS; i++)
        if (spread->count[i])
            g->samples[g->count++] =
                (struct sample){amosi_spread_value(spread, i), (double)spread->count[i] / (double)spread->voxels};
    return AMOS_OK;
}

static amos_status add_samples(struct gathering *g, const amos_cache_entry *entry, amos_error *err)
{
    const amos_cache_entry_info *info = &entry->meta.info;
    struct reading r = {.entry = entry,
                        .image = amosi_cache_entry_scratch(entry, &entry->image),
                        .labels = amosi_cache_entry_scratch(entry, &entry->labels),
                        .row = amosi_alloc_array((size_t)entry->image.chunk[0], sizeof *r.row)};
    bool good =
        amosi_spread_begin(&r.spread, info->layout.type, info->slope, info->inter, info->organs.min, info->organs.max);
    good = good && r.image && r.labels && r.row;
    amos_status status = good ? read_chunks(&r, err) : amosi_fail_nomem(err, entry->source.path);
    if (!status)
        status = add_values(g, &r.spread, entry->source.path, err);
    amosi_spread_free(&r.spread);
    amosi_free(r.row);
    amosi_scratch_give(entry->pool, r.labels);
    amosi_scratch_give(entry->pool, r.image);
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
        g->labelled += has_image && amos_case_get_info(c)->has_label;
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

/* A share that is met exactly must be found whatever the rounding of the sums. */
#define SUM_ERROR 1e-9

/* The first value at which the cumulative weight reaches this share of the total. */
static double weighted_percentile(const struct gathering *g, double share)
{
    double all = 0, sum = 0;
    share *= 1 - SUM_ERROR;
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
    out->left_out = g->labelled > g->cases ? g->labelled - g->cases : 0;
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

static amos_status compute_fingerprint(const amos_cache *cache, const amos_dataset *dataset,
                                       const amos_case_filter *filter, amos_fingerprint *out, amos_error *err)
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

amos_status amos_cache_get_fingerprint(const amos_cache *cache, const amos_dataset *dataset,
                                       const amos_case_filter *filter, amos_fingerprint *out, amos_error *err)
{
    if (!cache || !dataset || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_cache_get_fingerprint needs a cache, a data set and a place for the result.");
    int rounding = amosi_rounding_begin();
    amos_status status = compute_fingerprint(cache, dataset, filter, out, err);
    amosi_rounding_end(rounding);
    return status;
}
