#include <string.h>

#include "base/fail.h"
#include "base/options.h"
#include "loader/core.h"

/* ---- what batches depend on ---- */

static void add(uint64_t *hash, const void *data, size_t bytes)
{
    const unsigned char *p = data;
    for (size_t i = 0; i < bytes; i++)
        *hash = (*hash ^ p[i]) * 1099511628211u; /* FNV-1a */
}

static void add_numbers(uint64_t *hash, const int64_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int shift = 0; shift < 64; shift += 8) {
            unsigned char byte = (unsigned char)((uint64_t)numbers[i] >> shift);
            add(hash, &byte, 1);
        }
}

static void add_reals(uint64_t *hash, const double *reals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int64_t bits;
        memcpy(&bits, &reals[i], sizeof bits);
        add_numbers(hash, &bits, 1);
    }
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void add_scaling(uint64_t *hash, const amos_scaling *s)
{
    const int64_t scale = s->scale;
    const double reals[] = {s->low, s->high, s->mean, s->deviation};
    add_numbers(hash, &scale, 1);
    add_reals(hash, reals, COUNT(reals));
}

static void add_augment(uint64_t *hash, const amos_augment *a)
{
    const int64_t numbers[] = {a->flips, a->quarter_turns};
    const double reals[] = {a->affine_share,   a->rotate_degrees[0], a->rotate_degrees[1], a->rotate_degrees[2],
                            a->zoom_low,       a->zoom_high,         a->gamma_share,       a->gamma_low,
                            a->gamma_high,     a->brightness_share,  a->brightness_low,    a->brightness_high,
                            a->contrast_share, a->contrast_low,      a->contrast_high,     a->noise_share,
                            a->noise_low,      a->noise_high};
    add_numbers(hash, numbers, COUNT(numbers));
    add_reals(hash, reals, COUNT(reals));
}

static void add_options(uint64_t *hash, const struct amosi_loader_settings *s)
{
    const amos_loader_options *o = &s->o;
    const int64_t numbers[] = {o->max_label,
                               o->draw,
                               o->patch[0],
                               o->patch[1],
                               o->patch[2],
                               o->border[0],
                               o->border[1],
                               o->border[2],
                               o->balanced,
                               o->patches_per_case,
                               o->interleave,
                               o->image_type,
                               o->label_type,
                               o->batch_size,
                               o->steps,
                               o->rank,
                               o->world_size,
                               (int64_t)o->seed,
                               o->flags & AMOS_LOADER_PAD};
    const double reals[] = {o->foreground, o->overlap, o->pad_value};
    add_numbers(hash, numbers, COUNT(numbers));
    add_reals(hash, reals, COUNT(reals));
    for (int i = 0; i < AMOSI_LABEL_WORDS; i++)
        add_numbers(hash, (const int64_t[]){(int64_t)s->foreground[i]}, 1);
    add(hash, s->orientation, sizeof s->orientation);
}

uint64_t amosi_loader_fingerprint(const struct amosi_loader_settings *s, const struct amosi_loader_cases *cases)
{
    uint64_t hash = 14695981039346656037u;
    add_options(&hash, s);
    add_scaling(&hash, &s->ct);
    add_scaling(&hash, &s->mri);
    add_augment(&hash, &s->augment);
    for (uint32_t i = 0; i < cases->count; i++) {
        const struct amosi_loader_case *c = &cases->all[i];
        const int64_t modality = c->modality;
        add(&hash, c->id, strlen(c->id) + 1);
        add_numbers(&hash, &modality, 1);
        add_numbers(&hash, c->geometry.shape, 3);
    }
    return hash ? hash : 1;
}

/* ---- the consumer's place ---- */

/* Copies as much of a struct as the caller's has; its own size stays. */
static amos_status give_struct(void *to, const void *from, size_t bytes, const char *name, amos_error *err)
{
    size_t given;
    memcpy(&given, to, sizeof given);
    if (given < sizeof given || given > 4096)
        return amosi_fail(err, AMOS_E_ARG, NULL, "The size field of %s is %zu; set it to sizeof(%s).", name, given,
                          name);
    size_t n = given < bytes ? given : bytes;
    memcpy((unsigned char *)to + sizeof given, (const unsigned char *)from + sizeof given, n - sizeof given);
    return AMOS_OK;
}

amos_status amos_loader_get_state(const amos_loader *loader, amos_loader_state *out, amos_error *err)
{
    if (!loader || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_loader_get_state needs a loader and a place for its state.");
    const amos_loader_state state = {sizeof state, loader->epoch, loader->step, loader->fingerprint};
    return give_struct(out, &state, sizeof state, "amos_loader_state", err);
}

amos_status amos_loader_seek(amos_loader *loader, const amos_loader_state *state, amos_error *err)
{
    amos_loader_state s;
    if (!loader || !state)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_loader_seek needs a loader and a state.");
    amos_status status = amosi_options_take(&s, sizeof s, state, "amos_loader_state", err);
    if (status)
        return status;
    if (amosi_loader_is_forked(loader))
        return amosi_fail(err, AMOS_E_FORK, NULL,
                          "The loader's threads were begun before fork(); open one in this process.");
    if (s.fingerprint && s.fingerprint != loader->fingerprint)
        return amosi_fail(err, AMOS_E_ARG, NULL, "the state belongs to a loader with other options or other cases.");
    if (s.step > loader->order.steps || s.epoch > UINT32_MAX - 1)
        return amosi_fail(err, AMOS_E_ARG, NULL, "there is no step %llu in epoch %llu; an epoch has %llu steps.",
                          (unsigned long long)s.step, (unsigned long long)s.epoch,
                          (unsigned long long)loader->order.steps);
    pthread_mutex_lock(&loader->sync->lock);
    loader->cancelled = false;
    pthread_mutex_unlock(&loader->sync->lock);
    loader->epoch = s.epoch;
    loader->step = s.step;
    amosi_loader_restart(loader);
    return AMOS_OK;
}

/* ---- what is known ---- */

uint64_t amos_loader_steps(const amos_loader *loader)
{
    return loader ? loader->order.steps : 0;
}

size_t amos_loader_case_count(const amos_loader *loader)
{
    return loader ? loader->cases.count : 0;
}

const char *amos_loader_case(const amos_loader *loader, size_t index)
{
    return index < amos_loader_case_count(loader) ? loader->cases.all[index].id : NULL;
}

const amos_geometry *amos_loader_case_geometry(const amos_loader *loader, size_t index)
{
    return index < amos_loader_case_count(loader) ? &loader->cases.all[index].geometry : NULL;
}

/* In a forked child the lock may be anybody's. */
static bool lock(const amos_loader *loader)
{
    return !amosi_loader_is_forked(loader) && pthread_mutex_lock(&loader->sync->lock) == 0;
}

static void unlock(const amos_loader *loader, bool locked)
{
    if (locked)
        pthread_mutex_unlock(&loader->sync->lock);
}

amos_status amos_loader_get_stats(const amos_loader *loader, amos_loader_stats *out, amos_error *err)
{
    if (!loader || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_loader_get_stats needs a loader and a place for its statistics.");
    const struct amosi_loader_shared *shared = &loader->shared;
    bool locked = lock(loader);
    const amos_loader_stats stats = {.batches = loader->batches,
                                     .samples = atomic_load(&shared->samples),
                                     .wait_ns = loader->wait_ns,
                                     .idle_ns = atomic_load(&shared->idle_ns),
                                     .decode_ns = atomic_load(&shared->decode_ns),
                                     .copy_ns = atomic_load(&shared->copy_ns),
                                     .hits = atomic_load(&shared->hits),
                                     .misses = atomic_load(&shared->misses),
                                     .memory = atomic_load(&shared->memory),
                                     .memory_peak = atomic_load(&shared->memory_peak),
                                     .damaged = loader->damage_count};
    unlock(loader, locked);
    return give_struct(out, &stats, sizeof stats, "amos_loader_stats", err);
}

amos_status amos_loader_damaged(const amos_loader *loader, size_t index, amos_error *why)
{
    if (!loader)
        return AMOS_OK;
    amos_status status = AMOS_OK;
    bool locked = lock(loader);
    if (index < loader->damage_count) {
        status = loader->damage[index].status;
        if (why)
            *why = loader->damage[index];
    }
    unlock(loader, locked);
    return status;
}
