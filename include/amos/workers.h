/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: runs the same function on many items with several threads, and delivers the results in order. */
#ifndef AMOS_WORKERS_H
#define AMOS_WORKERS_H

#include <amos/context.h>
#include <amos/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Processes item `index`. Called once for each item, on any of the threads. On failure it must fill err. */
typedef amos_status (*amos_work_fn)(void *user, size_t index, amos_error *err);

/* Receives the result of item `index`, on the thread that called amos_workers_run(), in order of index. If `status` is
 * not AMOS_OK, `err` describes the failure. Return AMOS_OK to continue; any other value stops with that status. */
typedef amos_status (*amos_done_fn)(void *user, size_t index, amos_status status, const amos_error *err);

/* How to run the items. Start from AMOS_WORKERS_OPTIONS_INIT. */
typedef struct amos_workers_options {
    size_t size;            /* sizeof(amos_workers_options) */
    int threads;            /* 0: one for each processor that this process may use; 1: only the caller's thread */
    int ahead;              /* how many items may start beyond the last one received; 0: 2 * threads + 2 */
    amos_progress progress; /* units are items; called before the first and after each. With several threads it is also
                             * called about ten times a second while no item ends. With one thread nothing can be called
                             * meanwhile: an item that takes long asks by itself whether it should stop */
} amos_workers_options;

/* The defaults. NULL means the same. */
#define AMOS_WORKERS_OPTIONS_INIT \
    { \
        sizeof(amos_workers_options), 0, 0, \
        { \
            NULL, NULL \
        } \
    }

/* Calls of libamos in an item whose options have 0 threads use one thread, if several process items.
 *
 * Runs items 0..count-1. Returns when all items are done and every thread has ended. Items start in order. If `done` is
 * NULL, the first failure stops the run and is returned; otherwise the results of `done` decide. After a stop, items
 * that have started are finished but not delivered. If threads cannot be created, fewer threads do the work.
 * Returns AMOS_OK, AMOS_E_ARG, AMOS_E_NOMEM, AMOS_E_CANCEL, or what `work` or `done` returned. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_workers_run(size_t count, const amos_workers_options *options,
                                                      amos_work_fn work, amos_done_fn done, void *user,
                                                      amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
