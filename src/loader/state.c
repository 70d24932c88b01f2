/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "base/error/fail.h"
#include "base/error/options.h"
#include "cache/steps.h"
#include "loader/core.h"

/* ---- the fingerprint: all that batches depend on, but for the ranks, which may change ---- */

#define O(member, kind) AMOSI_FIELD(amos_loader_options, member, AMOSI_FIELD_##kind)
static const struct amosi_field option_fields[] = {O(flags, UINT32),
                                                   O(draw, INT),
                                                   AMOSI_FIELD_ARRAY(amos_loader_options, patch, AMOSI_FIELD_INT64, 3),
                                                   AMOSI_FIELD_ARRAY(amos_loader_options, border, AMOSI_FIELD_INT64, 3),
                                                   O(foreground, DOUBLE),
                                                   O(balanced, INT),
                                                   O(patches_per_case, INT),
                                                   O(interleave, INT),
                                                   O(overlap, DOUBLE),
                                                   O(seed, UINT64),
                                                   O(pad_value, DOUBLE),
                                                   O(image_type, INT),
                                                   O(label_type, INT),
                                                   O(batch_size, INT),
                                                   O(steps, INT64),
                                                   AMOSI_FIELDS_END};
#undef O

static const struct amosi_field organ_fields[] = {
    AMOSI_FIELD(struct amosi_loader_settings, accept.o.max_label, AMOSI_FIELD_INT),
    AMOSI_FIELD_ARRAY(struct amosi_loader_settings, foreground, AMOSI_FIELD_UINT64, AMOSI_LABEL_WORDS),
    AMOSI_FIELDS_END};

#define S(member, kind) AMOSI_FIELD(amos_scaling, member, AMOSI_FIELD_##kind)
static const struct amosi_field scaling_fields[] = {S(scale, INT),   S(low, DOUBLE),       S(high, DOUBLE),
                                                    S(mean, DOUBLE), S(deviation, DOUBLE), AMOSI_FIELDS_END};
#undef S

#define A(member, kind) AMOSI_FIELD(amos_augment, member, AMOSI_FIELD_##kind)
static const struct amosi_field augment_fields[] = {
    A(flips, UINT32),          A(quarter_turns, INT),
    A(affine_share, DOUBLE),   AMOSI_FIELD_ARRAY(amos_augment, rotate_degrees, AMOSI_FIELD_DOUBLE, 3),
    A(zoom_low, DOUBLE),       A(zoom_high, DOUBLE),
    A(gamma_share, DOUBLE),    A(gamma_low, DOUBLE),
    A(gamma_high, DOUBLE),     A(brightness_share, DOUBLE),
    A(brightness_low, DOUBLE), A(brightness_high, DOUBLE),
    A(contrast_share, DOUBLE), A(contrast_low, DOUBLE),
    A(contrast_high, DOUBLE),  A(noise_share, DOUBLE),
    A(noise_low, DOUBLE),      A(noise_high, DOUBLE),
    AMOSI_FIELDS_END};
#undef A

static const struct amosi_field mirror_fields[] = {
    AMOSI_FIELD_ARRAY(struct amosi_loader_settings, exchange, AMOSI_FIELD_BYTES, 256), AMOSI_FIELDS_END};

static const struct amosi_field case_fields[] = {
    AMOSI_FIELD(struct amosi_loader_case, modality, AMOSI_FIELD_INT),
    AMOSI_FIELD_ARRAY(struct amosi_loader_case, geometry.shape, AMOSI_FIELD_INT64, 3), AMOSI_FIELDS_END};

/* Files give the same batches as a cache with default settings that orients and accepts as the loader does. */
static void add_cache(uint64_t *hash, const struct amosi_loader_settings *s)
{
    amos_cache files = {.positions = AMOSI_CACHE_POSITIONS, .accept = s->accept};
    for (int i = 0; i < 3 && s->has_orientation; i++)
        files.orientation[i] = (char)(s->orientation[i] & ~0x20);
    amosi_steps_write(s->o.cache ? s->o.cache : &files, true, amosi_fields_to_hash, hash);
}

uint64_t amosi_loader_fingerprint(const struct amosi_loader_settings *s, const struct amosi_loader_cases *cases)
{
    uint64_t hash = AMOSI_FIELDS_HASH;
    amos_loader_options o = s->o;
    /* Lenient reading gives spacings to cases that have none without. */
    o.flags &= AMOS_LOADER_PAD | AMOS_LOADER_REPLACE_NAN | AMOS_LOADER_LENIENT;
    amosi_fields_write(option_fields, &o, amosi_fields_to_hash, &hash);
    amosi_fields_write(organ_fields, s, amosi_fields_to_hash, &hash);
    amosi_fields_write(scaling_fields, &s->ct, amosi_fields_to_hash, &hash);
    amosi_fields_write(scaling_fields, &s->mri, amosi_fields_to_hash, &hash);
    if (s->o.unknown)
        amosi_fields_write(scaling_fields, &s->unknown, amosi_fields_to_hash, &hash);
    amosi_fields_write(augment_fields, &s->augment, amosi_fields_to_hash, &hash);
    if (s->augment.mirror == AMOS_MIRROR_EXCHANGE)
        amosi_fields_write(mirror_fields, s, amosi_fields_to_hash, &hash);
    add_cache(&hash, s);
    for (uint32_t i = 0; i < cases->count; i++) {
        amosi_fields_to_hash(&hash, cases->all[i].id, strlen(cases->all[i].id) + 1);
        amosi_fields_write(case_fields, &cases->all[i], amosi_fields_to_hash, &hash);
    }
    return hash ? hash : 1;
}

/* ---- the consumer's place: save and seek ---- */

amos_status amos_loader_get_state(const amos_loader *loader, amos_loader_state *out, amos_error *err)
{
    if (!loader || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_loader_get_state needs a loader and a place for its state.");
    const struct amosi_course *course = &loader->course;
    const amos_loader_state state = {sizeof state,
                                     loader->epoch,
                                     loader->step,
                                     loader->fingerprint,
                                     amosi_course_world(course, loader->epoch),
                                     amosi_course_done(course, loader->epoch, loader->step)};
    return amosi_options_give(out, &state, sizeof state, "amos_loader_state", err);
}

amos_status amos_loader_seek(amos_loader *loader, const amos_loader_state *state, amos_error *err)
{
    amos_loader_state s;
    if (!loader || !state)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_loader_seek needs a loader and a state.");
    amos_status status = amosi_options_copy(&s, sizeof s, state, "amos_loader_state", err);
    if (status)
        return status;
    if (amosi_loader_is_forked(loader))
        return amosi_fail(err, AMOS_E_FORK, NULL,
                          "The loader's threads were begun before fork(); open one in this process.");
    if (s.fingerprint && s.fingerprint != loader->fingerprint)
        return amosi_fail(err, AMOS_E_ARG, NULL, "the state belongs to a loader with other options or other cases.");
    struct amosi_course course = amosi_course_make(&loader->order, s.epoch);
    if (s.world_size)
        status = amosi_course_resume(&course, &loader->settings, &loader->cases, s.epoch, s.world_size, s.batches,
                                     &s.step, err);
    if (status)
        return status;
    if (s.step > course.steps || s.epoch > UINT32_MAX - 1)
        return amosi_fail(err, AMOS_E_ARG, NULL, "there is no step %llu in epoch %llu; an epoch has %llu steps.",
                          (unsigned long long)s.step, (unsigned long long)s.epoch, (unsigned long long)course.steps);
    amosi_loader_move(loader, &course, s.epoch, s.step);
    return AMOS_OK;
}

/* ---- information and statistics ---- */

const amos_loader_info *amos_loader_get_info(const amos_loader *loader)
{
    return loader ? &loader->info : NULL;
}

const amos_loader_case_info *amos_loader_get_case(const amos_loader *loader, size_t index)
{
    return loader && index < loader->cases.count ? &loader->cases.all[index].info : NULL;
}

const amos_loader_left_out *amos_loader_get_left_out(const amos_loader *loader, size_t index)
{
    return loader && index < loader->cases.left_out_count ? &loader->cases.left_out[index].info : NULL;
}

/* Returns false without a lock in a forked child: a thread of the parent may hold the lock. */
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
                                     .damaged = loader->damage_count,
                                     .not_finite = atomic_load(&shared->not_finite),
                                     .retries = atomic_load(&shared->retries),
                                     .copies = loader->copies,
                                     .accepted = atomic_load(&shared->accepted)};
    unlock(loader, locked);
    return amosi_options_give(out, &stats, sizeof stats, "amos_loader_stats", err);
}

amos_status amos_loader_get_damaged(const amos_loader *loader, size_t index, amos_error *why)
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
