/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "label/run_length.h"
#include "prepare/case.h"
#include "prepare/count.h"
#include "nifti/convert.h"
#include "nifti/type.h"

#define BINS AMOSI_COUNT_VALUES
#define BLOCK 512
#define BODY_CT (-500.0)
#define BODY_MRI_SHARE 0.1

/* A count for each stored value, or for each of 65536 steps of the range. */
struct histogram {
    uint64_t *count;
    double *sum, *squares; /* of the scaled values in a bin; NULL if a bin is one value */
};

struct amosi_measuring {
    const struct amosi_prepare_case *c;
    size_t item;
    bool exact;       /* up to 16 bits: a bin is one stored value */
    double low, step; /* the first bin's smallest stored value, and the width of a bin */
    struct histogram all, organs;
    struct amosi_count_tables *tables; /* for 16-bit voxels; else NULL */
    bool has_air;                      /* values up to `air` are outside the body and need not be counted */
    int16_t air;
    amos_box labelled;
};

/* ---- counting ---- */

#define COUNT_EXACT(T, LOW) \
    static void count_##T(uint64_t *count, const void *from, size_t n) \
    { \
        const T *voxels = from; \
        for (size_t i = 0; i < n; i++) \
            count[(int)voxels[i] - (LOW)]++; \
    }
COUNT_EXACT(int8_t, INT8_MIN)
COUNT_EXACT(uint8_t, 0)
COUNT_EXACT(int16_t, INT16_MIN)
COUNT_EXACT(uint16_t, 0)

static void count_steps(const struct amosi_measuring *m, const struct histogram *h, const void *from, size_t n)
{
    double block[BLOCK];
    for (size_t i = 0; i < n; i += BLOCK) {
        size_t part = n - i < BLOCK ? n - i : BLOCK;
        amosi_convert_to_double(m->c->image->layout.type, block, (const char *)from + i * m->item, part);
        for (size_t k = 0; k < part; k++) {
            if (!isfinite(block[k]))
                continue;
            size_t bin = m->step > 0 ? (size_t)((block[k] - m->low) / m->step) : 0;
            double value = m->c->slope * block[k] + m->c->inter;
            bin = bin < BINS ? bin : BINS - 1;
            h->count[bin]++;
            h->sum[bin] += value;
            h->squares[bin] += value * value;
        }
    }
}

static void count_voxels(const struct amosi_measuring *m, const struct histogram *h, const void *from, size_t n)
{
    if (!m->exact) {
        count_steps(m, h, from, n);
        return;
    }
    switch (m->c->image->layout.type) {
    case AMOS_TYPE_INT8:
        count_int8_t(h->count, from, n);
        break;
    case AMOS_TYPE_UINT8:
        count_uint8_t(h->count, from, n);
        break;
    case AMOS_TYPE_INT16:
        count_int16_t(h->count, from, n);
        break;
    default:
        count_uint16_t(h->count, from, n);
    }
}

/* Counts the voxels of a row with a label above 0. */
static void count_organs(const struct amosi_measuring *m, int64_t y, int64_t z)
{
    const int64_t *shape = m->c->image->layout.shape;
    const amos_box *box = &m->labelled;
    if (y < box->start[1] || y >= box->stop[1] || z < box->start[2] || z >= box->stop[2])
        return;
    size_t first = (size_t)((z * shape[1] + y) * shape[0] + box->start[0]),
           width = (size_t)(box->stop[0] - box->start[0]);
    const uint8_t *labels = m->c->labels->voxels + first;
    for (size_t x = 0, n; x < width; x += n) {
        n = amosi_run_length(labels + x, width - x, 1);
        if (labels[x])
            count_voxels(m, &m->organs, (const char *)m->c->image->buffer.data + (first + x) * m->item, n);
    }
}

/* ---- bins ---- */

static void find_range(struct amosi_measuring *m)
{
    double block[BLOCK], low = INFINITY, high = -INFINITY;
    size_t voxels = m->c->image->layout.bytes / m->item;
    for (size_t i = 0; i < voxels; i += BLOCK) {
        size_t part = voxels - i < BLOCK ? voxels - i : BLOCK;
        amosi_convert_to_double(m->c->image->layout.type, block, (const char *)m->c->image->buffer.data + i * m->item,
                                part);
        for (size_t k = 0; k < part; k++)
            if (isfinite(block[k])) {
                low = block[k] < low ? block[k] : low;
                high = block[k] > high ? block[k] : high;
            }
    }
    m->low = low;
    m->step = high / BINS - low / BINS;
}

static void choose_bins(struct amosi_measuring *m)
{
    amos_type type = m->c->image->layout.type;
    m->exact = amosi_type_is_integer(type) && m->item <= 2;
    m->step = 1;
    m->low = amosi_type_kind(type) == AMOS_KIND_SIGNED ? -(double)((uint64_t)1 << (8 * m->item - 1)) : 0;
    if (!m->exact)
        find_range(m);
}

static bool allocate_histogram(const struct amosi_measuring *m, struct histogram *h)
{
    h->count = amosi_zalloc_array(BINS, sizeof *h->count);
    if (!m->exact) {
        h->sum = amosi_zalloc_array(BINS, sizeof *h->sum);
        h->squares = amosi_zalloc_array(BINS, sizeof *h->squares);
    }
    return h->count && (m->exact || (h->sum && h->squares));
}

static void release_histogram(struct histogram *h)
{
    amosi_free(h->squares);
    amosi_free(h->sum);
    amosi_free(h->count);
}

/* The i-th bin by scaled value, the lowest first. */
static size_t nth_bin(const struct amosi_measuring *m, size_t i)
{
    return m->c->slope < 0 ? BINS - 1 - i : i;
}

static double bin_value(const struct amosi_measuring *m, const struct histogram *h, size_t bin)
{
    if (!m->exact)
        return h->count[bin] ? h->sum[bin] / (double)h->count[bin] : 0;
    return m->c->slope * (m->low + (double)bin) + m->c->inter;
}

/* ---- all voxels ---- */

/* Finds the largest stored value that is not above the body's threshold. A CT's air needs no statistics. */
static void find_air(struct amosi_measuring *m)
{
    size_t above = BINS;
    if (m->c->image->layout.type != AMOS_TYPE_INT16 || m->c->modality != AMOS_MODALITY_CT)
        return;
    while (above > 0 && bin_value(m, &m->all, above - 1) > BODY_CT)
        above--;
    m->has_air = above > 0 && m->c->slope >= 0;
    m->air = (int16_t)((int)above - 1 + INT16_MIN);
}

static void count_image(const struct amosi_measuring *m, const void *voxels, size_t n)
{
    if (!m->tables)
        count_voxels(m, &m->all, voxels, n);
    else if (m->c->image->layout.type == AMOS_TYPE_UINT16)
        amosi_count_u16(m->all.count, m->tables, voxels, n);
    else if (m->has_air)
        amosi_count_i16_above(m->all.count, m->tables, voxels, n, m->air);
    else
        amosi_count_i16(m->all.count, m->tables, voxels, n);
}

void amosi_measuring_add(struct amosi_measuring *m, const int64_t y[2], const int64_t z[2])
{
    const int64_t *shape = m->c->image->layout.shape;
    for (int64_t slice = z[0]; slice < z[1]; slice++) {
        size_t first = (size_t)((slice * shape[1] + y[0]) * shape[0]);
        count_image(m, (const char *)m->c->image->buffer.data + first * m->item, (size_t)((y[1] - y[0]) * shape[0]));
        for (int64_t row = y[0]; row < y[1] && m->c->labels; row++)
            count_organs(m, row, slice);
    }
}

/* ---- results ---- */

/* The value with the rank `rank`, counted from 0, among the bins from `first` on. */
static double value_at_rank(const struct amosi_measuring *m, const struct histogram *h, size_t first, uint64_t rank)
{
    size_t i = first;
    for (uint64_t before = 0; i < BINS - 1; i++) {
        before += h->count[nth_bin(m, i)];
        if (before > rank)
            break;
    }
    return bin_value(m, h, nth_bin(m, i));
}

/* Interpolates linearly between two ranks, as numpy.percentile() does. */
static double percentile(const struct amosi_measuring *m, const struct histogram *h, size_t first, uint64_t voxels,
                         double share)
{
    double rank = share * (double)(voxels - 1), whole = floor(rank);
    double low = value_at_rank(m, h, first, (uint64_t)whole);
    if (rank == whole)
        return low;
    return low + (rank - whole) * (value_at_rank(m, h, first, (uint64_t)whole + 1) - low);
}

/* Computes the statistics of the bins from `first` on. */
static void summarise(const struct amosi_measuring *m, const struct histogram *h, size_t first, amos_intensity *out)
{
    double sum = 0, spread = 0;
    memset(out, 0, sizeof *out);
    for (size_t i = first; i < BINS; i++) {
        size_t bin = nth_bin(m, i);
        out->voxels += h->count[bin];
        sum += m->exact ? (double)h->count[bin] * bin_value(m, h, bin) : h->sum[bin];
    }
    if (out->voxels == 0)
        return;
    out->mean = sum / (double)out->voxels;
    for (size_t i = first; i < BINS; i++) {
        size_t bin = nth_bin(m, i);
        double n = (double)h->count[bin], away = bin_value(m, h, bin) - out->mean;
        spread += n * away * away;
        if (!m->exact && n > 0) /* the spread within the bin */
            spread += fmax(0, h->squares[bin] - h->sum[bin] * h->sum[bin] / n);
    }
    out->std = sqrt(spread / (double)out->voxels);
    out->min = value_at_rank(m, h, first, 0);
    out->max = value_at_rank(m, h, first, out->voxels - 1);
    out->percentile_00_5 = percentile(m, h, first, out->voxels, 0.005);
    out->median = percentile(m, h, first, out->voxels, 0.5);
    out->percentile_99_5 = percentile(m, h, first, out->voxels, 0.995);
}

static size_t first_of_body(const struct amosi_measuring *m, double threshold)
{
    size_t i = 0;
    while (i < BINS && (m->all.count[nth_bin(m, i)] == 0 || bin_value(m, &m->all, nth_bin(m, i)) <= threshold))
        i++;
    return i;
}

/* Whether the body is found as in CT. If nothing says so, the values do: only Hounsfield units have air that far below
 * zero. */
static bool is_ct(const struct amosi_measuring *m)
{
    size_t lowest = 0;
    if (m->c->modality != AMOS_MODALITY_UNKNOWN)
        return m->c->modality == AMOS_MODALITY_CT;
    while (lowest < BINS - 1 && m->all.count[nth_bin(m, lowest)] == 0)
        lowest++;
    return bin_value(m, &m->all, nth_bin(m, lowest)) < BODY_CT;
}

void amosi_measuring_end(struct amosi_measuring *m, double *threshold, amos_intensity *body, amos_intensity *organs)
{
    amos_intensity all;
    if (m->tables)
        amosi_count_collect(m->all.count, m->tables);
    *threshold = BODY_CT;
    if (!is_ct(m)) {
        summarise(m, &m->all, 0, &all);
        *threshold = BODY_MRI_SHARE * all.percentile_99_5;
    }
    summarise(m, &m->all, first_of_body(m, *threshold), body);
    memset(organs, 0, sizeof *organs);
    if (m->c->labels)
        summarise(m, &m->organs, 0, organs);
}

/* Every voxel was counted that has a value. */
uint64_t amosi_measuring_not_finite(const struct amosi_measuring *m)
{
    uint64_t counted = 0;
    if (amosi_type_is_integer(m->c->image->layout.type))
        return 0;
    for (size_t i = 0; i < BINS; i++)
        counted += m->all.count[i];
    return m->c->image->layout.bytes / m->item - counted;
}

/* ---- begin and end ---- */

void amosi_measuring_free(struct amosi_measuring *m)
{
    if (!m)
        return;
    release_histogram(&m->organs);
    release_histogram(&m->all);
    amosi_free(m->tables);
    amosi_free(m);
}

static bool allocate_all(struct amosi_measuring *m)
{
    m->tables = m->item == 2 ? amosi_zalloc(sizeof *m->tables) : NULL;
    return (m->tables || m->item != 2) && allocate_histogram(m, &m->all) &&
           (!m->c->labels || allocate_histogram(m, &m->organs));
}

amos_status amosi_measuring_begin(const struct amosi_prepare_case *c, struct amosi_measuring **out, amos_error *err)
{
    struct amosi_measuring *m = *out = amosi_zalloc(sizeof *m);
    if (!m)
        return amosi_fail_nomem(err, c->path);
    m->c = c;
    m->item = amos_type_bytes(c->image->layout.type);
    amosi_prepare_labelled_box(c, &m->labelled);
    choose_bins(m);
    if (!allocate_all(m)) {
        amosi_measuring_free(m);
        *out = NULL;
        return amosi_fail_nomem(err, c->path);
    }
    find_air(m);
    return AMOS_OK;
}

amos_status amosi_prepare_measure(const struct amosi_prepare_case *c, double *threshold, amos_intensity *body,
                                  amos_intensity *organs, amos_error *err)
{
    const int64_t *shape = c->image->layout.shape, y[2] = {0, shape[1]}, z[2] = {0, shape[2]};
    struct amosi_measuring *m;
    amos_status status = amosi_measuring_begin(c, &m, err);
    if (status)
        return status;
    amosi_measuring_add(m, y, z);
    amosi_measuring_end(m, threshold, body, organs);
    amosi_measuring_free(m);
    return AMOS_OK;
}
