/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include <amos/workers.h>

#include <pthread.h>
#include <stdbool.h>
#include <time.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/system/platform.h"
#include "base/work/threads.h"
#include "base/error/progress.h"

#define TICK_NANOSECONDS 100000000L

struct result {
    bool ready;
    amos_status status;
    amos_error err;
};

/* A ring of `ahead` results: item i uses slot i % ahead from its start until it is handed over. */
struct pool {
    size_t count;
    size_t ahead;
    bool several; /* threads */
    amos_work_fn work;
    void *user;
    pthread_mutex_t lock;
    pthread_cond_t item_ready; /* signalled by workers */
    pthread_cond_t slot_free;  /* signalled by the caller's thread */
    struct result *ring;       /* guarded by lock, except the slot that a worker is filling */
    size_t next;               /* first item not yet started; guarded by lock */
    size_t handed;             /* items handed over so far; guarded by lock */
    bool stop;                 /* start no more items; guarded by lock */
};

/* This thread is one of several that process items. */
static _Thread_local bool is_worker;

int amosi_threads(int wanted)
{
    return wanted ? wanted : is_worker ? 1 : amosi_processors();
}

/* Takes the next item; false if none is left. Called with the lock held. */
static bool take_item(struct pool *pool, size_t *index)
{
    while (!pool->stop && pool->next < pool->count && pool->next >= pool->handed + pool->ahead)
        pthread_cond_wait(&pool->slot_free, &pool->lock);
    if (pool->stop || pool->next >= pool->count)
        return false;
    *index = pool->next++;
    return true;
}

static void *worker_main(void *argument)
{
    struct pool *pool = argument;
    size_t index;
    is_worker = pool->several;
    pthread_mutex_lock(&pool->lock);
    while (take_item(pool, &index)) {
        struct result *result = &pool->ring[index % pool->ahead];
        pthread_mutex_unlock(&pool->lock);
        result->status = pool->work(pool->user, index, &result->err);
        pthread_mutex_lock(&pool->lock);
        result->ready = true;
        pthread_cond_signal(&pool->item_ready);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Waits for item `index` and reports progress at intervals. */
static amos_status await_item(struct pool *pool, size_t index, const struct amosi_progress *progress, amos_error *err)
{
    struct result *result = &pool->ring[index % pool->ahead];
    amos_status status = AMOS_OK;
    pthread_mutex_lock(&pool->lock);
    while (!result->ready && status == AMOS_OK) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += TICK_NANOSECONDS;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&pool->item_ready, &pool->lock, &until);
        pthread_mutex_unlock(&pool->lock);
        status = amosi_progress_report(progress, index, err);
        pthread_mutex_lock(&pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    return status;
}

static void release_slot(struct pool *pool, size_t index)
{
    pthread_mutex_lock(&pool->lock);
    pool->ring[index % pool->ahead].ready = false;
    pool->handed = index + 1;
    pthread_cond_broadcast(&pool->slot_free);
    pthread_mutex_unlock(&pool->lock);
}

/* Hands one finished item to the caller, whose answer decides whether to continue. */
static amos_status hand_over(const struct result *result, size_t index, amos_done_fn done, void *user, amos_error *err)
{
    amos_status answer =
        done ? done(user, index, result->status, result->status ? &result->err : NULL) : result->status;
    if (answer && err) {
        if (result->status)
            *err = result->err;
        else
            amosi_fail(err, answer, NULL, "The work was stopped by the function that receives results, at item %zu.",
                       index);
        err->status = answer;
    }
    return answer;
}

static amos_status receive_all(struct pool *pool, const struct amosi_progress *progress, amos_done_fn done,
                               amos_error *err)
{
    for (size_t i = 0; i < pool->count; i++) {
        amos_status status = await_item(pool, i, progress, err);
        if (!status)
            status = hand_over(&pool->ring[i % pool->ahead], i, done, pool->user, err);
        if (!status)
            status = amosi_progress_report(progress, i + 1, err);
        if (status)
            return status;
        release_slot(pool, i);
    }
    return AMOS_OK;
}

/* No thread could be created: the caller's own thread does all items. */
static amos_status run_alone(struct pool *pool, const struct amosi_progress *progress, amos_done_fn done,
                             amos_error *err)
{
    amos_status first = amosi_progress_report(progress, 0, err);
    if (first)
        return first;
    for (size_t i = 0; i < pool->count; i++) {
        pool->ring[0].status = pool->work(pool->user, i, &pool->ring[0].err);
        amos_status status = hand_over(&pool->ring[0], i, done, pool->user, err);
        if (!status)
            status = amosi_progress_report(progress, i + 1, err);
        if (status)
            return status;
    }
    return AMOS_OK;
}

static amos_status run_threads(struct pool *pool, pthread_t *threads, size_t wanted,
                               const struct amosi_progress *progress, amos_done_fn done, amos_error *err)
{
    size_t running = 0;
    while (running < wanted && pthread_create(&threads[running], NULL, worker_main, pool) == 0)
        running++;
    if (running == 0)
        return run_alone(pool, progress, done, err);
    amos_status status = receive_all(pool, progress, done, err);
    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_broadcast(&pool->slot_free);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < running; i++)
        pthread_join(threads[i], NULL);
    return status;
}

static void init_locks(struct pool *pool)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->item_ready, &monotonic);
    pthread_cond_init(&pool->slot_free, NULL);
    pthread_condattr_destroy(&monotonic);
}

static void destroy_locks(struct pool *pool)
{
    pthread_cond_destroy(&pool->slot_free);
    pthread_cond_destroy(&pool->item_ready);
    pthread_mutex_destroy(&pool->lock);
}

amos_status amos_workers_run(size_t count, const amos_workers_options *options, amos_work_fn work, amos_done_fn done,
                             void *user, amos_error *err)
{
    amos_workers_options o;
    amos_status status = amosi_options_copy(&o, sizeof o, options, "amos_workers_options", err);
    if (status)
        return status;
    if (!work || o.threads < 0 || o.ahead < 0)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_workers_run needs a work function and no negative numbers.");
    if (count == 0)
        return AMOS_OK;
    size_t threads = (size_t)amosi_threads(o.threads);
    if (threads > count)
        threads = count;
    struct pool pool = {.count = count, .several = threads > 1, .work = work, .user = user};
    pool.ahead = o.ahead ? (size_t)o.ahead : 2 * threads + 2;
    if (pool.ahead > count)
        pool.ahead = count;
    struct amosi_progress progress = amosi_progress_of(&o.progress, count, NULL);
    pool.ring = amosi_zalloc_array(pool.ahead, sizeof *pool.ring);
    pthread_t *handles = amosi_alloc_array(threads, sizeof *handles);
    if (pool.ring && handles) {
        init_locks(&pool);
        status = o.threads == 1 ? run_alone(&pool, &progress, done, err)
                                : run_threads(&pool, handles, threads, &progress, done, err);
        destroy_locks(&pool);
    } else {
        status = amosi_fail_nomem(err, NULL);
    }
    amosi_free(handles);
    amosi_free(pool.ring);
    return status;
}
