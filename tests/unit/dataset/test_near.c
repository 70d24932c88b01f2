/* SPDX-License-Identifier: BSD-3-Clause */
/* What is said about a folder that is no data set: what lies in it instead, and the way on. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <amos/dataset.h>

#include "support/main.h"
#include "support/make/tree.h"

static const struct near_row {
    const char *name;
    const char *files[4];
    const char *open; /* below the tree; "": the tree */
    const char *words;
} rows[] = {
    {"empty", {"hollow/.hidden"}, "hollow", "the folder is empty; volumes or a data set were expected."},
    {"part",
     {"imagesTr/amos_0001.nii.gz"},
     "imagesTr",
     "this is a part of a data set; give the folder that holds imagesTr."},
    {"below", {"up/AMOS/labelsTr/a.nii.gz"}, "up", "the data set is one level down, in AMOS; give that folder."},
    {"below json", {"up/x/dataset.json"}, "up", "the data set is one level down, in x; give that folder."},
    {"flat",
     {"a.nii.gz", "b.NII.GZ", ".c.nii"},
     "",
     "a folder of volumes and no data set: 2 volumes lie directly in here, without dataset.json, imagesTr or the like; "
     "amos "
     "info, check, stats, view and score take such a folder as it is."},
    {"one", {"a.nii.gz"}, "", "1 volume lies directly in here"},
    {"archive",
     {"amos22.zip", "notes.txt"},
     "",
     "the data set is in an archive, amos22.zip; give that file, which is read as it is."},
    {"results",
     {"results/a.nii.gz", "results/b.nii.gz", "log.txt"},
     "",
     "no volume lies directly in here, and it is no data set: 2 volumes lie in results; amos info, check, stats, view "
     "and "
     "score take such a folder as it is."},
    {"monai",
     {"b/b_trans.nii.gz", "a/a_trans.nii.gz", "c/c_trans.nii.gz"},
     "",
     "it is no data set: 3 volumes lie in folders below, the first is a; amos info, check"},
    {"deep",
     {"x/y/a.nii.gz"},
     "",
     "nor a volume here or one level down; give the folder that the volumes lie in, or that"},
    {"other", {"notes.txt"}, "", "there is neither dataset.json nor one of the folders imagesTr"},
    {"other", {"notes.txt"}, "", "AMOS is at https://zenodo.org/records/7262581"},
};

START_TEST(a_folder_that_is_no_data_set)
{
    const struct near_row *row = &rows[_i];
    char name[32], path[128];
    amos_dataset *dataset;
    amos_error err;
    snprintf(name, sizeof name, "near%d", _i);
    tree_begin(name);
    for (int i = 0; i < 4 && row->files[i]; i++)
        tree_put(row->files[i], "x");
    snprintf(path, sizeof path, "%s%s%s", tree_root(), *row->open ? "/" : "", row->open);
    assert_status(amos_dataset_open(path, NULL, &dataset, &err), AMOS_E_OPEN, &err);
    ck_assert_int_eq(err.sys_errno, ENOENT);
    ck_assert_msg(strstr(err.message, row->words) != NULL, "%s: %s", row->name, err.message);
    ck_assert_int_eq(amos_dataset_open(path, NULL, &dataset, NULL), AMOS_E_OPEN);
}
END_TEST

START_TEST(an_archive_given_as_a_folder)
{
    amos_dataset *dataset;
    amos_error err;
    tree_begin("zip");
    tree_put("amos22.zip", "x");
    assert_status(amos_dataset_open(tree_path("amos22.zip"), NULL, &dataset, &err), AMOS_E_NOTREG, &err);
    ck_assert_ptr_nonnull(
        strstr(err.message,
               "amos22.zip is named like a ZIP archive, but does not begin like one; copy or download it again."));
    assert_status(amos_dataset_open(tree_path("nowhere"), NULL, &dataset, &err), AMOS_E_OPEN, &err);
    ck_assert_ptr_nonnull(strstr(err.message, "https://zenodo.org/records/7262581"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("near");
    TCase *folders = add_case(suite, "folders", 10);
    tcase_add_loop_test(folders, a_folder_that_is_no_data_set, 0, (int)(sizeof rows / sizeof rows[0]));
    tcase_add_test(folders, an_archive_given_as_a_folder);
    return run_suite(suite);
}
