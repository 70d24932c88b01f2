/* SPDX-License-Identifier: BSD-3-Clause */
/* A loader, seen from inside.
 *
 * Batches are numbered by their place in the order: epoch * steps + step. A batch is made in a slot, of which there are
 * `prefetch` + `hold`; threads take its samples one by one, and begin the next batch when a slot is free. */
#ifndef AMOSI_LOADER_CORE_H
#define AMOSI_LOADER_CORE_H

#include <pthread.h>
#include <sys/types.h>

#include "loader/fill/sample.h"

enum amosi_slot_state {
    AMOSI_SLOT_FREE,
    AMOSI_SLOT_FILLING, /* threads are at it, or have finished it: done == batch_size */
    AMOSI_SLOT_HELD     /* the consumer has it */
};

/* Which is also what the consumer gets. */
struct amos_batch {
    amos_loader *loader;
    enum amosi_slot_state state;
    uint64_t number;
    int begun, done; /* samples */
    int failed;      /* first sample that failed; -1: none */
    amos_error failure;
    void *image, *label;
    amos_batch_sample *samples;
    amos_batch_info info;
};

struct amosi_loader_sync {
    pthread_mutex_t lock;
    pthread_cond_t work;  /* there may be something to do for threads */
    pthread_cond_t ready; /* there may be something for the consumer */
};

/* sync->lock guards what is written below it; what is above does not change after opening. */
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
    struct amosi_sample_scratch *scratch;  /* one for each thread */
    atomic_uint references;                /* the handle itself, and batches that are held */
    atomic_bool started;                   /* the threads were begun, by `owner` */
    pid_t owner;

    struct amosi_loader_sync *sync; /* its own, so that a const loader can be locked to look into it */
    struct amos_batch *slots;
    struct amos_batch *filling; /* whose samples are not all begun; NULL: none */
    uint64_t next_number;       /* of the next batch to begin */
    int active;                 /* samples that are being made */
    int held;
    bool quit, cancelled;
    pthread_t *threads;
    int running;
    bool *reported; /* one for each case: it is in `damage` */
    amos_error *damage;
    size_t damage_count;

    uint64_t epoch, step; /* of the consumer: the next batch; step may be `steps`, at the end of an epoch */
    uint64_t batches, wait_ns;
};

/* True in a child of the process that began the threads: they do not exist here, and the lock may be anybody's. */
bool amosi_loader_is_forked(const amos_loader *loader);

/* Begins the threads, as many as there can be. */
void amosi_loader_start(amos_loader *loader);

/* Ends them, after the samples that they are at. */
void amosi_loader_end(amos_loader *loader);

/* Makes the next sample, if there is one to make now; called with the lock held, which it gives up meanwhile. */
bool amosi_loader_work(amos_loader *loader, struct amosi_sample_scratch *scratch);

/* Throws away what was made ahead, and goes on from the consumer's place. */
void amosi_loader_restart(amos_loader *loader);

/* The bytes of a batch's tensors at most. */
uint64_t amosi_batch_image_bytes(const amos_loader *loader);
uint64_t amosi_batch_label_bytes(const amos_loader *loader);

/* Of everything that batches depend on. Never 0. */
uint64_t amosi_loader_fingerprint(const struct amosi_loader_settings *s, const struct amosi_loader_cases *cases);

#endif
