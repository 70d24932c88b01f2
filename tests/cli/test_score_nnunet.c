/* SPDX-License-Identifier: BSD-3-Clause */
/* nnU-Net's summary.json: written by amos score, read by amos score-compare and by amos score --from. */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/bytes.h"
#include "support/command.h"
#include "support/main.h"
#include "support/make/small_set.h"
#include "support/tmp.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static void assert_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text);
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

/* Case 1: of 6 voxels of organ 1 the first 4 are found, and 2 more of organ 6 are taken for it; organ 2 is invented with one
 * voxel. Case 2 is right. */
static char *make_predictions(const char *set)
{
    char *folder = small_set_path(set, "predictions");
    ck_assert_int_eq(mkdir(folder, 0777), 0);
    unsigned char first[SMALL_SET_VOXELS] = {0}, second[SMALL_SET_VOXELS] = {0};
    memset(first, 1, 4);
    memset(first + 6, 1, 2);
    memset(first + 8, 6, 22);
    first[119] = 2;
    memset(second, 6, 12);
    char *one = small_set_path(folder, "amos_0001.nii.gz"), *two = small_set_path(folder, "amos_0002.nii.gz");
    small_set_write_voxels(one, first);
    small_set_write_voxels(two, second);
    free(two);
    free(one);
    return folder;
}

/* The file with NaN and Infinity as texts, which cJSON can read. */
static cJSON *read_summary(const char *path)
{
    struct bytes text = read_file(path);
    char *copy = malloc(2 * text.size + 1), *to = copy;
    for (size_t i = 0; i < text.size; i++) {
        bool word = strncmp((char *)text.data + i, "NaN", 3) == 0;
        bool infinite = strncmp((char *)text.data + i, "Infinity", 8) == 0;
        if (!word && !infinite) {
            *to++ = (char)text.data[i];
            continue;
        }
        to += sprintf(to, word ? "\"nan\"" : "\"inf\"");
        i += word ? 2 : 7;
    }
    *to = '\0';
    cJSON *json = parse_json(copy);
    free(copy);
    bytes_free(&text);
    return json;
}

static void assert_number(const cJSON *metrics, const char *name, double expected)
{
    ck_assert_msg(fabs(member_number(metrics, name) - expected) < 1e-12, "%s is %.17g", name,
                  member_number(metrics, name));
}

START_TEST(a_summary_has_the_keys_of_nnunet)
{
    char *set = small_set_make("keys"), *predictions = make_predictions(set),
         *out = small_set_path(set, "summary.json");
    struct outcome scored = run_amos("score -r %s -p %s --split training --summary %s", set, predictions, out);
    assert_exit(&scored, 0);
    assert_has(scored.out, "Spleen"); /* the table is printed all the same */
    outcome_free(&scored);
    cJSON *json = read_summary(out);
    const cJSON *first = member(json, "metric_per_case")->child, *metrics = member(first, "metrics");
    assert_has(member_text(first, "reference_file"), "labelsTr/amos_0001.nii.gz");
    assert_has(member_text(first, "prediction_file"), "predictions/amos_0001.nii.gz");
    const cJSON *spleen = member(metrics, "1"), *kidney = member(metrics, "2"), *none = member(metrics, "15");
    assert_number(spleen, "TP", 4);
    assert_number(spleen, "FP", 2);
    assert_number(spleen, "FN", 2);
    assert_number(spleen, "TN", 112);
    assert_number(spleen, "n_pred", 6);
    assert_number(spleen, "n_ref", 6);
    assert_number(spleen, "Dice", 8.0 / 12);
    assert_number(spleen, "IoU", 4.0 / 8);
    assert_number(kidney, "Dice", 0);
    assert_number(kidney, "FP", 1);
    ck_assert_str_eq(member_text(kidney, "HD95"), "inf");
    ck_assert_str_eq(member_text(none, "Dice"), "nan");
    ck_assert_str_eq(member_text(none, "IoU"), "nan");
    ck_assert_str_eq(member_text(none, "NSD_1mm"), "nan");
    assert_number(none, "TN", 120);
    ck_assert(cJSON_IsNumber(member(spleen, "HD95")) && cJSON_IsNumber(member(spleen, "ASSD")));
    /* Case 2 has no organ 1: its mean is that of case 1. Organ 6: 22 of 24 and 22 voxels, and 12 of 12. */
    assert_number(member(member(json, "mean"), "1"), "Dice", 8.0 / 12);
    assert_number(member(member(json, "mean"), "1"), "TP", 2);
    assert_number(member(member(json, "mean"), "6"), "Dice", (44.0 / 46 + 1) / 2);
    ck_assert_str_eq(member_text(member(json, "foreground_mean"), "Dice"), "nan"); /* the plain mean, as of nnU-Net */
    assert_number(member(json, "foreground_mean"), "TP", (2 + 17) / 15.0);
    cJSON_Delete(json);
    free(out);
    free(predictions);
    free(set);
}
END_TEST

/* Keys are sorted as texts, as Python's json.dump(sort_keys=True) does. */
START_TEST(keys_are_sorted)
{
    char *set = small_set_make("sorted"), *predictions = make_predictions(set), *out = small_set_path(set, "s.json");
    struct outcome scored =
        run_amos("score -r %s -p %s --split training --absent one --summary %s", set, predictions, out);
    assert_exit(&scored, 0);
    outcome_free(&scored);
    cJSON *json = read_summary(out);
    const cJSON *labels = member(json, "mean"), *label, *metric;
    const char *before = "";
    cJSON_ArrayForEach(label, labels)
    {
        ck_assert_int_lt(strcmp(before, label->string), 0);
        before = label->string;
    }
    before = "";
    cJSON_ArrayForEach(metric, labels->child)
    {
        ck_assert_int_lt(strcmp(before, metric->string), 0);
        before = metric->string;
    }
    ck_assert_str_eq(member_text(member(labels, "15"), "Dice"), "nan"); /* --absent does not change nnU-Net's own */
    cJSON_Delete(json);
    free(out);
    free(predictions);
    free(set);
}
END_TEST

/* ---- reading ---- */

/* As nnU-Net's evaluation writes it, with a NaN and regions left out. */
static const char theirs[] =
    "{\"foreground_mean\": {\"Dice\": 0.5}, \"mean\": {\"1\": {\"Dice\": 0.5}}, \"metric_per_case\": [\n"
    "{\"metrics\": {\"1\": {\"Dice\": 0.75, \"FN\": 1, \"FP\": 2, \"IoU\": 0.6, \"TN\": 3, \"TP\": 4, \"n_pred\": 6,\n"
    "\"n_ref\": 5}, \"2\": {\"Dice\": NaN, \"FN\": 0, \"FP\": 0, \"IoU\": NaN, \"TN\": 10, \"TP\": 0, \"n_pred\": 0,\n"
    "\"n_ref\": 0}}, \"prediction_file\": \"/p/amos_0001.nii.gz\", \"reference_file\": \"/r/NaN/amos_0001.nii.gz\"},\n"
    "{\"metrics\": {\"1\": {\"Dice\": 0.25, \"IoU\": 0.1}, \"2\": {\"Dice\": 1, \"IoU\": 1}},\n"
    "\"prediction_file\": \"/p/amos_0002.nii.gz\", \"reference_file\": \"/r/amos_0002.nii.gz\"}]}";

START_TEST(a_file_of_nnunet_is_compared)
{
    char *a = tmp_path("theirs.json"), *b = tmp_path("other.json"), *other = strdup(theirs);
    write_text(a, theirs);
    memcpy(strstr(other, "0.75"), "0.85", 4);
    write_text(b, other);
    struct outcome out = run_amos("score-compare %s %s --json", a, b);
    assert_exit(&out, 0);
    cJSON *json = parse_json(out.out);
    const cJSON *first = member(json, "organs")->child;
    ck_assert_str_eq(member_text(first, "organ"), "label 1");
    assert_number(member(first, "dice"), "difference", 0.05);
    assert_number(member(first, "jaccard"), "difference", 0);
    assert_number(member(first->next, "dice"), "left_out", 1); /* it is NaN in one */
    ck_assert(cJSON_IsNull(member(json, "convention")));
    cJSON_Delete(json);
    outcome_free(&out);
    out = run_amos("score-compare %s %s", a, b);
    assert_exit(&out, 0);
    assert_has(out.out, "convention not named");
    outcome_free(&out);
    free(other);
    free(b);
    free(a);
}
END_TEST

START_TEST(both_kinds_of_result_are_compared)
{
    char *set = small_set_make("both"), *predictions = make_predictions(set);
    char *ours = small_set_path(set, "ours.json"), *summary = small_set_path(set, "summary.json");
    struct outcome scored =
        run_amos("score -r %s -p %s --split training --json -o %s --summary %s", set, predictions, ours, summary);
    assert_exit(&scored, 0);
    outcome_free(&scored);
    for (int i = 0; i < 2; i++) {
        struct outcome out = run_amos("score-compare %s %s --json", i ? ours : summary, i ? summary : ours);
        assert_exit(&out, 0);
        cJSON *json = parse_json(out.out);
        const cJSON *spleen = member(json, "organs")->child;
        ck_assert_str_eq(member_text(spleen, "organ"), "spleen");
        static const char *const metrics[] = {"dice", "hd95", "assd", "nsd_1mm", "nsd_2mm"};
        for (int m = 0; m < COUNT(metrics); m++) {
            assert_number(member(spleen, metrics[m]), "difference", 0);
            assert_number(member(spleen, metrics[m]), "count", 1);
        }
        ck_assert_ptr_null(cJSON_GetObjectItem(spleen, "jaccard"));
        ck_assert_str_eq(member_text(json, "convention"), "deepmind");
        cJSON_Delete(json);
        outcome_free(&out);
    }
    free(summary);
    free(ours);
    free(predictions);
    free(set);
}
END_TEST

static const struct bad_file {
    const char *text, *words;
} bad_files[] = {
    {"{\"metric_per_case\": []}", "There is no case"},
    {"{\"metric_per_case\": [{}]}", "A case has no metrics"},
    {"{\"metric_per_case\": [{\"metrics\": {}}]}", "not 1, 2, ... without gaps"},
    {"{\"metric_per_case\": [{\"metrics\": {\"(1, 2)\": {\"Dice\": 1}}}]}", "not 1, 2, ... without gaps"},
    {"{\"metric_per_case\": [{\"metrics\": {\"1\": {\"Dice\": 1}}}]}", "A case has no reference_file"},
    {"{\"metric_per_case\": [{\"metrics\": {\"1\": {\"TP\": 1}}, \"reference_file\": \"a.nii\"}]}", "has no Dice"},
    {"{\"metric_per_case\": [{\"metrics\": {\"1\": {\"Dice\": \"x\"}}, \"reference_file\": \"a.nii\"}]}",
     "lacks a number"},
    {"{\"metric_per_case\": [{\"metrics\": {\"1\": {\"Dice\": 1}}, \"reference_file\": \"a.nii\"},"
     "{\"metrics\": {\"1\": {\"Dice\": 1}}, \"reference_file\": \"a.nii\"}]}",
     "A case appears twice"},
    {"{\"metric_per_case\": [{\"metrics\": {\"1\": {\"Dice\": 1}}, \"reference_file\": \"a.nii\"},"
     "{\"metrics\": {\"1\": {\"Dice\": 1}, \"2\": {\"Dice\": 1}}, \"reference_file\": \"b.nii\"}]}",
     "do not have the same labels"},
    {"{\"metric_per_case\": [}", "E_JSON_SYNTAX"},
    {"{\"cases\": [NaN]}", "E_JSON_SYNTAX"},
};

START_TEST(a_file_that_is_none_is_refused)
{
    char *path = tmp_path("bad.json");
    write_text(path, bad_files[_i].text);
    struct outcome out = run_amos("score-compare %s %s", path, path);
    assert_exit(&out, 1);
    assert_has(out.err, bad_files[_i].words);
    outcome_free(&out);
    free(path);
}
END_TEST

/* ---- pictures ---- */

#ifdef AMOS_HAVE_LIBPNG
static bool same_files(const char *a, const char *b)
{
    struct bytes x = read_file(a), y = read_file(b);
    bool same = x.size == y.size && memcmp(x.data, y.data, x.size) == 0;
    bytes_free(&y);
    bytes_free(&x);
    return same;
}

START_TEST(the_worst_cases_are_drawn_by_a_summary)
{
    char *set = small_set_make("worst"), *predictions = make_predictions(set);
    char *summary = small_set_path(set, "summary.json"), *scored = small_set_path(set, "scored");
    char *read = small_set_path(set, "read");
    struct outcome out = run_amos("score -r %s -p %s --split training --summary %s --worst 1 --pictures %s", set,
                                  predictions, summary, scored);
    assert_exit(&out, 0);
    outcome_free(&out);
    out = run_amos("score -r %s -p %s --split training --from %s --worst 1 --pictures %s", set, predictions, summary,
                   read);
    assert_exit(&out, 0);
    ck_assert_str_eq(out.out, "");
    outcome_free(&out);
    char *a = small_set_path(scored, "amos_0001.png"), *b = small_set_path(read, "amos_0001.png");
    ck_assert(same_files(a, b));
    write_text(summary,
               "{\"metric_per_case\": [{\"metrics\": {\"1\": {\"Dice\": 1}}, \"reference_file\": \"z.nii\"}]}");
    out = run_amos("score -r %s -p %s --split training --from %s --worst 1 --pictures %s", set, predictions, summary,
                   read);
    assert_exit(&out, 1);
    assert_has(out.err, "None of its cases with a Dice has a label here");
    outcome_free(&out);
    free(b);
    free(a);
    free(read);
    free(scored);
    free(summary);
    free(predictions);
    free(set);
}
END_TEST
#endif

static const struct mistake {
    const char *words, *says;
} mistakes[] = {{"score -r %s -p %s --from x.json", "give it --worst and --pictures"},
                {"score -r %s -p %s --summary -", "--summary cannot be"},
                {"score -r %s -p %s --summary x.csv", "promises CSV"}};

START_TEST(mistakes_are_explained)
{
    char *set = small_set_make("mistakes");
    struct outcome out = run_amos(mistakes[_i].words, set, set);
    assert_exit(&out, 2);
    assert_has(out.err, mistakes[_i].says);
    outcome_free(&out);
    free(set);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("score_nnunet");
    TCase *write = add_case(suite, "write", 10);
    tcase_add_test(write, a_summary_has_the_keys_of_nnunet);
    tcase_add_test(write, keys_are_sorted);
    TCase *read = add_case(suite, "read", 10);
    tcase_add_test(read, a_file_of_nnunet_is_compared);
    tcase_add_test(read, both_kinds_of_result_are_compared);
    tcase_add_loop_test(read, a_file_that_is_none_is_refused, 0, COUNT(bad_files));
#ifdef AMOS_HAVE_LIBPNG
    tcase_add_test(read, the_worst_cases_are_drawn_by_a_summary);
#endif
    TCase *words = add_case(suite, "words", 10);
    tcase_add_loop_test(words, mistakes_are_explained, 0, COUNT(mistakes));
    return run_suite(suite);
}
