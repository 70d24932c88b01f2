/* SPDX-License-Identifier: BSD-3-Clause */
/* Axis by axis, the plane first: a stripe of new rows is mixed from the rows of an old slice along y and then along x;
 * new slices are mixed along z from such stripes. Those of the old slices that the next new ones ask for are kept, so
 * everything stays in the processor's second cache. */
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "resample/job.h"
#include "resample/mix.h"
#include "resample/spline.h"

/* A stripe has ROWS rows, or as many as have LEAST voxels in all new slices. If the old slices are filtered along z, it
 * has no more than CACHED numbers in all of them. */
#define ROWS 16
#define LEAST ((int64_t)1 << 16)
#define CACHED ((int64_t)1 << 15)
#define AHEAD 2 /* new rows whose old ones are asked for before they are needed */

struct planes {
    struct amosi_resample_job *job;
    struct amosi_mix mix;
    bool flat; /* nothing changes along y and x */
    double *memory;
    double *slabs[AMOSI_TAPS];  /* stripes of old slices: slice z is in slab z % taps */
    int64_t number[AMOSI_TAPS]; /* of these slices; -1: none */
    int64_t first, stop;        /* rows y of the stripe that are inside */
    double *mixed;              /* an old row mixed along y, padded on both sides */
    double *row;                /* the new row */
};

int64_t amosi_resample_planes_unit(const struct amosi_resample_job *job)
{
    const int64_t *after = job->grid->after;
    const int64_t least = LEAST / (after[0] * after[2]), most = CACHED / (after[0] * job->from.shape[2]);
    const int64_t rows = job->unfiltered ? (most > 1 ? most : 1) : least > ROWS ? least : ROWS;
    return (rows < after[1] ? rows : after[1]) * after[2];
}

static bool make_room(struct planes *p, int64_t rows)
{
    const struct amosi_voxels *from = &p->job->from;
    const size_t row = amosi_mix_lined_up(p->job->grid->after[0]), slab = p->flat ? 0 : (size_t)rows * row;
    const size_t padded = amosi_mix_lined_up(from->shape[0] + 2 * AMOSI_LINE_PAD);
    const size_t count = AMOSI_TAPS * slab + padded + row + amosi_mix_doubles(from);
    double *memory = p->memory = amosi_alloc_voxels(count * sizeof *memory);
    if (!memory)
        return false;
    for (int i = 0; i < AMOSI_TAPS; i++)
        p->slabs[i] = amosi_mix_take(&memory, slab);
    p->mixed = amosi_mix_take(&memory, padded);
    p->row = amosi_mix_take(&memory, row);
    amosi_mix_begin(&p->mix, from, &memory);
    memset(p->number, -1, sizeof p->number);
    return true;
}

static double *slab_row(const struct planes *p, int64_t y, int64_t z)
{
    const size_t row = amosi_mix_lined_up(p->job->grid->after[0]);
    return p->slabs[z % p->job->lines[2].taps] + (size_t)(y - p->first) * row;
}

/* Asks for the old rows that the new row y is mixed from. */
static void fetch(const struct planes *p, int64_t y, int64_t z)
{
    const struct amosi_line *line = &p->job->lines[1];
    for (int k = 0; k < line->taps && y < line->end; k++)
        amosi_voxels_fetch(&p->job->from, amosi_line_index(line->at[y] + k, line->before, line->mirrored), z);
}

/* Mixes the new row y of the old slice z along y and x. */
static void mix_in_plane(struct planes *p, int64_t y, int64_t z)
{
    const struct amosi_line *x = &p->job->lines[0];
    double *row = slab_row(p, y, z), *mixed = x->same ? row : p->mixed + AMOSI_LINE_PAD;
    int64_t at[AMOSI_TAPS];
    double weights[AMOSI_TAPS];
    const void *rows[AMOSI_TAPS];
    const int taps = amosi_mix_taps(&p->job->lines[1], y, at, weights);
    fetch(p, y + AHEAD, z);
    for (int k = 0; k < taps; k++)
        rows[k] = amosi_mix_old(&p->mix, 0, x->before, at[k], z, k);
    p->mix.sum(mixed, rows, weights, taps, (size_t)x->before);
    if (!x->same)
        amosi_mix_along(&p->mix, x, mixed, row);
}

/* The new row y of the old slice z, from its first voxel inside on. */
static const void *old_row(struct planes *p, int64_t y, int64_t z, int slot)
{
    const struct amosi_line *line = p->job->lines;
    int64_t *number = &p->number[z % line[2].taps];
    if (p->flat)
        return amosi_mix_old(&p->mix, line[0].begin, line[0].end - line[0].begin, y, z, slot);
    for (int64_t i = p->first; i < p->stop && *number != z; i++)
        mix_in_plane(p, i, z);
    *number = z;
    return slab_row(p, y, z) + line[0].begin;
}

/* Computes the new row (y, z) as numbers. */
static const double *make_row(struct planes *p, int64_t y, int64_t z)
{
    const struct amosi_line *line = p->job->lines;
    int64_t at[AMOSI_TAPS];
    double weights[AMOSI_TAPS];
    const void *rows[AMOSI_TAPS];
    const int taps = amosi_mix_taps(&line[2], z, at, weights);
    for (int k = 0; k < taps; k++)
        rows[k] = old_row(p, y, at[k], k);
    (p->flat ? p->mix.sum : p->mix.kernels->mix_f64)(p->row + line[0].begin, rows, weights, taps,
                                                     (size_t)(line[0].end - line[0].begin));
    return p->row;
}

static int64_t within(int64_t y, const struct amosi_line *line)
{
    return y < line->begin ? line->begin : y > line->end ? line->end : y;
}

amos_status amosi_resample_planes(struct amosi_resample_job *job, int64_t first, int64_t stop, amos_error *err)
{
    const int64_t depth = job->grid->after[2], begin = first / depth, end = stop / depth;
    struct planes p = {.job = job, .flat = job->lines[0].same && job->lines[1].same};
    if (!make_room(&p, end - begin))
        return amosi_fail_nomem(err, NULL);
    p.first = within(begin, &job->lines[1]);
    p.stop = within(end, &job->lines[1]);
    if (job->unfiltered)
        amosi_spline_filter_z(&job->from, p.first, p.stop);
    for (int64_t z = 0; z < depth; z++)
        for (int64_t y = begin; y < end; y++) {
            char *to = amosi_resample_place(job, y, z);
            if (amosi_resample_holds(job, y, z))
                amosi_resample_put(job, to, make_row(&p, y, z));
            else
                amosi_resample_leave(job, to, job->grid->after[0]);
        }
    amosi_free(p.memory);
    return AMOS_OK;
}
