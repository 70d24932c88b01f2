/* SPDX-License-Identifier: BSD-3-Clause */
#include "resample/job.h"

#include <string.h>

#include <amos/workers.h>

#include "base/error/progress.h"
#include "resample/store.h"

/* Voxels that a thread computes at a time: large stretches let it use rows of the slice before, small ones keep all
 * threads busy to the end. */
#define STRETCH ((int64_t)1 << 16)
#define LARGE ((int64_t)1 << 20)
#define STRETCHES 16

struct run {
    struct amosi_resample_job *job;
    amosi_rows_fn rows;
    int64_t count, each; /* rows in all, and of an item */
    struct amosi_progress progress;
    amos_error *err;
};

static int64_t end_of(const struct run *run, size_t index)
{
    int64_t end = ((int64_t)index + 1) * run->each;
    return end < run->count ? end : run->count;
}

static amos_status do_item(void *user, size_t index, amos_error *err)
{
    const struct run *run = user;
    return run->rows(run->job, (int64_t)index * run->each, end_of(run, index), err);
}

static amos_status item_done(void *user, size_t index, amos_status status, const amos_error *err)
{
    struct run *run = user;
    if (!status)
        return amosi_progress_report(&run->progress, (uint64_t)(end_of(run, index) * run->job->grid->after[0]),
                                     run->err);
    if (run->err)
        *run->err = *err;
    return status;
}

amos_status amosi_resample_rows(struct amosi_resample_job *job, amosi_rows_fn rows, int64_t unit, amos_error *err)
{
    const int64_t *shape = job->grid->after;
    struct run run = {.job = job, .rows = rows, .count = shape[1] * shape[2], .err = err};
    const amos_workers_options workers = {.size = sizeof workers, .threads = job->threads};
    const int64_t share = run.count * shape[0] / STRETCHES;
    run.each = unit ? unit : (share < STRETCH ? STRETCH : share > LARGE ? LARGE : share) / shape[0] + 1;
    run.progress = amosi_progress_of(&job->progress, (uint64_t)(run.count * shape[0]), NULL);
    amos_status status = amosi_progress_report(&run.progress, 0, err);
    return status ? status
                  : amos_workers_run((size_t)((run.count + run.each - 1) / run.each), &workers, do_item, item_done,
                                     &run, err);
}

char *amosi_resample_place(const struct amosi_resample_job *job, int64_t y, int64_t z)
{
    const int64_t *shape = job->grid->after;
    return job->to + (size_t)((z * shape[1] + y) * shape[0]) * job->item;
}

bool amosi_resample_holds(const struct amosi_resample_job *job, int64_t y, int64_t z)
{
    const struct amosi_line *line = job->lines;
    return y >= line[1].begin && y < line[1].end && z >= line[2].begin && z < line[2].end;
}

void amosi_resample_put(struct amosi_resample_job *job, char *to, const double *row)
{
    const struct amosi_line *x = job->lines;
    const size_t lost =
        amosi_store_values(job->type, to + (size_t)x->begin * job->item, row + x->begin, (size_t)(x->end - x->begin));
    if (lost)
        atomic_fetch_add_explicit(&job->saturated, lost, memory_order_relaxed);
    amosi_resample_leave(job, to, x->begin);
    amosi_resample_leave(job, to + (size_t)x->end * job->item, x->after - x->end);
}

void amosi_resample_leave(struct amosi_resample_job *job, char *to, int64_t n)
{
    double value[1];
    if (n <= 0)
        return;
    atomic_fetch_add_explicit(&job->left, (uint64_t)n, memory_order_relaxed);
    (void)amosi_store_values(job->type, value, &job->outside, 1);
    for (int64_t i = 0; i < n; i++)
        memcpy(to + (size_t)i * job->item, value, job->item);
}
