/* SPDX-License-Identifier: BSD-3-Clause */
/* Scores of four real predictions against those of google-deepmind/surface-distance and MedPy. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>
#include <cjson/cJSON.h>

#include "support/main.h"
#include "support/shared.h"
#include "support/tmp.h"

static const double tolerances[] = {0.5, 1, 2};
static const double percentiles[] = {95, 100};

static const struct pair {
    const char *id, *reference;
} pairs[] = {
    {"amos_0018", "amos-mini/labelsTr/amos_0018.nii.gz"},
    {"amos_0302", "amos-mini/labelsTr/amos_0302.nii.gz"},
    {"amos_0311", "amos-mini/labelsVa/amos_0311.nii.gz"},
    {"amos_0508", "amos-mini/labelsTr/amos_0508.nii.gz"},
};
#define PAIRS ((int)(sizeof pairs / sizeof pairs[0]))

static cJSON *golden;

static const cJSON *member(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    ck_assert_msg(item != NULL, "the golden file has no %s", name);
    return item;
}

/* Numbers, and "nan" and "inf" as strings. */
static double number(const cJSON *object, const char *name)
{
    const cJSON *item = member(object, name);
    if (cJSON_IsString(item))
        return strcmp(item->valuestring, "inf") == 0 ? (double)INFINITY : (double)NAN;
    ck_assert(cJSON_IsNumber(item));
    return item->valuedouble;
}

static void assert_value(const struct pair *pair, int label, const cJSON *values, const char *name, double got)
{
    double wanted = number(values, name);
    int same = isnan(wanted) ? isnan(got) : isinf(wanted) ? got == wanted : fabs(got - wanted) <= 1e-9 * fabs(wanted);
    ck_assert_msg(same, "%s, organ %d, %s is %.17g; the reference has %.17g", pair->id, label, name, got, wanted);
}

static amos_score *score_of(const struct pair *pair, amos_convention convention, int threads)
{
    char prediction[64];
    snprintf(prediction, sizeof prediction, "predictions/%s.nii.gz", pair->id);
    char *r = shared_path(pair->reference), *p = shared_path(prediction);
    amos_score_options options = {.size = sizeof options,
                                  .convention = convention,
                                  .tolerances = tolerances,
                                  .tolerance_count = 3,
                                  .percentiles = percentiles,
                                  .percentile_count = 2,
                                  .threads = threads};
    amos_score *score = NULL;
    amos_error err = {0};
    assert_ok(amos_score_open(r, p, NULL, &options, &score, &err), &err);
    free(p);
    free(r);
    return score;
}

static const cJSON *organ_of(const struct pair *pair, int label)
{
    char name[8];
    snprintf(name, sizeof name, "%d", label);
    return member(member(member(golden, pair->id), "organs"), name);
}

START_TEST(deepmind_agrees)
{
    const struct pair *pair = &pairs[_i];
    amos_score *score = score_of(pair, AMOS_CONVENTION_DEEPMIND, 0);
    for (int label = 1; label <= 15; label++) {
        const amos_organ_score *s = amos_score_get_organ(score, label);
        const cJSON *organ = organ_of(pair, label), *values = member(organ, "deepmind");
        ck_assert_uint_eq(s->voxels_reference, (uint64_t)number(organ, "voxels_ref"));
        ck_assert_uint_eq(s->voxels_prediction, (uint64_t)number(organ, "voxels_pred"));
        assert_value(pair, label, organ, "dice", s->dice);
        assert_value(pair, label, values, "nsd_0.5mm", s->nsd[0]);
        assert_value(pair, label, values, "nsd_1mm", s->nsd[1]);
        assert_value(pair, label, values, "nsd_2mm", s->nsd[2]);
        assert_value(pair, label, values, "hd95", s->hd_percentile[0]);
        assert_value(pair, label, values, "hd100", s->hd_percentile[1]);
        assert_value(pair, label, values, "hd100", s->hd);
        assert_value(pair, label, values, "asd_ref_to_pred", s->mean_reference_to_prediction);
        assert_value(pair, label, values, "asd_pred_to_ref", s->mean_prediction_to_reference);
    }
    amos_score_free(score);
}
END_TEST

/* MedPy refuses to measure an organ that one of the maps lacks, and the golden file has no values for it. Its ASSD is that
 * of versions up to 0.4.0. */
START_TEST(medpy_agrees)
{
    const struct pair *pair = &pairs[_i];
    amos_score *score = score_of(pair, AMOS_CONVENTION_MEDPY_0_4, 0);
    int compared = 0;
    for (int label = 1; label <= 15; label++) {
        const amos_organ_score *s = amos_score_get_organ(score, label);
        const cJSON *values = cJSON_GetObjectItemCaseSensitive(organ_of(pair, label), "medpy");
        ck_assert_int_eq(values != NULL, s->voxels_reference && s->voxels_prediction);
        if (!values)
            continue;
        assert_value(pair, label, values, "hd", s->hd);
        assert_value(pair, label, values, "hd95", s->hd_percentile[0]);
        assert_value(pair, label, values, "asd_ref_pred_order", s->mean_reference_to_prediction);
        assert_value(pair, label, values, "assd", s->assd);
        compared++;
    }
    ck_assert_int_ge(compared, 10);
    amos_score_free(score);
}
END_TEST

/* MedPy 0.5.2 differs from 0.4.0 in ASSD only: it is the mean of all distances of both directions. */
START_TEST(medpy_pools_the_distances_of_assd)
{
    const struct pair *pair = &pairs[_i];
    amos_score *older = score_of(pair, AMOS_CONVENTION_MEDPY_0_4, 0), *score = score_of(pair, AMOS_CONVENTION_MEDPY, 0);
    int apart = 0, unequal = 0;
    for (int label = 1; label <= 15; label++) {
        const amos_organ_score *s = amos_score_get_organ(score, label), *o = amos_score_get_organ(older, label);
        ck_assert(s->hd == o->hd || isnan(s->hd));
        if (!isfinite(o->assd))
            continue;
        double n = o->surface_reference, m = o->surface_prediction;
        double pooled = (n * o->mean_reference_to_prediction + m * o->mean_prediction_to_reference) / (n + m);
        ck_assert_msg(fabs(s->assd - pooled) <= 1e-12 * pooled, "label %d: %.17g, not %.17g", label, s->assd, pooled);
        unequal += n != m;
        apart += fabs(s->assd - o->assd) > 1e-3 * o->assd;
    }
    ck_assert(apart > 0 || unequal == 0);
    amos_score_free(score);
    amos_score_free(older);
}
END_TEST

START_TEST(threads_change_nothing)
{
    for (int convention = 0; convention < AMOS_CONVENTION_COUNT; convention++) {
        amos_score *one = score_of(&pairs[_i], (amos_convention)convention, 1);
        amos_score *five = score_of(&pairs[_i], (amos_convention)convention, 5);
        for (int label = 1; label <= 15; label++) {
            const amos_organ_score *a = amos_score_get_organ(one, label), *b = amos_score_get_organ(five, label);
            ck_assert_mem_eq(a->nsd, b->nsd, sizeof tolerances);
            ck_assert_mem_eq(a->hd_percentile, b->hd_percentile, sizeof percentiles);
            ck_assert_mem_eq(a, b, offsetof(amos_organ_score, nsd));
        }
        amos_score_free(five);
        amos_score_free(one);
    }
}
END_TEST

START_TEST(nothing_is_there)
{
    ck_assert_ptr_null(shared_data("comparing with surface-distance and MedPy"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("score_golden");
    if (!shared_data("comparing with surface-distance and MedPy")) {
        tcase_add_test(add_case(suite, "nothing", 4), nothing_is_there);
        return run_suite(suite);
    }
    char *path = shared_path("golden/metrics.json");
    struct bytes text = read_file(path);
    golden = cJSON_ParseWithLength((const char *)text.data, text.size);
    TCase *whole = add_case(suite, "golden", 60);
    tcase_add_loop_test(whole, deepmind_agrees, 0, PAIRS);
    tcase_add_loop_test(whole, medpy_agrees, 0, PAIRS);
    tcase_add_loop_test(whole, medpy_pools_the_distances_of_assd, 0, PAIRS);
    tcase_add_loop_test(whole, threads_change_nothing, 0, PAIRS);
    int status = run_suite(suite);
    cJSON_Delete(golden);
    bytes_free(&text);
    free(path);
    return status;
}
