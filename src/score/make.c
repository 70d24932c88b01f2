/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/error/names.h"
#include "base/error/options.h"
#include "base/math/rounding.h"
#include "label/labelmap.h"
#include "score/score.h"
#include "volume/accept.h"
#include "volume/fit.h"
#include "volume/volume.h"

#define MOST_NUMBERS 64
#define LONGEST_AXIS (INT32_MAX - 64)

/* ---- options ---- */

static bool all_within(const double *numbers, size_t count, double low, double high)
{
    for (size_t i = 0; i < count; i++)
        if (!(numbers[i] >= low && numbers[i] <= high))
            return false;
    return true;
}

static amos_status check_options(const amos_score_options *o, amos_error *err)
{
    if (!amosi_name_is_known(amos_convention_name(o->convention)) || !amosi_name_is_known(amos_absent_name(o->absent)))
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_score_options has a convention or absent rule that does not exist.");
    if ((!o->tolerances && o->tolerance_count) || o->tolerance_count > MOST_NUMBERS ||
        (!o->percentiles && o->percentile_count) || o->percentile_count > MOST_NUMBERS)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_score_options has a count without numbers, or more than %d of them.", MOST_NUMBERS);
    if (!all_within(o->tolerances, o->tolerance_count, 0, INFINITY) ||
        !all_within(o->percentiles, o->percentile_count, 0, 100))
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "A tolerance must be at least 0 mm, and a percentile between 0 and 100.");
    if (o->threads < 0)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_score_options has a negative number of threads.");
    return AMOS_OK;
}

/* What is accepted in reference and prediction. */
struct accepts {
    struct amosi_accept reference, prediction;
};

static void free_accepts(struct accepts *accepts)
{
    amosi_accept_free(&accepts->prediction);
    amosi_accept_free(&accepts->reference);
}

static amos_status take_accepts(amos_score_options *o, struct accepts *to, amos_error *err)
{
    amos_status status = amosi_accept_copy(&to->reference, o->accept, err);
    if (!status)
        status = amosi_accept_copy(&to->prediction, o->accept_prediction ? o->accept_prediction : o->accept, err);
    to->prediction.o.max_label = to->reference.o.max_label;
    o->accept = &to->reference.o;
    o->accept_prediction = &to->prediction.o;
    return status;
}

/* o->accept and o->accept_prediction point into *accepts, which must be freed, also after a failure. */
static amos_status take_options(amos_score_options *o, struct accepts *accepts, const amos_score_options *options,
                                amos_error *err)
{
    static const double tolerances[] = {1, 2}, percentiles[] = {95};
    memset(accepts, 0, sizeof *accepts);
    amos_status status = amosi_options_copy(o, sizeof *o, options, "amos_score_options", err);
    if (!status)
        status = check_options(o, err);
    if (!status)
        status = take_accepts(o, accepts, err);
    if (!status && !o->tolerances) {
        o->tolerances = tolerances;
        o->tolerance_count = 2;
    }
    if (!status && !o->percentiles) {
        o->percentiles = percentiles;
        o->percentile_count = 1;
    }
    return status;
}

/* ---- shape and position ---- */

static amos_status check_fit(const struct amosi_side *r, const struct amosi_side *p, const amos_accept *accept,
                             struct amosi_fit *fit, amos_error *err)
{
    for (int a = 0; a < 3; a++)
        if (r->shape[a] > LONGEST_AXIS)
            return amosi_fail(err, AMOS_E_UNSUPPORTED, r->path,
                              "label maps with more than %d voxels along an axis are not scored.", LONGEST_AXIS);
    return amosi_fit(r, p, accept, false, fit, err);
}

/* A map without a geometry has no spacing either. */
static struct amosi_side side_of_map(const amos_labelmap *map, const char *what)
{
    const amos_layout *layout = &map->layout;
    return (struct amosi_side){.what = what,
                               .shape = layout->shape,
                               .has_geometry = layout->has_geometry != 0,
                               .geometry = layout->geometry,
                               .has_other = map->has_other,
                               .other = map->other};
}

/* The map with its axes changed; as stored, that is by one layout for both. */
static amos_status turn_map(const amos_labelmap *map, const struct amosi_axes *axes, amos_labelmap **out,
                            amos_error *err)
{
    const amos_layout *from = &map->layout;
    amos_layout to = *from;
    const int64_t step[3] = {1, from->shape[0], from->shape[0] * from->shape[1]};
    amosi_geometry_apply(&from->geometry, axes, &to.geometry);
    to.offset = 0;
    to.strides[3] = from->shape[0] * from->shape[1] * from->shape[2];
    for (int i = 0; i < 3; i++) {
        to.shape[axes->to[i]] = from->shape[i];
        to.strides[axes->to[i]] = axes->flip[i] ? -step[i] : step[i];
        to.offset += axes->flip[i] ? step[i] * (from->shape[i] - 1) : 0;
    }
    const amos_accept accept = {.size = sizeof accept, .max_label = map->info.max_label};
    amos_status status = amos_labelmap_make(&to, map->voxels, (size_t)to.strides[3], &accept, out, err);
    if (!status)
        (*out)->info = map->info;
    return status;
}

/* ---- scoring ---- */

static double *copy_numbers(const double *numbers, size_t count)
{
    double *copy = amosi_alloc_array(count, sizeof *copy);
    if (copy)
        memcpy(copy, numbers, count * sizeof *copy);
    return copy;
}

static amos_status make_score(const amos_score_options *o, const amos_labelmap *reference, const struct amosi_fit *fit,
                              int max_label, amos_score **out, amos_error *err)
{
    amos_score *s = amosi_zalloc(sizeof *s);
    *out = s;
    if (!s)
        return amosi_fail_nomem(err, NULL);
    s->tolerances = copy_numbers(o->tolerances, o->tolerance_count);
    s->percentiles = copy_numbers(o->percentiles, o->percentile_count);
    s->info = (amos_score_info){.convention = o->convention,
                                .absent = o->absent,
                                .max_label = max_label,
                                .tolerances = s->tolerances,
                                .tolerance_count = o->tolerance_count,
                                .percentiles = s->percentiles,
                                .percentile_count = o->percentile_count,
                                .displacement = fit->displacement,
                                .warnings = fit->warnings};
    memcpy(s->info.spacing, reference->layout.geometry.spacing, sizeof s->info.spacing);
    memcpy(s->info.turned_from, fit->turned_from, sizeof s->info.turned_from);
    s->organs = amosi_zalloc_array((size_t)max_label, sizeof *s->organs);
    s->lists = amosi_zalloc_array((size_t)max_label * (o->tolerance_count + o->percentile_count), sizeof *s->lists);
    return s->tolerances && s->percentiles && s->organs && s->lists ? AMOS_OK : amosi_fail_nomem(err, NULL);
}

/* Refuses labels above the caller's max_label. */
static amos_status check_labels(const amos_labelmap *map, const char *what, int max_label, amos_error *err)
{
    for (int label = max_label + 1; label <= amos_labelmap_max_label(map); label++) {
        const amos_organ_stats *stats = amos_labelmap_get_stats(map, label);
        if (stats->present)
            return amosi_fail(
                err, AMOS_E_LABEL, NULL,
                "The %s has %llu voxels with label %d; the largest label is %d; --max-label %d (max_label) "
                "accepts it.",
                what, (unsigned long long)stats->voxels, label, max_label, label);
    }
    return AMOS_OK;
}

static uint64_t voxels_of(const amos_labelmap *map)
{
    const int64_t *shape = map->layout.shape;
    return (uint64_t)shape[0] * (uint64_t)shape[1] * (uint64_t)shape[2];
}

static void note_accepted(amos_score *score, const amos_labelmap *reference, const amos_labelmap *prediction)
{
    score->info.reference = amos_labelmap_get_info(reference)->accepted;
    score->info.prediction = amos_labelmap_get_info(prediction)->accepted;
}

/* Measures, without the voxels that the reference ignores. */
static amos_status measure(amos_score *score, const amos_labelmap *reference, const amos_labelmap *prediction,
                           const amos_score_options *o, amos_error *err)
{
    amos_labelmap *rest = NULL;
    amos_status status = AMOS_OK;
    note_accepted(score, reference, prediction);
    if (reference->ignored)
        status = amosi_labelmap_leave_out(prediction, reference, &rest, &score->info.left_out, err);
    score->info.voxels = voxels_of(reference) - score->info.left_out;
    if (!status)
        status = amosi_score_organs(score, reference, rest ? rest : prediction, o, err);
    amos_labelmap_free(rest);
    return status;
}

/* Scores maps whose voxels lie alike. */
static amos_status score_fitting(const amos_labelmap *reference, const amos_labelmap *prediction,
                                 const amos_score_options *o, const struct amosi_fit *fit, amos_score **out,
                                 amos_error *err)
{
    struct amosi_fit all = *fit;
    int largest = amos_labelmap_max_label(reference), other = amos_labelmap_max_label(prediction);
    int max_label = o->accept->max_label ? o->accept->max_label : largest > other ? largest : other;
    amos_status status = check_labels(reference, "reference", max_label, err);
    if (!status)
        status = check_labels(prediction, "prediction", max_label, err);
    if (status)
        return status;
    all.warnings |= amos_labelmap_layout(reference)->warnings | amos_labelmap_layout(prediction)->warnings;
    amos_score *score;
    status = make_score(o, reference, &all, max_label, &score, err);
    if (!status)
        status = measure(score, reference, prediction, o, err);
    if (status)
        amos_score_free(score);
    else
        *out = score;
    return status;
}

static amos_status score_maps(const amos_labelmap *reference, const amos_labelmap *prediction,
                              const amos_score_options *o, amos_score **out, amos_error *err)
{
    const struct amosi_side r = side_of_map(reference, "reference"), p = side_of_map(prediction, "prediction");
    struct amosi_fit fit;
    amos_labelmap *turned = NULL;
    amos_status status = check_fit(&r, &p, o->accept, &fit, err);
    if (!status && fit.warnings & AMOS_W_TURNED)
        status = turn_map(prediction, &fit.axes, &turned, err);
    if (!status)
        status = score_fitting(reference, turned ? turned : prediction, o, &fit, out, err);
    amos_labelmap_free(turned);
    return status;
}

amos_status amos_score_make(const amos_labelmap *reference, const amos_labelmap *prediction,
                            const amos_score_options *options, amos_score **out, amos_error *err)
{
    if (out)
        *out = NULL;
    if (!amos_labelmap_voxels(reference) || !amos_labelmap_voxels(prediction) || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_score_make needs two label maps with voxels and a place for the score.");
    amos_score_options o;
    struct accepts accepts;
    int rounding = amosi_rounding_begin();
    amos_status status = take_options(&o, &accepts, options, err);
    if (!status)
        status = score_maps(reference, prediction, &o, out, err);
    amosi_rounding_end(rounding);
    free_accepts(&accepts);
    return status;
}

/* ---- volumes and files ---- */

static amos_status score_volumes(const amos_volume *reference, const amos_volume *prediction,
                                 const amos_score_options *o, amos_score **out, amos_error *err)
{
    const struct amosi_side r = amosi_side_of_volume(reference, "reference"),
                            p = amosi_side_of_volume(prediction, "prediction");
    struct amosi_fit fit;
    amos_geometry turned;
    amos_labelmap_options as_label = {
        .size = sizeof as_label, .accept = o->accept, .pool = o->pool, .threads = o->threads};
    amos_labelmap *reference_map = NULL, *prediction_map = NULL;
    amos_status status = check_fit(&r, &p, o->accept, &fit, err);
    if (!status)
        status = amos_labelmap_load(reference, &as_label, &reference_map, err);
    as_label.accept = o->accept_prediction;
    if (!status && fit.warnings & AMOS_W_TURNED) {
        amosi_geometry_apply(&p.geometry, &fit.axes, &turned);
        as_label.orientation = turned.orientation;
    }
    if (!status)
        status = amos_labelmap_load(prediction, &as_label, &prediction_map, err);
    if (!status)
        status = score_fitting(reference_map, prediction_map, o, &fit, out, err);
    amos_labelmap_free(prediction_map);
    amos_labelmap_free(reference_map);
    return status;
}

amos_status amos_score_load(const amos_volume *reference, const amos_volume *prediction,
                            const amos_score_options *options, amos_score **out, amos_error *err)
{
    if (out)
        *out = NULL;
    if (!reference || !prediction || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_score_load needs two volumes and a place for the score.");
    amos_score_options o;
    struct accepts accepts;
    int rounding = amosi_rounding_begin();
    amos_status status = take_options(&o, &accepts, options, err);
    if (!status)
        status = score_volumes(reference, prediction, &o, out, err);
    amosi_rounding_end(rounding);
    free_accepts(&accepts);
    return status;
}

amos_status amos_score_open(const char *reference, const char *prediction, const amos_volume_options *volume_options,
                            const amos_score_options *options, amos_score **out, amos_error *err)
{
    if (out)
        *out = NULL;
    if (!reference || !prediction || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_score_open needs two paths and a place for the score.");
    amos_score_options o;
    struct accepts accepts;
    amos_volume *reference_volume = NULL, *prediction_volume = NULL;
    int rounding = amosi_rounding_begin();
    amos_status status = take_options(&o, &accepts, options, err);
    if (!status)
        status = amos_volume_open(reference, volume_options, &reference_volume, err);
    if (!status)
        status = amos_volume_open(prediction, volume_options, &prediction_volume, err);
    if (!status)
        status = score_volumes(reference_volume, prediction_volume, &o, out, err);
    amosi_rounding_end(rounding);
    amos_volume_free(prediction_volume);
    amos_volume_free(reference_volume);
    free_accepts(&accepts);
    return status;
}
