/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs of equal labels along x, and their connected components by union-find. */
#ifndef AMOSI_COMPONENTS_RUNS_H
#define AMOSI_COMPONENTS_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <amos/error.h>

/* Voxels start..end-1 of a row, all of one label. */
struct amosi_label_run {
    uint32_t start, end;
    uint8_t label;
};

/* The runs of a block of rows, row after row: those of all labels above 0, or those of the background. */
struct amosi_runs {
    struct amosi_label_run *items;
    size_t count, capacity;
    uint32_t *first;  /* the runs of row r are first[r]..first[r+1]-1; rows + 1 numbers */
    uint32_t *number; /* of each run, a run of the same component that does not come after it; after
                       * amosi_runs_number() the component */
};

/* A volume whose runs are searched for. */
struct amosi_runs_of {
    const uint8_t *voxels; /* packed, x fastest */
    int64_t shape[3];
    int threads;
    int connectivity; /* 6, 18 or 26 */
};

/* Finds all runs and joins those that are connected. On success the runs belong to the caller. AMOS_OK, AMOS_E_LIMIT or
 * AMOS_E_NOMEM. */
amos_status amosi_runs_find(const struct amosi_runs_of *of, struct amosi_runs *out, amos_error *err);

/* Numbers the components from 0, in the order of their first runs, and returns their count. */
uint32_t amosi_runs_number(struct amosi_runs *runs);

void amosi_runs_free(struct amosi_runs *runs);

#endif
