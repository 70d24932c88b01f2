/* SPDX-License-Identifier: BSD-3-Clause */
/* The findings of data set validation: every kind, in a fixed order. */
#define _XOPEN_SOURCE 700
#include <amos/dataset.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/main.h"
#include "support/make/tree.h"

#define ENTRY(split, n) "{'image': 'images" split "/amos_" n ".nii.gz', 'label': 'labels" split "/amos_" n ".nii.gz'}"

static void expect(const char *findings)
{
    amos_dataset *ds = tree_open();
    for (int i = 0; i < 2; i++) {
        char *found = tree_findings(ds);
        ck_assert_str_eq(found, findings);
        free(found);
    }
    amos_dataset_free(ds);
}

START_TEST(nothing_wrong)
{
    tree_begin("fine");
    tree_volumes("imagesTr/amos_0001.nii.gz", "labelsTr/amos_0001.nii.gz", "imagesTs/amos_0002.nii.gz", NULL);
    tree_lists("'training': [" ENTRY("Tr", "0001") "], 'test': ['imagesTs/amos_0002.nii.gz']");
    expect("");
}
END_TEST

START_TEST(notes_of_opening_come_first)
{
    tree_begin("notes");
    tree_volumes("imagesTr/amos_0001.nii.gz", "labelsTr/amos_0001.nii.gz", "imagesTr/amos_0002.nii.gz",
                 "labelsTr/amos_0002.nii.gz", NULL);
    tree_put("labeled_data_meta_0000_0599.csv", "amos_id,Site\n1,A\n77,B\n");
    tree_json("{'numTraining': 3, 'numTest': 2, 'training': [" ENTRY("Tr", "0002") "," ENTRY(
        "Tr",
        "0001") "], "
                "'test': ['imagesTr/amos_0002.nii.gz', 'imagesTr/amos_0001.nii.gz', 'imagesTs/amos_0405.nii.gz']}");
    expect("W_LABELS dataset.json \n"
           "W_COUNT dataset.json \n"
           "W_COUNT dataset.json \n"
           "W_LEAK imagesTr/amos_0001.nii.gz amos_0001\n"
           "W_LEAK imagesTr/amos_0002.nii.gz amos_0002\n"
           "W_METADATA labeled_data_meta_0000_0599.csv \n"
           "E_OPEN imagesTs/amos_0405.nii.gz amos_0405\n");
}
END_TEST

START_TEST(missing_files)
{
    tree_begin("missing");
    tree_volumes("imagesTr/amos_0001.nii.gz", "labelsTr/amos_0002.nii.gz", NULL);
    ck_assert_int_eq(symlink("nowhere", tree_path("labelsTr/amos_0001.nii.gz")), 0);
    tree_lists("'training': [" ENTRY("Tr", "0002") "," ENTRY("Tr", "0001") "]");
    expect("E_OPEN labelsTr/amos_0001.nii.gz amos_0001\n"
           "E_OPEN imagesTr/amos_0002.nii.gz amos_0002\n");
}
END_TEST

START_TEST(files_that_are_none)
{
    tree_begin("no_files");
    tree_volumes("imagesTr/keep.txt", "labelsTr/amos_0001.nii.gz/inside", NULL);
    ck_assert_int_eq(mkfifo(tree_path("imagesTr/amos_0001.nii.gz"), 0666), 0);
    tree_lists("'training': [" ENTRY("Tr", "0001") "]");
    expect("E_NOTREG imagesTr/amos_0001.nii.gz amos_0001\n"
           "E_NOTREG labelsTr/amos_0001.nii.gz amos_0001\n");
    ck_assert_int_eq(unlink(tree_path("dataset.json")), 0);
    expect("E_NOTREG imagesTr/amos_0001.nii.gz amos_0001\n"
           "E_NOTREG labelsTr/amos_0001.nii.gz amos_0001\n");
}
END_TEST

START_TEST(unlisted_volumes)
{
    tree_begin("unlisted");
    tree_volumes("imagesTr/amos_0001.nii.gz", "labelsTr/amos_0001.nii.gz", "imagesTr/amos_0009.nii",
                 "imagesTr/amos_0003.nii.gz", "labelsTs/amos_0002.nii.gz", "imagesVa/amos_0004.nii.gz",
                 "own/amos_0002.nii.gz", "own/amos_0005.nii.gz", "foreign/amos_0006.nii.gz",
                 "imagesTr/._amos_0001.nii.gz", "imagesTr/notes.txt", NULL);
    tree_lists("'training': [" ENTRY("Tr", "0001") "], 'test': ['own/amos_0002.nii.gz']");
    expect("W_UNLISTED imagesTr/amos_0003.nii.gz amos_0003\n"
           "W_UNLISTED imagesTr/amos_0009.nii amos_0009\n"
           "W_UNLISTED imagesVa/amos_0004.nii.gz amos_0004\n"
           "W_UNLISTED labelsTs/amos_0002.nii.gz amos_0002\n"
           "W_UNLISTED own/amos_0005.nii.gz amos_0005\n");
}
END_TEST

START_TEST(one_file_under_two_names)
{
    tree_begin("same_file");
    tree_volumes("imagesTr/amos_0001.nii.gz", "labelsTr/amos_0001.nii.gz", "labelsTr/amos_0003.nii.gz", NULL);
    ck_assert_int_eq(symlink("amos_0001.nii.gz", tree_path("imagesTr/amos_0002.nii.gz")), 0);
    ck_assert_int_eq(link(tree_path("labelsTr/amos_0001.nii.gz"), tree_path("labelsTr/amos_0002.nii.gz")), 0);
    ck_assert_int_eq(link(tree_path("labelsTr/amos_0003.nii.gz"), tree_path("imagesTr/amos_0003.nii.gz")), 0);
    expect("E_DUP imagesTr/amos_0002.nii.gz amos_0002\n"
           "E_DUP labelsTr/amos_0002.nii.gz amos_0002\n"
           "E_DUP labelsTr/amos_0003.nii.gz amos_0003\n");
    tree_volumes("labelsVa/amos_0001.nii.gz", NULL);
    ck_assert_int_eq(mkdir(tree_path("imagesVa"), 0777), 0);
    ck_assert_int_eq(symlink("../imagesTr/amos_0001.nii.gz", tree_path("imagesVa/amos_0001.nii.gz")), 0);
    expect("W_LEAK imagesVa/amos_0001.nii.gz amos_0001\n"
           "E_DUP imagesTr/amos_0002.nii.gz amos_0002\n"
           "E_DUP labelsTr/amos_0002.nii.gz amos_0002\n"
           "E_DUP labelsTr/amos_0003.nii.gz amos_0003\n");
}
END_TEST

START_TEST(folders_that_do_not_match)
{
    tree_begin("no_match");
    tree_volumes("imagesTr/amos_0001.nii.gz", "imagesTr/amos_0002.nii.gz", "labelsTr/amos_0002.nii.gz",
                 "labelsTr/amos_0003.nii.gz", "imagesVa/amos_0004.nii.gz", "imagesTs/amos_0005.nii.gz",
                 "imagesTs/amos_0006.nii.gz", "labelsTs/amos_0006.nii.gz", NULL);
    expect("E_OPEN imagesTr/amos_0001.nii.gz amos_0001\n"
           "E_OPEN imagesTr/amos_0003.nii.gz amos_0003\n");
}
END_TEST

START_TEST(files_beyond_the_tree_are_not_listed)
{
    tree_begin("beyond_far");
    tree_volumes("imagesTr/amos_0001.nii.gz", "imagesTr/amos_0008.nii.gz", NULL);
    char lists[8192];
    snprintf(lists, sizeof lists, "'training': [], 'test': ['%s']", tree_path("imagesTr/amos_0001.nii.gz"));
    tree_begin("beyond");
    tree_lists(lists);
    const amos_dataset_options options = {.size = sizeof options, .flags = AMOS_DATASET_ALLOW_ABSOLUTE};
    amos_dataset *ds = tree_open_with(&options);
    char *found = tree_findings(ds);
    ck_assert_str_eq(found, "");
    free(found);
    amos_dataset_free(ds);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("validate");
    TCase *findings = add_case(suite, "findings", 10);
    tcase_add_test(findings, nothing_wrong);
    tcase_add_test(findings, notes_of_opening_come_first);
    tcase_add_test(findings, missing_files);
    tcase_add_test(findings, files_that_are_none);
    tcase_add_test(findings, unlisted_volumes);
    tcase_add_test(findings, one_file_under_two_names);
    tcase_add_test(findings, folders_that_do_not_match);
    tcase_add_test(findings, files_beyond_the_tree_are_not_listed);
    return run_suite(suite);
}
