/* SPDX-License-Identifier: BSD-3-Clause */
/* Scores: rules for absent organs, means, refused inputs, options, names, progress. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/accept.h"
#include "support/main.h"
#include "support/opened.h"
#include "support/make/score.h"
#include "support/tmp.h"

#define ROWS(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const int64_t shape[3] = {6, 5, 4};
static const double spacing[3] = {2, 1, 5};
#define VOXELS 120

/* Label 1 in both and equal, 2 in the reference only, 3 in the prediction only, 4 in neither, 5 in both, one voxel apart
 * along x. */
static uint8_t reference[VOXELS], prediction[VOXELS];

static void set_up(void)
{
    memset(reference, 0, VOXELS);
    memset(prediction, 0, VOXELS);
    reference[0] = prediction[0] = reference[1] = prediction[1] = 1;
    reference[50] = 2;
    prediction[90] = 3;
    reference[62] = prediction[63] = 5;
}

static amos_score *score_with(const amos_score_options *options)
{
    amos_labelmap *r = score_map(reference, shape, spacing, "LAS"), *p = score_map(prediction, shape, spacing, "LAS");
    amos_score *score = NULL;
    amos_error err = {0};
    assert_ok(amos_score_make(r, p, options, &score, &err), &err);
    amos_labelmap_free(p);
    amos_labelmap_free(r);
    return score;
}

static void assert_same(double got, double wanted)
{
    ck_assert_msg(got == wanted || (isnan(got) && isnan(wanted)), "%.17g instead of %.17g", got, wanted);
}

START_TEST(defaults_are_recorded)
{
    const amos_score_options init = AMOS_SCORE_OPTIONS_INIT;
    amos_score *score = score_with(_i ? &init : NULL);
    const amos_score_info *info = amos_score_get_info(score);
    ck_assert_uint_eq(info->tolerance_count, 2);
    ck_assert(info->tolerances[0] == 1 && info->tolerances[1] == 2);
    ck_assert_uint_eq(info->percentile_count, 1);
    ck_assert(info->percentiles[0] == 95);
    ck_assert_int_eq(amos_score_get_info(score)->convention, AMOS_CONVENTION_DEEPMIND);
    ck_assert_int_eq(amos_score_get_info(score)->absent, AMOS_ABSENT_NAN);
    ck_assert_int_eq(amos_score_get_info(score)->max_label, 15);
    for (int i = 0; i < 3; i++)
        assert_same(amos_score_get_info(score)->spacing[i], spacing[i]);
    assert_same(amos_score_get_info(score)->displacement, 0);
    assert_warnings(amos_score_get_info(score)->warnings, 0);
    ck_assert_ptr_null(amos_score_get_organ(score, 0));
    ck_assert_ptr_null(amos_score_get_organ(score, 16));
    amos_score_free(score);
}
END_TEST

/* One voxel of 2 x 1 x 5 mm and its neighbour along x. */
START_TEST(one_voxel_apart_is_one_step)
{
    amos_score *score =
        score_with(&(amos_score_options){.size = sizeof(amos_score_options), .convention = AMOS_CONVENTION_MEDPY});
    const amos_organ_score *s = amos_score_get_organ(score, AMOS_ORGAN_ESOPHAGUS);
    ck_assert_int_eq(s->label, 5);
    ck_assert_uint_eq(s->voxels_both, 0);
    assert_same(s->dice, 0);
    assert_same(s->millilitres_reference, 0.01);
    assert_same(s->volume_difference, 0);
    assert_same(s->surface_reference, 1);
    assert_same(s->hd, 2);
    assert_same(s->assd, 2);
    assert_same(s->nsd[0], 0);
    assert_same(s->nsd[1], 1);
    assert_same(s->hd_percentile[0], 2);
    amos_score_free(score);
}
END_TEST

/* Four of the eight corners of each voxel are shared. */
START_TEST(corners_are_nearer_than_voxels)
{
    amos_score *score = score_with(NULL);
    const amos_organ_score *s = amos_score_get_organ(score, 5);
    assert_same(s->nsd[0], 0.5);
    assert_same(s->nsd[1], 1);
    assert_same(s->hd, 2);
    assert_same(s->assd, 1);
    amos_score_free(score);
}
END_TEST

START_TEST(equal_organs_have_no_distance)
{
    for (int convention = 0; convention < 3; convention++) {
        amos_score *score = score_with(
            &(amos_score_options){.size = sizeof(amos_score_options), .convention = (amos_convention)convention});
        const amos_organ_score *s = amos_score_get_organ(score, 1);
        assert_same(s->dice, 1);
        assert_same(s->jaccard, 1);
        assert_same(s->nsd[0], 1);
        assert_same(s->hd, 0);
        assert_same(s->assd, 0);
        assert_same(s->hd_percentile[0], 0);
        amos_score_free(score);
    }
}
END_TEST

static const double inf = INFINITY, nan_ = NAN;

START_TEST(an_organ_of_one_map_is_a_failure)
{
    for (int n = 0; n < 6; n++) {
        amos_score *score = score_with(&(amos_score_options){.size = sizeof(amos_score_options),
                                                             .convention = (amos_convention)(n / 2),
                                                             .absent = (amos_absent)(n % 2)});
        const amos_organ_score *missed = amos_score_get_organ(score, 2), *found = amos_score_get_organ(score, 3);
        for (int i = 0; i < 2; i++) {
            const amos_organ_score *s = i ? found : missed;
            assert_same(s->dice, 0);
            assert_same(s->jaccard, 0);
            assert_same(s->nsd[0], 0);
            assert_same(s->hd, inf);
            assert_same(s->assd, inf);
            assert_same(s->hd_percentile[0], inf);
        }
        assert_same(missed->mean_reference_to_prediction, inf);
        assert_same(missed->mean_prediction_to_reference, nan_);
        assert_same(found->mean_reference_to_prediction, nan_);
        assert_same(found->mean_prediction_to_reference, inf);
        assert_same(missed->volume_difference, -1);
        assert_same(found->volume_difference, inf);
        assert_same(missed->sensitivity, 0);
        assert_same(missed->precision, nan_);
        assert_same(found->sensitivity, nan_);
        assert_same(found->precision, 0);
        ck_assert(missed->surface_reference > 0 && missed->surface_prediction == 0);
        amos_score_free(score);
    }
}
END_TEST

START_TEST(an_organ_of_no_map_follows_the_rule)
{
    for (int n = 0; n < 2 * AMOS_CONVENTION_COUNT; n++) {
        int one = n % 2;
        amos_score *score = score_with(&(amos_score_options){
            .size = sizeof(amos_score_options), .convention = (amos_convention)(n / 2), .absent = (amos_absent)one});
        const amos_organ_score *s = amos_score_get_organ(score, 4);
        assert_same(s->dice, one ? 1 : nan_);
        assert_same(s->nsd[1], one ? 1 : nan_);
        assert_same(s->sensitivity, one ? 1 : nan_);
        assert_same(s->volume_difference, one ? 0 : nan_);
        assert_same(s->mean_reference_to_prediction, one ? 0 : nan_);
        assert_same(s->hd, one ? 0 : n / 2 == AMOS_CONVENTION_DEEPMIND ? inf : nan_);
        assert_same(s->hd_percentile[0], s->hd);
        amos_score_free(score);
    }
}
END_TEST

/* ---- the table of measures ---- */

START_TEST(each_measure_is_named_and_found)
{
    const amos_measure_info *info = amos_measure_get(_i);
    amos_measure parsed;
    amos_error err;
    ck_assert_int_eq((int)info->measure, _i);
    ck_assert(*info->name && *info->title && info->unit && info->better >= -1 && info->better <= 1);
    ck_assert_int_eq(info->level != AMOS_LEVEL_NONE, strchr(info->column, '#') != NULL);
    ck_assert_int_eq(info->level != AMOS_LEVEL_NONE, strchr(info->title, '#') != NULL);
    ck_assert(info->better >= 0 || strcmp(info->unit, "mm") == 0);
    assert_ok(amos_measure_parse(info->name, &parsed, &err), &err);
    ck_assert_int_eq((int)parsed, _i);
    for (int other = 0; other < _i; other++) {
        ck_assert_str_ne(info->name, amos_measure_get(other)->name);
        ck_assert_str_ne(info->column, amos_measure_get(other)->column);
        ck_assert_str_ne(info->title, amos_measure_get(other)->title);
    }
    assert_status(amos_measure_parse("distance", &parsed, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, info->name);
    ck_assert_msg(strstr(err.message, info->name) != NULL, "%s", err.message);
    ck_assert_int_eq((int)parsed, AMOS_MEASURE_DICE);
    assert_status(amos_measure_parse("dice", NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_measure_parse(NULL, &parsed, &err), AMOS_E_ARG, &err);
}
END_TEST

START_TEST(other_numbers_are_no_measure)
{
    static const int numbers[] = {-1, AMOS_MEASURE_COUNT, 1000, INT32_MAX, INT32_MIN};
    ck_assert_ptr_null(amos_measure_get(numbers[_i]));
    ck_assert(isnan(amos_score_value(NULL, 1, AMOS_MEASURE_DICE, 0)));
}
END_TEST

static amos_score_mean mean_of(const amos_score *score, amos_measure measure, size_t index)
{
    amos_score_mean mean = AMOS_SCORE_MEAN_INIT;
    amos_error err = {0};
    assert_ok(amos_score_get_mean(score, measure, index, &mean, &err), &err);
    return mean;
}

START_TEST(a_value_is_that_of_its_field)
{
    amos_score *score =
        score_with(&(amos_score_options){.size = sizeof(amos_score_options), .accept = ACCEPT(.max_label = 5)});
    for (int label = 1; label <= 5; label++) {
        const amos_organ_score *o = amos_score_get_organ(score, label);
        const double fields[] = {[AMOS_MEASURE_DICE] = o->dice,
                                 [AMOS_MEASURE_NSD] = o->nsd[0],
                                 [AMOS_MEASURE_HD_PERCENTILE] = o->hd_percentile[0],
                                 [AMOS_MEASURE_ASSD] = o->assd,
                                 [AMOS_MEASURE_MILLILITRES_REFERENCE] = o->millilitres_reference,
                                 [AMOS_MEASURE_MILLILITRES_PREDICTION] = o->millilitres_prediction,
                                 [AMOS_MEASURE_JACCARD] = o->jaccard,
                                 [AMOS_MEASURE_VOLUME_DIFFERENCE] = o->volume_difference,
                                 [AMOS_MEASURE_SENSITIVITY] = o->sensitivity,
                                 [AMOS_MEASURE_PRECISION] = o->precision,
                                 [AMOS_MEASURE_HD] = o->hd,
                                 [AMOS_MEASURE_SURFACE_REFERENCE] = o->surface_reference,
                                 [AMOS_MEASURE_SURFACE_PREDICTION] = o->surface_prediction,
                                 [AMOS_MEASURE_MEAN_REFERENCE_TO_PREDICTION] = o->mean_reference_to_prediction,
                                 [AMOS_MEASURE_MEAN_PREDICTION_TO_REFERENCE] = o->mean_prediction_to_reference};
        ck_assert_uint_eq(sizeof fields / sizeof fields[0], AMOS_MEASURE_COUNT);
        for (int m = 0; m < AMOS_MEASURE_COUNT; m++) {
            assert_same(amos_score_value(score, label, (amos_measure)m, 0), fields[m]);
            ck_assert(isnan(amos_score_value(score, label, (amos_measure)m, 2)));
        }
        assert_same(amos_score_value(score, label, AMOS_MEASURE_NSD, 1), o->nsd[1]);
    }
    ck_assert(isnan(amos_score_value(score, 0, AMOS_MEASURE_DICE, 0)));
    ck_assert(isnan(amos_score_value(score, 6, AMOS_MEASURE_DICE, 0)));
    ck_assert(isnan(amos_score_value(score, 1, (amos_measure)AMOS_MEASURE_COUNT, 0)));
    amos_score_free(score);
}
END_TEST

START_TEST(means_say_what_they_leave_out)
{
    amos_score *score =
        score_with(&(amos_score_options){.size = sizeof(amos_score_options), .accept = ACCEPT(.max_label = 5)});
    amos_score_mean dice = mean_of(score, AMOS_MEASURE_DICE, 0), nsd = mean_of(score, AMOS_MEASURE_NSD, 0);
    amos_score_mean hd = mean_of(score, AMOS_MEASURE_HD, 0), hd95 = mean_of(score, AMOS_MEASURE_HD_PERCENTILE, 0);
    amos_score_mean assd = mean_of(score, AMOS_MEASURE_ASSD, 0), jaccard = mean_of(score, AMOS_MEASURE_JACCARD, 0);
    assert_same(dice.mean, 0.25);
    ck_assert_uint_eq(dice.counted, 4);
    ck_assert_uint_eq(dice.absent, 1);
    ck_assert_uint_eq(dice.infinite, 0);
    assert_same(jaccard.mean, 0.25);
    assert_same(nsd.mean, 1.5 / 4);
    assert_same(hd.mean, 1);
    ck_assert_uint_eq(hd.counted, 2);
    ck_assert_uint_eq(hd.infinite, 2);
    assert_same(hd95.mean, 1);
    assert_same(assd.mean, 0.5);
    amos_score_free(score);
    score = score_with(&(amos_score_options){
        .size = sizeof(amos_score_options), .accept = ACCEPT(.max_label = 5), .absent = AMOS_ABSENT_ONE});
    dice = mean_of(score, AMOS_MEASURE_DICE, 0);
    assert_same(dice.mean, 2.0 / 5);
    ck_assert_uint_eq(dice.counted, 5);
    amos_score_mean none = AMOS_SCORE_MEAN_INIT;
    amos_error err = {0};
    assert_status(amos_score_get_mean(score, AMOS_MEASURE_NSD, 2, &none, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "index");
    ck_assert(isnan(none.mean));
    assert_status(amos_score_get_mean(score, (amos_measure)AMOS_MEASURE_COUNT, 0, &none, NULL), AMOS_E_ARG, NULL);
    assert_status(amos_score_get_mean(NULL, AMOS_MEASURE_DICE, 0, &none, NULL), AMOS_E_ARG, NULL);
    assert_status(amos_score_get_mean(score, AMOS_MEASURE_DICE, 0, NULL, NULL), AMOS_E_ARG, NULL);
    amos_score_free(score);
}
END_TEST

/* A caller's struct may be shorter or longer than ours; one without a size is refused and left as it is. */
START_TEST(a_mean_is_as_large_as_the_caller_says)
{
    struct {
        amos_score_mean mean;
        uint64_t more;
    } longer = {.mean = {.size = sizeof longer}, .more = 7};
    amos_score_mean shorter = {.size = offsetof(amos_score_mean, counted), .counted = 77}, sizeless = {.counted = 77};
    amos_score *score = score_with(NULL);
    amos_error err = {0};
    assert_ok(amos_score_get_mean(score, AMOS_MEASURE_DICE, 0, &shorter, &err), &err);
    assert_same(shorter.mean, 0.25);
    ck_assert_uint_eq(shorter.counted, 77);
    ck_assert_uint_eq(shorter.size, offsetof(amos_score_mean, counted));
    assert_ok(amos_score_get_mean(score, AMOS_MEASURE_DICE, 0, &longer.mean, &err), &err);
    ck_assert_uint_eq(longer.mean.counted, 4);
    ck_assert_uint_eq(longer.mean.size, sizeof longer);
    ck_assert_uint_eq(longer.more, 0);
    assert_status(amos_score_get_mean(score, AMOS_MEASURE_DICE, 0, &sizeless, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "amos_score_mean");
    ck_assert_uint_eq(sizeless.counted, 77);
    amos_score_free(score);
}
END_TEST

/* ---- what is refused ---- */

static void refuse(const amos_labelmap *r, const amos_labelmap *p, const amos_score_options *options,
                   amos_status status, const char *words)
{
    amos_score *score = (amos_score *)(void *)reference;
    amos_error err = {0};
    assert_status(amos_score_make(r, p, options, &score, &err), status, &err);
    assert_sentence(&err, status, words);
    ck_assert_msg(strstr(err.message, words), "\"%s\" is not in: %s", words, err.message);
    ck_assert_ptr_null(score);
    assert_status(amos_score_make(r, p, options, &score, NULL), status, NULL);
}

START_TEST(maps_that_do_not_fit_are_refused)
{
    static const int64_t other_shape[3] = {5, 6, 4};
    static const double other_spacing[3] = {2, 1, 4};
    amos_labelmap *r = score_map(reference, shape, spacing, "LAS");
    amos_labelmap *turned = score_map(prediction, shape, spacing, "RAS");
    amos_labelmap *shaped = score_map(prediction, other_shape, spacing, "LAS");
    amos_labelmap *spaced = score_map(prediction, shape, other_spacing, "LAS");
    refuse(r, shaped, NULL, AMOS_E_PAIR_SHAPE, "5 x 6 x 4");
    refuse(r, shaped, NULL, AMOS_E_PAIR_SHAPE, "axes were exchanged");
    refuse(r, spaced, NULL, AMOS_E_PAIR_GEOM, "3 mm away");
    refuse(r, turned, NULL, AMOS_E_PAIR_GEOM, "mm away");
    amos_accept accept = AMOS_ACCEPT_INIT;
    accept.tolerance_voxels = 3.5;
    amos_score_options wide = {.size = sizeof wide, .accept = &accept};
    amos_score *score;
    amos_error err = {0};
    assert_ok(amos_score_make(r, spaced, &wide, &score, &err), &err);
    assert_same(amos_score_get_info(score)->displacement, 3);
    amos_score_free(score);
    accept.tolerance_voxels = 2.999;
    refuse(r, spaced, &wide, AMOS_E_PAIR_GEOM, "3 mm away");
    amos_labelmap_free(spaced);
    amos_labelmap_free(shaped);
    amos_labelmap_free(turned);
    amos_labelmap_free(r);
}
END_TEST

/* 0 allows no displacement at all; a caller who does not set it gets 0.2 of the smallest spacing, here 0.2 mm. */
START_TEST(a_tolerance_of_zero_means_zero)
{
    static const double nearly[3] = {2, 1, 5.001}; /* the last slice lies 0.003 mm away */
    amos_score_options options = AMOS_SCORE_OPTIONS_INIT;
    amos_labelmap *r = score_map(reference, shape, spacing, "LAS"), *p = score_map(prediction, shape, nearly, "LAS");
    amos_score *score;
    amos_error err = {0};
    const amos_score_options *forgiving[] = {NULL, &options,
                                             &(amos_score_options){.size = offsetof(amos_score_options, accept)}};
    for (int i = 0; i < 3; i++) {
        assert_ok(amos_score_make(r, p, forgiving[i], &score, &err), &err);
        double displacement = amos_score_get_info(score)->displacement;
        ck_assert_msg(displacement > 0.001 && displacement < 0.01, "%g", displacement);
        amos_score_free(score);
    }
    amos_accept none = AMOS_ACCEPT_INIT;
    none.tolerance_voxels = 0;
    options.accept = &none;
    refuse(r, p, &options, AMOS_E_PAIR_GEOM, "mm away");
    assert_ok(amos_score_make(r, r, &options, &score, &err), &err);
    amos_score_free(score);
    amos_labelmap_free(p);
    amos_labelmap_free(r);
}
END_TEST

static amos_labelmap *map_of(const struct nifti_file *file, uint32_t flags)
{
    amos_volume *volume = open_made(file);
    amos_labelmap_options options = {.size = sizeof options, .flags = flags};
    amos_labelmap *map = NULL;
    amos_error err = {0};
    assert_ok(amos_labelmap_load(volume, &options, &map, &err), &err);
    amos_volume_free(volume);
    return map;
}

START_TEST(maps_without_place_or_voxels)
{
    struct nifti_spec spec = {.ndim = 3, .dim = {6, 5, 4}, .type = AMOS_TYPE_UINT8, .voxels = reference, .no_forms = 1};
    struct nifti_file nowhere = nifti_make(&spec);
    struct nifti_file broken = label_file(reference, shape, AMOS_TYPE_UINT8, "LAS", spacing);
    for (int j = 0; j < 4; j++)
        nifti_poke(&broken, "srow_x", j, 0);
    amos_labelmap *r = score_map(reference, shape, spacing, "LAS"), *p = map_of(&nowhere, 0);
    amos_labelmap *counted = map_of(&nowhere, AMOS_LABELMAP_STATS_ONLY), *shapeless = map_of(&broken, 0);
    amos_score *score;
    amos_error err = {0};
    assert_ok(amos_score_make(r, p, NULL, &score, &err), &err);
    ck_assert(amos_score_get_info(score)->warnings & AMOS_W_NOORIENT);
    amos_score_free(score);
    refuse(r, counted, NULL, AMOS_E_ARG, "voxels");
    refuse(NULL, p, NULL, AMOS_E_ARG, "two label maps");
    refuse(r, shapeless, NULL, AMOS_E_GEOM, "no usable geometry");
    assert_status(amos_score_make(r, p, NULL, NULL, NULL), AMOS_E_ARG, NULL);
    amos_labelmap_free(shapeless);
    amos_labelmap_free(counted);
    amos_labelmap_free(p);
    amos_labelmap_free(r);
    nifti_free(&broken);
    nifti_free(&nowhere);
}
END_TEST

static const double numbers[65] = {0}, negative[1] = {-1}, beyond[1] = {101}, not_a_number[1] = {NAN};

#define WITH(...) \
    { \
        .size = sizeof(amos_score_options), __VA_ARGS__ \
    }
static const amos_score_options bad_options[] = {
    WITH(.convention = AMOS_CONVENTION_COUNT),
    WITH(.absent = (amos_absent)2),
    WITH(.tolerances = numbers, .tolerance_count = 65),
    WITH(.tolerance_count = 1),
    WITH(.tolerances = negative, .tolerance_count = 1),
    WITH(.tolerances = not_a_number, .tolerance_count = 1),
    WITH(.percentiles = numbers, .percentile_count = 65),
    WITH(.percentile_count = 1),
    WITH(.percentiles = beyond, .percentile_count = 1),
    WITH(.percentiles = negative, .percentile_count = 1),
    WITH(.accept = ACCEPT(.max_label = 256)),
    WITH(.accept = ACCEPT(.max_label = -1)),
    WITH(.threads = -1),
    WITH(.accept = &(const amos_accept){.size = sizeof(amos_accept), .tolerance_voxels = -1}),
    {.size = 3},
};

START_TEST(options_that_make_no_sense_are_refused)
{
    amos_labelmap *r = score_map(reference, shape, spacing, "LAS");
    refuse(r, r, &bad_options[_i], AMOS_E_ARG, "");
    amos_labelmap_free(r);
}
END_TEST

START_TEST(no_tolerances_and_percentiles_are_fine)
{
    amos_score *score = score_with(&(amos_score_options)WITH(.tolerances = numbers, .percentiles = numbers));
    ck_assert_ptr_nonnull(amos_score_get_info(score)->tolerances);
    ck_assert_uint_eq(amos_score_get_info(score)->tolerance_count, 0);
    ck_assert_uint_eq(amos_score_get_info(score)->percentile_count, 0);
    assert_same(amos_score_get_organ(score, 1)->hd, 0);
    amos_score_free(score);
}
END_TEST

/* ---- ignored values ---- */

static amos_labelmap *accepting_map(const uint8_t *voxels, const amos_accept *accept)
{
    struct nifti_file file = label_file(voxels, shape, AMOS_TYPE_UINT8, "LAS", spacing);
    amos_volume *volume = open_made(&file);
    const amos_labelmap_options options = {.size = sizeof options, .accept = accept};
    amos_labelmap *map = NULL;
    amos_error err = {0};
    assert_ok(amos_labelmap_load(volume, &options, &map, &err), &err);
    amos_volume_free(volume);
    nifti_free(&file);
    return map;
}

/* Where the reference is ignored, both are as if they had background there; what the prediction ignores is background
 * in the prediction alone. */
START_TEST(ignored_voxels_are_in_no_measure)
{
    static const int64_t ignore[] = {255};
    uint8_t r[VOXELS], p[VOXELS], r_rest[VOXELS], p_rest[VOXELS];
    uint64_t seed = (uint64_t)_i + 1, left_out = 0, in_prediction = 0;
    for (int i = 0; i < VOXELS; i++) {
        r[i] = (uint8_t)(random_below(&seed, 5) ? random_below(&seed, 4) : 255);
        p[i] = (uint8_t)(random_below(&seed, 9) ? random_below(&seed, 4) : 255);
        left_out += r[i] == 255;
        in_prediction += p[i] == 255;
        r_rest[i] = r[i] == 255 ? 0 : r[i];
        p_rest[i] = r[i] == 255 || p[i] == 255 ? 0 : p[i];
    }
    const amos_accept *accept = ACCEPT(.ignore = ignore, .ignore_count = 1, .max_label = 3);
    amos_labelmap *maps[] = {accepting_map(r, accept), accepting_map(p, accept), accepting_map(r_rest, accept),
                             accepting_map(p_rest, accept)};
    const uint8_t same[] = {0, 1, 2, 3};
    amos_labelmap *renumbered;
    amos_score *score, *expected, *again;
    amos_error err = {0};
    assert_ok(amos_score_make(maps[0], maps[1], NULL, &score, &err), &err);
    assert_ok(amos_score_make(maps[2], maps[3], NULL, &expected, &err), &err);
    assert_ok(amos_labelmap_renumber(maps[0], same, 4, &renumbered, &err), &err);
    assert_ok(amos_score_make(renumbered, maps[1], NULL, &again, &err), &err);
    const amos_score_info *info = amos_score_get_info(score);
    ck_assert_uint_eq(info->left_out, left_out);
    ck_assert_uint_eq(info->reference.ignored, left_out);
    ck_assert_uint_eq(info->prediction.ignored, in_prediction);
    ck_assert(info->warnings & AMOS_W_IGNORED);
    ck_assert_uint_eq(amos_score_get_info(again)->left_out, left_out);
    ck_assert_uint_eq(amos_score_get_info(expected)->left_out, 0);
    for (int label = 1; label <= 3; label++)
        for (int m = 0; m < AMOS_MEASURE_COUNT; m++) {
            double wanted = amos_score_value(expected, label, (amos_measure)m, 0);
            assert_same(amos_score_value(score, label, (amos_measure)m, 0), wanted);
            assert_same(amos_score_value(again, label, (amos_measure)m, 0), wanted);
        }
    amos_score_free(again);
    amos_score_free(expected);
    amos_score_free(score);
    amos_labelmap_free(renumbered);
    for (int i = 0; i < 4; i++)
        amos_labelmap_free(maps[i]);
}
END_TEST

START_TEST(labels_above_the_largest_are_refused)
{
    amos_labelmap *r = score_map(reference, shape, spacing, "LAS"), *p = score_map(prediction, shape, spacing, "LAS");
    refuse(r, p, &(amos_score_options)WITH(.accept = ACCEPT(.max_label = 2)), AMOS_E_LABEL,
           "reference has 1 voxels with label 5");
    prediction[63] = 0;
    amos_labelmap_free(p);
    p = score_map(prediction, shape, spacing, "LAS");
    refuse(p, r, &(amos_score_options)WITH(.accept = ACCEPT(.max_label = 4)), AMOS_E_LABEL,
           "prediction has 1 voxels with label 5");
    amos_labelmap_free(p);
    amos_labelmap_free(r);
}
END_TEST

/* ---- files ---- */

static char *write_map(const char *name, const uint8_t *voxels, const double space[3])
{
    struct nifti_file file = label_file(voxels, shape, AMOS_TYPE_UINT16, "LAS", space);
    char *path = tmp_write_bytes(name, &file.bytes);
    nifti_free(&file);
    return path;
}

static void refuse_paths(const char *r, const char *p, amos_status status, const char *words)
{
    amos_score *score = (amos_score *)(void *)reference;
    amos_error err = {0};
    assert_status(amos_score_open(r, p, NULL, NULL, &score, &err), status, &err);
    assert_sentence(&err, status, words);
    ck_assert_msg(strstr(err.message, words), "\"%s\" is not in: %s", words, err.message);
    ck_assert_ptr_null(score);
}

START_TEST(files_and_volumes_score_as_maps)
{
    static const double other[3] = {2, 1, 4};
    char *r = write_map("r.nii", reference, spacing), *p = write_map("p.nii", prediction, spacing);
    char *far = write_map("far.nii", prediction, other);
    amos_score *score, *same, *none = NULL, *maps = score_with(NULL);
    amos_volume *rv, *pv;
    amos_error err = {0};
    assert_ok(amos_score_open(r, p, NULL, NULL, &score, &err), &err);
    assert_ok(amos_volume_open(r, NULL, &rv, &err), &err);
    assert_ok(amos_volume_open(p, NULL, &pv, &err), &err);
    assert_ok(amos_score_load(rv, pv, NULL, &same, &err), &err);
    for (int label = 1; label <= 15; label++) {
        assert_same(amos_score_get_organ(score, label)->assd, amos_score_get_organ(maps, label)->assd);
        assert_same(amos_score_get_organ(same, label)->assd, amos_score_get_organ(maps, label)->assd);
    }
    assert_status(amos_score_load(NULL, pv, NULL, &none, NULL), AMOS_E_ARG, NULL);
    ck_assert_ptr_null(none);
    amos_buffer_pool *pool;
    amos_score *pooled;
    assert_ok(amos_buffer_pool_make(0, &pool, &err), &err);
    const amos_score_options options = {.size = sizeof options, .pool = pool};
    for (int time = 0; time < 2; time++) {
        assert_ok(amos_score_load(rv, pv, &options, &pooled, &err), &err);
        assert_same(amos_score_get_organ(pooled, 5)->assd, amos_score_get_organ(maps, 5)->assd);
        ck_assert_uint_ge(amos_buffer_pool_idle_bytes(pool), 2 * VOXELS);
        amos_score_free(pooled);
    }
    amos_buffer_pool_free(pool);
    refuse_paths(r, far, AMOS_E_PAIR_GEOM, "r.nii");
    refuse_paths(r, "/nowhere.nii", AMOS_E_OPEN, "/nowhere.nii");
    refuse_paths(NULL, p, AMOS_E_ARG, "two paths");
    prediction[7] = 16;
    char *wrong = write_map("wrong.nii", prediction, spacing);
    refuse_paths(r, wrong, AMOS_E_LABEL, "wrong.nii");
    amos_volume_free(pv);
    amos_volume_free(rv);
    amos_score_free(maps);
    amos_score_free(same);
    amos_score_free(score);
    free(wrong);
    free(far);
    free(p);
    free(r);
}
END_TEST

/* ---- progress ---- */

struct calls {
    uint64_t count, last, stop_at;
    int wrong;
};

static int count_calls(void *user, uint64_t done, uint64_t total)
{
    struct calls *calls = user;
    calls->wrong |= total != 30 || done > total || (calls->count && done < calls->last);
    calls->last = done;
    return ++calls->count == calls->stop_at;
}

START_TEST(progress_can_stop_it)
{
    amos_labelmap *r = score_map(reference, shape, spacing, "LAS"), *p = score_map(prediction, shape, spacing, "LAS");
    for (int threads = 1; threads <= 3; threads += 2) {
        struct calls calls = {0};
        amos_score_options options = WITH(.threads = threads, .progress = {count_calls, &calls});
        amos_score *score;
        amos_error err = {0};
        assert_ok(amos_score_make(r, p, &options, &score, &err), &err);
        amos_score_free(score);
        ck_assert_uint_eq(calls.last, 30);
        ck_assert(!calls.wrong);
        for (uint64_t stop = 1; stop <= 31; stop += 5) {
            calls = (struct calls){.stop_at = stop};
            assert_status(amos_score_make(r, p, &options, &score, &err), AMOS_E_CANCEL, &err);
            ck_assert_ptr_null(score);
            ck_assert_uint_eq(calls.count, stop);
        }
    }
    amos_labelmap_free(p);
    amos_labelmap_free(r);
}
END_TEST

/* ---- names ---- */

START_TEST(names_are_parsed)
{
    amos_convention convention;
    amos_absent absent;
    amos_error err = {0};
    for (int i = 0; i < AMOS_CONVENTION_COUNT; i++) {
        assert_ok(amos_convention_parse(amos_convention_name((amos_convention)i), &convention, &err), &err);
        ck_assert_int_eq(convention, i);
    }
    for (int i = 0; i < 2; i++) {
        assert_ok(amos_absent_parse(amos_absent_name((amos_absent)i), &absent, &err), &err);
        ck_assert_int_eq(absent, i);
    }
    assert_ok(amos_convention_parse("MONAI", &convention, &err), &err);
    ck_assert_int_eq(convention, AMOS_CONVENTION_MONAI);
    ck_assert_str_eq(amos_convention_name(AMOS_CONVENTION_COUNT), "?");
    ck_assert_str_eq(amos_absent_name((amos_absent)-1), "?");
    assert_status(amos_convention_parse("other", &convention, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "other");
    ck_assert_int_eq(convention, AMOS_CONVENTION_DEEPMIND);
    assert_status(amos_absent_parse(NULL, &absent, &err), AMOS_E_ARG, &err);
    ck_assert_int_eq(absent, AMOS_ABSENT_NAN);
    assert_status(amos_convention_parse("nan", NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_absent_parse("nan", NULL, &err), AMOS_E_ARG, &err);
}
END_TEST

START_TEST(each_convention_names_its_source)
{
    for (int i = 0; i < AMOS_CONVENTION_COUNT; i++) {
        const char *source = amos_convention_source((amos_convention)i);
        ck_assert_ptr_nonnull(strpbrk(source, "0123456789"));
        for (int other = 0; other < i; other++)
            ck_assert_str_ne(source, amos_convention_source((amos_convention)other));
    }
    ck_assert_str_eq(amos_convention_source(AMOS_CONVENTION_MEDPY), "MedPy 0.5.2 (2024-07-23)");
    ck_assert_str_eq(amos_convention_source(AMOS_CONVENTION_COUNT), "?");
    ck_assert_str_eq(amos_convention_source((amos_convention)-1), "?");
}
END_TEST

START_TEST(a_null_score_has_nothing)
{
    ck_assert_ptr_null(amos_score_get_organ(NULL, 1));
    ck_assert_ptr_null(amos_score_get_info(NULL));
    amos_score_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("score");
    TCase *measures = add_case(suite, "measures", 10);
    tcase_add_checked_fixture(measures, set_up, NULL);
    tcase_add_loop_test(measures, defaults_are_recorded, 0, 2);
    tcase_add_test(measures, one_voxel_apart_is_one_step);
    tcase_add_test(measures, corners_are_nearer_than_voxels);
    tcase_add_test(measures, equal_organs_have_no_distance);
    tcase_add_test(measures, an_organ_of_one_map_is_a_failure);
    tcase_add_test(measures, an_organ_of_no_map_follows_the_rule);
    tcase_add_test(measures, means_say_what_they_leave_out);
    tcase_add_test(measures, a_mean_is_as_large_as_the_caller_says);
    tcase_add_test(measures, a_value_is_that_of_its_field);
    tcase_add_loop_test(measures, each_measure_is_named_and_found, 0, AMOS_MEASURE_COUNT);
    tcase_add_loop_test(measures, other_numbers_are_no_measure, 0, 5);
    TCase *refused = add_case(suite, "refused", 10);
    tcase_add_checked_fixture(refused, set_up, NULL);
    tcase_add_test(refused, maps_that_do_not_fit_are_refused);
    tcase_add_test(refused, a_tolerance_of_zero_means_zero);
    tcase_add_test(refused, maps_without_place_or_voxels);
    tcase_add_loop_test(measures, ignored_voxels_are_in_no_measure, 0, 8);
    tcase_add_loop_test(refused, options_that_make_no_sense_are_refused, 0, ROWS(bad_options));
    tcase_add_test(refused, no_tolerances_and_percentiles_are_fine);
    tcase_add_test(refused, labels_above_the_largest_are_refused);
    TCase *others = add_case(suite, "others", 20);
    tcase_add_checked_fixture(others, set_up, NULL);
    tcase_add_test(others, files_and_volumes_score_as_maps);
    tcase_add_test(others, progress_can_stop_it);
    tcase_add_test(others, names_are_parsed);
    tcase_add_test(others, each_convention_names_its_source);
    tcase_add_test(others, a_null_score_has_nothing);
    return run_suite(suite);
}
