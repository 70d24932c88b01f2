/* SPDX-License-Identifier: BSD-3-Clause */
/* One resampling: what all ways of computing it need, and its rows shared out to threads. */
#ifndef AMOSI_RESAMPLE_JOB_H
#define AMOSI_RESAMPLE_JOB_H

#include <stdatomic.h>
#include <stdbool.h>

#include <amos/resample.h>

#include "resample/grid.h"
#include "resample/line.h"
#include "resample/voxels.h"

struct amosi_resample_job {
    const struct amosi_grid *grid;
    struct amosi_voxels from;   /* axes as in the new grid if it is separable, else as in the old one */
    struct amosi_line lines[3]; /* if it is separable; else unused */
    amos_interpolation interpolation;
    bool extends;
    amos_type type; /* of the result */
    size_t item;
    char *to;
    double outside;
    amos_progress progress;
    int threads;
    atomic_uint_least64_t saturated, left; /* voxels that did not fit, and that are outside */
};

/* Computes the rows first..stop-1 of the result; row y of slice z is number z * after[1] + y. */
typedef amos_status (*amosi_rows_fn)(struct amosi_resample_job *job, int64_t first, int64_t stop, amos_error *err);

/* Computes all rows by `rows`, with threads and progress. */
amos_status amosi_resample_rows(struct amosi_resample_job *job, amosi_rows_fn rows, amos_error *err);

/* Sets n voxels of the result to `outside`, and counts them. */
void amosi_resample_leave(struct amosi_resample_job *job, char *to, int64_t n);

/* ---- the ways, each for some rows ---- */

/* Axis by axis: by weights, or by picking the nearest voxel. */
amos_status amosi_resample_lines(struct amosi_resample_job *job, int64_t first, int64_t stop, amos_error *err);
amos_status amosi_resample_nearest(struct amosi_resample_job *job, int64_t first, int64_t stop, amos_error *err);

/* Point by point. */
amos_status amosi_resample_points(struct amosi_resample_job *job, int64_t first, int64_t stop, amos_error *err);

/* Labels (uint8) by the majority. */
amos_status amosi_resample_majority(struct amosi_resample_job *job, int64_t first, int64_t stop, amos_error *err);

#endif
