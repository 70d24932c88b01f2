#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <string.h>

#include <amos/pair.h>

#include "base/alloc.h"
#include "base/fail.h"
#include "loader/facts.h"
#include "loader/voxels.h"

enum state { ABSENT, LOADING, READY, FAILED };

struct entry {
    enum state state;
    unsigned holders;
    uint64_t used; /* when it was last held, counted in holds */
    uint64_t bytes;
    amos_array *image;
    amos_labelmap *label;
    struct amosi_facts facts;
    amos_error *failure; /* of FAILED */
};

/* Everything but what is constant is guarded by `lock`; a LOADING entry belongs to the thread that loads it. */
struct store {
    const struct amosi_loader_settings *settings;
    const struct amosi_loader_cases *cases;
    struct amosi_loader_shared *shared;
    uint64_t budget;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* something was loaded or released */
    struct entry *entries;
    uint64_t holds;
    uint64_t bytes; /* of entries that are LOADING or READY */
};

uint64_t amosi_voxels_memory_bytes(const struct amosi_loader_case *c, bool has_labels)
{
    const int64_t *shape = c->geometry.shape;
    uint64_t voxels, bytes;
    size_t each = amos_type_bytes(amosi_voxels_type(c->stored)) + (has_labels ? 1 : 0);
    if (__builtin_mul_overflow((uint64_t)shape[0], (uint64_t)shape[1], &voxels) ||
        __builtin_mul_overflow(voxels, (uint64_t)shape[2], &voxels) || __builtin_mul_overflow(voxels, each, &bytes) ||
        __builtin_add_overflow(bytes, AMOSI_FACTS_BYTES, &bytes))
        return UINT64_MAX;
    return bytes;
}

/* ---- loading ---- */

static int stop_asked(void *user, uint64_t done, uint64_t total)
{
    (void)done;
    (void)total;
    return atomic_load_explicit(&((struct amosi_loader_shared *)user)->stop, memory_order_relaxed);
}

static amos_status load_voxels(const struct store *store, const struct amosi_loader_case *c, struct entry *e,
                               amos_error *err)
{
    const struct amosi_loader_settings *s = store->settings;
    amos_type type = amosi_voxels_type(c->stored);
    amos_read_options read = {.size = sizeof read,
                              .type = type == c->stored ? AMOS_TYPE_STORED : type,
                              .orientation = s->has_orientation ? s->orientation : NULL,
                              .progress = stop_asked,
                              .progress_user = store->shared};
    amos_label_options label = {
        .size = sizeof label, .max_label = s->o.max_label, .progress = stop_asked, .progress_user = store->shared};
    amos_pair *pair = NULL;
    amos_volume *alone = NULL;
    amos_status status;
    if (c->label_path) {
        status = amos_pair_open_paths(c->image_path, c->label_path, NULL, &pair, err);
        if (!status)
            status = amos_pair_load(pair, &read, &label, &e->image, &e->label, err);
    } else {
        status = amos_volume_open(c->image_path, NULL, &alone, err);
        if (!status)
            status = amos_volume_load(alone, &read, &e->image, err);
    }
    amos_volume_free(alone);
    amos_pair_free(pair);
    return status;
}

/* The header was read when the loader was opened. */
static amos_status check_unchanged(const struct amosi_loader_case *c, const struct entry *e, amos_error *err)
{
    const amos_layout *layout = amos_array_layout(e->image);
    if (memcmp(layout->shape, c->geometry.shape, sizeof c->geometry.shape) == 0 &&
        layout->type == amosi_voxels_type(c->stored))
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_CHANGED, c->image_path, "the file was changed after the loader was opened.");
}

static void drop(struct entry *e)
{
    amosi_facts_free(&e->facts);
    amos_labelmap_free(e->label);
    amos_array_free(e->image);
    e->image = NULL;
    e->label = NULL;
}

static amos_status load(const struct store *store, uint32_t which, struct entry *e, amos_error *err)
{
    const struct amosi_loader_case *c = &store->cases->all[which];
    uint64_t begin = amosi_now();
    amos_status status = load_voxels(store, c, e, err);
    if (!status)
        status = check_unchanged(c, e, err);
    if (!status)
        status = amosi_facts_find(&e->facts, store->settings, c, amos_array_data(e->image), e->label, err);
    if (status) {
        amosi_fail_case(err, c->id);
        drop(e);
    }
    atomic_fetch_add_explicit(&store->shared->decode_ns, amosi_now() - begin, memory_order_relaxed);
    return status;
}

/* ---- memory; called with the lock held ---- */

static void evict(struct store *store, struct entry *e)
{
    drop(e);
    e->state = ABSENT;
    store->bytes -= e->bytes;
    amosi_loader_count_memory(store->shared, -(int64_t)e->bytes);
}

/* Makes room by letting go what was not held for the longest time; false where what is held leaves too little. */
static bool make_room(struct store *store, uint64_t bytes)
{
    while (store->bytes + bytes > store->budget) {
        struct entry *oldest = NULL;
        for (uint32_t i = 0; i < store->cases->count; i++) {
            struct entry *e = &store->entries[i];
            if (e->state == READY && e->holders == 0 && (!oldest || e->used < oldest->used))
                oldest = e;
        }
        if (!oldest)
            return false;
        evict(store, oldest);
    }
    return true;
}

static void wait_for_change(struct store *store)
{
    uint64_t begin = amosi_now();
    pthread_cond_wait(&store->changed, &store->lock);
    atomic_fetch_add_explicit(&store->shared->idle_ns, amosi_now() - begin, memory_order_relaxed);
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
static amos_status load_entry(struct store *store, uint32_t which, struct entry *e, amos_error *err)
{
    amos_error why;
    e->state = LOADING;
    store->bytes += e->bytes;
    amosi_loader_count_memory(store->shared, (int64_t)e->bytes);
    pthread_mutex_unlock(&store->lock);
    amos_status status = load(store, which, e, &why);
    pthread_mutex_lock(&store->lock);
    if (status) {
        store->bytes -= e->bytes;
        amosi_loader_count_memory(store->shared, -(int64_t)e->bytes);
        note_failure(e, status, &why);
        if (err)
            *err = why;
    } else {
        e->state = READY;
        atomic_fetch_add_explicit(&store->shared->misses, 1, memory_order_relaxed);
    }
    pthread_cond_broadcast(&store->changed);
    return status;
}

/* Called with the lock held. */
static amos_status await_entry(struct store *store, uint32_t which, struct entry *e, amos_error *err)
{
    while (!atomic_load_explicit(&store->shared->stop, memory_order_relaxed)) {
        switch (e->state) {
        case READY:
            return AMOS_OK;
        case FAILED:
            if (err)
                *err = *e->failure;
            return e->failure->status;
        case ABSENT:
            if (make_room(store, e->bytes))
                return load_entry(store, which, e, err);
            break;
        case LOADING:
            break;
        }
        wait_for_change(store);
    }
    return amosi_fail(err, AMOS_E_CANCEL, NULL, "The loader was stopped.");
}

static amos_status hold(void *user, uint32_t which, struct amosi_held *held, amos_error *err)
{
    struct store *store = user;
    struct entry *e = &store->entries[which];
    pthread_mutex_lock(&store->lock);
    if (e->state == READY)
        atomic_fetch_add_explicit(&store->shared->hits, 1, memory_order_relaxed);
    amos_status status = await_entry(store, which, e, err);
    if (!status) {
        e->holders++;
        e->used = ++store->holds;
        *held = (struct amosi_held){which, e, &e->facts.body, {&e->facts, amosi_facts_places}};
    }
    pthread_mutex_unlock(&store->lock);
    return status;
}

static amos_status view(void *user, const struct amosi_held *held, const amos_box *box,
                        struct amosi_view_scratch *scratch, struct amosi_view *out, amos_error *err)
{
    (void)user;
    (void)box;
    (void)scratch;
    (void)err;
    const struct entry *e = held->entry;
    const amos_layout *layout = amos_array_layout(e->image);
    const struct store *store = user;
    const struct amosi_loader_case *c = &store->cases->all[held->which];
    bool scaled = layout->type != AMOS_TYPE_FLOAT32;
    *out = (struct amosi_view){.type = layout->type,
                               .slope = scaled ? c->slope : 1.0,
                               .inter = scaled ? c->inter : 0.0,
                               .image = amos_array_data(e->image),
                               .label = amos_labelmap_voxels(e->label)};
    out->image_step[0] = out->label_step[0] = 1;
    out->image_step[1] = out->label_step[1] = layout->shape[0];
    out->image_step[2] = out->label_step[2] = layout->shape[0] * layout->shape[1];
    return AMOS_OK;
}

static void release(void *user, struct amosi_held *held)
{
    struct store *store = user;
    pthread_mutex_lock(&store->lock);
    if (--store->entries[held->which].holders == 0)
        pthread_cond_broadcast(&store->changed);
    pthread_mutex_unlock(&store->lock);
    held->entry = NULL;
}

static void wake(void *user)
{
    struct store *store = user;
    pthread_mutex_lock(&store->lock);
    pthread_cond_broadcast(&store->changed);
    pthread_mutex_unlock(&store->lock);
}

static void forget_failures(void *user)
{
    struct store *store = user;
    pthread_mutex_lock(&store->lock);
    for (uint32_t i = 0; i < store->cases->count; i++)
        if (store->entries[i].state == FAILED) {
            amosi_free(store->entries[i].failure);
            store->entries[i].failure = NULL;
            store->entries[i].state = ABSENT;
        }
    pthread_mutex_unlock(&store->lock);
}

static void free_store(void *user)
{
    struct store *store = user;
    for (uint32_t i = 0; i < store->cases->count; i++) {
        drop(&store->entries[i]);
        amosi_free(store->entries[i].failure);
    }
    pthread_cond_destroy(&store->changed);
    pthread_mutex_destroy(&store->lock);
    amosi_free(store->entries);
    amosi_free(store);
}

static const struct amosi_voxels_ops memory_ops = {hold, view, release, wake, forget_failures, free_store};

amos_status amosi_voxels_memory(struct amosi_voxels *voxels, const struct amosi_loader_settings *settings,
                                const struct amosi_loader_cases *cases, uint64_t budget,
                                struct amosi_loader_shared *shared, amos_error *err)
{
    struct store *store = amosi_zalloc(sizeof *store);
    if (store)
        store->entries = amosi_zalloc_array(cases->count, sizeof *store->entries);
    if (!store || !store->entries) {
        amosi_free(store);
        return amosi_fail_nomem(err, NULL);
    }
    store->settings = settings;
    store->cases = cases;
    store->shared = shared;
    store->budget = budget;
    pthread_mutex_init(&store->lock, NULL);
    pthread_cond_init(&store->changed, NULL);
    for (uint32_t i = 0; i < cases->count; i++)
        store->entries[i].bytes = amosi_voxels_memory_bytes(&cases->all[i], settings->has_labels);
    voxels->ops = &memory_ops;
    voxels->store = store;
    return AMOS_OK;
}
