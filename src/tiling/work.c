/* SPDX-License-Identifier: BSD-3-Clause */
#include "tiling/work.h"

#include <amos/workers.h>

#include "base/work/threads.h"

/* Fewer values than these take less time than a thread. */
#define LEAST_VALUES ((int64_t)1 << 18)
/* Items are handed out in groups, about this many for each thread: the caller's thread wakes up for each of them, and a
 * plane is done in the time that this takes. */
#define GROUPS 8

struct call {
    void (*work)(void *user, size_t index);
    void *user;
    size_t count, each; /* items, and those of a group */
};

static amos_status run_group(void *user, size_t group, amos_error *err)
{
    const struct call *call = user;
    const size_t begin = group * call->each, left = call->count - begin;
    (void)err;
    for (size_t i = 0; i < call->each && i < left; i++)
        call->work(call->user, begin + i);
    return AMOS_OK;
}

static size_t divide_up(size_t n, size_t by)
{
    return n / by + (n % by != 0);
}

/* amos_workers_run() fails only before it starts, for want of memory: no item fails. */
void amosi_tile_work(size_t count, int threads, int64_t values, void (*work)(void *user, size_t index), void *user)
{
    const size_t workers = (size_t)amosi_threads(threads);
    struct call call = {work, user, count, divide_up(divide_up(count, workers), GROUPS)};
    const amos_workers_options options = {.size = sizeof options, .threads = threads};
    if (threads != 1 && values >= LEAST_VALUES &&
        !amos_workers_run(divide_up(count, call.each), &options, run_group, NULL, &call, NULL))
        return;
    for (size_t i = 0; i < count; i++)
        work(user, i);
}
