/* SPDX-License-Identifier: BSD-3-Clause */
/* The internal structure of a loader.
 *
 * The number of a batch is its place in the order: see draw/course.h. Each batch is built in a slot; a loader has
 * `prefetch` + `hold` slots. Threads take the samples of a batch one by one, and begin the next batch when a slot is
 * free. */
#ifndef AMOSI_LOADER_CORE_H
#define AMOSI_LOADER_CORE_H

#include <pthread.h>
#include <sys/types.h>

#include "loader/draw/course.h"
#include "loader/fill/sample.h"

/* The state of a slot. */
enum amosi_slot_state {
    AMOSI_SLOT_FREE,    /* may take the next batch */
    AMOSI_SLOT_FILLING, /* threads fill it, or it is complete: done == batch_size */
    AMOSI_SLOT_HELD     /* the consumer has it */
};

/* A slot; the consumer gets it as a batch. */
struct amos_batch {
    amos_loader *loader;
    enum amosi_slot_state state;
    uint64_t number;
    int begun, done;     /* samples */
    int failed;          /* first sample that failed; -1: none */
    amos_error failure;  /* of that sample */
    void *image, *label; /* buffers for the largest batch; label is NULL without labels */
    amos_batch_sample *samples;
    amos_batch_info info;
    bool is_copy; /* not a slot: a batch with memory of its own; see batch.h */
};

/* What has been reported about a case. */
struct amosi_reported {
    bool damaged;    /* it is in `damage` of the loader */
    bool out;        /* it is left out */
    bool not_finite; /* it has voxels that are NaN or infinite */
};

/* The lock of a loader and its condition variables. */
struct amosi_loader_sync {
    pthread_mutex_t lock;
    pthread_cond_t work;  /* there may be work for threads */
    pthread_cond_t ready; /* there may be a result for the consumer, or no sample is active */
    pthread_cond_t ahead; /* a batch was begun; for ahead.c */
};

/* sync->lock guards the fields below `sync`. The fields above it do not change after opening, except the atomic ones,
 * and `owner`, which is set when the threads start. */
struct amos_loader {
    struct amosi_loader_settings settings;
    struct amosi_loader_cases cases;
    struct amosi_order order;
    struct amosi_loader_shared shared;
    struct amosi_store *store;
    struct amosi_log log;
    uint64_t fingerprint;
    amos_loader_info info;
    int thread_count, slot_count;
    struct amosi_sample_scratch *scratch; /* one for each thread */
    atomic_uint references;               /* the handle itself and the batches that are held */
    atomic_bool started;                  /* process `owner` has started the threads */
    pid_t owner;

    struct amosi_loader_sync *sync; /* allocated separately, so that a const loader can be locked */
    struct amosi_course course;     /* changes only while no sample is active */
    struct amos_batch *slots;
    struct amos_batch *filling; /* the batch with samples that are not yet begun; NULL: none */
    uint64_t next_number;       /* of the next batch to begin */
    int active;                 /* samples that threads are producing */
    int held;                   /* batches that the consumer has */
    bool quit, cancelled;
    pthread_t *threads;
    int running;                     /* threads that exist */
    pthread_t ahead;                 /* the thread of ahead.c, */
    bool looks_ahead;                /* and whether it exists; both only for the thread that starts and ends them */
    struct amosi_reported *reported; /* for each case */
    amos_error *damage;
    size_t damage_count;

    uint64_t epoch, step; /* the consumer's next batch; at the end of an epoch, step is amosi_course_steps() */
    uint64_t batches, wait_ns, copies;
};

/* True in a forked child of the process that started the threads. The threads do not exist in the child, and the lock
 * may be held by one of them. */
bool amosi_loader_is_forked(const amos_loader *loader);

/* Starts the threads: as many as requested, or fewer if the system refuses. */
void amosi_loader_start(amos_loader *loader);

/* Stops the threads and joins them. Samples in progress are cancelled or finished first. */
void amosi_loader_end(amos_loader *loader);

/* Produces the next sample. Returns false if there is no work now. Call it with the lock held; it releases the lock
 * while it works. */
bool amosi_loader_work(amos_loader *loader, struct amosi_sample_scratch *scratch);

/* Discards the batches that were prefetched and continues at the consumer's place. */
void amosi_loader_restart(amos_loader *loader);

/* The same at another place. */
void amosi_loader_move(amos_loader *loader, const struct amosi_course *course, uint64_t epoch, uint64_t step);

/* The maximum bytes of a batch's image and label. */
uint64_t amosi_batch_image_bytes(const amos_loader *loader);
uint64_t amosi_batch_label_bytes(const amos_loader *loader);

/* A hash of all settings and cases on which the batches depend. Never 0. */
uint64_t amosi_loader_fingerprint(const struct amosi_loader_settings *s, const struct amosi_loader_cases *cases);

#endif
