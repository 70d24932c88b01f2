/* SPDX-License-Identifier: BSD-3-Clause */
/* Files and folders whose names are not quite those that dataset.json gives. */
#define _XOPEN_SOURCE 700
#include <amos/dataset.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/main.h"
#include "support/make/tree.h"

#define PAIR(name) "{'image': './imagesTr/" name "', 'label': './labelsTr/" name "'}"

static const amos_case_info *info_at(const amos_dataset *dataset, size_t index)
{
    ck_assert_uint_lt(index, amos_dataset_get_info(dataset)->count);
    return amos_case_get_info(amos_dataset_get(dataset, index));
}

/* Opens a tree with these lists, and expects one case with these files ("" for one that is not there) and warnings. */
static void expect(const char *lists, const char *image, const char *label, amos_warnings warnings)
{
    tree_lists(lists);
    amos_dataset *ds = tree_open();
    const amos_case_info *c = info_at(ds, 0);
    assert_warnings_at(__FILE__, __LINE__, lists, amos_dataset_get_info(ds)->warnings, warnings);
    ck_assert_str_eq(c->id, "amos_0001");
    ck_assert_int_eq(c->has_image, *image != '\0');
    ck_assert_int_eq(c->has_label, *label != '\0');
    if (*image)
        ck_assert_str_eq(c->image_path, tree_path(image));
    if (*label)
        ck_assert_str_eq(c->label_path, tree_path(label));
    amos_dataset_free(ds);
}

START_TEST(J43_another_suffix_is_found)
{
    tree_begin("near_gunzipped");
    tree_volumes("imagesTr/amos_0001.nii", "labelsTr/amos_0001.NII.GZ", NULL);
    expect("'training': [" PAIR("amos_0001.nii.gz") "]", "imagesTr/amos_0001.nii", "labelsTr/amos_0001.NII.GZ",
           AMOS_W_RENAMED);
    tree_volumes("imagesTr/amos_0001.nii.gz", "labelsTr/amos_0001.nii.gz", NULL);
    expect("'training': [" PAIR("amos_0001.nii.gz") "]", "imagesTr/amos_0001.nii.gz", "labelsTr/amos_0001.nii.gz", 0);
}
END_TEST

START_TEST(J43_what_is_not_clear_is_not_taken)
{
    tree_begin("near_unclear");
    tree_volumes("imagesTr/amos_0001.nii", "imagesTr/amos_0001_0000.nii", "labelsTr/amos_0001.nii.gz", NULL);
    expect("'training': [" PAIR("amos_0001.nii.gz") "]", "", "labelsTr/amos_0001.nii.gz", AMOS_W_RENAMED);
    char *found;
    amos_dataset *ds = tree_open();
    found = tree_findings(ds);
    ck_assert_ptr_nonnull(strstr(found, "E_OPEN imagesTr/amos_0001.nii.gz amos_0001\n"));
    free(found);
    amos_dataset_free(ds);
}
END_TEST

/* What another case names, or the label itself, is not taken for a file that is missing. */
START_TEST(J43_the_file_of_another_is_not_taken)
{
    tree_begin("near_taken");
    tree_volumes("flat/amos_0001.nii", "imagesTr/x_0000.nii", "labelsTr/x.nii", "labelsTr/x_0000.nii", NULL);
    expect("'training': [{'image': 'flat/amos_0001_0000.nii', 'label': 'flat/amos_0001.nii'}]", "",
           "flat/amos_0001.nii", 0);
    tree_lists("'training': [" PAIR("x.nii") "," PAIR("x_0000.nii") "]");
    amos_dataset *ds = tree_open();
    ck_assert(!info_at(ds, 0)->has_image && info_at(ds, 0)->has_label);
    ck_assert(info_at(ds, 1)->has_image && info_at(ds, 1)->has_label);
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_MODALITY);
    amos_dataset_free(ds);
}
END_TEST

/* A case in two splits names its files twice, which is clear. */
START_TEST(J43_a_case_in_two_splits_is_found_twice)
{
    tree_begin("near_leak");
    tree_volumes("imagesVa/amos_0001.nii", NULL);
    tree_lists("'training': [], 'validation': [{'image': 'imagesVa/amos_0001.nii.gz'}],"
               "'test': ['imagesVa/amos_0001.nii.gz']");
    amos_dataset *ds = tree_open();
    ck_assert(info_at(ds, 0)->has_image && info_at(ds, 1)->has_image);
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_RENAMED | AMOS_W_LEAK);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(J43_folders_of_another_case_are_found)
{
    tree_begin("near_folders");
    tree_volumes("ImagesTr/amos_0001.nii.gz", "labelstr/amos_0001.nii.gz", NULL);
    amos_dataset *ds = tree_open(); /* no dataset.json */
    ck_assert_uint_eq(amos_dataset_get_info(ds)->count, 1);
    ck_assert_str_eq(info_at(ds, 0)->image_path, tree_path("ImagesTr/amos_0001.nii.gz"));
    ck_assert_str_eq(info_at(ds, 0)->label_path, tree_path("labelstr/amos_0001.nii.gz"));
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_RENAMED);
    amos_dataset_free(ds);
    expect("'training': [" PAIR("amos_0001.nii.gz") "]", "ImagesTr/amos_0001.nii.gz", "labelstr/amos_0001.nii.gz",
           AMOS_W_RENAMED);
    tree_volumes("IMAGESTR/amos_0001.nii.gz", NULL); /* two could be meant */
    expect("'training': [" PAIR("amos_0001.nii.gz") "]", "", "labelstr/amos_0001.nii.gz", AMOS_W_RENAMED);
}
END_TEST

START_TEST(J44_backslashes_are_slashes)
{
    tree_begin("near_windows");
    tree_volumes("imagesTr/amos_0001.nii.gz", "labelsTr/amos_0001.nii.gz", NULL);
    expect("'training': [{'image': '.\\\\imagesTr\\\\amos_0001.nii.gz', 'label': 'labelsTr\\\\amos_0001.nii.gz'}]",
           "imagesTr/amos_0001.nii.gz", "labelsTr/amos_0001.nii.gz", AMOS_W_RENAMED);
    expect("'training': [], 'test': ['C:\\\\amos22\\\\imagesTs\\\\amos_0001.nii.gz']", "", "", AMOS_W_RENAMED);
    tree_lists("'training': [], 'test': ['..\\\\amos_0001.nii.gz', '\\\\\\\\server\\\\amos_0002.nii.gz']");
    amos_dataset *ds = tree_open(); /* these lead out of the data set and stay literal names, which are missing */
    ck_assert(!info_at(ds, 0)->has_image && !info_at(ds, 1)->has_image);
    ck_assert_str_eq(info_at(ds, 0)->image_path, tree_path("..\\amos_0001.nii.gz"));
    amos_dataset_free(ds);
    tree_volumes("a\\amos_0001.nii.gz", NULL); /* a name may have one */
    tree_lists("'training': [], 'test': ['a\\\\amos_0001.nii.gz']");
    ds = tree_open();
    ck_assert_str_eq(info_at(ds, 0)->image_path, tree_path("a\\amos_0001.nii.gz"));
    ck_assert(info_at(ds, 0)->has_image);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(another_dataset_json_is_mentioned)
{
    tree_begin("near_json");
    tree_volumes("imagesTr/amos_0001.nii.gz", NULL);
    tree_put("task1_dataset.json", "{\"training\": []}");
    amos_dataset *ds = tree_open();
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_UNUSED);
    char *found = tree_findings(ds);
    ck_assert_str_eq(found, "W_UNUSED task1_dataset.json \n");
    free(found);
    amos_dataset_free(ds);
    const amos_dataset_options options = {.size = sizeof options, .json_name = "task1_dataset.json"};
    ds = tree_open_with(&options);
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_LABELS);
    amos_dataset_free(ds);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("near_names");
    TCase *names = add_case(suite, "names", 10);
    tcase_add_test(names, J43_another_suffix_is_found);
    tcase_add_test(names, J43_what_is_not_clear_is_not_taken);
    tcase_add_test(names, J43_the_file_of_another_is_not_taken);
    tcase_add_test(names, J43_a_case_in_two_splits_is_found_twice);
    tcase_add_test(names, J43_folders_of_another_case_are_found);
    tcase_add_test(names, J44_backslashes_are_slashes);
    tcase_add_test(names, another_dataset_json_is_mentioned);
    return run_suite(suite);
}
