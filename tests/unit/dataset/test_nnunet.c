/* SPDX-License-Identifier: BSD-3-Clause */
/* Trees as nnU-Net keeps them: raw folders of version 2 with and without their dataset.json, lists of version 1 over
 * files of version 2, folders of predictions. */
#define _XOPEN_SOURCE 700
#include <amos/dataset.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/main.h"
#include "support/make/tree.h"

#define HEAD "'channel_names': {'0': 'CT'}, 'labels': {'background': 0, 'spleen': 1}, 'file_ending': '.nii.gz'"

static const amos_case_info *info_of(const amos_dataset *dataset, const char *id)
{
    const amos_case *c = amos_dataset_find(dataset, id);
    ck_assert_msg(c != NULL, "there is no case %s", id);
    return amos_case_get_info(c);
}

/* "id split ct|mri|unknown image label", a line for each case; "-" for a file that is not there. */
static const char *cases_of(const amos_dataset *dataset)
{
    static char text[4096];
    text[0] = '\0';
    for (size_t i = 0; i < amos_dataset_get_info(dataset)->count; i++) {
        const amos_case_info *c = amos_case_get_info(amos_dataset_get(dataset, i));
        size_t used = strlen(text), root = strlen(tree_root()) + 1;
        snprintf(text + used, sizeof text - used, "%s %s %s %s %s\n", c->id, amos_split_name(c->split),
                 amos_modality_name(c->modality), c->has_image ? c->image_path + root : "-",
                 c->has_label ? c->label_path + root : "-");
    }
    return text;
}

static void put_raw(void)
{
    tree_volumes("imagesTr/amos_0001_0000.nii.gz", "labelsTr/amos_0001.nii.gz", "imagesTr/amos_0507_0000.nii.gz",
                 "labelsTr/amos_0507.nii.gz", "imagesTs/amos_0018_0000.nii.gz", NULL);
}

static const char raw_cases[] = "amos_0001 training CT imagesTr/amos_0001_0000.nii.gz labelsTr/amos_0001.nii.gz\n"
                                "amos_0018 test CT imagesTs/amos_0018_0000.nii.gz -\n"
                                "amos_0507 training MRI imagesTr/amos_0507_0000.nii.gz labelsTr/amos_0507.nii.gz\n";

START_TEST(J39_a_raw_folder_is_a_data_set)
{
    tree_begin("nnunet_raw");
    put_raw();
    tree_json("{" HEAD ", 'numTraining': 2}");
    amos_dataset *ds = tree_open();
    assert_warnings(amos_dataset_get_info(ds)->warnings, 0);
    ck_assert_str_eq(cases_of(ds), raw_cases);
    ck_assert_str_eq(amos_dataset_get_info(ds)->json_path, tree_path("dataset.json"));
    ck_assert_int_eq(amos_dataset_get_info(ds)->max_label, 1);
    ck_assert_str_eq(amos_dataset_label_name(ds, 1), "spleen");
    ck_assert_int_eq(info_of(ds, "507")->channels, 1);
    char *found = tree_findings(ds);
    ck_assert_str_eq(found, "");
    free(found);
    amos_dataset_free(ds);
    tree_json("{" HEAD ", 'numTraining': 3}");
    ds = tree_open();
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_COUNT);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(J40_dataset_names_the_files)
{
    tree_begin("nnunet_named");
    tree_volumes("far/a.nii.gz", "far/b.nii.gz", "far/l.nii.gz", "imagesTs/amos_0018_0000.nii.gz", NULL);
    tree_json("{" HEAD ", 'numTraining': 2, 'dataset': {'amos_0600': {'images': ['far/a.nii.gz', './far/b.nii.gz'],"
              "'label': 'far/l.nii.gz'}, 'x': {'images': ['far/none.nii.gz'], 'label': 'far/no.nii.gz'}}}");
    amos_dataset *ds = tree_open();
    ck_assert_str_eq(cases_of(ds), "x training CT - -\n"
                                   "amos_0018 test CT imagesTs/amos_0018_0000.nii.gz -\n"
                                   "amos_0600 training MRI far/a.nii.gz far/l.nii.gz\n");
    ck_assert_int_eq(info_of(ds, "amos_0600")->channels, 2);
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_UNUSED);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(J40_wrong_cases_are_refused)
{
    static const struct {
        const char *value;
        amos_status status;
        const char *words;
    } rows[] = {
        {"{'a': 3}", AMOS_E_JSON_SCHEMA, "the case \"a\" of \"dataset\" is not an object"},
        {"{'a': {}}", AMOS_E_JSON_SCHEMA, "has no list \"images\""},
        {"{'a': {'images': []}}", AMOS_E_JSON_SCHEMA, "has no list \"images\""},
        {"{'a': {'images': 'x.nii'}}", AMOS_E_JSON_SCHEMA, "has no list \"images\""},
        {"{'a': {'images': [3]}}", AMOS_E_JSON_SCHEMA, "has an image that is not a path"},
        {"{'a': {'images': ['x.nii'], 'label': 3}}", AMOS_E_JSON_SCHEMA, "has a \"label\" that is not a path"},
        {"{'a': {'images': ['x.nii'], 'label': 'x.nii'}}", AMOS_E_DUP, "the same file as image and as label"},
        {"{'a': {'images': ['/x.nii']}}", AMOS_E_PATH, "--absolute-paths"},
        {"{'a': {'images': ['../x.nii']}}", AMOS_E_PATH, "contains \"..\""},
        {"{'a/b': {'images': ['x.nii']}}", AMOS_E_JSON_SCHEMA, "cannot be an id"},
        {"{'': {'images': ['x.nii']}}", AMOS_E_JSON_SCHEMA, "cannot be an id"},
        {"{'a': {'images': ['x.nii']}, 'a': {'images': ['y.nii']}}", AMOS_E_JSON_SCHEMA, "twice"},
    };
    tree_begin("nnunet_wrong");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[512];
        amos_error err;
        snprintf(text, sizeof text, "{" HEAD ", 'dataset': %s}", rows[i].value);
        tree_json(text);
        tree_refuse(NULL, rows[i].status, rows[i].words, &err);
    }
    amos_error err;
    tree_json("{'channel_names': {'0': 'CT'}, 'labels': {'background': 0}, 'file_ending': '.png'}");
    tree_refuse(NULL, AMOS_E_UNSUPPORTED, "\".png\"; libamos reads .nii.gz and .nii", &err);
}
END_TEST

START_TEST(J39_a_folder_of_predictions_is_no_data_set)
{
    amos_error err;
    tree_begin("nnunet_predictions");
    tree_volumes("amos_0001.nii.gz", NULL);
    tree_put("plans.json", "{}");
    tree_json("{" HEAD "}");
    tree_refuse(NULL, AMOS_E_OPEN, "they are predictions", &err);
    ck_assert_int_eq(err.sys_errno, ENOENT);
}
END_TEST

START_TEST(J42_names_of_nnunet_without_json_are_one_case_each)
{
    tree_begin("nnunet_bare");
    put_raw();
    amos_dataset *ds = tree_open();
    assert_warnings(amos_dataset_get_info(ds)->warnings, 0);
    ck_assert_str_eq(cases_of(ds), raw_cases);
    amos_dataset_free(ds);
}
END_TEST

/* word_0000 and the like are numbers of cases, unless a label or several of them say otherwise. */
START_TEST(J42_a_number_at_the_end_is_no_channel_by_itself)
{
    tree_begin("nnunet_word");
    tree_volumes("imagesTr/word_0000.nii.gz", "labelsTr/word_0000.nii.gz", "imagesTr/word_0001.nii.gz",
                 "labelsTr/word_0001.nii.gz", "imagesVa/a_0000.nii.gz", "imagesVa/b_0000.nii.gz",
                 "imagesTs/case_0000.nii.gz", "imagesTs/case_0001.nii.gz", "imagesTs/case_0002.nii.gz", NULL);
    amos_dataset *ds = tree_open();
    ck_assert_str_eq(cases_of(ds), "a validation unknown imagesVa/a_0000.nii.gz -\n"
                                   "b validation unknown imagesVa/b_0000.nii.gz -\n"
                                   "case_0000 test unknown imagesTs/case_0000.nii.gz -\n"
                                   "case_0001 test unknown imagesTs/case_0001.nii.gz -\n"
                                   "case_0002 test unknown imagesTs/case_0002.nii.gz -\n"
                                   "word_0000 training unknown imagesTr/word_0000.nii.gz labelsTr/word_0000.nii.gz\n"
                                   "word_0001 training unknown imagesTr/word_0001.nii.gz labelsTr/word_0001.nii.gz\n");
    amos_dataset_free(ds);
}
END_TEST

START_TEST(J42_channels_are_one_case_and_said)
{
    tree_begin("nnunet_channels");
    tree_volumes("imagesTr/BRATS_001_0000.nii.gz", "imagesTr/BRATS_001_0001.nii.gz", "imagesTr/BRATS_001_0002.nii.gz",
                 "labelsTr/BRATS_001.nii.gz", "imagesTr/BRATS_002_0000.nii.gz", "imagesTr/BRATS_002_0001.nii.gz",
                 "labelsTr/BRATS_002.nii.gz", NULL);
    amos_dataset *ds = tree_open();
    ck_assert_str_eq(cases_of(ds),
                     "BRATS_001 training unknown imagesTr/BRATS_001_0000.nii.gz labelsTr/BRATS_001.nii.gz\n"
                     "BRATS_002 training unknown imagesTr/BRATS_002_0000.nii.gz labelsTr/BRATS_002.nii.gz\n");
    ck_assert_int_eq(info_of(ds, "BRATS_001")->channels, 3);
    ck_assert_int_eq(info_of(ds, "BRATS_002")->channels, 2);
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_UNUSED | AMOS_W_MODALITY | AMOS_W_LABELS);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(J42_two_spellings_of_a_case_are_one)
{
    tree_begin("nnunet_twice");
    tree_volumes("imagesTr/amos_0001_0000.nii.gz", "imagesTr/amos_0001.nii.gz", "labelsTr/amos_0001.nii.gz", NULL);
    amos_dataset *ds = tree_open();
    ck_assert_str_eq(cases_of(ds), "amos_0001 training CT imagesTr/amos_0001.nii.gz labelsTr/amos_0001.nii.gz\n");
    char *found = tree_findings(ds);
    ck_assert_str_eq(found, "W_UNLISTED imagesTr/amos_0001_0000.nii.gz amos_0001\n");
    free(found);
    amos_dataset_free(ds);
}
END_TEST

#define PAIR(image, label) "{'image': './imagesTr/" image "', 'label': './labelsTr/" label "'}"

START_TEST(J41_lists_over_files_with_channels)
{
    tree_begin("nnunet_v1");
    put_raw();
    tree_lists("'modality': {'0': 'CT'}, 'numTraining': 2, 'training': [" PAIR(
        "amos_0001.nii.gz", "amos_0001.nii.gz") "," PAIR("amos_0507.nii.gz",
                                                         "amos_0507.nii.gz") "], 'numTest': 1,"
                                                                             "'test': ['./imagesTs/amos_0018.nii.gz']");
    amos_dataset *ds = tree_open();
    ck_assert_str_eq(cases_of(ds), raw_cases);
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_RENAMED);
    char *found = tree_findings(ds);
    ck_assert_str_eq(found, "W_RENAMED dataset.json \n");
    free(found);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(J41_lists_over_several_channels)
{
    tree_begin("nnunet_v1_channels");
    tree_volumes("imagesTr/B_001_0000.nii.gz", "imagesTr/B_001_0001.nii.gz", "imagesTr/B_001_0002.nii.gz",
                 "labelsTr/B_001.nii.gz", "imagesTs/B_002_0000.nii.gz", "imagesTs/B_002_0002.nii.gz", NULL);
    tree_lists("'modality': {'0': 'MR', '1': 'MR', '2': 'MR'}, 'training': [" PAIR(
        "B_001.nii.gz", "B_001.nii.gz") "], 'test': ['imagesTs/B_002.nii.gz']");
    amos_dataset *ds = tree_open();
    ck_assert_int_eq(info_of(ds, "B_001")->channels, 3);
    ck_assert_int_eq(info_of(ds, "B_002")->channels, 1); /* the second is not there */
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_RENAMED | AMOS_W_UNUSED);
    char *found = tree_findings(ds);
    ck_assert_ptr_null(strstr(found, "imagesTr/B_001_0001.nii.gz"));
    free(found);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(J41_lists_that_name_channels_themselves)
{
    tree_begin("nnunet_lists");
    tree_volumes("imagesTr/amos_0001_0000.nii.gz", "labelsTr/amos_0001.nii.gz", "imagesTr/w_0001_0000.nii.gz",
                 "labelsTr/w_0001.nii.gz", NULL);
    tree_lists("'modality': {'0': 'MR'}, 'training': [" PAIR("amos_0001_0000.nii.gz", "amos_0001.nii.gz") "," PAIR(
        "w_0001_0000.nii.gz",
        "w_0001.nii.gz") "], 'test': ['imagesTs/amos_0002_0000.nii.gz', 'imagesTs/v_0000.nii.gz']");
    amos_dataset *ds = tree_open();
    ck_assert_str_eq(cases_of(ds), "v_0000 test MRI - -\n"
                                   "w_0001 training MRI imagesTr/w_0001_0000.nii.gz labelsTr/w_0001.nii.gz\n"
                                   "amos_0001 training CT imagesTr/amos_0001_0000.nii.gz labelsTr/amos_0001.nii.gz\n"
                                   "amos_0002 test CT - -\n");
    assert_warnings(amos_dataset_get_info(ds)->warnings, 0);
    amos_dataset_free(ds);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("nnunet");
    TCase *json = add_case(suite, "json", 10);
    tcase_add_test(json, J39_a_raw_folder_is_a_data_set);
    tcase_add_test(json, J39_a_folder_of_predictions_is_no_data_set);
    tcase_add_test(json, J40_dataset_names_the_files);
    tcase_add_test(json, J40_wrong_cases_are_refused);
    tcase_add_test(json, J41_lists_over_files_with_channels);
    tcase_add_test(json, J41_lists_over_several_channels);
    tcase_add_test(json, J41_lists_that_name_channels_themselves);
    TCase *folders = add_case(suite, "folders", 10);
    tcase_add_test(folders, J42_names_of_nnunet_without_json_are_one_case_each);
    tcase_add_test(folders, J42_a_number_at_the_end_is_no_channel_by_itself);
    tcase_add_test(folders, J42_channels_are_one_case_and_said);
    tcase_add_test(folders, J42_two_spellings_of_a_case_are_one);
    return run_suite(suite);
}
