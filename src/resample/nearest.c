/* SPDX-License-Identifier: BSD-3-Clause */
/* The nearest voxel, axis by axis: rows of voxels are picked as they are stored. */
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "nifti/convert.h"
#include "resample/job.h"
#include "resample/kernels/kernels.h"
#include "resample/store.h"

#define AHEAD 8 /* new rows whose old ones are asked for before they are needed */

struct nearest {
    struct amosi_resample_job *job;
    size_t item;  /* bytes of an old voxel */
    int32_t *at;  /* old voxels along x, within the row */
    char *stored; /* an old row, if it has to be copied */
    char *row;    /* the new row, of the old type */
    double *values;
    int64_t last[2]; /* the old row, y and z, that the last new one is from; -1: none */
    int64_t first;   /* new row that is computed here first */
    size_t lost;     /* voxels of the last new row that did not fit */
};

#define PICK(NAME, T) \
    static void NAME(void *to, const void *row, const int32_t *at, size_t n) \
    { \
        const T *from = row; \
        T *out = to; \
        for (size_t i = 0; i < n; i++) \
            out[i] = from[at[i]]; \
    }
PICK(pick_2, uint16_t)
PICK(pick_4, uint32_t)
PICK(pick_8, uint64_t)

static void pick(const struct nearest *n, void *to, const void *row)
{
    const struct amosi_line *x = n->job->lines;
    const size_t count = (size_t)(x->end - x->begin);
    const int32_t *at = n->at + x->begin;
    if (x->same)
        memcpy(to, row, count * n->item);
    else if (n->item == 1)
        amosi_resampling()->copy_u8(to, row, at, count, (size_t)x->before);
    else
        (n->item == 2 ? pick_2 : n->item == 4 ? pick_4 : pick_8)(to, row, at, count);
}

/* Converts a picked row to the type of the result. */
static void convert(struct nearest *n, char *to)
{
    struct amosi_resample_job *job = n->job;
    const size_t count = (size_t)(job->lines[0].end - job->lines[0].begin);
    amosi_convert_to_double(job->from.type, n->values, n->row, count);
    n->lost = amosi_store_values(job->type, to, n->values, count);
}

static int64_t old_of(const struct amosi_line *line, int64_t i)
{
    return amosi_line_index(line->at[i], line->before, false);
}

/* A new row that was made here from the same old one: the one before, or that of the slice before; NULL if neither. Rows
 * that had to be converted are made again, so that what was lost is counted. */
static const char *same_row(const struct nearest *n, int64_t y, int64_t z, const int64_t old[2], const char *to)
{
    const struct amosi_line *line = n->job->lines;
    const size_t row = (size_t)line[0].after * n->job->item;
    if (n->job->type != n->job->from.type)
        return NULL;
    if (memcmp(old, n->last, sizeof n->last) == 0)
        return to - row;
    if (z > line[2].begin && (z - 1) * line[1].after + y >= n->first && old_of(&line[2], z - 1) == old[1])
        return to - row * (size_t)line[1].after;
    return NULL;
}

static void make_row(struct nearest *n, int64_t y, int64_t z, char *to)
{
    struct amosi_resample_job *job = n->job;
    const struct amosi_line *line = job->lines;
    char *inside = to + (size_t)line[0].begin * job->item;
    const int64_t old[2] = {old_of(&line[1], y), old_of(&line[2], z)};
    const char *same = same_row(n, y, z, old, inside);
    if (y + AHEAD < line[1].end)
        amosi_voxels_fetch(&job->from, old_of(&line[1], y + AHEAD), old[1]);
    if (same) {
        memcpy(inside, same, (size_t)(line[0].end - line[0].begin) * job->item);
    } else {
        const void *row = amosi_voxels_row(&job->from, old[0], old[1], n->stored);
        pick(n, job->type == job->from.type ? inside : n->row, row);
        if (job->type != job->from.type)
            convert(n, inside);
    }
    memcpy(n->last, old, sizeof old);
    if (n->lost)
        atomic_fetch_add_explicit(&job->saturated, n->lost, memory_order_relaxed);
    amosi_resample_leave(job, to, line[0].begin);
    amosi_resample_leave(job, to + (size_t)line[0].end * job->item, line[0].after - line[0].end);
}

static amos_status begin(struct nearest *n, struct amosi_resample_job *job, amos_error *err)
{
    const struct amosi_line *x = job->lines;
    *n = (struct nearest){.job = job, .item = amos_type_bytes(job->from.type), .last = {-1, -1}};
    n->at = amosi_alloc_array((size_t)x->after, sizeof *n->at);
    n->stored = amosi_alloc_array((size_t)x->before, n->item);
    n->row = amosi_alloc_array((size_t)x->after, n->item);
    n->values = amosi_alloc_array((size_t)x->after, sizeof *n->values);
    if (!n->at || !n->stored || !n->row || !n->values)
        return amosi_fail_nomem(err, NULL);
    for (int64_t i = x->begin; i < x->end; i++)
        n->at[i] = (int32_t)old_of(x, i);
    return AMOS_OK;
}

static void end(struct nearest *n)
{
    amosi_free(n->values);
    amosi_free(n->row);
    amosi_free(n->stored);
    amosi_free(n->at);
}

amos_status amosi_resample_nearest(struct amosi_resample_job *job, int64_t first, int64_t stop, amos_error *err)
{
    const struct amosi_line *line = job->lines;
    struct nearest n;
    amos_status status = begin(&n, job, err);
    n.first = first;
    for (int64_t i = first; i < stop && !status; i++) {
        const int64_t y = i % line[1].after, z = i / line[1].after;
        char *to = amosi_resample_place(job, y, z);
        if (amosi_resample_holds(job, y, z)) {
            make_row(&n, y, z, to);
        } else {
            n.last[0] = -1;
            amosi_resample_leave(job, to, line[0].after);
        }
    }
    end(&n);
    return status;
}
