/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "label/run_length.h"
#include "prepare/case.h"

/* The state of sampling one label. */
struct drawing {
    uint64_t voxels; /* of the label */
    uint64_t passed; /* voxels already visited */
    uint64_t next;   /* the next voxel to sample, counted from 0 */
    size_t begin, count, taken;
};

struct sampling {
    const struct amosi_prepare_case *c;
    struct amosi_prepare_positions *out;
    struct drawing drawings[AMOSI_LABELS];
};

/* splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014). */
static uint64_t mix_bits(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* The i-th random number of a label, the same in every build. It is less than `below`, which is far smaller than
 * 2^64. */
static uint64_t random_below(int label, uint64_t i, uint64_t below)
{
    return mix_bits(mix_bits((uint64_t)label) + i) % below;
}

/* The rank of the i-th sample. A label's voxels, in the order of the volume, are divided into as many equal parts as
 * there are samples, and one is drawn at random from each: no voxel is drawn twice, and the samples are even over the
 * organ. */
static uint64_t rank_of(const struct drawing *d, int label, size_t i)
{
    uint64_t low = d->voxels * i / d->count, high = d->voxels * (i + 1) / d->count;
    return low + random_below(label, i, high - low);
}

/* Stores the samples among n adjacent voxels of a label, from (x, y, z) on. */
static void sample_run(struct sampling *s, int label, int64_t x, int64_t y, int64_t z, size_t n)
{
    struct drawing *d = &s->drawings[label];
    while (d->taken < d->count && d->next < d->passed + n) {
        int32_t *voxel = s->out->voxels[d->begin + d->taken];
        voxel[0] = (int32_t)(x + (int64_t)(d->next - d->passed));
        voxel[1] = (int32_t)y;
        voxel[2] = (int32_t)z;
        d->taken++;
        if (d->taken < d->count)
            d->next = rank_of(d, label, d->taken);
    }
    d->passed += n;
}

/* Gathers the stored values first: the memory of many is then waited for at once. */
static void take_values(const struct sampling *s)
{
    enum { GROUP = 64 };
    const amos_layout *layout = &s->c->image->layout;
    const size_t item = amos_type_bytes(layout->type);
    const char *data = s->c->image->buffer.data;
    double stored[GROUP], values[GROUP];
    for (size_t i = 0, n; i < s->out->count; i += n) {
        n = s->out->count - i < GROUP ? s->out->count - i : GROUP;
        for (size_t k = 0; k < n; k++) {
            const int32_t *voxel = s->out->voxels[i + k];
            memcpy((char *)stored + k * item,
                   data + voxel[2] * layout->strides[2] + voxel[1] * layout->strides[1] + voxel[0] * layout->strides[0],
                   item);
        }
        amosi_prepare_scale(s->c, values, stored, n);
        for (size_t k = 0; k < n; k++)
            s->out->values[i + k] = (float)values[k];
    }
}

static void sample_volume(struct sampling *s)
{
    const int64_t *shape = s->c->image->layout.shape;
    amos_box box;
    amosi_prepare_labelled_box(s->c, &box);
    for (int64_t z = box.start[2]; z < box.stop[2]; z++)
        for (int64_t y = box.start[1]; y < box.stop[1]; y++) {
            const uint8_t *row = s->c->labels->voxels + (z * shape[1] + y) * shape[0];
            for (int64_t x = box.start[0], n; x < box.stop[0]; x += n) {
                n = (int64_t)amosi_run_length(row + x, (size_t)(box.stop[0] - x), 1);
                if (row[x])
                    sample_run(s, row[x], x, y, z, (size_t)n);
            }
        }
}

/* Fisher-Yates: the first n samples are then even over the organ too, for any n. */
static void shuffle_samples(struct sampling *s, int label)
{
    const struct drawing *d = &s->drawings[label];
    for (size_t i = d->count; i > 1; i--) {
        size_t a = d->begin + i - 1, b = d->begin + (size_t)random_below(label, UINT64_C(1) << 32 | i, i);
        int32_t voxel[3];
        float value = s->out->values[a];
        memcpy(voxel, s->out->voxels[a], sizeof voxel);
        memcpy(s->out->voxels[a], s->out->voxels[b], sizeof voxel);
        memcpy(s->out->voxels[b], voxel, sizeof voxel);
        s->out->values[a] = s->out->values[b];
        s->out->values[b] = value;
    }
}

static void plan_samples(struct sampling *s, int most, uint32_t positions[AMOSI_LABELS])
{
    memset(positions, 0, AMOSI_LABELS * sizeof *positions);
    for (int label = 1; s->c->labels && label <= s->c->labels->info.max_label; label++) {
        struct drawing *d = &s->drawings[label];
        d->voxels = s->c->labels->stats[label].voxels;
        d->count = d->voxels < (uint64_t)most ? (size_t)d->voxels : (size_t)most;
        d->begin = s->out->count;
        d->next = d->count ? rank_of(d, label, 0) : 0;
        s->out->count += d->count;
        positions[label] = (uint32_t)d->count;
    }
}

amos_status amosi_prepare_sample(const struct amosi_prepare_case *c, int most, uint32_t positions[AMOSI_LABELS],
                                 struct amosi_prepare_positions *out, amos_error *err)
{
    struct sampling s = {.c = c, .out = out};
    memset(out, 0, sizeof *out);
    plan_samples(&s, most, positions);
    out->voxels = amosi_alloc_array(out->count, sizeof *out->voxels);
    out->values = amosi_alloc_array(out->count, sizeof *out->values);
    if (!out->voxels || !out->values) {
        amosi_prepare_positions_free(out);
        return amosi_fail_nomem(err, c->path);
    }
    if (out->count) {
        sample_volume(&s);
        take_values(&s);
    }
    for (int label = 1; label < AMOSI_LABELS; label++)
        shuffle_samples(&s, label);
    return AMOS_OK;
}

void amosi_prepare_positions_free(struct amosi_prepare_positions *positions)
{
    amosi_free(positions->voxels);
    amosi_free(positions->values);
    memset(positions, 0, sizeof *positions);
}
