/* SPDX-License-Identifier: BSD-3-Clause */
/* The caller's progress function and what it is called with. */
#ifndef AMOSI_BASE_ERROR_PROGRESS_H
#define AMOSI_BASE_ERROR_PROGRESS_H

#include <amos/context.h>
#include <amos/error.h>

struct amosi_progress {
    amos_progress_fn fn; /* NULL: none */
    void *user;
    uint64_t total;
    const char *path; /* for the message if the caller cancels */
};

/* The caller's (NULL: none), for `total` units of the work on `path`. */
struct amosi_progress amosi_progress_of(const amos_progress *caller, uint64_t total, const char *path);

/* Reports `done` units; AMOS_E_CANCEL if the caller stops the work. */
amos_status amosi_progress_report(const struct amosi_progress *progress, uint64_t done, amos_error *err);

#endif
