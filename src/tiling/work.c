/* SPDX-License-Identifier: BSD-3-Clause */
#include "tiling/work.h"

#include <amos/workers.h>

/* Fewer values than these take less time than a thread. */
#define LEAST_VALUES ((int64_t)1 << 18)

struct call {
    void (*work)(void *user, size_t index);
    void *user;
};

static amos_status run_item(void *user, size_t index, amos_error *err)
{
    const struct call *call = user;
    (void)err;
    call->work(call->user, index);
    return AMOS_OK;
}

/* amos_workers_run() fails only before it starts, for want of memory: no item fails. */
void amosi_tile_work(size_t count, int threads, int64_t values, void (*work)(void *user, size_t index), void *user)
{
    struct call call = {work, user};
    const amos_workers_options options = {.size = sizeof options, .threads = threads};
    if (threads != 1 && values >= LEAST_VALUES && !amos_workers_run(count, &options, run_item, NULL, &call, NULL))
        return;
    for (size_t i = 0; i < count; i++)
        work(user, i);
}
