#include "loader/element.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/fail.h"

#define AIR_HU (-1024.0)

/* An element while it is made. */
struct making {
    const struct amosi_maker *maker;
    const struct amosi_loader_case *c;
    struct amosi_element_scratch *scratch;
    struct amosi_frame frame;
    struct amosi_change change;
    struct amosi_tone_scale scale;
    bool scales;
    struct amosi_source_of_chance chance;
    struct amosi_view view;
    void *image, *label;
};

/* ---- memory ---- */

/* The longest row and the most voxels of an element. */
static void largest_element(const struct amosi_loader_settings *s, const struct amosi_loader_cases *cases,
                            uint64_t *side, uint64_t *voxels)
{
    const int64_t *size = s->o.draw == AMOS_DRAW_WHOLE ? cases->largest : s->o.patch;
    *side = (uint64_t)(size[0] > size[1] ? size[0] : size[1]);
    *voxels = s->o.draw == AMOS_DRAW_WHOLE ? cases->largest_voxels
                                           : (uint64_t)size[0] * (uint64_t)size[1] * (uint64_t)size[2];
}

/* Values are looked at as a whole before they are changed. */
static bool looks_at_all(const struct amosi_loader_settings *s)
{
    return s->augment.gamma_share > 0.0 || s->augment.contrast_share > 0.0;
}

static bool needs_whole(const struct amosi_loader_settings *s)
{
    return s->o.image_type == AMOS_IMAGE_FLOAT16 && looks_at_all(s);
}

/* What a cache decodes for one element. */
static uint64_t box_bytes(const struct amosi_loader_settings *s, const struct amosi_loader_cases *cases)
{
    uint64_t most = 0;
    for (uint32_t i = 0; s->o.cache && i < cases->count; i++) {
        int64_t size[3];
        amosi_frame_largest(&cases->all[i], s, size);
        uint64_t bytes =
            (uint64_t)(size[0] * size[1] * size[2]) * (amos_type_bytes(cases->all[i].stored) + s->has_labels);
        most = bytes > most ? bytes : most;
    }
    return most;
}

uint64_t amosi_element_scratch_bytes(const struct amosi_loader_settings *s, const struct amosi_loader_cases *cases)
{
    uint64_t side, voxels;
    largest_element(s, cases, &side, &voxels);
    return side * (sizeof(float) + sizeof(double) + 1) + (needs_whole(s) ? voxels * sizeof(float) : 0) +
           box_bytes(s, cases) + sizeof(struct amosi_element_scratch);
}

amos_status amosi_element_scratch_make(struct amosi_element_scratch *scratch, const struct amosi_loader_settings *s,
                                       const struct amosi_loader_cases *cases, amos_error *err)
{
    uint64_t side, voxels;
    largest_element(s, cases, &side, &voxels);
    memset(scratch, 0, sizeof *scratch);
    scratch->row = amosi_alloc_array((size_t)side, sizeof(float));
    scratch->spare = amosi_alloc_array((size_t)side, sizeof(double));
    scratch->labels = amosi_alloc((size_t)side);
    bool whole = scratch->row && scratch->spare && scratch->labels;
    if (whole && needs_whole(s)) {
        scratch->whole = amosi_alloc_voxels((size_t)voxels * sizeof(float));
        whole = scratch->whole != NULL;
    }
    return whole ? AMOS_OK : amosi_fail_nomem(err, NULL);
}

void amosi_element_scratch_free(struct amosi_element_scratch *scratch)
{
    amosi_free(scratch->voxels.label);
    amosi_free(scratch->voxels.image);
    amosi_free(scratch->whole);
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

/* By mean and deviation; a case of one value becomes zeros. */
static struct amosi_tone_scale normal(const amos_scaling *s, double mean, double deviation)
{
    bool clips = s->low < s->high;
    float factor = deviation > 0.0 ? (float)(1.0 / deviation) : 0.0f;
    return (struct amosi_tone_scale){clips ? (float)s->low : -INFINITY, clips ? (float)s->high : INFINITY, (float)mean,
                                     factor};
}

static void choose_scale(struct making *m, const struct amosi_body *body)
{
    const amos_scaling *scaling = amosi_settings_scaling(m->maker->settings, m->c->modality);
    m->scales = scaling->scale != AMOS_SCALE_NONE;
    switch (scaling->scale) {
    case AMOS_SCALE_NONE:
        m->scale = (struct amosi_tone_scale){-INFINITY, INFINITY, 0.0f, 1.0f};
        break;
    case AMOS_SCALE_RANGE:
        m->scale = unit_range(scaling->low, scaling->high);
        break;
    case AMOS_SCALE_ZSCORE:
        m->scale = normal(scaling, scaling->mean, scaling->deviation);
        break;
    case AMOS_SCALE_CASE_ZSCORE:
        m->scale = normal(scaling, body->mean, body->deviation);
        break;
    case AMOS_SCALE_CASE_RANGE:
        m->scale = unit_range(body->low, body->high);
        break;
    }
}

static double pad_value(const struct amosi_loader_settings *s, amos_modality modality)
{
    if (s->o.flags & AMOS_LOADER_PAD)
        return s->o.pad_value;
    return modality == AMOS_MODALITY_MRI ? 0.0 : AIR_HU;
}

/* ---- the image ---- */

static void fill(float *row, int64_t n, float value)
{
    for (int64_t i = 0; i < n; i++)
        row[i] = value;
}

static void read_row(const struct making *m, int64_t y, int64_t z, float *row)
{
    const struct amosi_frame *f = &m->frame;
    if (amosi_frame_is_beyond(f))
        fill(row, f->size[0], f->pad);
    else if (f->affine)
        amosi_affine_image_row(f, &m->view, y, z, row);
    else
        amosi_frame_image_row(f, &m->view, y, z, row, m->scratch->spare);
    if (m->scales)
        amosi_tone()->scale(row, (size_t)f->size[0], &m->scale);
}

/* The last changes, which need the row alone: contrast about a known mean, brightness, noise. */
static void finish_row(const struct making *m, int64_t number, float *row, float mean)
{
    size_t n = (size_t)m->frame.size[0];
    if (m->change.contrast != 1.0 || m->change.brightness != 0.0)
        amosi_tone()->stretch(row, n, mean, (float)m->change.contrast, (float)m->change.brightness);
    if (m->change.noise > 0.0) {
        struct amosi_random r = amosi_random(&m->chance, AMOSI_RANDOM_NOISE, (uint32_t)number);
        amosi_tone()->noise(row, n, (uint64_t)r.word[0] << 32 | r.word[1], (float)m->change.noise);
    }
}

/* Row after row, each finished while it is in the processor's cache. */
static void make_by_rows(const struct making *m)
{
    const int64_t *size = m->frame.size;
    bool half = m->maker->settings->o.image_type == AMOS_IMAGE_FLOAT16;
    for (int64_t z = 0, n = 0; z < size[2]; z++)
        for (int64_t y = 0; y < size[1]; y++, n++) {
            float *row = half ? m->scratch->row : (float *)m->image + n * size[0];
            read_row(m, y, z, row);
            finish_row(m, n, row, 0.0f);
            if (half)
                amosi_tone()->to_half((uint16_t *)m->image + n * size[0], row, (size_t)size[0]);
        }
}

static void find_range(const float *values, int64_t n, float *low, float *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (int64_t i = 0; i < n; i++) {
        *low = values[i] < *low ? values[i] : *low;
        *high = values[i] > *high ? values[i] : *high;
    }
}

/* Four sums, so that additions need not wait for each other, in an order that is always the same. */
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

static void make_in_passes(const struct making *m)
{
    const int64_t *size = m->frame.size;
    int64_t rows = size[1] * size[2], voxels = rows * size[0];
    bool half = m->maker->settings->o.image_type == AMOS_IMAGE_FLOAT16;
    float *values = half ? m->scratch->whole : m->image, low, high, mean = 0.0f;
    for (int64_t n = 0; n < rows; n++)
        read_row(m, n % size[1], n / size[1], values + n * size[0]);
    if (m->change.gamma != 1.0) {
        find_range(values, voxels, &low, &high);
        amosi_gamma_make(&m->scratch->gamma, m->change.gamma);
        amosi_gamma_row(&m->scratch->gamma, values, (size_t)voxels, low, high);
    }
    if (m->change.contrast != 1.0)
        mean = find_mean(values, voxels);
    for (int64_t n = 0; n < rows; n++) {
        finish_row(m, n, values + n * size[0], mean);
        if (half)
            amosi_tone()->to_half((uint16_t *)m->image + n * size[0], values + n * size[0], (size_t)size[0]);
    }
}

/* ---- the label ---- */

/* A row of labels as int64 or one-hot. */
static void store_labels(const struct amosi_loader_settings *s, void *label, int64_t voxels, int64_t first,
                         const uint8_t *row, int64_t n)
{
    uint8_t *bytes = label;
    int64_t *wide = label;
    for (int64_t i = 0; i < n && s->o.label_type == AMOS_LABEL_INT64; i++)
        wide[first + i] = row[i];
    for (int64_t i = 0; i < n && s->o.label_type == AMOS_LABEL_ONEHOT; i++)
        bytes[row[i] * voxels + first + i] = 1;
}

static void make_label(const struct making *m)
{
    const struct amosi_frame *f = &m->frame;
    const struct amosi_loader_settings *s = m->maker->settings;
    const int64_t *size = f->size, voxels = size[0] * size[1] * size[2];
    bool direct = s->o.label_type == AMOS_LABEL_UINT8;
    if (s->o.label_type == AMOS_LABEL_ONEHOT)
        memset(m->label, 0, (size_t)voxels * (size_t)s->label_planes);
    for (int64_t z = 0, n = 0; z < size[2]; z++)
        for (int64_t y = 0; y < size[1]; y++, n++) {
            uint8_t *row = direct ? (uint8_t *)m->label + n * size[0] : m->scratch->labels;
            if (amosi_frame_is_beyond(f))
                memset(row, 0, (size_t)size[0]);
            else if (f->affine)
                amosi_affine_label_row(f, &m->view, y, z, row);
            else
                amosi_frame_label_row(f, &m->view, y, z, row);
            if (!direct)
                store_labels(s, m->label, voxels, n * size[0], row, size[0]);
        }
}

/* ---- all of it ---- */

static void tell(const struct making *m, const struct amosi_pick *pick, const struct amosi_place *place,
                 amos_sample *sample)
{
    *sample = (amos_sample){.case_id = m->c->id,
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
}

static amos_status make_from(struct making *m, const struct amosi_pick *pick, const struct amosi_held *held,
                             amos_sample *sample, amos_error *err)
{
    const struct amosi_maker *maker = m->maker;
    const struct amosi_loader_settings *s = maker->settings;
    struct amosi_place place = amosi_draw_place(s, m->c, pick, s->has_labels ? &held->places : NULL);
    m->change = amosi_draw_change(s, pick, &place);
    amosi_frame_make(&m->frame, m->c, &place, &m->change, pad_value(s, m->c->modality));
    choose_scale(m, &held->body);
    amos_status status = AMOS_OK;
    if (!amosi_frame_is_beyond(&m->frame))
        status = amosi_voxels_view(maker->voxels, held, &m->frame.source, &m->scratch->voxels, &m->view, err);
    if (status)
        return status;
    uint64_t begin = amosi_now();
    if (m->change.gamma != 1.0 || m->change.contrast != 1.0)
        make_in_passes(m);
    else
        make_by_rows(m);
    if (m->label)
        make_label(m);
    tell(m, pick, &place, sample);
    atomic_fetch_add_explicit(&maker->shared->copy_ns, amosi_now() - begin, memory_order_relaxed);
    return AMOS_OK;
}

amos_status amosi_element_make(const struct amosi_maker *maker, const struct amosi_pick *pick,
                               struct amosi_element_scratch *scratch, void *image, void *label, amos_sample *sample,
                               amos_error *err)
{
    struct making m = {.maker = maker,
                       .c = &maker->cases->all[pick->which],
                       .scratch = scratch,
                       .chance = pick->chance,
                       .image = image,
                       .label = label};
    struct amosi_held held;
    amos_status status = amosi_voxels_hold(maker->voxels, pick->which, &held, err);
    if (status)
        return status;
    status = make_from(&m, pick, &held, sample, err);
    amosi_voxels_release(maker->voxels, &held);
    if (!status)
        atomic_fetch_add_explicit(&maker->shared->samples, 1, memory_order_relaxed);
    return status;
}

void amosi_element_blank(const struct amosi_loader_settings *s, int64_t voxels, void *image, void *label)
{
    memset(image, 0, (size_t)voxels * s->image_bytes);
    if (label)
        memset(label, 0, (size_t)voxels * s->label_bytes);
    if (label && s->o.label_type == AMOS_LABEL_ONEHOT)
        memset(label, 1, (size_t)voxels);
}
