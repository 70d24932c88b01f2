/* SPDX-License-Identifier: BSD-3-Clause */
/* `amos index`: what it builds and reports, for people and as JSON. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "support/command.h"
#include "support/make/index.h"
#include "support/main.h"
#include "support/make/nifti.h"
#include "support/make/small_set.h"
#include "support/tmp.h"
#include "support/make/tree.h"

static void assert_says(struct outcome outcome, int code, const char *part)
{
    ck_assert_msg(outcome.code == code, "exit code %d, signal %d: %s", outcome.code, outcome.signal, outcome.err);
    ck_assert_msg(strstr(outcome.out, part) != NULL, "\"%s\" is not in: %s", part, outcome.out);
    outcome_free(&outcome);
}

static char *write_plain(const char *name)
{
    struct nifti_spec spec = {.type = AMOS_TYPE_INT16};
    struct nifti_file file = nifti_make(&spec);
    char *path = tmp_write_bytes(name, &file.bytes);
    nifti_free(&file);
    return path;
}

START_TEST(a_data_set_is_indexed_once)
{
    char *root = small_set_make("once"), *folder = index_folder("once-indexes");
    assert_says(run_amos("index %s --folder %s -j 2", root, folder), 0, "; 6 built, 0 already there\n");
    ck_assert_int_eq(folder_count(folder), 6);
    assert_says(run_amos("index %s --folder=%s", root, folder), 0, "; 0 built, 6 already there\n");
    ck_assert_int_eq(folder_count(folder), 6);
    free(folder);
    free(root);
}
END_TEST

/* `amos phantom --index` made them while it wrote the files. */
START_TEST(phantoms_bring_their_indexes)
{
    char *home = index_folder("written-indexes"), *root = tmp_path("indexed-phantom");
    setenv("XDG_CACHE_HOME", home, 1);
    assert_says(run_amos("phantom %s --cases 2 --size 64x48x20 --index -j 2", root), 0, "");
    assert_says(run_amos("index %s", root), 0, "; 0 built, 4 already there\n");
    free(root);
    free(home);
}
END_TEST

START_TEST(a_case_has_two_files_and_a_file_one)
{
    char *root = small_set_make("few"), *folder = index_folder("few-indexes");
    char *image = small_set_path(root, "imagesTr/amos_0002.nii.gz");
    assert_says(run_amos("index %s --folder %s", image, folder), 0, "1 index: ");
    assert_says(run_amos("index %s amos_0002 --folder %s", root, folder), 0, "2 indexes: ");
    ck_assert_int_eq(folder_count(folder), 2);
    free(image);
    free(folder);
    free(root);
}
END_TEST

START_TEST(what_is_not_compressed_needs_none)
{
    char *first = write_plain("first.nii"), *second = write_plain("second.nii"),
         *folder = index_folder("plain-indexes");
    struct outcome one = run_amos("index %s --folder %s", first, folder);
    struct outcome two = run_amos("index %s %s --folder %s", first, second, folder);
    ck_assert_str_eq(one.out, "1 file is not compressed and needs no index\n");
    ck_assert_str_eq(two.out, "2 files are not compressed and need no index\n");
    ck_assert_int_eq(folder_count(folder), 0);
    assert_exit(&one, 0);
    assert_exit(&two, 0);
    outcome_free(&one);
    outcome_free(&two);
    free(first);
    free(second);
    free(folder);
}
END_TEST

START_TEST(failures_are_counted_and_explained)
{
    char *root = small_set_make("bad"), *folder = index_folder("bad-indexes");
    char *image = small_set_path(root, "imagesTr/amos_0001.nii.gz"),
         *label = small_set_path(root, "labelsTr/amos_0001.nii.gz");
    small_set_truncate(image, 9);
    struct outcome one = run_amos("index %s --folder %s", root, folder);
    assert_exit(&one, 1);
    ck_assert_ptr_nonnull(strstr(one.out, "; 5 built, 0 already there\n1 file failed\n"));
    ck_assert_ptr_nonnull(strstr(one.err, image));
    small_set_truncate(label, 9);
    struct outcome two = run_amos("index %s amos_0001 --folder %s", root, folder);
    assert_exit(&two, 1);
    ck_assert_str_eq(two.out, "2 files failed\n");
    outcome_free(&one);
    outcome_free(&two);
    free(image);
    free(label);
    free(folder);
    free(root);
}
END_TEST

START_TEST(json_tells_of_each_file)
{
    char *root = small_set_make("json"), *folder = index_folder("json-indexes");
    char *image = small_set_path(root, "imagesTr/amos_0001.nii.gz"),
         *bad = small_set_path(root, "labelsTr/amos_0001.nii.gz");
    char *plain = write_plain("json.nii");
    small_set_truncate(bad, 9);
    struct outcome outcome = run_amos("index --json %s %s %s --folder %s -j 1", image, plain, bad, folder);
    ck_assert_int_eq(outcome.code, 1);
    static const char *const statuses[] = {"OK", "OK", "E_GZ_TRUNC"};
    const char *const paths[] = {image, plain, bad};
    char *line = outcome.out;
    for (int i = 0; i < 3; i++) {
        char *end = strchr(line, '\n');
        ck_assert_ptr_nonnull(end);
        *end = '\0';
        cJSON *object = parse_json(line);
        ck_assert_str_eq(member_text(object, "path"), paths[i]);
        ck_assert_str_eq(member_text(object, "status"), statuses[i]);
        ck_assert_int_eq(cJSON_IsNull(member(object, "message")), i < 2);
        ck_assert_int_eq(cJSON_IsTrue(member(object, "built")), i == 0);
        ck_assert_int_eq(member_number(object, "index_bytes") > 0, i == 0);
        cJSON_Delete(object);
        line = end + 1;
    }
    ck_assert_str_eq(line, "");
    outcome_free(&outcome);
    free(image);
    free(bad);
    free(plain);
    free(folder);
    free(root);
}
END_TEST

START_TEST(many_files_are_taken)
{
    tree_begin("many");
    for (int i = 1; i <= 70; i++) {
        char name[64];
        snprintf(name, sizeof name, "imagesTr/amos_%04d.nii.gz", i);
        tree_put(name, "no volume");
    }
    assert_says(run_amos("index %s -j 1", tree_root()), 1, "70 files failed\n");
}
END_TEST

START_TEST(C11_a_folder_of_others_is_told_once)
{
    char *root = small_set_make("foreign"), *folder = index_folder("foreign-indexes");
    ck_assert_int_eq(chmod(folder, 0777), 0);
    struct outcome outcome = run_amos("index %s --folder %s -j 1", root, folder);
    assert_exit(&outcome, 1);
    ck_assert_ptr_eq(strchr(outcome.err, '\n'), strrchr(outcome.err, '\n'));
    ck_assert_ptr_nonnull(strstr(outcome.err, "everybody may write to this folder"));
    outcome_free(&outcome);
    free(folder);
    free(root);
}
END_TEST

START_TEST(what_is_no_folder_is_refused)
{
    char *root = small_set_make("refused"), *image = small_set_path(root, "imagesTr/amos_0001.nii.gz");
    struct outcome nowhere = run_amos("index %s/nowhere", root),
                   unmade = run_amos("index %s --folder %s/a/b", image, root);
    assert_exit(&nowhere, 1);
    assert_exit(&unmade, 1);
    ck_assert_msg(strstr(unmade.err, "the folder cannot be created") != NULL, "%s", unmade.err);
    tree_begin("broken");
    tree_put("dataset.json", "{");
    struct outcome broken = run_amos("index %s", tree_root());
    assert_exit(&broken, 1);
    ck_assert_str_eq(broken.out, "");
    outcome_free(&nowhere);
    outcome_free(&unmade);
    outcome_free(&broken);
    free(image);
    free(root);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cli_index");
    TCase *index = add_case(suite, "index", 10);
    tcase_add_test(index, a_data_set_is_indexed_once);
    tcase_add_test(index, phantoms_bring_their_indexes);
    tcase_add_test(index, a_case_has_two_files_and_a_file_one);
    tcase_add_test(index, what_is_not_compressed_needs_none);
    tcase_add_test(index, failures_are_counted_and_explained);
    tcase_add_test(index, json_tells_of_each_file);
    tcase_add_test(index, many_files_are_taken);
    tcase_add_test(index, C11_a_folder_of_others_is_told_once);
    tcase_add_test(index, what_is_no_folder_is_refused);
    return run_suite(suite);
}
