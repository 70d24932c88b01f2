/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: the same work on many cases, by several threads, with the results in order. */
#ifndef AMOS_WORKERS_H
#define AMOS_WORKERS_H

#include <amos/context.h>
#include <amos/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Does item `index`; called once for each, by any of the threads. A failure fills err. */
typedef amos_status (*amos_work_fn)(void *user, size_t index, amos_error *err);

/* Receives item `index` when it is done, on the thread that called amos_workers_run(), in order of index. `err` tells
 * what went wrong where status is not AMOS_OK. Return AMOS_OK to go on, anything else to stop with that status. */
typedef amos_status (*amos_done_fn)(void *user, size_t index, amos_status status, const amos_error *err);

typedef struct amos_workers_options {
    size_t size;   /* sizeof(amos_workers_options) */
    int threads;   /* 0: all that this process may use; 1: the caller's alone */
    int ahead;     /* how many items may be begun beyond the last one received; 0: 2 * threads + 2 */
    amos_progress progress; /* units are items; with more than one thread also called about ten times a second while no item ends */
} amos_workers_options;

/* The defaults, which NULL stands for too. */
#define AMOS_WORKERS_OPTIONS_INIT \
    { \
        sizeof(amos_workers_options), 0, 0, {NULL, NULL} \
    }

/* Runs items 0..count-1 and returns when all are done and every thread has ended. Items begin in order. `done` may be
 * NULL: the first failure then stops the run and is returned; with `done`, its answers decide. After a stop, items that
 * were begun are finished but not handed over. When threads cannot be created, fewer do the work.
 * Returns AMOS_OK, AMOS_E_ARG, AMOS_E_NOMEM, AMOS_E_CANCEL, or what `work` or `done` returned. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_workers_run(size_t count, const amos_workers_options *options,
                                                      amos_work_fn work, amos_done_fn done, void *user,
                                                      amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
