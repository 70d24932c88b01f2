/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score on whole data sets: phantoms with their predictions, and real cases compared with golden values. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/command.h"
#include "support/main.h"
#include "support/shared.h"
#include "support/tmp.h"

static const char *shared;

static const cJSON *item(const cJSON *array, int index)
{
    const cJSON *found = cJSON_GetArrayItem(array, index);
    ck_assert_msg(cJSON_IsArray(array) && found, "no item %d", index);
    return found;
}

START_TEST(phantom_predictions_are_scored)
{
    char *set = tmp_path("phantom");
    struct outcome made = run_amos("phantom %s --cases 3 --size 64x52x30 --predictions", set);
    assert_exit(&made, 0);
    struct outcome json = run_amos("score -r %s -p %s/predictions --json", set, set);
    assert_exit(&json, 0);
    cJSON *result = parse_json(json.out);
    double scored = member_number(member(result, "counts"), "scored");
    ck_assert(scored >= 2 && scored == member_number(member(result, "counts"), "cases"));
    const cJSON *all = item(member(result, "summary"), 0);
    double dice = member_number(member(member(all, "mean_of_organs"), "dice"), "mean");
    ck_assert_msg(dice > 0.5 && dice < 0.99, "mean Dice %g", dice);
    ck_assert(member_number(member(item(member(all, "organs"), 3), "dice"), "worst") ==
              0); /* the missed gall bladder */
    cJSON_Delete(result);
    outcome_free(&json);
    outcome_free(&made);
    free(set);
}
END_TEST

static cJSON *read_json_file(const char *path)
{
    struct bytes text = read_file(path);
    cJSON *value = cJSON_ParseWithLength((const char *)text.data, text.size);
    ck_assert_ptr_nonnull(value);
    bytes_free(&text);
    return value;
}

/* golden: a number, "nan" or "inf". */
static void assert_golden(const cJSON *organ, const char *name, const cJSON *golden, const char *golden_name)
{
    const cJSON *got = member(organ, name), *expected = member(golden, golden_name);
    if (cJSON_IsNumber(expected)) {
        double scale = fmax(fabs(expected->valuedouble), 1e-300);
        ck_assert_msg(cJSON_IsNumber(got) && fabs(got->valuedouble - expected->valuedouble) <= 1e-9 * scale, "%s",
                      name);
    } else if (member_number(organ, "voxels_reference") + member_number(organ, "voxels_prediction") == 0) {
        ck_assert(cJSON_IsNull(got));
    } else {
        ck_assert_str_eq(member_text(organ, name), expected->valuestring);
    }
}

START_TEST(real_predictions_have_their_golden_scores)
{
    char *reference = shared_path("amos-mini"), *prediction = shared_path("predictions");
    char *golden_path = shared_path("golden/metrics.json");
    struct outcome json = run_amos("score -r %s -p %s --json --tolerance 0.5,1,2", reference, prediction);
    assert_exit(&json, 0);
    cJSON *result = parse_json(json.out), *golden = read_json_file(golden_path);
    int organs = 0;
    const cJSON *scored, *organ;
    cJSON_ArrayForEach(scored, member(result, "cases"))
    {
        const cJSON *labels = member(member(golden, member_text(scored, "id")), "organs");
        cJSON_ArrayForEach(organ, member(scored, "organs"))
        {
            char label[16];
            snprintf(label, sizeof label, "%d", member(organ, "label")->valueint);
            const cJSON *expected = member(member(labels, label), "deepmind");
            assert_golden(organ, "nsd_0.5mm", expected, "nsd_0.5mm");
            assert_golden(organ, "nsd_1mm", expected, "nsd_1mm");
            assert_golden(organ, "nsd_2mm", expected, "nsd_2mm");
            assert_golden(organ, "hd95", expected, "hd95");
            assert_golden(organ, "hd", expected, "hd100");
            assert_golden(organ, "dice", member(labels, label), "dice");
            organs++;
        }
    }
    ck_assert_int_eq(organs, 60);
    cJSON_Delete(golden);
    cJSON_Delete(result);
    outcome_free(&json);
    free(golden_path);
    free(prediction);
    free(reference);
}
END_TEST

int main(void)
{
    shared = shared_data("amos score on real cases");
    Suite *suite = suite_create("score_sets");
    TCase *whole = add_case(suite, "whole", 60);
    tcase_add_test(whole, phantom_predictions_are_scored);
    if (shared)
        tcase_add_test(whole, real_predictions_have_their_golden_scores);
    return run_suite(suite);
}
