/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>

#include "base/system/alloc.h"
#include "base/system/clock.h"
#include "base/error/fail.h"
#include "loader/store/store.h"

enum state { ABSENT, LOADING, READY, FAILED };

struct entry {
    enum state state;
    unsigned holders;
    uint64_t used; /* when it was last held, counted in holds */
    void *content;
    amos_error *failure; /* of FAILED */
};

/* Everything but what is constant is guarded by `lock`; a LOADING entry belongs to the thread that loads it. */
struct amosi_voxels {
    const struct amosi_voxels_kind *kind;
    const struct amosi_loader_settings *settings;
    const struct amosi_loader_cases *cases;
    struct amosi_loader_shared *shared;
    uint64_t budget;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* something was loaded or released */
    struct entry *entries;
    uint64_t holds;
    uint64_t bytes;   /* of entries that are LOADING or READY, */
    unsigned present; /* and how many they are */
};

/* ---- memory; called with the lock held ---- */

static uint64_t bytes_of(const struct amosi_voxels *v, const struct entry *e)
{
    return v->cases->all[e - v->entries].memory;
}

/* An entry comes into memory, or goes. */
static void count(struct amosi_voxels *v, const struct entry *e, bool comes)
{
    uint64_t bytes = bytes_of(v, e);
    v->bytes = comes ? v->bytes + bytes : v->bytes - bytes;
    v->present = comes ? v->present + 1 : v->present - 1;
    amosi_loader_count_memory(v->shared, comes ? (int64_t)bytes : -(int64_t)bytes);
}

static void evict(struct amosi_voxels *v, struct entry *e)
{
    v->kind->drop(e->content);
    e->content = NULL;
    e->state = ABSENT;
    count(v, e, false);
}

/* Makes room by letting go what was not held for the longest time; false where what is held leaves too little. */
static bool make_room(struct amosi_voxels *v, uint64_t bytes)
{
    while (v->bytes + bytes > v->budget || v->present >= v->kind->most) {
        struct entry *oldest = NULL;
        for (uint32_t i = 0; i < v->cases->count; i++) {
            struct entry *e = &v->entries[i];
            if (e->state == READY && e->holders == 0 && (!oldest || e->used < oldest->used))
                oldest = e;
        }
        if (!oldest)
            return false;
        evict(v, oldest);
    }
    return true;
}

static void wait_for_change(struct amosi_voxels *v)
{
    uint64_t begin = amosi_now();
    pthread_cond_wait(&v->changed, &v->lock);
    atomic_fetch_add_explicit(&v->shared->idle_ns, amosi_now() - begin, memory_order_relaxed);
}

/* ---- the table ---- */

/* Lack of memory and a stop are no fault of the case. */
static void note_failure(struct entry *e, amos_status status, const amos_error *why)
{
    e->state = ABSENT;
    if (status == AMOS_E_NOMEM || status == AMOS_E_CANCEL)
        return;
    e->failure = amosi_alloc(sizeof *e->failure);
    if (!e->failure)
        return;
    *e->failure = *why;
    e->state = FAILED;
}

/* Loads an absent entry for which there is room. Called with the lock held, which it gives up meanwhile. */
static amos_status load_entry(struct amosi_voxels *v, struct entry *e, amos_error *err)
{
    const struct amosi_loader_case *c = &v->cases->all[e - v->entries];
    amos_error why;
    e->state = LOADING;
    count(v, e, true);
    pthread_mutex_unlock(&v->lock);
    uint64_t begin = amosi_now();
    amos_status status = v->kind->load(v->settings, v->shared, c, &e->content, &why);
    atomic_fetch_add_explicit(&v->shared->decode_ns, amosi_now() - begin, memory_order_relaxed);
    pthread_mutex_lock(&v->lock);
    if (status) {
        amosi_fail_case(&why, c->id);
        count(v, e, false);
        note_failure(e, status, &why);
        if (err)
            *err = why;
    } else {
        e->state = READY;
        atomic_fetch_add_explicit(&v->shared->misses, 1, memory_order_relaxed);
    }
    pthread_cond_broadcast(&v->changed);
    return status;
}

/* Called with the lock held. */
static amos_status await_entry(struct amosi_voxels *v, struct entry *e, amos_error *err)
{
    while (!atomic_load_explicit(&v->shared->stop, memory_order_relaxed)) {
        switch (e->state) {
        case READY:
            return AMOS_OK;
        case FAILED:
            if (err)
                *err = *e->failure;
            return e->failure->status;
        case ABSENT:
            if (make_room(v, bytes_of(v, e)))
                return load_entry(v, e, err);
            break;
        case LOADING:
            break;
        }
        wait_for_change(v);
    }
    return amosi_fail(err, AMOS_E_CANCEL, NULL, "The loader was stopped.");
}

amos_status amosi_voxels_hold(struct amosi_voxels *v, uint32_t which, struct amosi_held *held, amos_error *err)
{
    struct entry *e = &v->entries[which];
    pthread_mutex_lock(&v->lock);
    if (e->state == READY)
        atomic_fetch_add_explicit(&v->shared->hits, 1, memory_order_relaxed);
    amos_status status = await_entry(v, e, err);
    if (!status) {
        e->holders++;
        e->used = ++v->holds;
    }
    pthread_mutex_unlock(&v->lock);
    if (!status) {
        *held = (struct amosi_held){.which = which, .c = &v->cases->all[which], .content = e->content};
        v->kind->tell(e->content, held);
    }
    return status;
}

void amosi_voxels_release(struct amosi_voxels *v, const struct amosi_held *held)
{
    pthread_mutex_lock(&v->lock);
    if (--v->entries[held->which].holders == 0)
        pthread_cond_broadcast(&v->changed);
    pthread_mutex_unlock(&v->lock);
}

amos_status amosi_voxels_view(struct amosi_voxels *v, const struct amosi_held *held, const amos_box *box,
                              struct amosi_view_scratch *scratch, struct amosi_view *view, amos_error *err)
{
    amos_status status = v->kind->view(v->settings, v->shared, held, box, scratch, view, err);
    if (status)
        amosi_fail_case(err, held->c->id);
    return status;
}

amos_status amosi_voxels_parts(struct amosi_voxels *v, const struct amosi_held *held, const amos_box *box,
                               amosi_part_fn take, void *user, amos_error *err)
{
    amos_status status = v->kind->parts(v->settings, v->shared, held, box, take, user, err);
    if (status)
        amosi_fail_case(err, held->c->id);
    return status;
}

void amosi_voxels_wake(struct amosi_voxels *v)
{
    pthread_mutex_lock(&v->lock);
    pthread_cond_broadcast(&v->changed);
    pthread_mutex_unlock(&v->lock);
}

void amosi_voxels_forget_failures(struct amosi_voxels *v)
{
    pthread_mutex_lock(&v->lock);
    for (uint32_t i = 0; i < v->cases->count; i++)
        if (v->entries[i].state == FAILED) {
            amosi_free(v->entries[i].failure);
            v->entries[i].failure = NULL;
            v->entries[i].state = ABSENT;
        }
    pthread_mutex_unlock(&v->lock);
}

void amosi_voxels_free(struct amosi_voxels *v)
{
    if (!v)
        return;
    for (uint32_t i = 0; i < v->cases->count; i++) {
        if (v->entries[i].content)
            v->kind->drop(v->entries[i].content);
        amosi_free(v->entries[i].failure);
    }
    pthread_cond_destroy(&v->changed);
    pthread_mutex_destroy(&v->lock);
    amosi_free(v->entries);
    amosi_free(v);
}

amos_status amosi_voxels_make(const struct amosi_loader_settings *settings, const struct amosi_loader_cases *cases,
                              uint64_t budget, struct amosi_loader_shared *shared, struct amosi_voxels **out,
                              amos_error *err)
{
    struct amosi_voxels *v = amosi_zalloc(sizeof *v);
    if (v)
        v->entries = amosi_zalloc_array(cases->count, sizeof *v->entries);
    if (!v || !v->entries) {
        amosi_free(v);
        return amosi_fail_nomem(err, NULL);
    }
    v->kind = settings->o.cache ? &amosi_voxels_cache : &amosi_voxels_files;
    v->settings = settings;
    v->cases = cases;
    v->shared = shared;
    v->budget = budget;
    pthread_mutex_init(&v->lock, NULL);
    pthread_cond_init(&v->changed, NULL);
    *out = v;
    return AMOS_OK;
}
