/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>

#include "base/system/alloc.h"
#include "base/system/clock.h"
#include "base/error/fail.h"
#include "base/error/passing.h"
#include "cache/cache.h"
#include "cache/stage/room.h"
#include "loader/store/store.h"

/* The state of an entry. */
enum state { ABSENT, LOADING, READY, FAILED };

/* One case of the store. */
struct entry {
    enum state state;
    unsigned holders;    /* threads that hold it */
    uint64_t used;       /* the value of `holds` when it was last held */
    void *content;       /* of READY; its type depends on the kind */
    amos_error *failure; /* only if FAILED */
    bool doubted;        /* its content is to be loaded again */
    unsigned lost;       /* samples in a row that errors have cost which may pass */
};

/* `lock` guards all fields that change. The thread that loads a LOADING entry owns that entry. */
struct amosi_store {
    const struct amosi_store_kind *kind;
    const struct amosi_loader_settings *settings;
    const struct amosi_loader_cases *cases;
    struct amosi_loader_shared *shared;
    uint64_t budget;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* something was loaded or released */
    struct entry *entries;
    uint64_t holds;     /* calls of amosi_store_hold() that succeeded */
    uint64_t bytes;     /* of LOADING and READY entries */
    uint64_t disk;      /* of their files, if they are staged; */
    uint64_t most_disk; /* at most as many, so that the next ones have room; 0: any number */
    unsigned present;   /* how many entries are LOADING or READY */
};

/* ---- memory; called with the lock held ---- */

static uint64_t bytes_of(const struct amosi_store *s, const struct entry *e)
{
    return s->cases->all[e - s->entries].memory;
}

static uint64_t disk_of(const struct amosi_store *s, const struct entry *e)
{
    return s->cases->all[e - s->entries].entry_bytes;
}

/* Counts the memory of an entry: added if `comes`, else removed. */
static void count(struct amosi_store *s, const struct entry *e, bool comes)
{
    uint64_t bytes = bytes_of(s, e);
    s->bytes = comes ? s->bytes + bytes : s->bytes - bytes;
    s->disk = comes ? s->disk + disk_of(s, e) : s->disk - disk_of(s, e);
    s->present = comes ? s->present + 1 : s->present - 1;
    amosi_loader_count_memory(s->shared, comes ? (int64_t)bytes : -(int64_t)bytes);
}

static void evict(struct amosi_store *s, struct entry *e)
{
    s->kind->drop(e->content);
    e->content = NULL;
    e->state = ABSENT;
    count(s, e, false);
}

/* Evicts the entry that was held longest ago. False if all are in use. */
static bool evict_oldest(struct amosi_store *s)
{
    struct entry *oldest = NULL;
    for (uint32_t i = 0; i < s->cases->count; i++) {
        struct entry *e = &s->entries[i];
        if (e->state == READY && e->holders == 0 && (!oldest || e->used < oldest->used))
            oldest = e;
    }
    if (oldest)
        evict(s, oldest);
    return oldest != NULL;
}

/* One entry alone may be larger than what its file may take on the disk. */
static bool fits(const struct amosi_store *s, const struct entry *e)
{
    bool fits_disk = !s->most_disk || s->present == 0 || s->disk + disk_of(s, e) <= s->most_disk;
    return fits_disk && s->bytes + bytes_of(s, e) <= s->budget && s->present < s->kind->most;
}

/* Evicts entries until this one fits. False if the entries in use leave too little room. */
static bool make_room(struct amosi_store *s, const struct entry *e)
{
    while (!fits(s, e))
        if (!evict_oldest(s))
            return false;
    return true;
}

static void wait_for_change(struct amosi_store *s)
{
    uint64_t begin = amosi_now();
    pthread_cond_wait(&s->changed, &s->lock);
    atomic_fetch_add_explicit(&s->shared->idle_ns, amosi_now() - begin, memory_order_relaxed);
}

/* ---- the table ---- */

/* Marks an entry that is not in memory as FAILED. */
static void fail_entry(struct entry *e, const amos_error *why)
{
    e->failure = amosi_alloc(sizeof *e->failure);
    if (!e->failure)
        return;
    *e->failure = *why;
    e->state = FAILED;
}

/* Lack of memory and cancellation do not depend on the case, and other errors may pass: they leave it ABSENT. */
static void note_failure(struct entry *e, amos_status status, const amos_error *why)
{
    e->state = ABSENT;
    if (status != AMOS_E_NOMEM && status != AMOS_E_CANCEL && !amosi_passing(why))
        fail_entry(e, why);
}

/* Loads an ABSENT entry for which there is room. Called with the lock held; releases it while loading. */
static amos_status load_entry(struct amosi_store *s, struct entry *e, amos_error *why)
{
    const struct amosi_loader_case *c = &s->cases->all[e - s->entries];
    e->state = LOADING;
    count(s, e, true);
    pthread_mutex_unlock(&s->lock);
    uint64_t begin = amosi_now();
    amos_status status = s->kind->load(s->settings, s->shared, c, &e->content, why);
    atomic_fetch_add_explicit(&s->shared->decode_ns, amosi_now() - begin, memory_order_relaxed);
    pthread_mutex_lock(&s->lock);
    if (status) {
        amosi_fail_case(why, c->id);
        count(s, e, false);
        note_failure(e, status, why);
    } else {
        e->state = READY;
        e->doubted = false;
        atomic_fetch_add_explicit(&s->shared->misses, 1, memory_order_relaxed);
    }
    pthread_cond_broadcast(&s->changed);
    return status;
}

/* After loading failed because open entries take all the room on the disk: closes one, or waits until one is released.
 * False if there is none. */
static bool make_room_on_disk(struct amosi_store *s, const amos_error *why)
{
    if (!amosi_room_lacks(why))
        return false;
    if (evict_oldest(s))
        return true;
    if (s->present == 0)
        return false;
    wait_for_change(s);
    return true;
}

/* Waits until an entry is READY; loads it if it is ABSENT. Called with the lock held. */
static amos_status await_entry(struct amosi_store *s, struct entry *e, amos_error *err)
{
    amos_status status;
    amos_error why;
    while (!atomic_load_explicit(&s->shared->stop, memory_order_relaxed)) {
        switch (e->state) {
        case READY:
            if (!e->doubted || e->holders > 0)
                return AMOS_OK;
            evict(s, e);
            continue;
        case FAILED:
            if (err)
                *err = *e->failure;
            return e->failure->status;
        case ABSENT:
            if (!make_room(s, e))
                break;
            status = load_entry(s, e, &why);
            if (status && make_room_on_disk(s, &why))
                continue;
            if (status && err)
                *err = why;
            return status;
        case LOADING:
            break;
        }
        wait_for_change(s);
    }
    return amosi_fail(err, AMOS_E_CANCEL, NULL, "The loader was stopped.");
}

amos_status amosi_store_hold(struct amosi_store *s, uint32_t which, struct amosi_held *held, amos_error *err)
{
    struct entry *e = &s->entries[which];
    pthread_mutex_lock(&s->lock);
    if (e->state == READY)
        atomic_fetch_add_explicit(&s->shared->hits, 1, memory_order_relaxed);
    amos_status status = await_entry(s, e, err);
    if (!status) {
        e->holders++;
        e->used = ++s->holds;
    }
    pthread_mutex_unlock(&s->lock);
    if (!status) {
        *held = (struct amosi_held){.which = which, .c = &s->cases->all[which], .content = e->content};
        s->kind->describe(e->content, held);
    }
    return status;
}

void amosi_store_release(struct amosi_store *s, const struct amosi_held *held, bool good)
{
    struct entry *e = &s->entries[held->which];
    pthread_mutex_lock(&s->lock);
    if (good)
        e->lost = 0;
    if (--e->holders == 0)
        pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

void amosi_store_doubt(struct amosi_store *s, uint32_t which)
{
    pthread_mutex_lock(&s->lock);
    s->entries[which].doubted = true;
    pthread_mutex_unlock(&s->lock);
}

/* While another thread holds or loads the case, it stays; the next loss finds it again. */
bool amosi_store_lose(struct amosi_store *s, uint32_t which, const amos_error *why)
{
    struct entry *e = &s->entries[which];
    pthread_mutex_lock(&s->lock);
    if (++e->lost >= AMOSI_STORE_LOSSES && e->state == READY && e->holders == 0)
        evict(s, e);
    if (e->lost >= AMOSI_STORE_LOSSES && e->state == ABSENT)
        fail_entry(e, why);
    bool failed = e->state == FAILED;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    return failed;
}

amos_status amosi_store_view(struct amosi_store *s, const struct amosi_held *held, const amos_box *box,
                             struct amosi_view_scratch *scratch, struct amosi_view *view, amos_error *err)
{
    amos_status status = s->kind->view(s->settings, s->shared, held, box, scratch, view, err);
    if (status)
        amosi_fail_case(err, held->c->id);
    return status;
}

amos_status amosi_parts_begin(struct amosi_parts *parts, const struct amosi_store *store, const struct amosi_held *held,
                              const amos_box *box, amos_error *err)
{
    *parts = (struct amosi_parts){
        .kind = store->kind, .settings = store->settings, .shared = store->shared, .held = held, .box = *box};
    amos_status status = parts->kind->begin_parts ? parts->kind->begin_parts(parts, err) : AMOS_OK;
    if (status)
        amosi_fail_case(err, held->c->id);
    return status;
}

amos_status amosi_parts_next(struct amosi_parts *parts, const struct amosi_view **part, amos_error *err)
{
    *part = NULL;
    if (parts->ended)
        return AMOS_OK;
    amos_status status = parts->kind->next_part(parts, &parts->ended, err);
    if (status)
        amosi_fail_case(err, parts->held->c->id);
    else
        *part = &parts->part;
    return status;
}

void amosi_parts_end(struct amosi_parts *parts)
{
    if (parts->kind->end_parts)
        parts->kind->end_parts(parts);
}

void amosi_store_wake(struct amosi_store *s)
{
    pthread_mutex_lock(&s->lock);
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

void amosi_store_forget_failures(struct amosi_store *s)
{
    pthread_mutex_lock(&s->lock);
    for (uint32_t i = 0; i < s->cases->count; i++)
        if (s->entries[i].state == FAILED) {
            amosi_free(s->entries[i].failure);
            s->entries[i].failure = NULL;
            s->entries[i].state = ABSENT;
        }
    pthread_mutex_unlock(&s->lock);
}

void amosi_store_free(struct amosi_store *s)
{
    if (!s)
        return;
    for (uint32_t i = 0; i < s->cases->count; i++) {
        if (s->entries[i].content)
            s->kind->drop(s->entries[i].content);
        amosi_free(s->entries[i].failure);
    }
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    amosi_free(s->entries);
    amosi_free(s);
}

amos_status amosi_store_make(const struct amosi_loader_settings *settings, const struct amosi_loader_cases *cases,
                             uint64_t budget, struct amosi_loader_shared *shared, struct amosi_store **out,
                             amos_error *err)
{
    struct amosi_store *s = amosi_zalloc(sizeof *s);
    if (s)
        s->entries = amosi_zalloc_array(cases->count, sizeof *s->entries);
    if (!s || !s->entries) {
        amosi_free(s);
        return amosi_fail_nomem(err, NULL);
    }
    s->kind = settings->o.cache ? &amosi_store_cache : &amosi_store_files;
    s->settings = settings;
    s->cases = cases;
    s->shared = shared;
    s->budget = budget;
    s->most_disk = settings->o.cache ? settings->o.cache->max_bytes / 2 : 0;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    *out = s;
    return AMOS_OK;
}
