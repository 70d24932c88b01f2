/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
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
#define KNOWN 64

struct known {
    bool used;
    uint64_t stored;
    int label;
    double value;
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
    struct known known[KNOWN];
    /* voxels that are not labels */
    uint64_t bad;
    int64_t bad_at[3];
    double bad_value;
    struct amosi_tally tallies[]; /* of labels 0..max_label */
};

/* The label of a stored voxel, -1 for none; *value is what it means. */
static int label_of(struct loading *l, const unsigned char *voxel, double *value)
{
    uint64_t stored = 0;
    memcpy(&stored, voxel, l->voxel_bytes);
    struct known *known = &l->known[(stored ^ stored >> 32) % KNOWN];
    if (!known->used || known->stored != stored) {
        double unscaled;
        amosi_convert_to_double(l->plan->convert.from, &unscaled, voxel, 1);
        known->label = amosi_relabel_voxel(l->rule, unscaled, &known->value);
        known->stored = stored;
        known->used = true;
    }
    *value = known->value;
    return known->label;
}

static void note_bad(struct loading *l, const int64_t at[3], uint64_t n, double value)
{
    if (l->bad == 0) {
        memcpy(l->bad_at, at, sizeof l->bad_at);
        l->bad_value = value;
    }
    l->bad += n;
}

/* Stores n voxels of one row. */
static void store_row(const struct loading *l, const int64_t at[3], size_t n, uint8_t label)
{
    const struct amosi_plan *p = l->plan;
    uint8_t *to = l->map->voxels + p->first + at[0] * p->step[0] + at[1] * p->step[1] + at[2] * p->step[2];
    if (p->step[0] == 1)
        memset(to, label, n);
    else if (p->step[0] == -1)
        memset(to - (n - 1), label, n);
    else
        for (size_t i = 0; i < n; i++)
            to[(int64_t)i * p->step[0]] = label;
}

static void store_span(const struct loading *l, const int64_t at[3], size_t n, uint8_t label)
{
    const int64_t *shape = l->volume->header.info.shape;
    int64_t here[3] = {at[0], at[1], at[2]};
    if (!l->map->voxels || l->in_place || (label == 0 && l->zeroed))
        return;
    while (n) {
        size_t room = (size_t)(shape[0] - here[0]), part = n < room ? n : room;
        store_row(l, here, part, label);
        n -= part;
        amosi_walk(shape, here, part);
    }
}

static amos_status take_run(void *user, const struct amosi_run *run, amos_error *err)
{
    (void)err;
    struct loading *l = user;
    const int64_t *shape = l->volume->header.info.shape;
    const unsigned char *voxel = run->data;
    int64_t at[3] = {run->at[0], run->at[1], run->at[2]};
    for (size_t left = run->voxels, n; left; left -= n) {
        double value;
        n = amosi_run_length(voxel, left, l->voxel_bytes);
        int label = label_of(l, voxel, &value);
        if (label < 0) {
            note_bad(l, at, n, value);
        } else {
            amosi_tally_span(&l->tallies[label], shape, at, n);
            store_span(l, at, n, (uint8_t)label);
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
    if (part->bad)
        note_bad(l, part->bad_at, part->bad, part->bad_value);
    for (int label = 0; label <= l->rule->max_label; label++)
        if (part->tallies[label].voxels)
            amosi_tally_add(&l->tallies[label], &part->tallies[label]);
}

static amos_status fail_label(const struct loading *l, amos_error *err)
{
    /* Integers are printed in full, up to the largest that a file can hold. */
    bool is_integer = l->bad_value == floor(l->bad_value) && fabs(l->bad_value) < 1e20;
    return amosi_fail(err, AMOS_E_LABEL, l->volume->path,
                      "%llu voxel%s: the first is voxel (%lld, %lld, %lld) with the value %.*g; a label is an "
                      "integer from 0 to %d%s.",
                      (unsigned long long)l->bad, l->bad == 1 ? " is not a label" : "s are not labels",
                      (long long)l->bad_at[0], (long long)l->bad_at[1], (long long)l->bad_at[2], is_integer ? 20 : 10,
                      l->bad_value, l->rule->max_label, l->rule->has_table ? " or in the table" : "");
}

/* The plan of a read as uint8. Its conversion is not used: every voxel is mapped to a label instead. */
static amos_status make_plan(const amos_volume *volume, const amos_labelmap_options *o, struct amosi_plan *plan,
                             amos_error *err)
{
    const amos_volume_info *info = &volume->header.info;
    amos_read_options read = {.size = sizeof read, .type = AMOS_TYPE_UINT8, .orientation = o->orientation,
                              .progress = o->progress, .threads = o->threads};
    if (info->frames > 1)
        return amosi_fail(err, AMOS_E_UNSUPPORTED, volume->path, "the file has %lld frames; a label has one.",
                          (long long)info->frames);
    if (!amosi_type_is_numeric(info->type))
        return amosi_fail(err, AMOS_E_UNSUPPORTED, volume->path, "voxels of type %s are not labels.",
                          amos_type_name(info->type));
    return amosi_plan_make(volume, &read, plan, err);
}

/* Whether the label of every voxel equals its stored byte. */
static bool is_stored_as_labels(const struct loading *l)
{
    const amos_volume_info *info = &l->volume->header.info;
    return info->type == AMOS_TYPE_UINT8 && info->slope == 1 && info->inter == 0 && !l->rule->has_table && l->plan->packed;
}

static bool allocate_voxels(struct loading *l, amos_buffer_pool *pool)
{
    if (!l->in_place && !pool) {
        l->map->voxels = amosi_zalloc_voxels(l->plan->layout.bytes);
        l->zeroed = l->plan->threads <= 1; /* else a wrong index may have left voxels, which are overwritten */
        return l->map->voxels;
    }
    if (!amosi_buffer_take(&l->map->buffer, pool, l->plan->layout.bytes))
        return false;
    l->map->voxels = l->map->buffer.data;
    return true;
}

static amos_status check_buffer(const amos_volume *volume, const amos_labelmap_options *o, const struct amosi_plan *plan,
                                amos_error *err)
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
    l->map->max_label = l->rule->max_label;
    if (o->flags & AMOS_LABELMAP_STATS_ONLY)
        return AMOS_OK;
    l->in_place = is_stored_as_labels(l);
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
    amosi_labelmap_finish(l->map, l->tallies, l->volume->header.info.shape, axes);
}

static amos_status run_loading(struct loading *l, size_t bytes, const amos_labelmap_options *o, amos_error *err)
{
    struct amosi_axes axes = amosi_axes_same;
    amos_status status = allocate_map(l, o, err);
    if (!status && o->orientation)
        status = amosi_axes_between(l->volume->geometry.orientation, o->orientation, &axes, err);
    const struct amosi_sink sink = {take_run, merge_part, l, bytes, l->in_place ? l->map->voxels : NULL};
    if (!status)
        status = amosi_volume_dispatch(l->volume, &l->plan->region, &l->plan->progress, l->plan->threads, &sink, err);
    if (!status && l->bad)
        status = fail_label(l, err);
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

static amos_status load_checked(const amos_volume *volume, const amos_labelmap_options *options, amos_labelmap **out,
                                amos_error *err)
{
    amos_labelmap_options o;
    struct amosi_plan plan;
    struct amosi_relabel_rule rule = {0};
    amos_status status = amosi_options_take(&o, sizeof o, options, "amos_labelmap_options", err);
    if (!status)
        status = make_plan(volume, &o, &plan, err);
    if (!status)
        status = check_buffer(volume, &o, &plan, err);
    if (!status)
        status = amosi_relabel_take(&rule, &volume->header.info, &o, volume->path, err);
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
