/* SPDX-License-Identifier: BSD-3-Clause */
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/math/rounding.h"
#include "label/labelmap.h"
#include "label/relabel.h"
#include "label/run_length.h"
#include "nifti/convert.h"
#include "nifti/type.h"
#include "volume/plan.h"
#include "volume/dispatch.h"

/* A cache of stored values and their labels: the last one for each slot. */
#define KNOWN_BITS 6

struct known {
    bool used;
    uint64_t stored;
    struct amosi_labelled means;
};

/* Labels come in long runs: each run is looked up once, for every stored type. Each part of the file has a copy of this
 * and may have its own thread. */
struct loading {
    const amos_volume *volume;
    const struct amosi_plan *plan;
    const struct amosi_relabel_rule *rule;
    amos_labelmap *map;
    size_t voxel_bytes;
    bool zeroed;   /* the voxels are zero from the start: label 0 need not be stored */
    bool in_place; /* the stored voxels are the labels, and are decoded directly into the map */
    bool mixes;    /* voxels are bytes and are only counted: several labels can be counted at once */
    struct known known[1 << KNOWN_BITS];
    int16_t plain[256]; /* of bytes: 1 + the label, if nothing else is to be counted; 0: not known */
    struct amosi_label_counts counts;
    struct amosi_tally tallies[]; /* of labels 0..max_label */
};

/* The bytes of a voxel as a number. Copies of a size that the compiler knows are single instructions. */
static uint64_t number_of(const unsigned char *voxel, size_t bytes)
{
    uint16_t two;
    uint32_t four;
    uint64_t eight;
    switch (bytes) {
    case 1:
        return *voxel;
    case 2:
        memcpy(&two, voxel, 2);
        return two;
    case 4:
        memcpy(&four, voxel, 4);
        return four;
    default:
        memcpy(&eight, voxel, 8);
        return eight;
    }
}

/* Looks up what a stored voxel means, and keeps it. */
static void learn(const struct loading *l, const unsigned char *voxel, uint64_t stored, struct known *known)
{
    double unscaled;
    amosi_convert_to_double(l->plan->convert.from, &unscaled, voxel, 1);
    known->means = amosi_relabel_voxel(l->rule, unscaled);
    known->stored = stored;
    known->used = true;
}

/* What a stored voxel means. */
static const struct amosi_labelled *label_of(struct loading *l, const unsigned char *voxel)
{
    const uint64_t stored = number_of(voxel, l->voxel_bytes);
    struct known *known = &l->known[stored * UINT64_C(0x9e3779b97f4a7c15) >> (64 - KNOWN_BITS)]; /* Fibonacci hashing */
    if (!known->used || known->stored != stored)
        learn(l, voxel, stored, known);
    return &known->means;
}

/* Stores n voxels of one row, in the map's voxels or in what is laid out like them. */
static void store_row(const struct amosi_plan *p, uint8_t *voxels, const int64_t at[3], size_t n, uint8_t value)
{
    uint8_t *to = voxels + p->first + at[0] * p->step[0] + at[1] * p->step[1] + at[2] * p->step[2];
    if (p->step[0] == 1)
        memset(to, value, n);
    else if (p->step[0] == -1)
        memset(to - (n - 1), value, n);
    else
        for (size_t i = 0; i < n; i++)
            to[(int64_t)i * p->step[0]] = value;
}

/* Whether one thread loads. Of more, one may have begun where a wrong index says, and what it left is overwritten. */
static bool is_alone(const struct loading *l)
{
    return l->plan->threads <= 1;
}

static void store_span(const struct loading *l, uint8_t *voxels, const int64_t at[3], size_t n, uint8_t value)
{
    const int64_t *shape = l->volume->header.info.shape;
    int64_t here[3] = {at[0], at[1], at[2]};
    while (n) {
        size_t room = (size_t)(shape[0] - here[0]), part = n < room ? n : room;
        store_row(l->plan, voxels, here, part, value);
        n -= part;
        amosi_walk(shape, here, part);
    }
}

/* Takes n voxels that mean the same. */
static void take_span(struct loading *l, const struct amosi_labelled *means, const int64_t at[3], size_t n)
{
    if (!means->plain)
        amosi_label_count(&l->counts, means, at, n);
    if (means->label < 0)
        return;
    amosi_tally_span(&l->tallies[means->label], l->volume->header.info.shape, at, n);
    if (l->map->voxels && !l->in_place && !(means->label == 0 && l->zeroed))
        store_span(l, l->map->voxels, at, n, (uint8_t)means->label);
    if (l->map->ignored && (means->ignored || !is_alone(l))) /* the marks are zero from the start */
        store_span(l, l->map->ignored, at, n, means->ignored);
}

#define MIXED 32 /* voxels counted at once */

/* Whether the next MIXED voxels are in one row and begin with a run of less than 9, so that runs are not worth it. */
static bool are_mixed(const struct loading *l, const unsigned char *voxels, size_t left, int64_t x)
{
    return l->mixes && left >= MIXED && l->volume->header.info.shape[0] - x >= MIXED &&
           memcmp(voxels, voxels + 1, 8) != 0;
}

/* The tally of a byte that is a label, and nothing else; else NULL. */
static struct amosi_tally *plain_tally(struct loading *l, const unsigned char *voxel)
{
    int16_t *plain = &l->plain[*voxel];
    if (!*plain) {
        const struct amosi_labelled *means = label_of(l, voxel);
        *plain = (int16_t)(means->plain ? means->label + 1 : 0);
    }
    return *plain ? &l->tallies[*plain - 1] : NULL;
}

/* Counts the next MIXED voxels of a row. False: one of them is more than a label; nothing was counted. */
static bool take_mixed(struct loading *l, const unsigned char *voxels, const int64_t at[3])
{
    struct amosi_equal found[MIXED];
    struct amosi_tally *tallies[MIXED];
    uint32_t left = UINT32_MAX;
    int count = 0;
    for (; left; left &= ~found[count++].bits) {
        const unsigned char *voxel = voxels + __builtin_ctz(left);
        tallies[count] = plain_tally(l, voxel);
        if (!tallies[count])
            return false;
        found[count] = amosi_equal_bytes(voxels, *voxel);
    }
    for (int i = 0; i < count; i++)
        amosi_tally_equal(tallies[i], &found[i], at[0], at[1], at[2]);
    return true;
}

static amos_status take_run(void *user, const struct amosi_run *run, amos_error *err)
{
    (void)err;
    struct loading *l = user;
    const int64_t *shape = l->volume->header.info.shape;
    const unsigned char *voxel = run->data;
    int64_t at[3] = {run->at[0], run->at[1], run->at[2]};
    for (size_t left = run->voxels, n; left; left -= n) {
        if (are_mixed(l, voxel, left, at[0]) && take_mixed(l, voxel, at)) {
            n = MIXED;
        } else {
            n = amosi_run_length(voxel, left, l->voxel_bytes);
            take_span(l, label_of(l, voxel), at, n);
        }
        voxel += n * l->voxel_bytes;
        amosi_walk(shape, at, n);
    }
    return AMOS_OK;
}

/* Merges the results of a part; parts come in the order of the file. */
static void merge_part(void *user, const void *other)
{
    struct loading *l = user;
    const struct loading *part = other;
    amosi_label_counts_add(&l->counts, &part->counts);
    for (int label = 0; label <= l->rule->max_label; label++)
        if (part->tallies[label].voxels)
            amosi_tally_add(&l->tallies[label], &part->tallies[label]);
}

/* The plan of a read as uint8. Its conversion is not used: every voxel is mapped to a label instead. */
static amos_status make_plan(const amos_volume *volume, const struct amosi_relabel_rule *rule,
                             const amos_labelmap_options *o, struct amosi_plan *plan, amos_error *err)
{
    const amos_volume_info *info = &volume->header.info;
    amos_read_options read = {.size = sizeof read,
                              .type = AMOS_TYPE_UINT8,
                              .orientation = o->orientation,
                              .progress = o->progress,
                              .threads = o->threads};
    if (!amosi_type_is_numeric(info->type))
        return amosi_fail(err, AMOS_E_UNSUPPORTED, volume->path, "voxels of type %s are not labels.",
                          amos_type_name(info->type));
    amos_status status = amosi_accept_frame(&rule->accept, info->frames, volume->path, NULL, &read.frame, err);
    return status ? status : amosi_plan_make(volume, &read, plan, err);
}

/* Whether the label of every voxel equals its stored byte. */
static bool is_stored_as_labels(const struct loading *l)
{
    const amos_volume_info *info = &l->volume->header.info;
    const amos_accept *accept = &l->rule->accept.o;
    return info->type == AMOS_TYPE_UINT8 && info->slope == 1 && info->inter == 0 && !accept->table &&
           !accept->ignore_count && l->plan->packed;
}

/* Whether voxels that follow each other in the file do not do so in the map, where storing a run is slow. */
static bool is_scattered(const struct amosi_plan *plan)
{
    return plan->step[0] != 1 && plan->step[0] != -1;
}

static bool allocate_voxels(struct loading *l, amos_buffer_pool *pool)
{
    const size_t bytes = l->plan->layout.bytes;
    if (!amosi_buffer_get(&l->map->buffer, pool, bytes))
        return false;
    l->map->voxels = l->map->buffer.data;
    l->zeroed = !l->in_place && is_alone(l) && is_scattered(l->plan);
    if (l->zeroed)
        memset(l->map->voxels, 0, bytes);
    return true;
}

static amos_status check_buffer(const amos_volume *volume, const amos_labelmap_options *o,
                                const struct amosi_plan *plan, amos_error *err)
{
    if (o->buffer && (o->pool || o->flags & AMOS_LABELMAP_STATS_ONLY))
        return amosi_fail(err, AMOS_E_ARG, volume->path,
                          "a buffer for the voxels excludes a pool and statistics only; choose one of them.");
    if (o->buffer && o->buffer_bytes < plan->layout.bytes)
        return amosi_fail(err, AMOS_E_ARG, volume->path, "the buffer has %zu bytes; %zu are needed.", o->buffer_bytes,
                          plan->layout.bytes);
    return AMOS_OK;
}

static amos_status allocate_map(struct loading *l, const amos_labelmap_options *o, amos_error *err)
{
    l->map = amosi_zalloc(sizeof *l->map);
    if (!l->map)
        return amosi_fail_nomem(err, l->volume->path);
    l->map->layout = l->plan->layout;
    l->map->info.max_label = l->rule->max_label;
    if (o->flags & AMOS_LABELMAP_STATS_ONLY)
        return AMOS_OK;
    l->in_place = is_stored_as_labels(l);
    if (l->rule->accept.o.ignore_count) {
        l->map->ignored = amosi_zalloc_voxels(l->plan->layout.bytes);
        if (!l->map->ignored)
            return amosi_fail_nomem(err, l->volume->path);
    }
    if (o->buffer) {
        l->map->voxels = o->buffer;
        l->map->borrowed = true;
        return AMOS_OK;
    }
    return allocate_voxels(l, o->pool) ? AMOS_OK : amosi_fail_nomem(err, l->volume->path);
}

static void finish_map(struct loading *l, const struct amosi_axes *axes)
{
    const amos_volume *v = l->volume;
    l->map->has_other = v->has_geometry && amosi_geometry_other_reading(&v->header, &v->geometry, &l->map->other);
    if (l->map->has_other)
        amosi_geometry_apply(&l->map->other, axes, &l->map->other);
    l->map->layout.warnings = amos_volume_warnings(l->volume);
    l->map->info.accepted = l->counts.accepted;
    if (!l->counts.accepted.ignored)
        amosi_labelmap_forget_ignored(l->map);
    amosi_labelmap_finish(l->map, l->tallies, l->volume->header.info.shape, axes);
}

static amos_status run_loading(struct loading *l, size_t bytes, const amos_labelmap_options *o, amos_error *err)
{
    struct amosi_axes axes = amosi_axes_same;
    amos_status status = allocate_map(l, o, err);
    l->mixes = !status && l->voxel_bytes == 1 && (l->in_place || !l->map->voxels) && !l->map->ignored;
    if (!status && o->orientation)
        status = amosi_axes_between(l->volume->geometry.orientation, o->orientation, &axes, err);
    const struct amosi_sink sink = {take_run, merge_part, l, bytes, l->in_place ? l->map->voxels : NULL};
    if (!status)
        status = amosi_volume_dispatch(l->volume, &l->plan->region, &l->plan->progress, l->plan->threads, &sink, err);
    if (!status)
        status = amosi_label_counts_check(&l->counts, l->rule, l->plan->layout.bytes, l->volume->path, err);
    if (!status)
        finish_map(l, &axes);
    return status;
}

/* Loads by a rule that has been checked. */
static amos_status load_by_rule(const struct amosi_relabel_rule *rule, const amos_volume *volume,
                                const struct amosi_plan *plan, const amos_labelmap_options *o, amos_labelmap **out,
                                amos_error *err)
{
    const size_t bytes = sizeof(struct loading) + ((size_t)rule->max_label + 1) * sizeof(struct amosi_tally);
    struct loading *l = amosi_zalloc(bytes);
    if (!l)
        return amosi_fail_nomem(err, volume->path);
    l->volume = volume;
    l->plan = plan;
    l->rule = rule;
    l->voxel_bytes = volume->header.voxel_bytes;
    amos_status status = run_loading(l, bytes, o, err);
    if (status)
        amos_labelmap_free(l->map);
    else
        *out = l->map;
    amosi_free(l);
    return status;
}

static amos_status check_options(const amos_volume *volume, const amos_labelmap_options *o,
                                 const struct amosi_plan *plan, amos_error *err)
{
    if (o->flags & ~AMOS_LABELMAP_STATS_ONLY)
        return amosi_fail(err, AMOS_E_ARG, volume->path, "amos_labelmap_options has an unknown flag.");
    return check_buffer(volume, o, plan, err);
}

static amos_status load_checked(const amos_volume *volume, const amos_labelmap_options *options, amos_labelmap **out,
                                amos_error *err)
{
    const amos_volume_info *info = &volume->header.info;
    amos_labelmap_options o;
    struct amosi_plan plan;
    struct amosi_relabel_rule rule = {0};
    amos_status status = amosi_options_copy(&o, sizeof o, options, "amos_labelmap_options", err);
    if (!status)
        status = amosi_relabel_begin(&rule, info->slope, info->inter, o.accept, volume->path, err);
    if (!status)
        status = make_plan(volume, &rule, &o, &plan, err);
    if (!status)
        status = check_options(volume, &o, &plan, err);
    if (!status)
        status = load_by_rule(&rule, volume, &plan, &o, out, err);
    amosi_relabel_free(&rule);
    return status;
}

amos_status amos_labelmap_load(const amos_volume *volume, const amos_labelmap_options *options, amos_labelmap **out,
                               amos_error *err)
{
    if (out)
        *out = NULL;
    if (!volume || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_labelmap_load needs a volume and a place for the label map.");
    int rounding = amosi_rounding_begin();
    amos_status status = load_checked(volume, options, out, err);
    amosi_rounding_end(rounding);
    return status;
}

amos_status amos_labelmap_open(const char *path, const amos_volume_options *volume_options,
                               const amos_labelmap_options *options, amos_labelmap **out, amos_error *err)
{
    if (out)
        *out = NULL;
    amos_volume *volume;
    amos_status status = amos_volume_open(path, volume_options, &volume, err);
    if (status)
        return status;
    status = amos_labelmap_load(volume, options, out, err);
    amos_volume_free(volume);
    return status;
}
