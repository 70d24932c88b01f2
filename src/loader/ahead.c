/* SPDX-License-Identifier: BSD-3-Clause */
#include "loader/ahead.h"

#include "cache/stage/entries.h"

#define LEAST_CASES 4u /* looked ahead; twice the visits that are mixed, if that is more */
#define MOST_CASES 64u
#define MOST_SAMPLES 65536u /* looked at to find them */

/* The different cases of the next samples, in their order. */
struct next {
    uint32_t cases[MOST_CASES];
    uint32_t count, most;
    uint64_t bytes, most_bytes; /* of their entries; 0: any */
};

/* Returns false if there are enough. */
static bool add(struct next *next, const struct amosi_loader_case *all, uint32_t which)
{
    for (uint32_t i = 0; i < next->count; i++)
        if (next->cases[i] == which)
            return true;
    next->bytes += all[which].entry_bytes;
    if (next->most_bytes && next->count && next->bytes > next->most_bytes)
        return false;
    next->cases[next->count++] = which;
    return next->count < next->most;
}

static void find_next(const amos_loader *loader, const struct amosi_course *course, uint64_t batch, struct next *next)
{
    const struct amosi_loader_settings *s = &loader->settings;
    const uint64_t size = (uint64_t)s->o.batch_size;
    for (uint64_t i = 0; i < MOST_SAMPLES; i++) {
        uint64_t epoch, step;
        amosi_course_place(course, batch + i / size, &epoch, &step);
        if (epoch > UINT32_MAX - 1)
            return;
        struct amosi_pick pick = amosi_course_pick(course, s, &loader->cases, epoch, step, i % size);
        if (!pick.none && !add(next, loader->cases.all, pick.which))
            return;
    }
}

/* Brings the entries of the cases that come from this batch on. Failures are those of the thread that needs the entry. */
static void bring_next(const amos_loader *loader, const struct amosi_course *course, uint64_t batch)
{
    const struct amosi_loader_settings *s = &loader->settings;
    const amos_cache *cache = s->o.cache;
    struct next next = {.most = 2 * (uint32_t)s->o.interleave, .most_bytes = cache->max_bytes / 2};
    next.most = next.most < LEAST_CASES ? LEAST_CASES : next.most > MOST_CASES ? MOST_CASES : next.most;
    find_next(loader, course, batch, &next);
    for (uint32_t i = 0; i < next.count && !atomic_load(&loader->shared.stop); i++) {
        const struct amosi_loader_case *c = &loader->cases.all[next.cases[i]];
        const struct amosi_cache_known known = {c->entry_name, c->entry_key, c->id};
        (void)!amosi_cache_bring(cache, &known, &loader->shared.stop, NULL);
    }
}

static void *ahead_main(void *argument)
{
    amos_loader *loader = argument;
    pthread_mutex_lock(&loader->sync->lock);
    while (!loader->quit) {
        const uint64_t batch = loader->next_number;
        const struct amosi_course course = loader->course;
        pthread_mutex_unlock(&loader->sync->lock);
        bring_next(loader, &course, batch);
        pthread_mutex_lock(&loader->sync->lock);
        while (!loader->quit && loader->next_number == batch)
            pthread_cond_wait(&loader->sync->ahead, &loader->sync->lock);
    }
    pthread_mutex_unlock(&loader->sync->lock);
    return NULL;
}

void amosi_loader_ahead_start(amos_loader *loader)
{
    const amos_cache *cache = loader->settings.o.cache;
    loader->looks_ahead = cache && cache->upstream && loader->running > 0 &&
                          pthread_create(&loader->ahead, NULL, ahead_main, loader) == 0;
}

void amosi_loader_ahead_end(amos_loader *loader)
{
    if (loader->looks_ahead)
        pthread_join(loader->ahead, NULL);
    loader->looks_ahead = false;
}
