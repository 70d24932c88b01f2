/* SPDX-License-Identifier: BSD-3-Clause */
/* Builds many cases with several threads. Small entries get their names at once and are flushed to the disk in groups:
 * a flush takes milliseconds, however small the file, and the first of a group does most of the work of all. */
#include <errno.h>
#include <string.h>

#include <amos/workers.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/math/rounding.h"
#include "cache/build.h"

#define GROUP 64 /* cases that are reported together at most */

struct item {
    const amos_case *c;
    amos_cache_outcome outcome;
    struct amosi_folder_placed placed;
};

struct run {
    const amos_cache *cache;
    struct amosi_cache_names names;
    amos_buffer_pool *pool;
    struct item *items;
    size_t count;
    size_t reported;    /* items before it were reported; those up to the one that is received wait for their group */
    bool waits;         /* one of them is not on the disk yet */
    amos_error failure; /* of flushing an entry; its status is AMOS_OK if there was none */
    amos_cache_built_fn built;
    void *built_user;
};

static amos_status build_item(void *user, size_t index, amos_error *err)
{
    const struct run *run = user;
    struct item *item = &run->items[index];
    const struct amosi_cache_build with = {run->pool, &run->names, &item->placed};
    return amosi_cache_build_case(run->cache, item->c, &with, &item->outcome, err);
}

/* ---- reports ---- */

/* All other cases would fail too: the disk is full, or the folder may not be written. */
static bool is_hopeless(const struct run *run, amos_status status, const amos_error *err)
{
    bool full = status == AMOS_E_IO && (err->sys_errno == ENOSPC || err->sys_errno == EDQUOT);
    return full || (status == AMOS_E_OPEN && strcmp(err->path, run->cache->folder) == 0);
}

static amos_status report(const struct run *run, const struct item *item, amos_status status, const amos_error *err)
{
    amos_status answer = run->built ? run->built(run->built_user, item->c, item->outcome, status, err) : status;
    return answer == AMOS_OK && status && is_hopeless(run, status, err) ? status : answer;
}

/* Flushes the cases that wait, up to `end`, and reports them in order. */
static amos_status report_group(struct run *run, size_t end)
{
    amos_error *err = &run->failure;
    amos_status answer = AMOS_OK;
    for (size_t i = run->reported; i < end; i++)
        amosi_folder_hasten(&run->items[i].placed);
    for (; run->reported < end && !answer; run->reported++) {
        struct item *item = &run->items[run->reported];
        amos_status status = amosi_folder_settle(&item->placed, err);
        if (status) {
            item->outcome = AMOS_CACHE_FAILED;
            amosi_fail_case(err, amos_case_get_info(item->c)->id);
        }
        answer = report(run, item, status, status ? err : NULL);
    }
    run->waits = false;
    return answer;
}

/* A failure is reported at once, after those that wait. */
static amos_status receive_item(void *user, size_t index, amos_status status, const amos_error *err)
{
    struct run *run = user;
    run->waits |= run->items[index].placed.fd >= 0;
    if (!status && run->waits && index + 1 < run->count && index + 1 - run->reported < GROUP)
        return AMOS_OK;
    amos_status answer = report_group(run, status ? index : index + 1);
    if (answer || !status)
        return answer;
    run->reported = index + 1;
    return report(run, &run->items[index], status, err);
}

/* ---- the run ---- */

static amos_status choose_cases(struct run *run, const amos_dataset *dataset, const amos_cache_build_options *o,
                                amos_error *err)
{
    if (o->shards ? o->shard < 1 || o->shard > o->shards : o->shard != 0)
        return amosi_fail(err, AMOS_E_ARG, NULL, "shard is %zu of shards %zu; 1 to shards was expected, or both 0.",
                          o->shard, o->shards);
    run->items = amosi_zalloc_array(amos_dataset_get_info(dataset)->count, sizeof *run->items);
    if (!run->items)
        return amosi_fail_nomem(err, NULL);
    amos_status status;
    const amos_case *c = NULL;
    const size_t step = o->shards ? o->shards : 1, first = o->shards ? o->shard - 1 : 0;
    for (size_t i = 0; (status = amos_dataset_next(dataset, o->filter, &c, err)) == AMOS_OK && c; i++)
        if (i % step == first)
            run->items[run->count++] = (struct item){.c = c, .placed = {.fd = -1}};
    return status;
}

/* Looks at the folder once, so that one that cannot be used is reported once. It may be missing. */
static amos_status look_at_folder(struct run *run, amos_error *err)
{
    struct amosi_folder folder;
    amos_error why;
    amos_status status = amosi_folder_open(&folder, run->cache->folder, false, &why);
    if (!status) {
        if (folder.writable && !atomic_exchange(&run->cache->state->swept, true))
            status = amosi_folder_sweep(&folder, &why);
        if (!status)
            status = amosi_cache_names_load(&folder, &run->names, &why);
    } else if (status == AMOS_E_OPEN && why.sys_errno == ENOENT) {
        status = AMOS_OK;
    }
    amosi_folder_close(&folder);
    if (status && err)
        *err = why;
    return status;
}

/* Entries that were not reported, because the build was stopped, stay. */
static void end_run(struct run *run)
{
    for (size_t i = 0; i < run->count; i++)
        (void)amosi_folder_settle(&run->items[i].placed, NULL);
    amosi_free(run->items);
    amosi_cache_names_free(&run->names);
    amos_buffer_pool_free(run->pool);
}

amos_status amos_cache_build(const amos_cache *cache, const amos_dataset *dataset,
                             const amos_cache_build_options *options, amos_error *err)
{
    amos_cache_build_options o;
    if (!cache || !dataset)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_cache_build needs a cache and a data set.");
    amos_status status = amosi_options_copy(&o, sizeof o, options, "amos_cache_build_options", err);
    if (status)
        return status;
    struct run run = {.cache = cache, .built = o.built, .built_user = o.built_user};
    const amos_workers_options workers = {.size = sizeof workers, .threads = o.threads, .progress = o.progress};
    int rounding = amosi_rounding_begin(); /* the threads inherit it */
    status = amos_buffer_pool_make(0, &run.pool, err);
    if (!status)
        status = choose_cases(&run, dataset, &o, err);
    if (!status && run.count)
        status = look_at_folder(&run, err);
    if (!status)
        status = amos_workers_run(run.count, &workers, build_item, receive_item, &run, err);
    if (status && status == run.failure.status && err)
        *err = run.failure;
    end_run(&run);
    amosi_rounding_end(rounding);
    return status;
}
