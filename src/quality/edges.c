/* SPDX-License-Identifier: BSD-3-Clause */
/* Whether the borders of organs lie on edges of the image. At faces between an organ and the background, two voxels of
 * the image are compared: the second one within and the second one without, so that borders may be off by a voxel. The
 * mean of their differences is largest where the label fits. It is computed for shifts of the label within a slice, and
 * along the last axis. */
#include <math.h>

#include "label/labelmap.h"
#include "quality/quality.h"

enum {
    MOST_FACES = 8192,
    REACH = 8, /* voxels */
    SLICES = 2,
    WIDTH = 2 * REACH + 1,
    BESIDE = 2 /* from the voxel within a face to the one without that is compared */
};
static const double reach_mm = 8;

struct edges {
    const struct amosi_quality_subject *s;
    const int64_t *shape;
    int64_t reach[2], slices; /* the largest shifts */
    double cap;               /* of a difference */
    uint64_t faces, every, used;
    double sums[WIDTH][WIDTH];    /* of shifts by y and x */
    double along[2 * SLICES + 1]; /* of shifts by slices */
};

/* ---- one face ---- */

/* The difference at a face, limited so that edges at air and bone do not outweigh all others. NaN counts as the limit. */
static double difference(const struct edges *e, const float *inside, const float *outside)
{
    const double d = fabs((double)*inside - (double)*outside);
    return d < e->cap ? d : e->cap;
}

/* Adds the differences at a face for all shifts. `step` leads from the voxel within to the one without. */
static void add_face(struct edges *e, int64_t at, int64_t step)
{
    const int64_t row = e->shape[0], slice = row * e->shape[1];
    const float *inside = e->s->image + at - step, *outside = e->s->image + at + BESIDE * step;
    for (int64_t y = -e->reach[1]; y <= e->reach[1]; y++) {
        double *sums = &e->sums[y + REACH][REACH];
        for (int64_t x = -e->reach[0]; x <= e->reach[0]; x++)
            sums[x] += difference(e, inside + y * row + x, outside + y * row + x);
    }
    for (int64_t z = -e->slices; z <= e->slices; z++)
        e->along[z + SLICES] += difference(e, inside + z * slice, outside + z * slice);
    e->used++;
}

/* Counts a face, or adds it if its turn has come. */
static void take_face(struct edges *e, int64_t at, int64_t step)
{
    if (e->every && e->faces % e->every == 0)
        add_face(e, at, step);
    e->faces++;
}

/* ---- all faces ---- */

static bool is_inner(const struct edges *e, int axis, int64_t at)
{
    const int64_t margin = axis < 2 ? e->reach[axis] + BESIDE : e->slices;
    return at >= margin && at < e->shape[axis] - margin;
}

/* The faces at both ends of a run that is not next to another organ, and those beside every fourth voxel of it. */
static void take_run(struct edges *e, const struct amosi_label_run *run, bool follows, bool is_followed, int64_t row)
{
    const uint8_t *voxels = e->s->map->voxels;
    const int64_t width = e->shape[0], base = row * width, start = run->start, end = run->end;
    if (!follows && is_inner(e, 0, start))
        take_face(e, base + start, -1);
    if (!is_followed && is_inner(e, 0, end - 1))
        take_face(e, base + end - 1, 1);
    for (int64_t x = (start + 3) / 4 * 4; x < end; x += 4) {
        if (!is_inner(e, 0, x))
            continue;
        if (voxels[base + x - width] == 0)
            take_face(e, base + x, -width);
        if (voxels[base + x + width] == 0)
            take_face(e, base + x, width);
    }
}

static void take_all(struct edges *e)
{
    const struct amosi_runs *runs = &e->s->components->runs;
    e->faces = 0;
    for (int64_t z = 0, row = 0; z < e->shape[2]; z++)
        for (int64_t y = 0; y < e->shape[1]; y++, row++) {
            const struct amosi_label_run *first = runs->items + runs->first[row],
                                         *end = runs->items + runs->first[row + 1];
            if (first == end || !is_inner(e, 1, y) || !is_inner(e, 2, z))
                continue;
            for (const struct amosi_label_run *run = first; run < end; run++)
                take_run(e, run, run > first && run[-1].end == run->start, run + 1 < end && run[1].start == run->end,
                         row);
        }
}

/* ---- the best shift ---- */

/* Of equal shifts the first one, and none before all others. */
static void find_best(const struct edges *e, amos_quality_facts *facts)
{
    double best = e->sums[REACH][REACH];
    int64_t shift[3] = {0, 0, 0};
    for (int64_t y = -e->reach[1]; y <= e->reach[1]; y++)
        for (int64_t x = -e->reach[0]; x <= e->reach[0]; x++)
            if (e->sums[y + REACH][x + REACH] > best) {
                best = e->sums[y + REACH][x + REACH];
                shift[0] = x;
                shift[1] = y;
            }
    for (int64_t z = -e->slices; z <= e->slices; z++)
        if (e->along[z + SLICES] > best) {
            best = e->along[z + SLICES];
            shift[0] = shift[1] = 0;
            shift[2] = z;
        }
    facts->edge_faces = e->used;
    facts->edge_here = e->sums[REACH][REACH] / (double)e->used;
    facts->edge_best = best / (double)e->used;
    for (int i = 0; i < 3; i++)
        facts->edge_shift[i] = shift[i];
}

void amosi_quality_edges(const struct amosi_quality_subject *s)
{
    amos_quality_facts *facts = &s->out->facts;
    struct edges e = {.s = s, .shape = facts->shape, .cap = (facts->p99 - facts->p01) / 2};
    if (!(e.cap > 0))
        return;
    for (int i = 0; i < 2; i++) {
        const double reach = ceil(reach_mm / s->spacing[i]);
        e.reach[i] = reach < 2 ? 2 : reach < (double)REACH ? (int64_t)reach : REACH;
    }
    e.slices = facts->shape[2] >= 12 ? SLICES : facts->shape[2] >= 5;
    take_all(&e);
    e.every = (e.faces + MOST_FACES - 1) / MOST_FACES;
    if (!e.every)
        return;
    take_all(&e);
    find_best(&e, facts);
}
