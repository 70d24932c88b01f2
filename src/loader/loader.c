/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "loader/core.h"

#include <string.h>

#include "base/system/alloc.h"
#include "base/system/clock.h"
#include "base/error/fail.h"
#include "tiling/tiling.h"
#include "base/system/platform.h"
#include "loader/batch.h"
#include "loader/draw/mirror.h"

/* Memory of each thread's decoder, without the voxels. */
#define DECODER_BYTES ((uint64_t)2 << 20)

/* ---- opening ---- */

static void count_tiles(struct amosi_loader_cases *cases, const amos_loader_options *o)
{
    for (uint32_t i = 0; i < cases->count; i++) {
        struct amosi_loader_case *c = &cases->all[i];
        c->first_tile = cases->tiles;
        c->tiles = 1;
        for (int axis = 0; axis < 3; axis++)
            c->tiles *= amosi_tile_line_make(c->geometry.shape[axis], o->patch[axis], o->overlap).count;
        cases->tiles += c->tiles;
    }
}

static uint64_t batch_voxels(const amos_loader *loader)
{
    const amos_loader_options *o = &loader->settings.o;
    if (o->draw == AMOS_SAMPLING_WHOLE)
        return loader->cases.largest_voxels;
    return (uint64_t)o->batch_size * (uint64_t)(o->patch[0] * o->patch[1] * o->patch[2]);
}

uint64_t amosi_batch_image_bytes(const amos_loader *loader)
{
    return batch_voxels(loader) * loader->settings.image_bytes;
}

uint64_t amosi_batch_label_bytes(const amos_loader *loader)
{
    return batch_voxels(loader) * loader->settings.label_bytes;
}

/* Memory of batches and threads: everything except the decoded volumes. */
static uint64_t fixed_bytes(const amos_loader *loader)
{
    uint64_t batch = amosi_batch_image_bytes(loader) + amosi_batch_label_bytes(loader) +
                     (uint64_t)loader->settings.o.batch_size * sizeof(amos_batch_sample);
    uint64_t thread = amosi_sample_scratch_bytes(&loader->settings, &loader->cases) + DECODER_BYTES;
    return batch * (uint64_t)loader->slot_count + thread * (uint64_t)loader->thread_count;
}

static amos_status open_store(amos_loader *loader, amos_error *err)
{
    uint64_t budget = loader->settings.o.memory_budget, fixed = fixed_bytes(loader), needed;
    if (__builtin_add_overflow(fixed, loader->cases.largest_memory, &needed))
        needed = UINT64_MAX;
    if (needed > budget)
        return amosi_fail(
            err, AMOS_E_LIMIT, NULL,
            "the loader's memory_budget is %llu bytes; %d batches, %d threads and the largest case need %llu.",
            (unsigned long long)budget, loader->slot_count, loader->thread_count, (unsigned long long)needed);
    amosi_loader_count_memory(&loader->shared, (int64_t)fixed);
    return amosi_store_make(&loader->settings, &loader->cases, budget - fixed, &loader->shared, &loader->store, err);
}

static amos_status make_scratch(amos_loader *loader, amos_error *err)
{
    size_t count = (size_t)loader->thread_count;
    loader->threads = amosi_zalloc_array(count, sizeof *loader->threads);
    loader->scratch = amosi_zalloc_array(count, sizeof *loader->scratch);
    amos_status status = loader->threads && loader->scratch ? AMOS_OK : amosi_fail_nomem(err, NULL);
    for (size_t i = 0; i < count && !status; i++) {
        status = amosi_sample_scratch_make(&loader->scratch[i], &loader->settings, &loader->cases, err);
        loader->scratch[i].loader = loader;
    }
    return status;
}

static amos_status make_buffer(amos_loader *loader, uint64_t bytes, void **out, amos_error *err)
{
    const struct amosi_loader_settings *s = &loader->settings;
    if (bytes > SIZE_MAX)
        return amosi_fail_nomem(err, NULL);
    *out = s->has_buffers ? s->buffers.alloc(s->buffers.user, (size_t)bytes) : amosi_alloc_voxels((size_t)bytes);
    if (!*out)
        return amosi_fail_nomem(err, NULL);
    if ((uintptr_t)*out % 64)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_batch_buffers gave a buffer that is not aligned to 64 bytes.");
    return AMOS_OK;
}

static amos_status make_slots(amos_loader *loader, amos_error *err)
{
    loader->slots = amosi_zalloc_array((size_t)loader->slot_count, sizeof *loader->slots);
    amos_status status = loader->slots ? AMOS_OK : amosi_fail_nomem(err, NULL);
    for (int i = 0; i < loader->slot_count && !status; i++) {
        struct amos_batch *b = &loader->slots[i];
        b->loader = loader;
        b->samples = amosi_zalloc_array((size_t)loader->settings.o.batch_size, sizeof *b->samples);
        status = b->samples ? make_buffer(loader, amosi_batch_image_bytes(loader), &b->image, err)
                            : amosi_fail_nomem(err, NULL);
        if (!status && loader->settings.has_labels)
            status = make_buffer(loader, amosi_batch_label_bytes(loader), &b->label, err);
    }
    return status;
}

/* The list of damaged cases starts with those that were left out at opening. */
static amos_status make_damage(amos_loader *loader, amos_error *err)
{
    struct amosi_loader_cases *cases = &loader->cases;
    loader->reported = amosi_zalloc_array(cases->count, sizeof *loader->reported);
    loader->shared.logged = amosi_zalloc_array(cases->count, sizeof *loader->shared.logged);
    loader->damage = amosi_zalloc_array(cases->count + cases->damage_count, sizeof *loader->damage);
    if (!loader->reported || !loader->damage || !loader->shared.logged)
        return amosi_fail_nomem(err, NULL);
    for (; loader->damage_count < cases->damage_count; loader->damage_count++)
        loader->damage[loader->damage_count] = cases->damage[loader->damage_count].err;
    return AMOS_OK;
}

/* Fills the structs that amos_loader_get_info() and amos_loader_get_case() return. */
static void note_info(amos_loader *loader)
{
    loader->info = (amos_loader_info){.steps = loader->order.steps,
                                      .case_count = loader->cases.count,
                                      .left_out_count = loader->cases.left_out_count,
                                      .orientation_count = loader->cases.orientation_count};
    for (uint32_t i = 0; i < loader->cases.count; i++) {
        struct amosi_loader_case *c = &loader->cases.all[i];
        c->info = (amos_loader_case_info){.id = c->id,
                                          .case_index = c->dataset_index,
                                          .modality = c->modality,
                                          .geometry = &c->geometry,
                                          .warnings = c->warnings};
    }
}

static amos_status open_all(amos_loader *loader, const amos_dataset *dataset, amos_error *err)
{
    const amos_loader_options *o = &loader->settings.o;
    loader->log = (struct amosi_log){o->log, o->log_user};
    loader->thread_count = o->threads ? o->threads : amosi_processors();
    loader->slot_count = o->prefetch + o->hold;
    amos_status status = amosi_mirror_set(&loader->settings, dataset, err);
    if (!status)
        status = amosi_loader_cases_make(&loader->cases, dataset, &loader->settings, &loader->log, err);
    if (!status)
        status = open_store(loader, err); /* checks the budget, so that 64 bits are enough for all sizes below */
    if (!status && o->draw == AMOS_SAMPLING_TILES)
        count_tiles(&loader->cases, o);
    if (!status)
        status = amosi_order_make(&loader->order, &loader->settings, &loader->cases, o->world_size, err);
    if (!status)
        loader->course = amosi_course_make(&loader->order, 0);
    if (!status)
        status = make_damage(loader, err);
    if (!status)
        status = make_scratch(loader, err);
    if (!status)
        status = make_slots(loader, err);
    loader->fingerprint = status ? 0 : amosi_loader_fingerprint(&loader->settings, &loader->cases);
    note_info(loader);
    return status;
}

/* ---- freeing ---- */

static void free_slots(amos_loader *loader)
{
    const struct amosi_loader_settings *s = &loader->settings;
    for (int i = 0; loader->slots && i < loader->slot_count; i++) {
        void *buffers[2] = {loader->slots[i].image, loader->slots[i].label};
        for (int j = 0; j < 2; j++)
            if (!s->has_buffers)
                amosi_free(buffers[j]);
            else if (buffers[j])
                s->buffers.release(s->buffers.user, buffers[j]);
        amosi_free(loader->slots[i].samples);
    }
    amosi_free(loader->slots);
}

static struct amosi_loader_sync *create_sync(void)
{
    struct amosi_loader_sync *sync = amosi_alloc(sizeof *sync);
    if (!sync)
        return NULL;
    pthread_mutex_init(&sync->lock, NULL);
    pthread_cond_init(&sync->work, NULL);
    pthread_cond_init(&sync->ready, NULL);
    pthread_cond_init(&sync->ahead, NULL);
    return sync;
}

static void destroy_sync(struct amosi_loader_sync *sync)
{
    pthread_cond_destroy(&sync->ahead);
    pthread_cond_destroy(&sync->ready);
    pthread_cond_destroy(&sync->work);
    pthread_mutex_destroy(&sync->lock);
}

/* Frees the loader when the handle and all batches are freed. In a forked child the lock is not destroyed: a thread
 * of the parent may hold it. */
static void drop_reference(amos_loader *loader)
{
    if (atomic_fetch_sub(&loader->references, 1) != 1)
        return;
    free_slots(loader);
    amosi_loader_cases_free(&loader->cases);
    amosi_loader_settings_free(&loader->settings);
    amosi_free(loader->damage);
    amosi_free(loader->reported);
    amosi_free(loader->shared.logged);
    if (loader->sync && !amosi_loader_is_forked(loader))
        destroy_sync(loader->sync);
    amosi_free(loader->sync);
    amosi_free(loader);
}

static void free_working_memory(amos_loader *loader)
{
    for (int i = 0; loader->scratch && i < loader->thread_count; i++)
        amosi_sample_scratch_free(&loader->scratch[i]);
    amosi_free(loader->scratch);
    amosi_free(loader->threads);
    amosi_store_free(loader->store);
}

/* In a forked child the decoded volumes are not freed: a thread of the parent may have been changing their lists. */
void amos_loader_free(amos_loader *loader)
{
    if (!loader)
        return;
    if (!amosi_loader_is_forked(loader)) {
        if (loader->running)
            amosi_loader_end(loader);
        free_working_memory(loader);
    }
    drop_reference(loader);
}

amos_status amos_loader_open(const amos_dataset *dataset, const amos_loader_options *options, amos_loader **out,
                             amos_error *err)
{
    if (out)
        *out = NULL;
    if (!dataset || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_loader_open needs a data set and a place for the loader.");
    amos_loader *loader = amosi_zalloc(sizeof *loader);
    if (!loader)
        return amosi_fail_nomem(err, NULL);
    atomic_init(&loader->references, 1);
    loader->sync = create_sync();
    const int max_label = amos_dataset_get_info(dataset)->max_label;
    amos_status status = loader->sync ? amosi_loader_settings_take(&loader->settings, options, max_label, err)
                                      : amosi_fail_nomem(err, NULL);
    if (!status)
        status = open_all(loader, dataset, err);
    if (status)
        amos_loader_free(loader);
    else
        *out = loader;
    return status;
}

/* ---- batches ---- */

static amos_status check_usable(const amos_loader *loader, amos_error *err)
{
    if (amosi_loader_is_forked(loader))
        return amosi_fail(err, AMOS_E_FORK, NULL,
                          "The loader's threads were begun before fork() and are not in this process; open one here.");
    return AMOS_OK;
}

static struct amos_batch *find_batch(amos_loader *loader, uint64_t number)
{
    for (int i = 0; i < loader->slot_count; i++)
        if (loader->slots[i].state == AMOSI_SLOT_FILLING && loader->slots[i].number == number)
            return &loader->slots[i];
    return NULL;
}

/* Waits until a batch is complete; returns NULL if the loader is cancelled. Called with the lock held. If there are no
 * threads, it produces the batch itself. */
static struct amos_batch *await_batch(amos_loader *loader, uint64_t number)
{
    while (!loader->cancelled) {
        struct amos_batch *b = find_batch(loader, number);
        if (b && b->done == loader->settings.o.batch_size)
            return b;
        if (loader->running == 0) {
            amosi_loader_work(loader, &loader->scratch[0]);
            continue;
        }
        uint64_t begin = amosi_now();
        pthread_cond_wait(&loader->sync->ready, &loader->sync->lock);
        loader->wait_ns += amosi_now() - begin;
    }
    return NULL;
}

static amos_status fail_cancelled(amos_error *err)
{
    return amosi_fail(err, AMOS_E_CANCEL, NULL, "The loader was cancelled; a seek lets it go on.");
}

/* Gives the consumer a complete batch, or a copy of it if enough are held. Called with the lock held; releases it while
 * it copies. */
static amos_status hand_over(amos_loader *loader, struct amos_batch *b, amos_batch **out, amos_error *err)
{
    bool copies = loader->held >= loader->settings.o.hold;
    *out = b;
    b->state = AMOSI_SLOT_HELD;
    if (copies) {
        pthread_mutex_unlock(&loader->sync->lock);
        *out = amosi_batch_copy(b);
        pthread_mutex_lock(&loader->sync->lock);
        b->state = *out ? AMOSI_SLOT_FREE : AMOSI_SLOT_FILLING;
        if (!*out)
            return amosi_fail_nomem(err, NULL);
        pthread_cond_broadcast(&loader->sync->work);
    }
    loader->held += !copies;
    loader->copies += copies;
    loader->step++;
    loader->batches++;
    atomic_fetch_add(&loader->references, 1);
    return AMOS_OK;
}

static amos_status take_batch(amos_loader *loader, amos_batch **out, amos_error *err)
{
    amos_status status = AMOS_OK;
    pthread_mutex_lock(&loader->sync->lock);
    struct amos_batch *b = await_batch(loader, amosi_course_number(&loader->course, loader->epoch, loader->step));
    if (!b) {
        status = fail_cancelled(err);
    } else if (b->failed >= 0) {
        status = b->failure.status;
        if (err)
            *err = b->failure;
    } else {
        status = hand_over(loader, b, out, err);
    }
    pthread_mutex_unlock(&loader->sync->lock);
    if (status == AMOS_E_NOMEM && b && b->failed < 0)
        return status; /* the batch is still there for the next call */
    if (status && b)
        amosi_loader_restart(loader);
    return status;
}

/* Checks that one more batch may be held. At the end of an epoch, moves to the next one and sets *at_end. */
static amos_status check_next(amos_loader *loader, bool *at_end, amos_error *err)
{
    pthread_mutex_lock(&loader->sync->lock);
    int held = loader->held;
    bool cancelled = loader->cancelled;
    *at_end = loader->step == amosi_course_steps(&loader->course, loader->epoch);
    if (*at_end && !cancelled) {
        loader->epoch++;
        loader->step = 0;
    }
    pthread_mutex_unlock(&loader->sync->lock);
    if (cancelled)
        return fail_cancelled(err);
    if (held >= loader->settings.o.hold && !*at_end && !(loader->settings.o.flags & AMOS_LOADER_GROW))
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "%d batches are held already; free one with amos_batch_free(), raise `hold`, or set "
                          "AMOS_LOADER_GROW.",
                          held);
    return AMOS_OK;
}

amos_status amos_loader_next(amos_loader *loader, amos_batch **out, amos_error *err)
{
    if (out)
        *out = NULL;
    if (!loader || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_loader_next needs a loader and a place for the batch.");
    bool at_end = false;
    amos_status status = check_usable(loader, err);
    if (!status)
        status = check_next(loader, &at_end, err);
    if (!status && !at_end) {
        if (!atomic_load_explicit(&loader->started, memory_order_relaxed))
            amosi_loader_start(loader);
        status = take_batch(loader, out, err);
    }
    return status;
}

const amos_batch_info *amos_batch_get_info(const amos_batch *batch)
{
    return batch ? &batch->info : NULL;
}

const amos_batch_sample *amos_batch_get_sample(const amos_batch *batch, int index)
{
    return batch && index >= 0 && index < batch->info.count ? &batch->samples[index] : NULL;
}

void amos_batch_free(amos_batch *batch)
{
    if (!batch)
        return;
    amos_loader *loader = batch->loader;
    if (batch->is_copy) {
        amosi_batch_discard(batch);
    } else if (!amosi_loader_is_forked(loader)) {
        pthread_mutex_lock(&loader->sync->lock);
        batch->state = AMOSI_SLOT_FREE;
        loader->held--;
        pthread_cond_broadcast(&loader->sync->work);
        pthread_mutex_unlock(&loader->sync->lock);
    }
    drop_reference(loader);
}

void amos_loader_cancel(amos_loader *loader)
{
    if (!loader || amosi_loader_is_forked(loader))
        return;
    pthread_mutex_lock(&loader->sync->lock);
    loader->cancelled = true;
    atomic_store(&loader->shared.stop, true);
    pthread_cond_broadcast(&loader->sync->ready);
    pthread_mutex_unlock(&loader->sync->lock);
    amosi_store_wake(loader->store);
}
