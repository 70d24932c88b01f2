/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "serve/deadlines.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

struct deadline {
    struct deadline *before, *after;
    int fd;
    time_t at;
};

struct deadlines {
    int seconds;
    struct deadline *first;
    pthread_mutex_t lock;
    pthread_cond_t closing;
    pthread_t watcher;
    bool closed;
};

static time_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

/* With the lock. */
static void end_late_ones(struct deadlines *deadlines)
{
    time_t time = now();
    for (struct deadline *d = deadlines->first; d; d = d->after)
        if (time >= d->at)
            (void)shutdown(d->fd, SHUT_RDWR);
}

static void *watch(void *user)
{
    struct deadlines *deadlines = user;
    pthread_mutex_lock(&deadlines->lock);
    while (!deadlines->closed) {
        struct timespec next;
        clock_gettime(CLOCK_REALTIME, &next);
        next.tv_sec++;
        (void)pthread_cond_timedwait(&deadlines->closing, &deadlines->lock, &next);
        end_late_ones(deadlines);
    }
    pthread_mutex_unlock(&deadlines->lock);
    return NULL;
}

struct deadlines *deadlines_open(int seconds)
{
    struct deadlines *deadlines = calloc(1, sizeof *deadlines);
    if (!deadlines)
        return NULL;
    deadlines->seconds = seconds;
    pthread_mutex_init(&deadlines->lock, NULL);
    pthread_cond_init(&deadlines->closing, NULL);
    if (pthread_create(&deadlines->watcher, NULL, watch, deadlines) == 0)
        return deadlines;
    pthread_cond_destroy(&deadlines->closing);
    pthread_mutex_destroy(&deadlines->lock);
    free(deadlines);
    return NULL;
}

void deadlines_close(struct deadlines *deadlines)
{
    if (!deadlines)
        return;
    pthread_mutex_lock(&deadlines->lock);
    deadlines->closed = true;
    pthread_cond_signal(&deadlines->closing);
    pthread_mutex_unlock(&deadlines->lock);
    pthread_join(deadlines->watcher, NULL);
    pthread_cond_destroy(&deadlines->closing);
    pthread_mutex_destroy(&deadlines->lock);
    free(deadlines);
}

struct deadline *deadline_begin(struct deadlines *deadlines, int fd)
{
    struct deadline *d = calloc(1, sizeof *d);
    if (!d)
        return NULL;
    pthread_mutex_lock(&deadlines->lock);
    *d = (struct deadline){NULL, deadlines->first, fd, now() + deadlines->seconds};
    if (d->after)
        d->after->before = d;
    deadlines->first = d;
    pthread_mutex_unlock(&deadlines->lock);
    return d;
}

void deadline_renew(struct deadlines *deadlines, struct deadline *d)
{
    if (!d)
        return;
    pthread_mutex_lock(&deadlines->lock);
    d->at = now() + deadlines->seconds;
    pthread_mutex_unlock(&deadlines->lock);
}

void deadline_end(struct deadlines *deadlines, struct deadline *d)
{
    if (!d)
        return;
    pthread_mutex_lock(&deadlines->lock);
    if (d->before)
        d->before->after = d->after;
    else
        deadlines->first = d->after;
    if (d->after)
        d->after->before = d->before;
    pthread_mutex_unlock(&deadlines->lock);
    free(d);
}
