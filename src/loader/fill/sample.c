/* SPDX-License-Identifier: BSD-3-Clause */
#include "loader/fill/voxels.h"

#include <math.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/system/clock.h"
#include "base/error/fail.h"
#include "cache/cache.h"
#include "cache/chunk.h"
#include "loader/draw/mirror.h"
#include "loader/fill/affine.h"
#include "nifti/type.h"

/* The pad value of CT: air, in Hounsfield units. */
#define AIR_HU (-1024.0)

/* ---- memory ---- */

/* The longest row, and the largest number of rows and of voxels, of any sample. */
struct largest {
    uint64_t side, rows, voxels;
};

static struct largest largest_sample(const struct amosi_loader_settings *s, const struct amosi_loader_cases *cases)
{
    bool whole = s->o.draw == AMOS_SAMPLING_WHOLE;
    const int64_t *size = whole ? cases->largest : s->o.patch;
    uint64_t side = (uint64_t)(size[0] > size[1] ? size[0] : size[1]);
    return (struct largest){side, side * (uint64_t)size[2],
                            whole ? cases->largest_voxels : (uint64_t)size[0] * (uint64_t)size[1] * (uint64_t)size[2]};
}

/* Whether a change needs all values of a sample: gamma their range, contrast their mean. */
static bool looks_at_all(const struct amosi_loader_settings *s)
{
    return s->augment.gamma_share > 0.0 || s->augment.contrast_share > 0.0;
}

static bool needs_whole(const struct amosi_loader_settings *s)
{
    return s->o.image_type == AMOS_IMAGE_TYPE_FLOAT16 && looks_at_all(s);
}

static bool has_noise(const struct amosi_loader_settings *s)
{
    return s->augment.noise_share > 0.0;
}

static bool replaces_voxels(const struct amosi_loader_settings *s)
{
    return (s->o.flags & AMOS_LOADER_REPLACE_NAN) != 0;
}

/* The memory for decoding from a cache: a chunk of image and of labels (compressed, intermediate and decoded), and the
 * whole source box if a sample can be rotated. 0 without a cache. */
static uint64_t decoded_bytes(const struct amosi_loader_settings *s, const struct amosi_loader_cases *cases)
{
    const int64_t *chunk = s->o.cache ? s->o.cache->chunk : NULL;
    uint64_t most = 0;
    for (uint32_t i = 0; s->o.cache && i < cases->count; i++) {
        int64_t size[3];
        amosi_frame_largest(&cases->all[i], s, size);
        uint64_t box = s->augment.affine_share > 0.0 ? (uint64_t)(size[0] * size[1] * size[2]) : 0;
        size_t voxels = (size_t)(chunk[0] * chunk[1] * chunk[2]), item = amos_type_bytes(cases->all[i].stored);
        uint64_t bytes = (box + 2 * voxels) * (item + s->has_labels) + amosi_chunk_work(voxels * item) +
                         (s->has_labels ? amosi_chunk_work(voxels) : 0);
        most = bytes > most ? bytes : most;
    }
    return most;
}

/* The memory for source boxes that have to be made float32 before they are rotated. */
static uint64_t floats_bytes(const struct amosi_loader_settings *s, const struct amosi_loader_cases *cases)
{
    uint64_t most = 0;
    for (uint32_t i = 0; s->augment.affine_share > 0.0 && i < cases->count; i++) {
        const struct amosi_loader_case *c = &cases->all[i];
        int64_t size[3];
        amosi_frame_largest(c, s, size);
        uint64_t bytes = (uint64_t)(size[0] * size[1] * size[2]) * sizeof(float);
        if (!amosi_affine_is_direct(c->stored, c->slope, c->inter, replaces_voxels(s)) && bytes > most)
            most = bytes;
    }
    return most;
}

uint64_t amosi_sample_scratch_bytes(const struct amosi_loader_settings *s, const struct amosi_loader_cases *cases)
{
    struct largest l = largest_sample(s, cases);
    return l.side * (sizeof(float) + sizeof(double) + 1) + (needs_whole(s) ? l.voxels * sizeof(float) : 0) +
           (has_noise(s) ? l.rows * sizeof(uint64_t) : 0) + decoded_bytes(s, cases) + floats_bytes(s, cases) +
           sizeof(struct amosi_sample_scratch);
}

amos_status amosi_sample_scratch_make(struct amosi_sample_scratch *scratch, const struct amosi_loader_settings *s,
                                      const struct amosi_loader_cases *cases, amos_error *err)
{
    struct largest l = largest_sample(s, cases);
    memset(scratch, 0, sizeof *scratch);
    scratch->row = amosi_alloc_array((size_t)l.side, sizeof(float));
    scratch->spare = amosi_alloc_array((size_t)l.side, sizeof(double));
    scratch->labels = amosi_alloc((size_t)l.side);
    scratch->keys = amosi_alloc_array(has_noise(s) ? (size_t)l.rows : 0, sizeof *scratch->keys);
    bool whole = scratch->row && scratch->spare && scratch->labels && scratch->keys;
    if (whole && needs_whole(s)) {
        scratch->whole = amosi_alloc_voxels((size_t)l.voxels * sizeof(float));
        whole = scratch->whole != NULL;
    }
    return whole ? AMOS_OK : amosi_fail_nomem(err, NULL);
}

void amosi_sample_scratch_free(struct amosi_sample_scratch *scratch)
{
    amosi_free(scratch->voxels.label);
    amosi_free(scratch->voxels.image);
    amosi_free(scratch->floats);
    amosi_free(scratch->whole);
    amosi_free(scratch->keys);
    amosi_free(scratch->labels);
    amosi_free(scratch->spare);
    amosi_free(scratch->row);
}

/* ---- scaling ---- */

static struct amosi_tone_scale unit_range(double low, double high)
{
    float factor = high > low ? (float)(1.0 / (high - low)) : 0.0f;
    return (struct amosi_tone_scale){(float)low, (float)high, (float)low, factor};
}

/* Scaling by mean and deviation. A case with only one value becomes zeros. */
static struct amosi_tone_scale normal(const amos_scaling *s, double mean, double deviation)
{
    bool clips = s->low < s->high;
    float factor = deviation > 0.0 ? (float)(1.0 / deviation) : 0.0f;
    return (struct amosi_tone_scale){clips ? (float)s->low : -INFINITY, clips ? (float)s->high : INFINITY, (float)mean,
                                     factor};
}

static void choose_scale(struct amosi_fill *m, const struct amosi_body *body)
{
    const amos_scaling *scaling = amosi_settings_scaling(m->maker->settings, m->c->modality);
    m->scales = scaling->scale != AMOS_SCALING_NONE;
    switch (scaling->scale) {
    case AMOS_SCALING_NONE:
        m->scale = (struct amosi_tone_scale){-INFINITY, INFINITY, 0.0f, 1.0f};
        break;
    case AMOS_SCALING_RANGE:
        m->scale = unit_range(scaling->low, scaling->high);
        break;
    case AMOS_SCALING_ZSCORE:
        m->scale = normal(scaling, scaling->mean, scaling->deviation);
        break;
    case AMOS_SCALING_CASE_ZSCORE:
        m->scale = normal(scaling, body->mean, body->deviation);
        break;
    case AMOS_SCALING_CASE_RANGE:
        m->scale = unit_range(body->low, body->high);
        break;
    }
}

static double pad_value(const struct amosi_loader_settings *s, amos_modality modality)
{
    if (s->o.flags & AMOS_LOADER_PAD)
        return s->o.pad_value;
    return modality == AMOS_MODALITY_CT ? AIR_HU : 0.0; /* unknown: nothing is padded, see amosi_settings_may_pad() */
}

/* ---- changes that need all values: gamma and contrast ---- */

static void find_range(const float *values, int64_t n, float *low, float *high)
{
    float lows[8], highs[8];
    amosi_tone()->range(values, (size_t)n, lows, highs);
    *low = lows[0];
    *high = highs[0];
    for (int i = 1; i < 8; i++) {
        *low = lows[i] < *low ? lows[i] : *low;
        *high = highs[i] > *high ? highs[i] : *high;
    }
}

/* Four independent sums, so that additions overlap. Their order is fixed, so the result is reproducible. */
static float find_mean(const float *values, int64_t n)
{
    double sums[4] = {0.0, 0.0, 0.0, 0.0};
    int64_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (int j = 0; j < 4; j++)
            sums[j] += (double)values[i + j];
    for (; i < n; i++)
        sums[0] += (double)values[i];
    return (float)((sums[0] + sums[1] + (sums[2] + sums[3])) / (double)n);
}

/* Gamma and contrast over the whole sample, then the changes that follow them. */
static void finish_all(const struct amosi_fill *m)
{
    const int64_t *size = m->frame.size;
    int64_t voxels = size[0] * size[1] * size[2];
    float low, high, mean = 0.0f;
    if (m->change.gamma != 1.0) {
        find_range(m->values, voxels, &low, &high);
        amosi_gamma_make(&m->scratch->gamma, m->change.gamma);
        amosi_gamma_row(&m->scratch->gamma, m->values, (size_t)voxels, low, high);
    }
    if (m->change.contrast != 1.0)
        mean = find_mean(m->values, voxels);
    for (int64_t z = 0, n = 0; z < size[2]; z++)
        for (int64_t y = 0; y < size[1]; y++, n++)
            amosi_fill_finish(m, m->values + n * size[0], (const int64_t[3]){0, y, z}, size[0], mean);
}

/* ---- the whole sample ---- */

static void describe(const struct amosi_fill *m, const struct amosi_pick *pick, const struct amosi_place *place,
                     amos_batch_sample *sample)
{
    *sample = (amos_batch_sample){.case_id = m->c->id,
                                  .case_index = m->c->dataset_index,
                                  .loader_case = pick->which,
                                  .modality = m->c->modality,
                                  .tile = pick->tile,
                                  .organ = place->organ,
                                  .flips = m->change.flips,
                                  .quarter_turns = m->change.quarter_turns,
                                  .shift = m->scale.shift,
                                  .factor = m->scale.factor,
                                  .clip_low = m->scale.low,
                                  .clip_high = m->scale.high};
    for (int i = 0; i < 3; i++) {
        sample->box.start[i] = place->start[i];
        sample->box.stop[i] = place->start[i] + place->size[i];
    }
    memcpy(sample->to_volume, m->frame.to_volume, sizeof sample->to_volume);
    sample->mirrored = m->mirrored;
    sample->not_finite = m->not_finite;
    if (m->mirrored && m->maker->settings->augment.mirror == AMOS_MIRROR_EXCHANGE)
        sample->organ = m->maker->settings->exchange[sample->organ];
}

/* Fills the padding first, then the parts of the volume one after another. */
static amos_status copy_parts(struct amosi_fill *m, const struct amosi_held *held, amos_error *err)
{
    struct amosi_parts parts;
    const struct amosi_view *part;
    uint64_t begin = amosi_now();
    amosi_fill_pad(m);
    m->copy_ns += amosi_now() - begin;
    if (amosi_frame_is_beyond(&m->frame))
        return AMOS_OK;
    amos_status status = amosi_parts_begin(&parts, m->maker->store, held, &m->frame.source, err);
    if (status)
        return status;
    while ((status = amosi_parts_next(&parts, &part, err)) == AMOS_OK && part)
        amosi_fill_part(m, part);
    amosi_parts_end(&parts);
    return status;
}

/* Makes the image of a view one that can be rotated. */
static amos_status make_direct(struct amosi_fill *m, struct amosi_view *view, amos_error *err)
{
    struct amosi_sample_scratch *scratch = m->scratch;
    const amos_box *box = &view->box;
    size_t bytes = sizeof(float);
    for (int i = 0; i < 3; i++)
        bytes *= (size_t)(box->stop[i] - box->start[i]);
    if (amosi_type_kind(view->type) == AMOS_KIND_FLOAT)
        m->not_finite += amosi_affine_count_not_finite(view);
    if (amosi_affine_is_direct(view->type, view->slope, view->inter, m->frame.replaces))
        return AMOS_OK;
    if (bytes > scratch->floats_bytes) {
        amosi_free(scratch->floats);
        scratch->floats = amosi_alloc_voxels(bytes);
        scratch->floats_bytes = scratch->floats ? bytes : 0;
    }
    if (!scratch->floats)
        return amosi_fail_nomem(err, m->c->image_path);
    amosi_affine_make_direct(view, m->frame.replaces, m->frame.pad, scratch->floats);
    return AMOS_OK;
}

static amos_status rotate(struct amosi_fill *m, const struct amosi_held *held, amos_error *err)
{
    struct amosi_view view;
    amos_status status = amosi_store_view(m->maker->store, held, &m->frame.source, &m->scratch->voxels, &view, err);
    uint64_t begin = amosi_now();
    if (!status)
        status = make_direct(m, &view, err);
    if (!status)
        amosi_fill_rotate(m, &view);
    m->copy_ns += amosi_now() - begin;
    return status;
}

static amos_status make_voxels(struct amosi_fill *m, const struct amosi_held *held, amos_error *err)
{
    bool rotates = m->frame.affine && !amosi_frame_is_beyond(&m->frame);
    return rotates ? rotate(m, held, err) : copy_parts(m, held, err);
}

/* Checks the stored labels against max_label. Does not rely on the check of the case at opening. */
static amos_status check_labels(const struct amosi_fill *m, amos_error *err)
{
    int largest = amosi_fill_largest_label(m), most = amosi_settings_max_label(m->maker->settings);
    if (largest <= most)
        return AMOS_OK;
    amos_status status =
        amosi_fail(err, AMOS_E_LABEL, m->c->label_path,
                   "the label has the value %d; the loader's max_label is %d; a max_label of %d accepts it.", largest,
                   most, largest);
    amosi_fail_case(err, m->c->id);
    return status;
}

static amos_status make_from(struct amosi_fill *m, const struct amosi_pick *pick, const struct amosi_held *held,
                             amos_batch_sample *sample, amos_error *err)
{
    const struct amosi_maker *maker = m->maker;
    const struct amosi_loader_settings *s = maker->settings;
    bool half = s->o.image_type == AMOS_IMAGE_TYPE_FLOAT16;
    struct amosi_place place = amosi_draw_place(s, m->c, pick, s->has_labels ? &held->places : NULL);
    m->change = amosi_draw_change(s, pick, &place);
    amosi_frame_make(&m->frame, m->c, &place, &m->change, pad_value(s, m->c->modality));
    m->frame.replaces = replaces_voxels(s);
    m->mirrored = amosi_mirror_is(s, m->c->left_right, m->change.flips);
    choose_scale(m, &held->body);
    m->finishes = m->change.gamma == 1.0 && m->change.contrast == 1.0;
    m->values = !half ? m->image : m->finishes ? NULL : m->scratch->whole;
    amosi_fill_begin(m);
    amos_status status = make_voxels(m, held, err);
    if (!status)
        status = check_labels(m, err);
    if (status)
        return status;
    uint64_t begin = amosi_now();
    if (!m->finishes)
        finish_all(m);
    if (m->label && m->mirrored && s->augment.mirror == AMOS_MIRROR_EXCHANGE && s->has_pairs)
        amosi_mirror_labels(s, m->label, (size_t)(m->frame.size[0] * m->frame.size[1] * m->frame.size[2]));
    describe(m, pick, &place, sample);
    m->copy_ns += amosi_now() - begin;
    atomic_fetch_add_explicit(&maker->shared->copy_ns, m->copy_ns, memory_order_relaxed);
    return AMOS_OK;
}

/* Counts and logs a case in whose label something was accepted, once. */
static void tell_accepted(const struct amosi_maker *maker, uint32_t which, const amos_accepted *a)
{
    struct amosi_loader_shared *shared = maker->shared;
    if (!a || !(a->rounded || a->ignored || a->relabelled) || atomic_exchange(&shared->logged[which], true))
        return;
    atomic_fetch_add(&shared->accepted, 1);
    amosi_log_say(
        maker->log, AMOS_LOG_INFO,
        "Case %s: of the voxels of its label %llu were rounded (by up to %.3g), %llu ignored and %llu relabelled.",
        maker->cases->all[which].id, (unsigned long long)a->rounded, a->largest_rounding,
        (unsigned long long)a->ignored, (unsigned long long)a->relabelled);
}

amos_status amosi_sample_make(const struct amosi_maker *maker, const struct amosi_pick *pick,
                              struct amosi_sample_scratch *scratch, void *image, void *label, amos_batch_sample *sample,
                              amos_error *err)
{
    struct amosi_fill m = {.maker = maker,
                           .c = &maker->cases->all[pick->which],
                           .scratch = scratch,
                           .chance = pick->chance,
                           .image = image,
                           .label = label};
    struct amosi_held held;
    amos_status status = amosi_store_hold(maker->store, pick->which, &held, err);
    if (status)
        return status;
    if (maker->settings->has_labels)
        tell_accepted(maker, pick->which, held.accepted);
    status = make_from(&m, pick, &held, sample, err);
    amosi_store_release(maker->store, &held, !status);
    if (!status)
        atomic_fetch_add_explicit(&maker->shared->samples, 1, memory_order_relaxed);
    return status;
}

void amosi_sample_blank(const struct amosi_loader_settings *s, int64_t voxels, void *image, void *label)
{
    memset(image, 0, (size_t)voxels * s->image_bytes);
    if (label)
        memset(label, 0, (size_t)voxels * s->label_bytes);
    if (label && s->o.label_type == AMOS_LABEL_TYPE_ONEHOT)
        memset(label, 1, (size_t)voxels);
}
