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
    bool unfiltered;                       /* a B-spline whose coefficients along z are not made yet; only for planes */
    atomic_uint_least64_t saturated, left; /* voxels that did not fit, and that are outside */
};

/* Computes the rows first..stop-1 of the result. Row y of slice z is number z * after[1] + y; for planes it is
 * number y * after[2] + z. */
typedef amos_status (*amosi_rows_fn)(struct amosi_resample_job *job, int64_t first, int64_t stop, amos_error *err);

/* Computes all rows by `rows`, with threads and progress; `unit` of them at a time, or with 0 as many as is usual. */
amos_status amosi_resample_rows(struct amosi_resample_job *job, amosi_rows_fn rows, int64_t unit, amos_error *err);

/* ---- what the ways do to the result ---- */

/* Where row y of slice z of the result is. */
char *amosi_resample_place(const struct amosi_resample_job *job, int64_t y, int64_t z);

/* Whether a new row lies in the old volume. For separable grids. */
bool amosi_resample_holds(const struct amosi_resample_job *job, int64_t y, int64_t z);

/* Rounds and stores the values of a new row; what is outside is left. */
void amosi_resample_put(struct amosi_resample_job *job, char *to, const double *row);

/* Sets n voxels of the result to `outside`, and counts them. */
void amosi_resample_leave(struct amosi_resample_job *job, char *to, int64_t n);

/* ---- the ways, each for some rows ---- */

/* Axis by axis: by weights, z before y before x, or y before x before z; or by picking the nearest voxel. */
amos_status amosi_resample_lines(struct amosi_resample_job *job, int64_t first, int64_t stop, amos_error *err);
amos_status amosi_resample_planes(struct amosi_resample_job *job, int64_t first, int64_t stop, amos_error *err);
amos_status amosi_resample_nearest(struct amosi_resample_job *job, int64_t first, int64_t stop, amos_error *err);

/* The rows that amosi_resample_planes() is best given at a time. */
int64_t amosi_resample_planes_unit(const struct amosi_resample_job *job);

/* Point by point. */
amos_status amosi_resample_points(struct amosi_resample_job *job, int64_t first, int64_t stop, amos_error *err);

/* Labels (uint8) by the majority. */
amos_status amosi_resample_majority(struct amosi_resample_job *job, int64_t first, int64_t stop, amos_error *err);

#endif
