/* SPDX-License-Identifier: BSD-3-Clause */
/* Facts of the image alone: its values, its slices and its digest, in one pass; and percentiles of some of its voxels. */
#include <math.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/math/sort.h"
#include "base/system/alloc.h"
#include "quality/digest.h"
#include "quality/quality.h"
#include "quality/values.h"

/* ---- slices ---- */

/* A slice and the one before it. */
struct slices {
    const float *voxels; /* of the slice */
    size_t count;        /* voxels of a slice */
    int64_t z;
    uint32_t crc, crc_before;
    bool constant, constant_before;
};

static void note_slice(const struct slices *s, amos_quality_facts *facts)
{
    if (s->constant && facts->constant++ == 0)
        facts->constant_first = s->z;
    if (s->constant || s->constant_before || s->z == 0 || s->crc != s->crc_before ||
        memcmp(s->voxels, s->voxels - s->count, s->count * sizeof *s->voxels) != 0)
        return;
    if (facts->repeated++ == 0)
        facts->repeated_first = s->z;
}

static void note_nonfinite(const struct slices *s, const struct amosi_quality_values *values, int64_t width,
                           amos_quality_facts *facts)
{
    const uint64_t nonfinite = s->count - values->finite;
    if (nonfinite && facts->nonfinite == 0) {
        int64_t first = 0;
        while (isfinite(s->voxels[first]))
            first++;
        facts->nonfinite_at[0] = first % width;
        facts->nonfinite_at[1] = first / width;
        facts->nonfinite_at[2] = s->z;
    }
    facts->nonfinite += nonfinite;
}

static void look_at_slices(const struct amosi_quality_subject *subject, struct amosi_quality_values *all)
{
    amos_quality_facts *facts = &subject->out->facts;
    struct slices s = {.voxels = subject->image, .count = (size_t)facts->shape[0] * (size_t)facts->shape[1]};
    struct amosi_quality_digest digest;
    amosi_quality_digest_begin(&digest, facts->shape);
    for (; s.z < facts->shape[2]; s.z++, s.voxels += s.count) {
        struct amosi_quality_values values;
        amosi_quality_values_of(s.voxels, s.count, &values);
        s.crc = amosi_quality_crc(0, s.voxels, s.count);
        s.constant = values.finite == s.count && values.min == values.max;
        amosi_quality_digest_slice(&digest, s.crc);
        note_slice(&s, facts);
        note_nonfinite(&s, &values, facts->shape[0], facts);
        amosi_quality_values_add(all, &values);
        s.crc_before = s.crc;
        s.constant_before = s.constant;
    }
    amosi_quality_digest_text(&digest, facts->image_digest);
}

/* ---- percentiles ---- */

enum { ACROSS = 32, ALONG = 16 }; /* voxels of the lattice along x and y, and along z */

static int compare_floats(const void *one, const void *other)
{
    const float a = *(const float *)one, b = *(const float *)other;
    return (a > b) - (a < b);
}

/* The finite voxels of a regular lattice. */
static size_t take_lattice(const float *image, const int64_t shape[3], float *taken)
{
    int64_t step[3];
    size_t count = 0;
    for (int i = 0; i < 3; i++) {
        const int64_t wanted = i < 2 ? ACROSS : ALONG;
        step[i] = (shape[i] + wanted - 1) / wanted;
    }
    for (int64_t z = step[2] / 2; z < shape[2]; z += step[2])
        for (int64_t y = step[1] / 2; y < shape[1]; y += step[1])
            for (int64_t x = step[0] / 2; x < shape[0]; x += step[0]) {
                const float value = image[(z * shape[1] + y) * shape[0] + x];
                if (isfinite(value))
                    taken[count++] = value;
            }
    return count;
}

static amos_status find_percentiles(const struct amosi_quality_subject *s, amos_error *err)
{
    amos_quality_facts *facts = &s->out->facts;
    float *taken = amosi_alloc_array((size_t)ACROSS * ACROSS * ALONG, sizeof *taken);
    if (!taken)
        return amosi_fail_nomem(err, NULL);
    const size_t count = take_lattice(s->image, facts->shape, taken);
    if (count) {
        amosi_sort(taken, count, sizeof *taken, compare_floats);
        facts->p01 = (double)taken[(count - 1) / 100];
        facts->p50 = (double)taken[(count - 1) / 2];
        facts->p99 = (double)taken[(count - 1) - (count - 1) / 100];
    }
    amosi_free(taken);
    return AMOS_OK;
}

amos_status amosi_quality_image(const struct amosi_quality_subject *s, amos_error *err)
{
    struct amosi_quality_values all = {INFINITY, -INFINITY, 0, 0, 0};
    amos_quality_facts *facts = &s->out->facts;
    look_at_slices(s, &all);
    if (all.finite) {
        facts->min = (double)all.min;
        facts->max = (double)all.max;
        facts->mean = all.sum / (double)all.finite;
    }
    return find_percentiles(s, err);
}

/* ---- organs ---- */

amos_status amosi_quality_intensities(const struct amosi_quality_subject *s, amos_error *err)
{
    const struct amosi_runs *runs = &s->components->runs;
    const int64_t *shape = s->components->info.shape;
    struct amosi_quality_values *sums = amosi_zalloc_array(s->out->count + 1, sizeof *sums);
    if (!sums)
        return amosi_fail_nomem(err, NULL);
    for (int64_t row = 0; row < shape[1] * shape[2]; row++)
        for (uint32_t i = runs->first[row]; i < runs->first[row + 1]; i++) {
            const struct amosi_label_run *run = &runs->items[i];
            amosi_quality_values_sum(s->image + row * shape[0] + run->start, run->end - run->start, &sums[run->label]);
        }
    for (size_t i = 0; i < s->out->count; i++) {
        const struct amosi_quality_values *of = &sums[i + 1];
        if (!of->finite)
            continue;
        amos_quality_organ *organ = &s->out->organs[i];
        organ->mean = of->sum / (double)of->finite;
        const double variance = of->squares / (double)of->finite - organ->mean * organ->mean;
        organ->sd = variance > 0 ? sqrt(variance) : 0;
    }
    amosi_free(sums);
    return AMOS_OK;
}
