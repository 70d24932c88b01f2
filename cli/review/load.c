/* SPDX-License-Identifier: BSD-3-Clause */
#include "review/load.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "score/results.h"

static const char canonical[] = "RAS";

/* ---- the image ---- */

static amos_status read_image(const struct review_loading *loading, struct review_case *c)
{
    const amos_accept accept = accepting_for(&loading->set->accepting, loading->set->dataset);
    amos_read_options options = {.size = sizeof options,
                                 .type = AMOS_TYPE_FLOAT32,
                                 .flags = AMOS_READ_SATURATE,
                                 .orientation = canonical,
                                 .threads = loading->threads,
                                 .pool = loading->pool};
    if (amos_volume_get_info(c->volume)->frames > 1 && accept.frame > 0)
        options.frame = accept.frame;
    return amos_volume_load(c->volume, &options, &c->image, &c->image_error);
}

static void load_image(const struct review_loading *loading, struct review_case *c)
{
    amos_error *err = &c->image_error;
    err->status = amos_volume_open(c->item->info->image_path, &loading->set->accepting.volume, &c->volume, err);
    if (!err->status)
        err->status = amos_volume_get_geometry(c->volume, &c->stored, err);
    if (!err->status)
        err->status = amos_geometry_reorient(&c->stored, canonical, &c->canonical, err);
    if (!err->status && loading->parts & REVIEW_IMAGE)
        err->status = read_image(loading, c);
}

/* ---- labels ---- */

static void load_map(const struct review_loading *loading, const char *path, amos_labelmap **out, amos_error *err)
{
    const amos_accept accept = accepting_for(&loading->set->accepting, loading->set->dataset);
    const amos_labelmap_options options = {
        .size = sizeof options, .accept = &accept, .pool = loading->pool, .threads = loading->threads};
    err->status = amos_labelmap_open(path, &loading->set->accepting.volume, &options, out, err);
}

/* Whether a label map lies on the image. If not, *err says why, unless it says something already. */
static bool compare_places(const struct review_loading *loading, const struct review_case *c, const char *path,
                           amos_error *err)
{
    const amos_accept accept = accepting_for(&loading->set->accepting, loading->set->dataset);
    const amos_pair_options options = {
        .size = sizeof options, .accept = &accept, .volume = &loading->set->accepting.volume};
    amos_pair *pair;
    amos_error misfit;
    misfit.status = amos_pair_open(c->item->info->image_path, path, &options, &pair, &misfit);
    amos_pair_free(pair);
    if (misfit.status && !err->status)
        *err = misfit;
    return !misfit.status;
}

static void load_labels(const struct review_loading *loading, struct review_case *c)
{
    const struct {
        const char *path;
        enum review_part part;
        amos_labelmap **map;
        amos_error *err;
    } labels[] = {{c->item->reference, REVIEW_REFERENCE, &c->reference, &c->reference_error},
                  {c->item->prediction, REVIEW_PREDICTION, &c->prediction, &c->prediction_error}};
    for (int i = 0; i < 2; i++) {
        if (!labels[i].path || !(loading->parts & labels[i].part))
            continue;
        load_map(loading, labels[i].path, labels[i].map, labels[i].err);
        c->placed[i] =
            *labels[i].map && !c->image_error.status && compare_places(loading, c, labels[i].path, labels[i].err);
    }
}

/* ---- the score ---- */

static const double tolerance_mm = 1;
const char *const review_score_keys[REVIEW_SCORES] = {"dice", "nsd", "hd95", "assd"};
const char review_score_rules[] = "As amos score with its defaults: surfaces on the half-voxel grid, weighted by area "
                                  "(deepmind); NSD at 1 mm; HD95 is "
                                  "the larger of both directions; an organ absent in both is left out, and one absent "
                                  "in one map has Dice and NSD 0 and "
                                  "infinite distances, which are not shown.";

static const struct score_metric metrics[REVIEW_SCORES] = {{.measure = AMOS_MEASURE_DICE},
                                                           {.measure = AMOS_MEASURE_NSD},
                                                           {.measure = AMOS_MEASURE_HD_PERCENTILE},
                                                           {.measure = AMOS_MEASURE_ASSD}};

double review_score_value(const amos_score *score, int label, int key)
{
    const amos_organ_score *organ = amos_score_get_organ(score, label);
    bool is_left_out = organ && organ->voxels_reference == 0 && organ->voxels_prediction == 0;
    return is_left_out ? (double)NAN : amos_score_value(score, label, metrics[key].measure, metrics[key].index);
}

static void make_score(const struct review_loading *loading, struct review_case *c)
{
    const amos_accept accept = accepting_for(&loading->set->accepting, loading->set->dataset);
    amos_score_options options = AMOS_SCORE_OPTIONS_INIT;
    amos_error err;
    options.tolerances = &tolerance_mm;
    options.tolerance_count = 1;
    options.percentiles = &score_percentile;
    options.percentile_count = 1;
    options.accept = &accept;
    options.threads = loading->threads;
    options.pool = loading->pool;
    err.status = amos_score_make(c->reference, c->prediction, &options, &c->score, &err);
    if (err.status)
        c->prediction_error = err;
}

/* ---- the case ---- */

amos_status review_case_load(const struct review_loading *loading, const struct review_item *item,
                             struct review_case *out, amos_error *err)
{
    *out = (struct review_case){.item = item};
    load_image(loading, out);
    if (out->image_error.status != AMOS_E_NOMEM)
        load_labels(loading, out);
    if (loading->parts & REVIEW_SCORE && out->reference && out->prediction)
        make_score(loading, out);
    const amos_error *const errors[] = {&out->image_error, &out->reference_error, &out->prediction_error};
    for (int i = 0; i < 3; i++) {
        if (errors[i]->status == AMOS_E_NOMEM) {
            *err = *errors[i];
            return err->status;
        }
    }
    return AMOS_OK;
}

void review_case_free(struct review_case *c)
{
    amos_score_free(c->score);
    amos_labelmap_free(c->prediction);
    amos_labelmap_free(c->reference);
    amos_array_free(c->image);
    amos_volume_free(c->volume);
    *c = (struct review_case){.item = NULL};
}

const char *review_case_fault(const struct review_case *c, char text[REVIEW_FAULT])
{
    const amos_error *const errors[] = {&c->image_error, &c->reference_error, &c->prediction_error};
    for (int i = 0; i < 3; i++) {
        if (errors[i]->status) {
            snprintf(text, REVIEW_FAULT, "%s (%s)", errors[i]->message, amos_status_name(errors[i]->status));
            return text;
        }
    }
    return NULL;
}
