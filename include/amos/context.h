/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: what a caller can hand to long or careful work: progress with cancel, a log, limits. */
#ifndef AMOS_CONTEXT_H
#define AMOS_CONTEXT_H

#include <amos/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Called repeatedly during long work: `done` of `total` units are finished (bytes of one file, cases of a data set).
 * Return 0 to continue, anything else to stop; the call then returns AMOS_E_CANCEL.
 * Runs on the thread that made the call, and never after the call has returned. */
typedef int (*amos_progress_fn)(void *user, uint64_t done, uint64_t total);

/* A progress function and its argument. All zero: no progress is reported. */
typedef struct amos_progress {
    amos_progress_fn function; /* NULL: none */
    void *user;
} amos_progress;

typedef enum amos_log_level { AMOS_LOG_DEBUG = 0, AMOS_LOG_INFO = 1, AMOS_LOG_WARNING = 2 } amos_log_level;

/* Gets one finished sentence at a time, without a newline, never patient text from a file.
 * It may be called on any thread that uses the handle it was given to. */
typedef void (*amos_log_fn)(void *user, amos_log_level level, const char *message);

/* Bounds on what a file may make the library do. Zero in any field means the default. */
typedef struct amos_limits {
    size_t size;                 /* sizeof(amos_limits) */
    uint64_t max_uncompressed;   /* voxel bytes that one file may claim; default 16 GiB */
    uint64_t max_extra;          /* bytes that may follow the last voxel in compressed data; default 1 MiB. A file that is
                                    not compressed may have any number, with AMOS_W_EXTRA */
    uint64_t max_members;        /* gzip members in one file; default 65,536 */
    uint64_t max_gzip_header;    /* bytes of one gzip member's header; default 1 MiB */
    uint64_t max_idle_input;     /* compressed bytes beyond what the output can need; default 1 MiB */
    uint64_t max_extensions;     /* bytes of NIfTI header extensions; default 64 MiB */
    uint64_t max_json_bytes;     /* size of dataset.json; default 64 MiB */
    uint64_t max_json_nodes;     /* values in dataset.json; default 1,000,000 */
    uint64_t max_csv_bytes;      /* size of the metadata CSV; default 64 MiB */
} amos_limits;

/* The defaults, which NULL stands for too. */
#define AMOS_LIMITS_INIT \
    { \
        sizeof(amos_limits), 0, 0, 0, 0, 0, 0, 0, 0, 0 \
    }

#ifdef __cplusplus
}
#endif

#endif
