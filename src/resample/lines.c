/* SPDX-License-Identifier: BSD-3-Clause */
/* Axis by axis: a new row is mixed from old rows along z and along y, then along x. Old rows that were mixed along z are
 * kept for the next new rows, so everything stays in the processor's first cache. */
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "nifti/convert.h"
#include "resample/job.h"
#include "resample/kernels.h"
#include "resample/store.h"

#define KEPT 8 /* rows mixed along z; new rows ask for four neighbouring ones at most */

/* The working memory of a thread. */
struct room {
    double *memory;
    double *kept[KEPT];
    int64_t number[KEPT];        /* of the old row that is kept; -1: none */
    int64_t slice;               /* new slice that they are of */
    double *mixed;               /* a row mixed along z and y, padded on both sides */
    double *row;                 /* the new row */
    double *stored[AMOSI_TAPS];  /* old rows as they are stored, if they have to be copied, */
    double *numbers[AMOSI_TAPS]; /* and as numbers */
};

struct lines {
    struct amosi_resample_job *job;
    const struct amosi_resampling *kernels;
    void (*mix)(double *to, const void *const *rows, const double *weights, int taps, size_t n);
    bool direct; /* `mix` takes old rows as they are stored */
    struct room room;
};

/* ---- working memory ---- */

static size_t lined_up(int64_t count)
{
    return ((size_t)count + 7) / 8 * 8;
}

static double *take(double **memory, size_t count)
{
    double *taken = *memory;
    *memory += count;
    return taken;
}

static bool make_room(struct lines *l)
{
    struct room *room = &l->room;
    const struct amosi_line *x = &l->job->lines[0];
    const size_t padded = lined_up(x->before + 2 * AMOSI_LINE_PAD), row = lined_up(x->after);
    const size_t stored = lined_up(x->before), count = (KEPT + 1) * padded + row + 2 * AMOSI_TAPS * stored;
    double *memory = room->memory = amosi_alloc_voxels(count * sizeof *memory);
    if (!memory)
        return false;
    for (int i = 0; i < KEPT; i++)
        room->kept[i] = take(&memory, padded);
    room->mixed = take(&memory, padded);
    room->row = take(&memory, row);
    for (int i = 0; i < AMOSI_TAPS; i++) {
        room->stored[i] = take(&memory, stored);
        room->numbers[i] = take(&memory, stored);
    }
    room->slice = -1;
    return true;
}

/* ---- old rows ---- */

/* An old row as `mix` takes it. */
static const void *old_row(struct lines *l, int64_t y, int64_t z, int slot)
{
    const struct amosi_voxels *from = &l->job->from;
    const void *row = amosi_voxels_row(from, y, z, l->room.stored[slot]);
    if (l->direct)
        return row;
    amosi_convert_to_double(from->type, l->room.numbers[slot], row, (size_t)from->shape[0]);
    return l->room.numbers[slot];
}

/* The weights of new voxel i that are not 0, and the old voxels that they belong to. Returns their number. */
static int taps_of(const struct amosi_line *line, int64_t i, int64_t at[AMOSI_TAPS], double weights[AMOSI_TAPS])
{
    int n = 0;
    for (int k = 0; k < line->taps; k++) {
        const double weight = line->weights[k * line->after + i];
        if (weight == 0)
            continue;
        at[n] = amosi_line_index(line->at[i] + k, line->before, line->mirrored);
        weights[n++] = weight;
    }
    return n;
}

/* Mixes the old rows number y along z. */
static const double *mix_slices(struct lines *l, int64_t y, int64_t z)
{
    struct room *room = &l->room;
    const int slot = (int)(y % KEPT);
    int64_t at[AMOSI_TAPS];
    double weights[AMOSI_TAPS];
    const void *rows[AMOSI_TAPS];
    if (room->number[slot] == y)
        return room->kept[slot];
    const int taps = taps_of(&l->job->lines[2], z, at, weights);
    for (int k = 0; k < taps; k++)
        rows[k] = old_row(l, y, at[k], k);
    l->mix(room->kept[slot], rows, weights, taps, (size_t)l->job->from.shape[0]);
    room->number[slot] = y;
    return room->kept[slot];
}

/* ---- new rows ---- */

/* Repeats or mirrors the ends of a row of old voxels. */
static void pad(const struct amosi_line *x, double *row)
{
    for (int64_t i = 1; i <= AMOSI_LINE_PAD; i++) {
        row[-i] = row[amosi_line_index(-i, x->before, x->mirrored)];
        row[x->before - 1 + i] = row[amosi_line_index(x->before - 1 + i, x->before, x->mirrored)];
    }
}

/* Computes the new row (y, z) as numbers. */
static const double *make_row(struct lines *l, int64_t y, int64_t z)
{
    const struct amosi_line *x = &l->job->lines[0];
    double *mixed = l->room.mixed + AMOSI_LINE_PAD, *row = l->room.row;
    int64_t at[AMOSI_TAPS];
    double weights[AMOSI_TAPS];
    const void *rows[AMOSI_TAPS];
    const int taps = taps_of(&l->job->lines[1], y, at, weights);
    for (int k = 0; k < taps; k++)
        rows[k] = mix_slices(l, at[k], z);
    if (x->same && taps == 1 && weights[0] == 1)
        return rows[0];
    l->kernels->mix_f64(mixed, rows, weights, taps, (size_t)x->before);
    if (x->same)
        return mixed;
    pad(x, mixed);
    l->kernels->pick(row + x->begin, mixed, x->at + x->begin, x->weights + x->begin, (size_t)x->after, x->taps,
                     (size_t)(x->end - x->begin));
    return row;
}

static void store_row(struct lines *l, int64_t y, int64_t z, char *to)
{
    struct amosi_resample_job *job = l->job;
    const struct amosi_line *line = job->lines;
    if (y < line[1].begin || y >= line[1].end || z < line[2].begin || z >= line[2].end) {
        amosi_resample_leave(job, to, line[0].after);
        return;
    }
    const double *row = make_row(l, y, z);
    const size_t lost = amosi_store_values(job->type, to + (size_t)line[0].begin * job->item, row + line[0].begin,
                                           (size_t)(line[0].end - line[0].begin));
    if (lost)
        atomic_fetch_add_explicit(&job->saturated, lost, memory_order_relaxed);
    amosi_resample_leave(job, to, line[0].begin);
    amosi_resample_leave(job, to + (size_t)line[0].end * job->item, line[0].after - line[0].end);
}

static void choose_kernels(struct lines *l)
{
    const amos_type type = l->job->from.type;
    const struct amosi_resampling *k = l->kernels = amosi_resampling();
    l->mix = type == AMOS_TYPE_INT16 ? k->mix_i16 : type == AMOS_TYPE_FLOAT32 ? k->mix_f32 : k->mix_f64;
    l->direct = l->mix != k->mix_f64 || type == AMOS_TYPE_FLOAT64;
}

amos_status amosi_resample_lines(struct amosi_resample_job *job, int64_t first, int64_t stop, amos_error *err)
{
    const int64_t *shape = job->grid->after;
    struct lines l = {.job = job};
    choose_kernels(&l);
    if (!make_room(&l))
        return amosi_fail_nomem(err, NULL);
    for (int64_t i = first; i < stop; i++) {
        if (i / shape[1] != l.room.slice)
            memset(l.room.number, -1, sizeof l.room.number);
        l.room.slice = i / shape[1];
        store_row(&l, i % shape[1], l.room.slice, job->to + (size_t)(i * shape[0]) * job->item);
    }
    amosi_free(l.room.memory);
    return AMOS_OK;
}
