/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache/steps.h"

#include <string.h>

#include "base/error/fail.h"
#include "volume/volume.h"

/* ---- reading and reorienting ---- */

static amos_status read_image(struct amosi_preparation *p, amos_read_options *read, amos_error *err)
{
    p->c.path = p->image->path;
    p->c.slope = p->image->header.info.slope;
    p->c.inter = p->image->header.info.inter;
    amos_status status = amosi_accept_frame(&p->cache->accept, p->image->header.info.frames, p->image->path,
                                            "a cached case", &read->frame, err);
    return status || p->pair ? status : amos_volume_load(p->image, read, &p->c.image, err);
}

static amos_status read_pair(struct amosi_preparation *p, const amos_read_options *read, amos_error *err)
{
    amos_accept accept = p->cache->accept.o;
    const amos_labelmap_options label = {.size = sizeof label, .accept = &accept, .pool = read->pool, .threads = 1};
    accept.max_label = p->max_label;
    amos_status status = amos_pair_load(p->pair, read, &label, &p->c.image, &p->c.labels, err);
    if (status)
        return status;
    amosi_labelmap_forget_ignored(p->c.labels);
    p->accepted = p->c.labels->info.accepted;
    p->warnings |= p->c.labels->layout.warnings;
    return AMOS_OK;
}

static amos_status run_read(struct amosi_preparation *p, amos_error *err)
{
    const char *orientation = p->cache->orientation[0] ? p->cache->orientation : NULL;
    amos_read_options read = {.size = sizeof read, .orientation = orientation, .pool = p->c.pool, .threads = 1};
    amos_status status = read_image(p, &read, err);
    if (!status && p->pair)
        status = read_pair(p, &read, err);
    if (!status)
        memcpy(p->crop.stop, p->c.image->layout.shape, sizeof p->crop.stop);
    return status;
}

/* ---- changes of shape ---- */

static bool is_cropped(const amos_cache *cache)
{
    return cache->flags & AMOS_CACHE_CROP_BODY;
}

static amos_status run_crop(struct amosi_preparation *p, amos_error *err)
{
    amos_intensity body, organs;
    double threshold;
    amos_status status = amosi_prepare_measure(&p->c, &threshold, &body, &organs, err);
    if (!status)
        status = amosi_prepare_body_box(&p->c, threshold, &p->crop, err);
    return status ? status : amosi_prepare_crop(&p->c, &p->crop, err);
}

static bool is_resampled(const amos_cache *cache)
{
    return cache->spacing[0] != 0 || cache->spacing[1] != 0 || cache->spacing[2] != 0;
}

static amos_status run_resample(struct amosi_preparation *p, amos_error *err)
{
    int64_t before[3];
    memcpy(before, p->c.image->layout.shape, sizeof before);
    amos_status status = amosi_prepare_resample(&p->c, p->cache->spacing, p->cache->interpolation, err);
    for (int i = 0; i < 3 && !status; i++)
        if (before[i] > 1 && p->c.image->layout.shape[i] == 1)
            p->collapsed |= 1u << i;
    return status;
}

static bool is_reshaped(const amos_cache *cache)
{
    return is_cropped(cache) || is_resampled(cache);
}

static void note_present(const amos_labelmap *map, bool present[AMOSI_LABELS])
{
    for (int label = 0; label <= map->info.max_label; label++)
        present[label] = map->stats[label].present;
}

/* Recounts the labels after cropping or resampling. */
static amos_status run_count(struct amosi_preparation *p, amos_error *err)
{
    amos_labelmap *map = p->c.labels;
    if (!map)
        return AMOS_OK;
    note_present(map, p->lost);
    map->layout = p->c.image->layout;
    amos_status status = amosi_labelmap_recount(map, err);
    for (int label = 0; label <= map->info.max_label && !status; label++)
        p->lost[label] &= label > 0 && !map->stats[label].present;
    return status;
}

/* ---- sampling ---- */

static amos_status run_sample(struct amosi_preparation *p, amos_error *err)
{
    return amosi_prepare_sample(&p->c, p->cache->positions, p->position_counts, &p->positions, err);
}

/* ---- the table ---- */

#define FIELD(member, kind) AMOSI_FIELD(struct amos_cache, member, kind)
#define FIELDS(member, kind, count) AMOSI_FIELD_ARRAY(struct amos_cache, member, kind, count)
static const struct amosi_field read_fields[] = {FIELD(volume.flags, AMOSI_FIELD_UINT32), AMOSI_FIELDS_END};
static const struct amosi_field turn_fields[] = {FIELDS(orientation, AMOSI_FIELD_BYTES, 4), AMOSI_FIELDS_END};
static const struct amosi_field crop_fields[] = {FIELD(flags, AMOSI_FIELD_UINT32), AMOSI_FIELDS_END};
static const struct amosi_field resample_fields[] = {FIELDS(spacing, AMOSI_FIELD_DOUBLE, 3),
                                                     FIELD(interpolation, AMOSI_FIELD_INT), AMOSI_FIELDS_END};
static const struct amosi_field sample_fields[] = {FIELD(positions, AMOSI_FIELD_INT), AMOSI_FIELDS_END};
static const struct amosi_field store_fields[] = {FIELDS(chunk, AMOSI_FIELD_INT64, 3), AMOSI_FIELDS_END};

/* 1: the order of the axes depends on the sizes. */
#define RESAMPLE_REVISION 1
static const struct amosi_field revision_fields[] = {AMOSI_FIELD(struct amosi_step, revision, AMOSI_FIELD_INT),
                                                     AMOSI_FIELDS_END};

const struct amosi_step amosi_steps[] = {
    {"read", NULL, run_read, read_fields, amosi_accept_write_limits, 0, false},
    {"labels", NULL, NULL, NULL, amosi_accept_write_voxels, 0, true},
    {"turn", NULL, NULL, turn_fields, NULL, 0, true},
    {"crop", is_cropped, run_crop, crop_fields, NULL, 0, true},
    {"resample", is_resampled, run_resample, resample_fields, NULL, RESAMPLE_REVISION, true},
    {"count", is_reshaped, run_count, NULL, NULL, 0, false},
    {"sample", NULL, run_sample, sample_fields, NULL, 0, true},
    {"store", NULL, NULL, store_fields, NULL, 0, false},
};
const size_t amosi_step_count = sizeof amosi_steps / sizeof amosi_steps[0];

/* ---- all steps ---- */

amos_status amosi_steps_run(struct amosi_preparation *p, amos_error *err)
{
    amos_status status = AMOS_OK;
    for (size_t i = 0; !status && i < amosi_step_count; i++) {
        const struct amosi_step *step = &amosi_steps[i];
        if (step->run && (!step->wanted || step->wanted(p->cache)))
            status = step->run(p, err);
    }
    return status;
}

void amosi_preparation_free(struct amosi_preparation *p)
{
    amosi_prepare_positions_free(&p->positions);
    amos_labelmap_free(p->c.labels);
    amos_array_free(p->c.image);
}

void amosi_steps_write(const amos_cache *cache, bool only_drawn, amosi_fields_fn write, void *user)
{
    for (size_t i = 0; i < amosi_step_count; i++) {
        const struct amosi_step *step = &amosi_steps[i];
        if ((!step->key && !step->write) || (only_drawn && !step->drawn))
            continue;
        write(user, step->name, strlen(step->name));
        write(user, ":", 1);
        if (step->revision && (!step->wanted || step->wanted(cache)))
            amosi_fields_write(revision_fields, step, write, user);
        if (step->key)
            amosi_fields_write(step->key, cache, write, user);
        if (step->write)
            step->write(&cache->accept, write, user);
    }
}
