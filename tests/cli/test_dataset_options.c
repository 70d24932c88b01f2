/* SPDX-License-Identifier: BSD-3-Clause */
/* Data sets as people have them, with every command: nnU-Net's folders, other names, modalities. */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/command.h"
#include "support/main.h"
#include "support/make/small_set.h"
#include "support/tmp.h"

static void check_texts(struct outcome *outcome, int code, const char *out, const char *err)
{
    ck_assert_msg(outcome->code == code, "exit code %d: %s", outcome->code, outcome->err);
    ck_assert_msg(strstr(outcome->out, out) != NULL, "\"%s\" is not in: %s", out, outcome->out);
    ck_assert_msg(*err ? strstr(outcome->err, err) != NULL : !*outcome->err, "\"%s\" is not in: %s", err, outcome->err);
}

/* Both streams have these parts; "" for stderr means that it is empty. */
static void assert_says(struct outcome outcome, int code, const char *out, const char *err)
{
    check_texts(&outcome, code, out, err);
    outcome_free(&outcome);
}

static void move(const char *root, const char *from, const char *to)
{
    char *a = small_set_path(root, from), *b = small_set_path(root, to);
    ck_assert_msg(rename(a, b) == 0, "%s -> %s", a, b);
    free(b);
    free(a);
}

static void put(const char *root, const char *name, const char *text)
{
    char *path = small_set_path(root, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
    free(path);
}

/* The small set with nnU-Net's names; what has to be a dataset.json of it. */
static char *make_raw(const char *name)
{
    char *root = small_set_make(name);
    static const char *const images[] = {"imagesTr/amos_0001", "imagesTr/amos_0002", "imagesVa/amos_0501"};
    for (int i = 0; i < 3; i++) {
        char from[64], to[64];
        snprintf(from, sizeof from, "%s.nii.gz", images[i]);
        snprintf(to, sizeof to, "%s_0000.nii.gz", images[i]);
        move(root, from, to);
    }
    char *json = small_set_path(root, "dataset.json");
    unlink(json);
    free(json);
    return root;
}

#define NNUNET \
    "{\"channel_names\": {\"0\": \"either_CT_or_MR\"}, \"labels\": {\"background\": 0, \"spleen\": 1, \"a\": 2, " \
    "\"b\": 3, \"c\": 4, \"d\": 5, \"liver\": 6}, \"numTraining\": 2, \"file_ending\": \".nii.gz\"}"

START_TEST(every_command_takes_a_raw_folder)
{
    char *root = make_raw(_i ? "raw_json" : "raw_bare"), *folder = tmp_path(_i ? "raw_json_cache" : "raw_bare_cache");
    if (_i)
        put(root, "dataset.json", NNUNET);
    assert_says(run_amos("list %s", root), 0, "3 cases: 2 CT, 1 MRI; 2 training, 1 validation; 3 labelled\n", "");
    assert_says(run_amos("check %s", root), 0, "1 data set checked: 0 faults, 0 warnings\n", "");
    assert_says(run_amos("stats %s", root), 0, "amos_0501  validation  MRI", "");
    assert_says(run_amos("score -r %s -p %s --csv", root, root), 0, "amos_0501,validation,MRI,scored", "");
#ifdef AMOS_HAVE_LZ4
    assert_says(run_amos("cache build %s --folder %s", root, folder), 0, "3 cases cached", "");
#endif
    assert_says(run_amos("index %s --folder %s", root, folder), 0, "6 built", "");
    free(folder);
    free(root);
}
END_TEST

START_TEST(a_folder_of_predictions_is_checked)
{
    char *root = make_raw("predictions"), *folder = small_set_path(root, "labelsTr");
    put(root, "labelsTr/dataset.json", NNUNET);
    put(root, "labelsTr/plans.json", "{}");
    put(root, "labelsTr/predict_from_raw_data_args.json", "{}");
    assert_says(run_amos("check %s", folder), 0, "2 files checked: 2 good, 0 bad\n", "");
    assert_says(run_amos("score -r %s -p %s --split tr", root, folder), 0, "2: 2 scored, 0 missing", "");
    assert_says(run_amos("list %s", folder), 1, "",
                "they are predictions, which amos score -p and amos check --labels take as they are. (E_OPEN)\n");
    free(folder);
    free(root);
}
END_TEST

/* "id modality" of every case of `amos list --json`. */
static const char *modalities(const char *root, const char *option, const char *value)
{
    static char text[256];
    struct outcome outcome =
        value ? run_amos("list %s --json %s %s", root, option, value) : run_amos("list %s --json", root);
    ck_assert_msg(outcome.code == 0, "%s", outcome.err);
    cJSON *cases = parse_json(outcome.out);
    text[0] = '\0';
    for (const cJSON *c = cases->child; c; c = c->next) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s %s ", member_text(c, "id"), member_text(c, "modality"));
        ck_assert_double_eq(member_number(c, "channels"), 1);
    }
    cJSON_Delete(cases);
    outcome_free(&outcome);
    return text;
}

START_TEST(modalities_are_said_by_options)
{
    char *root = small_set_make("modalities");
    char *csv = tmp_write("modality.csv", "id,modality\namos_0501,ct\n", 25);
    char *bad = tmp_write("bad.csv", "id,modality\namos_0501,pet\n", 26);
    char *json = tmp_write("modality.json", "{\"1\": \"mri\"}", 12);
    ck_assert_str_eq(modalities(root, NULL, NULL), "amos_0001 CT amos_0002 CT amos_0501 MRI ");
    ck_assert_str_eq(modalities(root, "--modality-table", csv), "amos_0001 CT amos_0002 CT amos_0501 CT ");
    ck_assert_str_eq(modalities(root, "--modality-table", json), "amos_0001 MRI amos_0002 CT amos_0501 MRI ");
    ck_assert_str_eq(modalities(root, "--modality-of", "501=ct,amos_0001=mri"),
                     "amos_0001 MRI amos_0002 CT amos_0501 CT ");
    ck_assert_str_eq(modalities(root, "--modality-of", "*=unknown,2=ct"),
                     "amos_0001 unknown amos_0002 CT amos_0501 unknown ");
    assert_says(run_amos("list %s --modality-table %s", root, bad), 1, "", "line 2 has the modality \"pet\"");
    assert_says(
        run_amos("list %s --modality-of 501=ct,amos_0500=mri,9=ct", root), 0, "amos_0501",
        "2 of the cases that --modality-of (modality) names are not in the data set; the first is \"amos_0500\".");
    assert_says(run_amos("list %s --modality-of 501", root), 2, "", "a list ID=MODALITY");
    assert_says(run_amos("list %s --modality-of =ct", root), 2, "", "a list ID=MODALITY");
    assert_says(run_amos("list %s --modality-of 501=any", root), 2, "", "a list ID=MODALITY");
    assert_says(run_amos("stats %s --modality-of 501=ct", root), 0, "amos_0501  validation   CT", "");
    assert_says(run_amos("score -r %s -p %s --csv --modality-of 501=ct", root, root), 0, "amos_0501,validation,CT", "");
#ifdef AMOS_HAVE_LZ4
    assert_says(run_amos("cache build %s --folder %s_cache --modality ct --modality-table %s", root, root, csv), 0,
                "3 cases cached", "");
    assert_says(run_amos("cache info --folder %s_cache", root), 0, "CT", "");
#endif
    char *flat = small_set_path(root, "labelsTr");
    assert_says(run_amos("score -r %s -p %s --modality-of 501=ct", flat, flat), 2, "", "is not a data set; omit");
    free(flat);
    free(json);
    free(bad);
    free(csv);
    free(root);
}
END_TEST

START_TEST(what_is_unknown_is_said_once)
{
    char *root = small_set_make("unknown");
    move(root, "imagesTr/amos_0002.nii.gz", "imagesTr/word_0507.nii.gz");
    move(root, "labelsTr/amos_0002.nii.gz", "labelsTr/word_0507.nii.gz");
    char *json = small_set_path(root, "dataset.json");
    unlink(json);
    static const char said[] = "nothing says whether 1 of its 3 cases, the first is word_0507, are CT or MRI";
    struct outcome outcome = run_amos("list %s", root);
    check_texts(&outcome, 0, "3 cases: 1 CT, 1 MRI, 1 of unknown modality;", said);
    ck_assert_ptr_null(strstr(strstr(outcome.err, said) + 1, said));
    outcome_free(&outcome);
    assert_says(run_amos("list %s --modality unknown", root), 0, "1 case: 1 of unknown modality;",
                "--modality-of '*=ct'");
    assert_says(run_amos("list %s --modality-of *=ct", root), 0, "3 cases: 3 CT;", "");
    assert_says(run_amos("check %s", root), 0, said, "");
    assert_says(run_amos("stats %s word_0507 --json", root), 0, "\"modality\":\t\"unknown\"", said);
    free(json);
    free(root);
}
END_TEST

START_TEST(another_file_of_the_data_set_is_read)
{
    char *root = small_set_make("task");
    move(root, "dataset.json", "task1_dataset.json");
    assert_says(run_amos("list %s", root), 0, "3 cases: 2 CT, 1 MRI;", "--dataset-json task1_dataset.json (json_name)");
    assert_says(run_amos("list %s --dataset-json task1_dataset.json", root), 0, "3 cases: 2 CT, 1 MRI;", "");
    put(root, "task2_dataset.json", "{\"training\": []}");
    assert_says(run_amos("list %s", root), 0, "", "--dataset-json task1_dataset.json (json_name)");
    assert_says(run_amos("list %s", root), 0, "", "--dataset-json task2_dataset.json (json_name)");
    assert_says(run_amos("check %s --dataset-json task2_dataset.json", root), 0, "task2_dataset.json does not name",
                "");
    put(root, "dataset.json", "{}");
    assert_says(run_amos("list %s", root), 1, "", "(--dataset-json, json_name)");
    free(root);
}
END_TEST

START_TEST(absolute_paths_are_allowed_by_an_option)
{
    char *root = small_set_make("absolute"), *copy = tmp_path("absolute_json");
    char text[4096];
    ck_assert_int_eq(mkdir(copy, 0777), 0);
    snprintf(text, sizeof text, "{\"training\": [], \"test\": [\"%s/imagesTr/amos_0001.nii.gz\"]}", root);
    put(copy, "dataset.json", text);
    assert_says(run_amos("list %s", copy), 1, "", "or allow absolute paths (--absolute-paths, allow_absolute)");
    assert_says(run_amos("list %s --absolute-paths", copy), 0, "1 case: 1 CT; 1 test\n",
                "the table \"labels\" is missing");
    free(copy);
    free(root);
}
END_TEST

START_TEST(other_names_of_files_are_said)
{
    char *root = small_set_make("names");
    move(root, "imagesTr", "ImagesTr");
    move(root, "labelsTr/amos_0001.nii.gz", "labelsTr/amos_0001_0000.nii.gz");
    assert_says(run_amos("list %s", root), 0, "3 labelled\n",
                "3 of its files lie there under another name and are used");
    assert_says(run_amos("check %s --json", root), 0, "\"W_RENAMED\"", "");
    free(root);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dataset_options");
    TCase *trees = add_case(suite, "trees", 60);
    tcase_add_loop_test(trees, every_command_takes_a_raw_folder, 0, 2);
    tcase_add_test(trees, a_folder_of_predictions_is_checked);
    tcase_add_test(trees, another_file_of_the_data_set_is_read);
    tcase_add_test(trees, absolute_paths_are_allowed_by_an_option);
    tcase_add_test(trees, other_names_of_files_are_said);
    TCase *modality = add_case(suite, "modality", 60);
    tcase_add_test(modality, modalities_are_said_by_options);
    tcase_add_test(modality, what_is_unknown_is_said_once);
    return run_suite(suite);
}
