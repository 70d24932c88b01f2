/* SPDX-License-Identifier: BSD-3-Clause */
/* Axis by axis, z first: a new row is mixed from old rows along z and along y, then along x. Old rows that were mixed
 * along z are kept for the next new rows, so everything stays in the processor's first cache. */
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "resample/job.h"
#include "resample/mix.h"

#define KEPT 8 /* rows mixed along z; new rows ask for four neighbouring ones at most */

struct lines {
    struct amosi_resample_job *job;
    struct amosi_mix mix;
    double *memory;
    double *kept[KEPT];
    int64_t number[KEPT]; /* of the old row that is kept; -1: none */
    int64_t slice;        /* new slice that they are of */
    double *mixed;        /* a row mixed along z and y, padded on both sides */
    double *row;          /* the new row */
};

static bool make_room(struct lines *l)
{
    const struct amosi_voxels *from = &l->job->from;
    const size_t padded = amosi_mix_lined_up(from->shape[0] + 2 * AMOSI_LINE_PAD);
    const size_t row = amosi_mix_lined_up(l->job->grid->after[0]);
    const size_t count = (KEPT + 1) * padded + row + amosi_mix_doubles(from);
    double *memory = l->memory = amosi_alloc_voxels(count * sizeof *memory);
    if (!memory)
        return false;
    for (int i = 0; i < KEPT; i++)
        l->kept[i] = amosi_mix_take(&memory, padded);
    l->mixed = amosi_mix_take(&memory, padded);
    l->row = amosi_mix_take(&memory, row);
    amosi_mix_begin(&l->mix, from, &memory);
    l->slice = -1;
    return true;
}

/* Mixes the old rows number y along z. */
static const double *mix_slices(struct lines *l, int64_t y, int64_t z)
{
    const int slot = (int)(y % KEPT);
    const int64_t width = l->job->from.shape[0];
    int64_t at[AMOSI_TAPS];
    double weights[AMOSI_TAPS];
    const void *rows[AMOSI_TAPS];
    if (l->number[slot] == y)
        return l->kept[slot];
    const int taps = amosi_mix_taps(&l->job->lines[2], z, at, weights);
    for (int k = 0; k < taps; k++)
        rows[k] = amosi_mix_old(&l->mix, 0, width, y, at[k], k);
    l->mix.sum(l->kept[slot], rows, weights, taps, (size_t)width);
    l->number[slot] = y;
    return l->kept[slot];
}

/* Computes the new row (y, z) as numbers. */
static const double *make_row(struct lines *l, int64_t y, int64_t z)
{
    const struct amosi_line *x = &l->job->lines[0];
    double *mixed = l->mixed + AMOSI_LINE_PAD;
    int64_t at[AMOSI_TAPS];
    double weights[AMOSI_TAPS];
    const void *rows[AMOSI_TAPS];
    const int taps = amosi_mix_taps(&l->job->lines[1], y, at, weights);
    for (int k = 0; k < taps; k++)
        rows[k] = mix_slices(l, at[k], z);
    if (x->same && taps == 1 && weights[0] == 1)
        return rows[0];
    l->mix.kernels->mix_f64(mixed, rows, weights, taps, (size_t)x->before);
    if (x->same)
        return mixed;
    amosi_mix_along(&l->mix, x, mixed, l->row);
    return l->row;
}

static void store_row(struct lines *l, int64_t y, int64_t z)
{
    char *to = amosi_resample_place(l->job, y, z);
    if (z != l->slice)
        memset(l->number, -1, sizeof l->number);
    l->slice = z;
    if (amosi_resample_holds(l->job, y, z))
        amosi_resample_put(l->job, to, make_row(l, y, z));
    else
        amosi_resample_leave(l->job, to, l->job->grid->after[0]);
}

amos_status amosi_resample_lines(struct amosi_resample_job *job, int64_t first, int64_t stop, amos_error *err)
{
    const int64_t height = job->grid->after[1];
    struct lines l = {.job = job};
    if (!make_room(&l))
        return amosi_fail_nomem(err, NULL);
    for (int64_t i = first; i < stop; i++)
        store_row(&l, i % height, i / height);
    amosi_free(l.memory);
    return AMOS_OK;
}
