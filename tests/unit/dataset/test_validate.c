/* SPDX-License-Identifier: BSD-3-Clause */
/* The findings of data set validation: every kind, in a fixed order. */
#define _XOPEN_SOURCE 700
#include <amos/dataset.h>
#include <amos/volume.h>
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

/* A finding's message that is looked for. */
struct sought {
    const char *words;
    int found;
};

static void look_for_words(void *user, const amos_finding *finding)
{
    struct sought *sought = user;
    sought->found += strstr(finding->message, sought->words) != NULL;
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

static void assert_message(const amos_dataset *ds, const char *words)
{
    struct sought sought = {words, 0};
    amos_error err;
    assert_ok(amos_dataset_validate(ds, look_for_words, &sought, &err), &err);
    ck_assert_msg(sought.found == 1, "%d times: %s", sought.found, words);
}

/* Without dataset.json, a copy beside its original would be a case of its own. */
START_TEST(N11_copies_are_remarked)
{
    tree_begin("copies");
    tree_volumes("imagesTr/amos_0009.nii.gz", "imagesTr/amos_0009 (1).nii.gz", "labelsTr/amos_0009.nii.gz",
                 "labelsTr/Copy of amos_0009.nii.gz", "imagesTr/Kopie von amos_0011.nii.gz",
                 "imagesTs/amos_0012.nii (1).gz", NULL);
    amos_dataset *ds = tree_open();
    ck_assert_uint_eq(amos_dataset_get_info(ds)->count, 2);
    ck_assert_ptr_null(amos_dataset_find(ds, "amos_0009 (1)"));
    ck_assert_ptr_nonnull(amos_dataset_find(ds, "Kopie von amos_0011"));
    ck_assert(amos_dataset_get_info(ds)->warnings & AMOS_W_UNLISTED);
    assert_message(ds,
                   "amos_0009 (1).nii.gz: by its name this is a copy of amos_0009.nii.gz, which lies beside it; it is "
                   "left out.");
    assert_message(ds, "amos_0011.nii.gz, which is not here; it is taken as a case of its own.");
    assert_message(ds, "amos_0012.nii.gz, which is not here; rename it.");
    amos_dataset_free(ds);
    tree_lists("'training': [" ENTRY("Tr", "0009") "]");
    ds = tree_open();
    assert_message(ds,
                   "(1).nii.gz: dataset.json does not name this volume; by its name it is a copy of amos_0009.nii.gz.");
    amos_dataset_free(ds);
}
END_TEST

/* The missing file and the unfinished one are both said, with and without dataset.json. */
START_TEST(N10_unfinished_downloads_are_named)
{
    static const char sentence[] = "amos_0004.nii.gz.part lies beside it, an unfinished download of it: No such file";
    tree_begin("downloading");
    tree_volumes("labelsTr/amos_0004.nii.gz", NULL);
    tree_put("imagesTr/amos_0004.nii.gz.part", "x");
    amos_dataset *ds = tree_open();
    assert_message(ds, sentence);
    assert_message(ds,
                   "by its name this is an unfinished download of amos_0004.nii.gz; end the download, or remove it.");
    amos_volume *volume;
    amos_error err;
    assert_status(amos_volume_open(tree_path("imagesTr/amos_0004.nii.gz"), NULL, &volume, &err), AMOS_E_OPEN, &err);
    ck_assert_ptr_nonnull(strstr(err.message, sentence));
    amos_dataset_free(ds);
    tree_lists("'training': [" ENTRY("Tr", "0004") "]");
    expect("E_OPEN imagesTr/amos_0004.nii.gz amos_0004\n"
           "W_UNLISTED imagesTr/amos_0004.nii.gz.part amos_0004\n");
}
END_TEST

/* aria2 keeps its record beside a file that has its final name from the start. */
START_TEST(N12_a_record_beside_an_unfinished_file)
{
    tree_begin("aria2");
    tree_volumes("imagesTr/amos_0004.nii.gz", NULL);
    tree_put("imagesTr/amos_0004.nii.gz.aria2", "x");
    expect("W_UNLISTED imagesTr/amos_0004.nii.gz.aria2 amos_0004\n");
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
    tcase_add_test(findings, N10_unfinished_downloads_are_named);
    tcase_add_test(findings, N11_copies_are_remarked);
    tcase_add_test(findings, N12_a_record_beside_an_unfinished_file);
    tcase_add_test(findings, one_file_under_two_names);
    tcase_add_test(findings, folders_that_do_not_match);
    tcase_add_test(findings, files_beyond_the_tree_are_not_listed);
    return run_suite(suite);
}
