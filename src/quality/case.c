/* SPDX-License-Identifier: BSD-3-Clause */
/* The facts of a case of a data set. */
#include <string.h>

#include "base/error/fail.h"
#include "base/error/options.h"
#include "base/system/alloc.h"
#include "dataset/record.h"
#include "label/labelmap.h"
#include "quality/measure.h"

/* What is in memory of a case. */
struct loaded {
    amos_array *image;
    amos_labelmap *map;
};

static void take_info(const amos_case_info *info, amos_quality_facts *facts)
{
    facts->split = info->split;
    facts->modality = info->modality;
    if (info->metadata) {
        facts->sex = info->metadata->sex;
        facts->age_years = info->metadata->age_years;
    }
}

/* The data set's own names; they are borrowed from it. */
static void take_names(const amos_case *c, const char *names[AMOSI_LABELS], amos_quality_options *o)
{
    if (o->names)
        return;
    for (int label = 0; label < AMOSI_LABELS; label++)
        names[label] = amos_dataset_label_name(c->dataset, label);
    o->names = names;
    o->name_count = AMOSI_LABELS;
}

/* ---- reading ---- */

/* float32 holds every value of a scanner; what it cannot hold becomes its largest value. */
static amos_read_options image_options(const amos_quality_options *o)
{
    return (amos_read_options){.size = sizeof(amos_read_options),
                               .type = AMOS_TYPE_FLOAT32,
                               .flags = AMOS_READ_SATURATE,
                               .threads = o->threads,
                               .pool = o->pool};
}

static amos_status load_pair(const amos_case *c, const amos_quality_options *o, struct loaded *to, amos_error *err)
{
    const amos_pair_options pairing = {.size = sizeof pairing, .accept = o->accept, .volume = o->volume};
    const amos_labelmap_options reading = {.size = sizeof reading, .threads = o->threads, .pool = o->pool};
    const amos_read_options options = image_options(o);
    amos_pair *pair;
    amos_status status = amos_pair_open_case(c, &pairing, &pair, err);
    if (!status)
        status = amos_pair_load(pair, &options, &reading, &to->image, &to->map, err);
    amos_pair_free(pair);
    return status;
}

static amos_status load_label(const amos_case *c, const amos_quality_options *o, struct loaded *to, amos_error *err)
{
    static const amos_accept defaults = AMOS_ACCEPT_INIT;
    amos_accept accept;
    const amos_labelmap_options reading = {
        .size = sizeof reading, .accept = &accept, .threads = o->threads, .pool = o->pool};
    amos_status status = amosi_options_take_from(&accept, sizeof accept, o->accept, &defaults, "amos_accept", err);
    if (!status && !accept.max_label)
        accept.max_label = c->info.max_label;
    return status ? status : amos_labelmap_open(c->info.label_path, o->volume, &reading, &to->map, err);
}

static amos_status load_image(const amos_case *c, const amos_quality_options *o, struct loaded *to, amos_error *err)
{
    const amos_read_options options = image_options(o);
    amos_volume *volume;
    amos_status status = amos_volume_open(c->info.image_path, o->volume, &volume, err);
    if (!status)
        status = amos_volume_load(volume, &options, &to->image, err);
    amos_volume_free(volume);
    return status;
}

/* A file that is named but missing is an error of the pair. */
static amos_status load(const amos_case *c, const amos_quality_options *o, struct loaded *to, amos_error *err)
{
    if (o->flags & AMOS_QUALITY_NO_IMAGE)
        return c->info.label_path ? load_label(c, o, to, err) : AMOS_OK;
    return c->info.label_path ? load_pair(c, o, to, err) : load_image(c, o, to, err);
}

/* ---- the case ---- */

/* The case has facts: that it could not be read, and why. */
static amos_status note_failure(amos_quality *quality, amos_status status, const amos_error *why, amos_error *err)
{
    amosi_free((void *)quality->facts.message);
    quality->facts.status = status;
    quality->facts.message = amosi_quality_text(why->message);
    return quality->facts.message ? AMOS_OK : amosi_fail_nomem(err, NULL);
}

static amos_status measure(const amos_case *c, const amos_quality_options *o, amos_quality *quality, amos_error *err)
{
    struct loaded loaded = {NULL, NULL};
    amos_error why;
    amos_status status = load(c, o, &loaded, &why);
    if (status == AMOS_E_NOMEM)
        status = amosi_fail_nomem(err, c->info.image_path);
    else if (status)
        status = note_failure(quality, status, &why, err);
    else if (loaded.image || loaded.map)
        status = amosi_quality_measure(quality, loaded.map, amos_array_data(loaded.image),
                                       loaded.map ? &loaded.map->layout : amos_array_layout(loaded.image), o, err);
    amos_labelmap_free(loaded.map);
    amos_array_free(loaded.image);
    return status ? status : amosi_quality_write(quality, err);
}

amos_status amos_quality_open_case(const amos_case *c, const amos_quality_options *options, amos_quality **out,
                                   amos_error *err)
{
    const char *names[AMOSI_LABELS];
    amos_quality_options o;
    amos_quality *quality = NULL;
    if (out)
        *out = NULL;
    if (!c || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_quality_open_case needs a case and a place for the facts.");
    amos_status status = amosi_quality_options(&o, options, err);
    if (!status)
        status = amosi_quality_begin(c->info.id, &quality, err);
    if (status)
        return status;
    take_info(&c->info, &quality->facts);
    take_names(c, names, &o);
    status = measure(c, &o, quality, err);
    if (status)
        amos_quality_free(quality);
    else
        *out = quality;
    return status;
}
