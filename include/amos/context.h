/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: what a caller can pass to long calls: a progress function that can cancel, a log function, limits. */
#ifndef AMOS_CONTEXT_H
#define AMOS_CONTEXT_H

#include <amos/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Called repeatedly during a long call: `done` of `total` units are finished. Units are bytes of one file or cases of
 * a data set. Return 0 to continue; any other value stops, and the call returns AMOS_E_CANCEL.
 * Runs on the thread of that call, and never after the call has returned. */
typedef int (*amos_progress_fn)(void *user, uint64_t done, uint64_t total);

/* A progress function and its argument. If all fields are zero, no progress is reported. */
typedef struct amos_progress {
    amos_progress_fn function; /* NULL: none */
    void *user;                /* passed to it */
} amos_progress;

/* The severity of a log message, lowest first. */
typedef enum amos_log_level { AMOS_LOG_DEBUG = 0, AMOS_LOG_INFO = 1, AMOS_LOG_WARNING = 2 } amos_log_level;

/* Receives one complete sentence per call, without a newline. It never contains patient text from a file.
 * Called on any thread that uses the handle for which the function was set. */
typedef void (*amos_log_fn)(void *user, amos_log_level level, const char *message);

/* What happens to a temporary file that the library writes into a folder of indexes or cached cases. */
typedef enum amos_temporary_event {
    AMOS_TEMPORARY_MAKING = 1, /* it is about to be created; MADE or GONE follows on the same thread */
    AMOS_TEMPORARY_MADE = 2,   /* it was created */
    AMOS_TEMPORARY_GONE = 3    /* it exists no longer: it has its final name, or was removed, or could not be created */
} amos_temporary_event;

/* Told of these files, so that a program that a signal ends can remove them: `path` is the same text for all events of
 * a file, and valid during the call. A program that is killed without warning leaves its file behind; the next run
 * removes it. Called on any thread that uses the handle for which the function was set. */
typedef void (*amos_temporaries_fn)(void *user, const char *path, amos_temporary_event event);

/* Such a function and its argument. If all fields are zero, it is not called. */
typedef struct amos_temporaries {
    amos_temporaries_fn function; /* NULL: none */
    void *user;                   /* passed to it */
} amos_temporaries;

/* Limits on the work and memory that a file can cause. Zero in any field means the default. A file beyond a limit gives
 * AMOS_E_LIMIT, with two exceptions: beyond max_extra it gives AMOS_E_DATA_LONG, and a metadata CSV whose path was not
 * given is skipped with AMOS_W_METADATA. Start from AMOS_LIMITS_INIT. */
typedef struct amos_limits {
    size_t size;               /* sizeof(amos_limits) */
    uint64_t max_uncompressed; /* voxel bytes that a file's header may declare, and bytes of a member of a ZIP
                                    archive; default 16 GiB */
    uint64_t max_extra;        /* bytes that may follow the last voxel in compressed data; default 1 MiB. Uncompressed
                                    files have no limit here; they give AMOS_W_EXTRA */
    uint64_t max_members;      /* gzip members in one file; default 65,536 */
    uint64_t max_gzip_header;  /* bytes of one gzip member's header; default 1 MiB */
    uint64_t max_idle_input;   /* compressed bytes beyond one and a half times the expected output; default 1 MiB */
    uint64_t max_extensions;   /* bytes of NIfTI header extensions; default 64 MiB */
    uint64_t max_json_bytes;   /* size of dataset.json; default 64 MiB */
    uint64_t max_json_nodes;   /* values in dataset.json; default 1,000,000 */
    uint64_t max_csv_bytes;    /* size of the metadata CSV; default 64 MiB */
} amos_limits;

/* The defaults. NULL means the same. */
#define AMOS_LIMITS_INIT \
    { \
        sizeof(amos_limits), 0, 0, 0, 0, 0, 0, 0, 0, 0 \
    }

#ifdef __cplusplus
}
#endif

#endif
