/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/system/clock.h"
#include "base/error/fail.h"
#include "base/error/passing.h"
#include "loader/ahead.h"
#include "loader/core.h"

bool amosi_loader_is_forked(const amos_loader *loader)
{
    return atomic_load_explicit(&loader->started, memory_order_acquire) && loader->owner != getpid();
}

/* ---- beginning a batch; with the lock held ---- */

static void set_tensor(amos_tensor *tensor, void *data, int64_t n, int planes, const int64_t size[3],
                       size_t voxel_bytes)
{
    *tensor = (amos_tensor){.data = data, .shape = {n, planes, size[2], size[1], size[0]}};
    tensor->bytes = (size_t)(n * size[0] * size[1] * size[2]) * voxel_bytes;
}

/* The batch of a whole volume has the volume's shape; n is 0 if no volume is left. */
static void set_tensors(const amos_loader *loader, struct amos_batch *b)
{
    const struct amosi_loader_settings *s = &loader->settings;
    int64_t n = s->o.batch_size, size[3];
    memcpy(size, s->o.patch, sizeof size);
    if (s->o.draw == AMOS_SAMPLING_WHOLE) {
        struct amosi_pick pick = amosi_course_pick(&loader->course, s, &loader->cases, b->info.epoch, b->info.step, 0);
        memcpy(size, loader->cases.all[pick.which].geometry.shape, sizeof size);
        n = pick.none ? 0 : 1;
    }
    set_tensor(&b->info.image, b->image, n, 1, size, s->image_bytes);
    if (s->has_labels)
        set_tensor(&b->info.label, b->label, n, s->label_planes, size, s->label_bytes);
}

static void begin_batch(amos_loader *loader, struct amos_batch *b)
{
    b->state = AMOSI_SLOT_FILLING;
    b->number = loader->next_number++;
    pthread_cond_signal(&loader->sync->ahead);
    b->begun = b->done = 0;
    b->failed = -1;
    memset(&b->info, 0, sizeof b->info);
    memset(b->samples, 0, (size_t)loader->settings.o.batch_size * sizeof *b->samples);
    amosi_course_place(&loader->course, b->number, &b->info.epoch, &b->info.step);
    b->info.samples = b->samples;
    b->info.sample_bytes = sizeof *b->samples;
    set_tensors(loader, b);
    loader->filling = b;
}

/* The batch to which the next sample belongs; NULL if no slot is free. */
static struct amos_batch *find_work(amos_loader *loader)
{
    for (int i = 0; i < loader->slot_count && !loader->filling; i++)
        if (loader->slots[i].state == AMOSI_SLOT_FREE)
            begin_batch(loader, &loader->slots[i]);
    return loader->filling;
}

/* ---- producing a sample ---- */

/* Lists a case once, and logs it once as one that is tried again, and once as one that is out. */
static void report_damage(amos_loader *loader, uint32_t which, bool is_out, const amos_error *why)
{
    struct amosi_reported *reported = &loader->reported[which];
    pthread_mutex_lock(&loader->sync->lock);
    bool is_new = is_out ? !reported->out : !reported->damaged;
    if (!reported->damaged)
        loader->damage[loader->damage_count++] = *why;
    reported->damaged = true;
    reported->out |= is_out;
    pthread_mutex_unlock(&loader->sync->lock);
    if (is_new)
        amosi_log_say(&loader->log, AMOS_LOG_WARNING,
                      is_out ? "Case %s is left out: %s" : "Case %s is tried again later: %s",
                      loader->cases.all[which].id, why->message);
}

static void report_not_finite(amos_loader *loader, const amos_batch_sample *sample)
{
    if (sample->not_finite == 0)
        return;
    struct amosi_reported *reported = &loader->reported[sample->loader_case];
    atomic_fetch_add_explicit(&loader->shared.not_finite, sample->not_finite, memory_order_relaxed);
    pthread_mutex_lock(&loader->sync->lock);
    bool is_new = !reported->not_finite;
    reported->not_finite = true;
    pthread_mutex_unlock(&loader->sync->lock);
    if (is_new)
        amosi_log_say(&loader->log, AMOS_LOG_WARNING,
                      loader->settings.o.flags & AMOS_LOADER_REPLACE_NAN
                          ? "The image of case %s has voxels that are NaN or infinite; they are replaced."
                          : "The image of case %s has voxels that are NaN or infinite, and batches have them; "
                            "AMOS_LOADER_REPLACE_NAN replaces them.",
                      sample->case_id);
}

static void *at_sample(void *data, size_t sample, size_t bytes)
{
    return data ? (unsigned char *)data + sample * bytes : NULL;
}

static void blank(const amos_loader *loader, struct amos_batch *b, size_t sample, const struct amosi_pick *pick)
{
    const int64_t *shape = b->info.image.shape;
    int64_t voxels = shape[0] ? shape[2] * shape[3] * shape[4] : 0;
    amosi_sample_blank(&loader->settings, voxels,
                       at_sample(b->image, sample, (size_t)voxels * loader->settings.image_bytes),
                       at_sample(b->label, sample, (size_t)voxels * loader->settings.label_bytes));
    if (!pick)
        return;
    const struct amosi_loader_case *c = &loader->cases.all[pick->which];
    b->samples[sample] = (amos_batch_sample){.case_id = c->id,
                                             .case_index = c->dataset_index,
                                             .loader_case = pick->which,
                                             .modality = c->modality,
                                             .tile = pick->tile,
                                             .damaged = 1};
}

static bool is_damage(const amos_loader *loader, amos_status status)
{
    return status != AMOS_E_NOMEM && status != AMOS_E_CANCEL &&
           !(loader->settings.o.flags & AMOS_LOADER_STOP_AT_DAMAGE);
}

/* Makes a sample; again after an error that may pass. */
static amos_status make_patiently(amos_loader *loader, const struct amosi_pick *pick,
                                  struct amosi_sample_scratch *scratch, void *image, void *label,
                                  amos_batch_sample *sample, amos_error *err)
{
    const struct amosi_maker maker = {&loader->settings, &loader->cases, loader->store, &loader->shared, &loader->log};
    for (unsigned tries = 0;; tries++) {
        amos_status status = amosi_sample_make(&maker, pick, scratch, image, label, sample, err);
        if (!status || !amosi_passing(err))
            return status;
        amosi_store_doubt(loader->store, pick->which);
        if (tries == AMOSI_PASSING_TRIES || atomic_load_explicit(&loader->shared.stop, memory_order_relaxed))
            return status;
        amosi_passing_wait();
        atomic_fetch_add_explicit(&loader->shared.retries, 1, memory_order_relaxed);
    }
}

/* The next case that may replace the first one. */
static bool find_stand_in(const amos_loader *loader, struct amosi_pick *pick, uint32_t first, uint32_t *attempt)
{
    while (amosi_draw_stand_in(&loader->cases, pick, ++*attempt))
        if (pick->which != first)
            return true;
    return false;
}

static amos_status make_sample(amos_loader *loader, struct amos_batch *b, size_t sample,
                               struct amosi_sample_scratch *scratch, amos_error *err)
{
    const struct amosi_loader_settings *s = &loader->settings;
    struct amosi_pick pick = amosi_course_pick(&loader->course, s, &loader->cases, b->info.epoch, b->info.step, sample);
    if (pick.none) {
        blank(loader, b, sample, NULL);
        return AMOS_OK;
    }
    const int64_t *shape = b->info.image.shape;
    size_t voxels = (size_t)(shape[2] * shape[3] * shape[4]);
    void *image = at_sample(b->image, sample, voxels * s->image_bytes);
    void *label = at_sample(b->label, sample, voxels * s->label_bytes);
    const uint32_t first = pick.which;
    for (uint32_t attempt = 0;;) {
        amos_status status = make_patiently(loader, &pick, scratch, image, label, &b->samples[sample], err);
        if (!status)
            report_not_finite(loader, &b->samples[sample]);
        if (!status || !is_damage(loader, status))
            return status;
        bool is_out = !amosi_passing(err) || amosi_store_lose(loader->store, pick.which, err);
        report_damage(loader, pick.which, is_out, err);
        if (s->o.draw != AMOS_SAMPLING_PATCHES) {
            blank(loader, b, sample, &pick);
            return AMOS_OK;
        }
        if (!find_stand_in(loader, &pick, first, &attempt))
            return status;
    }
}

static void finish_sample(amos_loader *loader, struct amos_batch *b, int sample, amos_status status,
                          const amos_error *err)
{
    if (status && (b->failed < 0 || sample < b->failed)) {
        b->failed = sample;
        b->failure = *err;
    }
    b->info.count += b->samples[sample].case_id != NULL;
    if (++b->done == loader->settings.o.batch_size)
        pthread_cond_broadcast(&loader->sync->ready);
}

bool amosi_loader_work(amos_loader *loader, struct amosi_sample_scratch *scratch)
{
    amos_error err;
    if (atomic_load_explicit(&loader->shared.stop, memory_order_relaxed) || !find_work(loader))
        return false;
    struct amos_batch *b = loader->filling;
    int sample = b->begun++;
    if (b->begun == loader->settings.o.batch_size)
        loader->filling = NULL;
    loader->active++;
    pthread_mutex_unlock(&loader->sync->lock);
    amos_status status = make_sample(loader, b, (size_t)sample, scratch, &err);
    pthread_mutex_lock(&loader->sync->lock);
    loader->active--;
    finish_sample(loader, b, sample, status, &err);
    if (loader->active == 0)
        pthread_cond_broadcast(&loader->sync->ready);
    return true;
}

/* ---- threads ---- */

static void *thread_main(void *argument)
{
    struct amosi_sample_scratch *scratch = argument;
    amos_loader *loader = scratch->loader;
    pthread_mutex_lock(&loader->sync->lock);
    while (!loader->quit)
        if (!amosi_loader_work(loader, scratch)) {
            uint64_t begin = amosi_now();
            pthread_cond_wait(&loader->sync->work, &loader->sync->lock);
            atomic_fetch_add_explicit(&loader->shared.idle_ns, amosi_now() - begin, memory_order_relaxed);
        }
    pthread_mutex_unlock(&loader->sync->lock);
    return NULL;
}

/* The threads block all signals; those go to the program's own threads. */
void amosi_loader_start(amos_loader *loader)
{
    sigset_t all, before;
    sigfillset(&all);
    loader->owner = getpid();
    atomic_store_explicit(&loader->started, true, memory_order_release);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int wanted = loader->settings.o.threads == 1 ? 0 : loader->thread_count; /* 1: only the caller's */
    while (loader->running < wanted &&
           pthread_create(&loader->threads[loader->running], NULL, thread_main, &loader->scratch[loader->running]) == 0)
        loader->running++;
    amosi_loader_ahead_start(loader);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void amosi_loader_end(amos_loader *loader)
{
    pthread_mutex_lock(&loader->sync->lock);
    loader->quit = true;
    atomic_store(&loader->shared.stop, true);
    pthread_cond_broadcast(&loader->sync->work);
    pthread_cond_signal(&loader->sync->ahead);
    pthread_mutex_unlock(&loader->sync->lock);
    amosi_store_wake(loader->store);
    amosi_loader_ahead_end(loader);
    for (int i = 0; i < loader->running; i++)
        pthread_join(loader->threads[i], NULL);
    loader->running = 0;
}

/* Waits with the lock held until nothing is active. */
static void halt(amos_loader *loader)
{
    atomic_store(&loader->shared.stop, true);
    amosi_store_wake(loader->store);
    while (loader->active > 0)
        pthread_cond_wait(&loader->sync->ready, &loader->sync->lock);
}

/* Goes on at the consumer's place. */
static void resume(amos_loader *loader)
{
    for (int i = 0; i < loader->slot_count; i++)
        if (loader->slots[i].state == AMOSI_SLOT_FILLING)
            loader->slots[i].state = AMOSI_SLOT_FREE;
    loader->filling = NULL;
    loader->next_number = amosi_course_number(&loader->course, loader->epoch, loader->step);
    if (loader->settings.o.flags & AMOS_LOADER_STOP_AT_DAMAGE)
        amosi_store_forget_failures(loader->store);
    atomic_store(&loader->shared.stop, loader->cancelled);
    pthread_cond_broadcast(&loader->sync->work);
    pthread_cond_signal(&loader->sync->ahead);
}

void amosi_loader_restart(amos_loader *loader)
{
    pthread_mutex_lock(&loader->sync->lock);
    halt(loader);
    resume(loader);
    pthread_mutex_unlock(&loader->sync->lock);
}

void amosi_loader_move(amos_loader *loader, const struct amosi_course *course, uint64_t epoch, uint64_t step)
{
    pthread_mutex_lock(&loader->sync->lock);
    loader->cancelled = false;
    halt(loader);
    loader->course = *course;
    loader->epoch = epoch;
    loader->step = step;
    resume(loader);
    pthread_mutex_unlock(&loader->sync->lock);
}
