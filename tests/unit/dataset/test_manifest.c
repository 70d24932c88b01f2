/* SPDX-License-Identifier: BSD-3-Clause */
/* dataset.json as a description of a data set: rows J12 to J18 and J23 to J38 of the catalogue of malformed input,
 * and the forms of real files. test_json.c tests the syntax. */
#define _XOPEN_SOURCE 700
#include <amos/dataset.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/main.h"
#include "support/tmp.h"
#include "support/make/tree.h"

#define ENTRY(split, n) \
    "{'image': './images" split "/amos_" n ".nii.gz', 'label': './labels" split "/amos_" n ".nii.gz'}"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char good[] =
    "{\"name\": \"AMOS\", \"labels\": {\"0\": \"background\", \"1\": \"liver\"}, \"numTraining\": 1,\n"
    " \"training\": [{\"image\": \"./imagesTr/amos_0001.nii.gz\", \"label\": "
    "\"./labelsTr/amos_0001.nii.gz\"}],\n \"test\": [\"./imagesTs/amos_0002.nii.gz\"]}";

static amos_dataset *open_lists(const char *lists)
{
    tree_lists(lists);
    return tree_open();
}

static void refuse_lists(const char *const *lists, size_t count, amos_status status)
{
    for (size_t i = 0; i < count; i++) {
        amos_error err;
        tree_lists(lists[i]);
        tree_refuse(NULL, status, "dataset.json: ", &err);
    }
}

/* Opens with these lists, expects the warnings, frees. */
static void accept_lists(const char *lists, amos_warnings warnings)
{
    amos_dataset *ds = open_lists(lists);
    assert_warnings_at(__FILE__, __LINE__, lists, amos_dataset_get_info(ds)->warnings, warnings);
    amos_dataset_free(ds);
}

START_TEST(zenodo_shape)
{
    tree_begin("zenodo");
    tree_volumes("imagesTr/amos_0018.nii.gz", "labelsTr/amos_0018.nii.gz", "imagesVa/amos_0311.nii.gz", NULL);
    amos_dataset *ds = open_lists(
        "'tensorImageSize': '4D', 'modality': {'0': 'CT'}, 'numTraining': 2, 'numValidation': 1, "
        "'numTest': 1, 'training': [" ENTRY("Tr", "0508") "," ENTRY(
            "Tr", "0018") "], "
                          "'validation': [" ENTRY("Va", "0311") "], "
                                                                "'test': [{'image': 'imagesTs/amos_0405.nii.gz'}]");
    assert_warnings(amos_dataset_get_info(ds)->warnings, 0);
    ck_assert_str_eq(amos_dataset_get_info(ds)->name, "AMOS");
    ck_assert_str_eq(amos_dataset_get_info(ds)->json_path, tree_path("dataset.json"));
    ck_assert_uint_eq(amos_dataset_get_info(ds)->count, 4);
    ck_assert_int_eq(amos_dataset_get_info(ds)->max_label, 15);
    ck_assert_str_eq(amos_dataset_label_name(ds, 8), "arota");
    ck_assert_str_eq(amos_dataset_label_name(ds, 10), "pancreas");
    const amos_case *c = amos_dataset_get(ds, 0);
    ck_assert_str_eq(amos_case_get_info(c)->id, "amos_0018");
    ck_assert(amos_case_get_info(c)->has_image && amos_case_get_info(c)->has_label);
    c = amos_dataset_find(ds, "amos_0508");
    ck_assert(!amos_case_get_info(c)->has_image && !amos_case_get_info(c)->has_label);
    ck_assert_str_eq(amos_case_get_info(c)->label_path, tree_path("labelsTr/amos_0508.nii.gz"));
    ck_assert_int_eq(amos_case_get_info(c)->modality, AMOS_MODALITY_MRI);
    c = amos_dataset_find(ds, "amos_0311");
    ck_assert(amos_case_get_info(c)->has_image && !amos_case_get_info(c)->has_label);
    ck_assert_int_eq(amos_case_get_info(c)->split, AMOS_SPLIT_VALIDATION);
    c = amos_dataset_find(ds, "amos_0405");
    ck_assert_ptr_null(amos_case_get_info(c)->label_path);
    ck_assert_int_eq(amos_case_get_info(c)->split, AMOS_SPLIT_TEST);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(task_file_by_name)
{
    amos_error err;
    tree_begin("task_file");
    tree_volumes("imagesTr/amos_0001.nii.gz", "imagesTs/amos_0002.nii.gz", NULL);
    tree_put("task1_dataset.json", good);
    const amos_dataset_options options = {.size = sizeof options, .json_name = "./task1_dataset.json"};
    amos_dataset *ds = tree_open_with(&options);
    ck_assert_str_eq(amos_dataset_get_info(ds)->json_path, tree_path("task1_dataset.json"));
    ck_assert_int_eq(amos_case_get_info(amos_dataset_find(ds, "2"))->split, AMOS_SPLIT_TEST);
    ck_assert_int_eq(amos_dataset_get_info(ds)->max_label, 1);
    ck_assert_ptr_null(amos_dataset_label_name(ds, 2));
    amos_dataset_free(ds);
    ds = tree_open();
    ck_assert_ptr_null(amos_dataset_get_info(ds)->json_path);
    amos_dataset_free(ds);
    amos_dataset_options other = {.size = sizeof other, .json_name = "task2_dataset.json"};
    tree_refuse(&other, AMOS_E_OPEN, "task2_dataset.json", &err);
    other.json_name = "../task1_dataset.json";
    tree_refuse(&other, AMOS_E_PATH, "..", &err);
}
END_TEST

START_TEST(j12_duplicate_keys)
{
    static const char *const texts[] = {
        "{'training': [], 'training': []}",
        "{'training': [], 'tr\\u0061ining': []}",
        "{'training': [], 'x': 1, 'x': 2}",
        "{'training': [{'image': 'a', 'label': 'b', 'image': 'c'}]}",
        "{'training': [], 'labels': {'0': 'background', '0': 'liver'}}",
        "{'training': [], 'a': 1, 'b': 1, 'c': 1, 'd': 1, 'e': 1, 'f': 1, 'g': 1, 'h': 1, 'i': 1, 'd': 1}"};
    tree_begin("j12");
    for (size_t i = 0; i < COUNT(texts); i++) {
        amos_error err;
        tree_json(texts[i]);
        tree_refuse(NULL, AMOS_E_JSON_SCHEMA, "twice", &err);
    }
}
END_TEST

START_TEST(j13_case_of_keys)
{
    amos_error err;
    tree_begin("j13");
    tree_json("{'Training': []}");
    tree_refuse(NULL, AMOS_E_JSON_SCHEMA, "\"Training\" does not count", &err);
    tree_json("{'training': [{'Image': 'imagesTr/a.nii', 'label': 'labelsTr/a.nii'}]}");
    tree_refuse(NULL, AMOS_E_JSON_SCHEMA, "\"image\"", &err);
}
END_TEST

START_TEST(j14_top_level)
{
    static const char *const texts[] = {"[]", "'text'", "12", "true", "null", "[{'training': []}]"};
    tree_begin("j14");
    for (size_t i = 0; i < COUNT(texts); i++) {
        amos_error err;
        tree_json(texts[i]);
        tree_refuse(NULL, AMOS_E_JSON_SCHEMA, "dataset.json: ", &err);
    }
}
END_TEST

START_TEST(j15_training)
{
    static const char *const lists[] = {"'a': 1",
                                        "'training': null",
                                        "'training': {}",
                                        "'training': 'x'",
                                        "'training': 3",
                                        "'training': [], 'test': null",
                                        "'training': [], 'test': {}",
                                        "'training': [], 'validation': 'x'"};
    tree_begin("j15");
    refuse_lists(lists, COUNT(lists), AMOS_E_JSON_SCHEMA);
    accept_lists("'training': []", 0);
}
END_TEST

START_TEST(j16_j17_j18_entries)
{
    static const char *const lists[] = {"'training': ['imagesTr/a.nii.gz']",
                                        "'training': [3]",
                                        "'training': [null]",
                                        "'training': [[]]",
                                        "'training': [], 'validation': ['imagesVa/a.nii.gz']",
                                        "'training': [], 'test': [3]",
                                        "'training': [], 'test': [null]",
                                        "'training': [], 'test': [[]]",
                                        "'training': [], 'test': ['']",
                                        "'training': [{'label': 'b'}]",
                                        "'training': [{'image': '', 'label': 'b'}]",
                                        "'training': [{'image': ['a'], 'label': 'b'}]",
                                        "'training': [{'image': null, 'label': 'b'}]",
                                        "'training': [{'image': 'a'}]",
                                        "'training': [{'image': 'a', 'label': null}]",
                                        "'training': [{'image': 'a', 'label': ''}]",
                                        "'training': [{'image': 'a', 'label': 3}]",
                                        "'training': [], 'test': [{'image': 'a', 'label': ['b']}]",
                                        "'training': [], 'test': [{}]"};
    amos_error err;
    tree_begin("j16");
    refuse_lists(lists, COUNT(lists), AMOS_E_JSON_SCHEMA);
    tree_lists("'training': [" ENTRY("Tr", "0001") ", {'image': 'imagesTr/amos_0002.nii.gz'}]");
    tree_refuse(NULL, AMOS_E_JSON_SCHEMA, "entry 2 of \"training\" has no \"label\"", &err);
    ck_assert_str_eq(err.case_id, "amos_0002");
    accept_lists(
        "'training': [], 'test': ['a', {'image': 'b'}, {'image': 'c', 'label': null}, " ENTRY("Ts", "0001") "]",
        AMOS_W_MODALITY);
    accept_lists("'training': [], 'validation': [{'image': 'imagesVa/a.nii'}]", AMOS_W_MODALITY);
}
END_TEST

static void refuse_path(const char *path, const char *words)
{
    char lists[16384];
    amos_error err;
    snprintf(lists, sizeof lists, "'training': [], 'test': ['%s']", path);
    tree_lists(lists);
    tree_refuse(NULL, AMOS_E_PATH, words, &err);
    snprintf(lists, sizeof lists, "'training': [{'image': 'imagesTr/amos_0001.nii.gz', 'label': '%s'}]", path);
    tree_lists(lists);
    tree_refuse(NULL, AMOS_E_PATH, words, &err);
    ck_assert_str_eq(err.case_id, "amos_0001");
}

START_TEST(j23_parent_folders)
{
    tree_begin("j23");
    refuse_path("../../etc/passwd", "\"../../etc/passwd\" contains \"..\"");
    refuse_path("a/../../b", "..");
    refuse_path("..", "..");
    refuse_path("imagesTr/..", "..");
    refuse_path("imagesTr/../imagesTr/a.nii", "..");
    accept_lists("'training': [], 'test': ['..a', 'b..', 'c/...']", AMOS_W_MODALITY);
}
END_TEST

START_TEST(j24_absolute)
{
    tree_begin("j24");
    refuse_path("/etc/passwd", "is absolute");
    tree_volumes("far/amos_0003.nii", NULL);
    char lists[8192];
    snprintf(lists, sizeof lists, "'training': [], 'test': ['%s', '/nowhere//./amos_0004.nii']",
             tree_path("far/amos_0003.nii"));
    tree_lists(lists);
    amos_dataset_options options = {.size = sizeof options, .flags = AMOS_DATASET_ALLOW_ABSOLUTE};
    amos_dataset *ds = tree_open_with(&options);
    ck_assert_str_eq(amos_case_get_info(amos_dataset_get(ds, 0))->image_path, tree_path("far/amos_0003.nii"));
    ck_assert(amos_case_get_info(amos_dataset_get(ds, 0))->has_image);
    ck_assert_str_eq(amos_case_get_info(amos_dataset_get(ds, 1))->image_path, "/nowhere/amos_0004.nii");
    ck_assert(!amos_case_get_info(amos_dataset_get(ds, 1))->has_image);
    amos_dataset_free(ds);
    amos_error err;
    tree_lists("'training': [], 'test': ['/etc/../etc/passwd']");
    tree_refuse(&options, AMOS_E_PATH, "..", &err);
    options.flags |= AMOS_DATASET_BENEATH;
    tree_lists("'training': [], 'test': ['/etc/passwd']");
    tree_refuse(&options, AMOS_E_PATH, "/etc", &err);
}
END_TEST

START_TEST(j25_links_out_of_the_tree)
{
    amos_error err;
    char outside[4096];
    const amos_dataset_options beneath = {.size = sizeof beneath, .flags = AMOS_DATASET_BENEATH};
    tree_begin("j25_outside");
    tree_volumes("amos_0001.nii.gz", NULL);
    tree_put("dataset.json", good);
    snprintf(outside, sizeof outside, "%s", tree_root());
    tree_begin("j25");
    tree_put("dataset.json", good);
    ck_assert_int_eq(symlink(outside, tree_path("imagesTr")), 0);
    amos_dataset *ds = tree_open();
    ck_assert(amos_case_get_info(amos_dataset_find(ds, "1"))->has_image);
    amos_dataset_free(ds);
    tree_refuse(&beneath, AMOS_E_PATH, "imagesTr", &err);
    ck_assert_int_eq(unlink(tree_path("imagesTr")), 0);
    amos_dataset_free(tree_open_with(&beneath));
    ck_assert_int_eq(symlink("/nowhere/at/all", tree_path("imagesTr")), 0);
    tree_refuse(&beneath, AMOS_E_PATH, "imagesTr", &err);
    ck_assert_int_eq(unlink(tree_path("imagesTr")), 0);
    ck_assert_int_eq(unlink(tree_path("dataset.json")), 0);
    strcat(outside, "/dataset.json");
    ck_assert_int_eq(symlink(outside, tree_path("dataset.json")), 0);
    tree_refuse(&beneath, AMOS_E_PATH, "dataset.json", &err);
    amos_dataset_free(tree_open());
}
END_TEST

START_TEST(j26_literal_names)
{
    static const char *const names[] = {"~/a.nii",     "file://a.nii", "http://x/a.nii",
                                        "C:\\\\a.nii", "$HOME/a.nii",  "*.nii"};
    tree_begin("j26");
    for (size_t i = 0; i < COUNT(names); i++) {
        char lists[128];
        snprintf(lists, sizeof lists, "'training': [], 'test': ['%s']", names[i]);
        amos_dataset *ds = open_lists(lists);
        ck_assert(!amos_case_get_info(amos_dataset_get(ds, 0))->has_image);
        char *found = tree_findings(ds);
        ck_assert_msg(strstr(found, "\nE_OPEN ") != NULL, "%s", found);
        free(found);
        amos_dataset_free(ds);
    }
}
END_TEST

START_TEST(j27_normalised)
{
    static const char *const names[] = {"./imagesTr//amos_0001.nii.gz", "imagesTr/./amos_0001.nii.gz",
                                        ".//.///imagesTr/././/amos_0001.nii.gz"};
    tree_begin("j27");
    tree_volumes("imagesTr/amos_0001.nii.gz", NULL);
    for (size_t i = 0; i < COUNT(names); i++) {
        char lists[128];
        snprintf(lists, sizeof lists, "'training': [], 'test': ['%s']", names[i]);
        amos_dataset *ds = open_lists(lists);
        ck_assert_str_eq(amos_case_get_info(amos_dataset_get(ds, 0))->image_path,
                         tree_path("imagesTr/amos_0001.nii.gz"));
        ck_assert(amos_case_get_info(amos_dataset_get(ds, 0))->has_image);
        amos_dataset_free(ds);
    }
}
END_TEST

START_TEST(j28_j29_impossible_paths)
{
    char name[5001];
    tree_begin("j28");
    memset(name, 'x', 256);
    name[256] = '\0';
    refuse_path(name, "255");
    for (int i = 0; i < 5000; i++)
        name[i] = i % 2 ? '/' : 'x';
    name[4999] = '\0';
    refuse_path(name, "longer");
    refuse_path("imagesTr/", "names a folder");
    refuse_path(".", "names a folder");
    refuse_path("./", "names a folder");
    refuse_path("imagesTr/.", "names a folder");
    memset(name, 'x', 255);
    name[255] = '\0';
    char lists[512];
    snprintf(lists, sizeof lists, "'training': [], 'test': ['%.255s']", name);
    accept_lists(lists, AMOS_W_MODALITY);
}
END_TEST

START_TEST(j30_j31_duplicates)
{
    static const char *const lists[] = {
        "'training': [" ENTRY("Tr", "0001") "," ENTRY("Tr", "0001") "]",
        "'training': [" ENTRY("Tr", "0001") ", {'image': 'imagesTr//amos_0001.nii.gz', 'label': 'other.nii'}]",
        "'training': [], 'test': ['imagesTs/a1.nii', 'imagesTs/a2.nii', './imagesTs/a1.nii']",
        "'training': [], 'test': ['imagesTs/a1.nii', 'more/a1.nii.gz']",
        "'training': [{'image': 'a1.nii', 'label': 'l.nii'}, {'image': 'a2.nii', 'label': './l.nii'}]",
        "'training': [{'image': 'a1.nii', 'label': 'l.nii'}], 'test': [{'image': 'a2.nii', 'label': 'l.nii'}]",
        "'training': [{'image': 'a1.nii', 'label': './/a1.nii'}]"};
    tree_begin("j30");
    for (size_t i = 0; i < COUNT(lists); i++) {
        amos_error err;
        tree_lists(lists[i]);
        tree_refuse(NULL, AMOS_E_DUP, "a", &err);
        ck_assert_msg(err.case_id[0] != '\0', "no case: %s", err.message);
    }
}
END_TEST

START_TEST(j32_leak)
{
    tree_begin("j32");
    amos_dataset *ds = open_lists("'training': [" ENTRY("Tr", "0001") "], 'validation': [" ENTRY(
        "Tr", "0001") "], "
                      "'test': ['imagesTs/amos_0001.nii.gz', 'imagesTs/amos_0002.nii.gz']");
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_LEAK);
    ck_assert_uint_eq(amos_dataset_get_info(ds)->count, 4);
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(amos_case_get_info(amos_dataset_get(ds, i))->split, AMOS_SPLIT_TRAINING + (int)i);
    ck_assert_ptr_eq(amos_dataset_find(ds, "amos_0001"), amos_dataset_get(ds, 0));
    ck_assert_ptr_eq(amos_dataset_find(ds, "1"), amos_dataset_get(ds, 0));
    amos_dataset_free(ds);
}
END_TEST

START_TEST(j33_counts)
{
    tree_begin("j33");
    accept_lists("'training': [" ENTRY("Tr", "0001") "], 'numTraining': 1, 'numTest': 0, 'numValidation': 0", 0);
    accept_lists("'training': [" ENTRY("Tr", "0001") "], 'numTraining': 240", AMOS_W_COUNT);
    accept_lists("'training': [], 'numTest': 1", AMOS_W_COUNT);
    accept_lists("'training': [], 'validation': [" ENTRY("Va", "0001") "], 'numValidation': 0", AMOS_W_COUNT);
    accept_lists("'training': [], 'numTraining': '0'", AMOS_W_COUNT);
    accept_lists("'training': [], 'numTraining': null", AMOS_W_COUNT);
    accept_lists("'training': [], 'numTraining': 0.5", AMOS_W_COUNT);
}
END_TEST

static void expect_labels(const char *labels, amos_warnings warnings, int max_label, const char *first)
{
    char text[512];
    snprintf(text, sizeof text, "{'training': []%s%s}", labels ? ", 'labels': " : "", labels ? labels : "");
    tree_json(text);
    amos_dataset *ds = tree_open();
    assert_warnings_at(__FILE__, __LINE__, labels, amos_dataset_get_info(ds)->warnings, warnings);
    ck_assert_int_eq(amos_dataset_get_info(ds)->max_label, max_label);
    ck_assert_str_eq(amos_dataset_label_name(ds, 1), first);
    amos_dataset_free(ds);
}

START_TEST(j34_label_tables)
{
    static const char *const odd[] = {NULL,
                                      "{}",
                                      "[]",
                                      "null",
                                      "'x'",
                                      "{'0': 'a', 'one': 'b'}",
                                      "{'0': 'a', '-1': 'b'}",
                                      "{'0': 'a', '': 'b'}",
                                      "{'0': 'a', '1': ''}",
                                      "{'0': 'a', '1': 'b', '01': 'c'}",
                                      "{'0': 'a', '256': 'b'}",
                                      "{'0': 'a', '99999999999999999999': 'b'}",
                                      "{'0': 'a', '1': null}",
                                      "{'0': 'a', 'b': 1}",
                                      "{'a': 0, 'b': 1.5}",
                                      "{'a': 0, 'b': -1}",
                                      "{'a': 0, 'b': 1e999}",
                                      "{'a': 0, 'b': 0}",
                                      "{'a': 0, 'b': true}",
                                      "{'0': 'a', '1 ': 'b'}",
                                      "{'0': {}}"};
    tree_begin("j34");
    for (size_t i = 0; i < COUNT(odd); i++)
        expect_labels(odd[i], AMOS_W_LABELS, 15, "spleen");
    expect_labels("{'00': 'background', '01': 'liver', '002': 'aorta'}", 0, 2, "liver");
    expect_labels("{'2': 'c', '1': 'b', '0': 'a'}", 0, 2, "b");
    expect_labels("{'1': 'liver', '3': 'x'}", AMOS_W_LABELS, 3, "liver"); /* the rest has no name, not one of AMOS */
    amos_dataset *ds = tree_open();
    ck_assert_ptr_null(amos_dataset_label_name(ds, 0));
    ck_assert_ptr_null(amos_dataset_label_name(ds, 2));
    amos_dataset_free(ds);
}
END_TEST

START_TEST(j35_nnunet_labels)
{
    amos_error err;
    tree_begin("j35");
    expect_labels("{'background': 0, 'liver': 1}", 0, 1, "liver");
    expect_labels("{'aorta': 2, 'background': 0, 'liver': 1}", 0, 2, "liver");
    tree_json("{'training': [], 'labels': {'background': 0, 'whole': [1, 2], 'liver': 1}}");
    tree_refuse(NULL, AMOS_E_UNSUPPORTED, "\"whole\"", &err);
}
END_TEST

START_TEST(j37_missing_files)
{
    tree_begin("j37");
    tree_put("dataset.json", good);
    amos_dataset *ds = tree_open();
    ck_assert(!amos_case_get_info(amos_dataset_get(ds, 0))->has_image);
    char *found = tree_findings(ds);
    ck_assert_str_eq(found, "E_OPEN imagesTr/amos_0001.nii.gz amos_0001\n"
                            "E_OPEN labelsTr/amos_0001.nii.gz amos_0001\n"
                            "E_OPEN imagesTs/amos_0002.nii.gz amos_0002\n");
    free(found);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(j38_changed_while_open)
{
    tree_begin("j38");
    tree_volumes("imagesTr/amos_0001.nii.gz", NULL);
    tree_put("dataset.json", good);
    amos_dataset *ds = tree_open();
    tree_put("dataset.json", "no JSON any more");
    ck_assert_int_eq(unlink(tree_path("imagesTr/amos_0001.nii.gz")), 0);
    ck_assert_str_eq(amos_dataset_label_name(ds, 1), "liver");
    ck_assert(amos_case_get_info(amos_dataset_find(ds, "amos_0001"))->has_image);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(f02_f03_f05_no_regular_file)
{
    amos_error err;
    tree_begin("f03");
    const char *path = tree_path("dataset.json");
    ck_assert_int_eq(mkdir(path, 0777), 0);
    tree_refuse(NULL, AMOS_E_NOTREG, "regular file", &err);
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(mkfifo(path, 0666), 0);
    tree_refuse(NULL, AMOS_E_NOTREG, "regular file", &err);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(symlink("dataset.json", path), 0);
    tree_refuse(NULL, AMOS_E_OPEN, "dataset.json", &err);
    ck_assert_int_eq(err.sys_errno, ELOOP);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(symlink("gone.json", path), 0);
    tree_refuse(NULL, AMOS_E_OPEN, "dataset.json", &err);
    ck_assert_int_eq(err.sys_errno, ENOENT);
}
END_TEST

/* A volume is never opened; otherwise the pipes would block this test. */
START_TEST(volumes_are_not_touched)
{
    tree_begin("untouched");
    tree_put("dataset.json", good);
    tree_volumes("labelsTr/amos_0001.nii.gz", NULL);
    ck_assert_int_eq(mkdir(tree_path("imagesTr"), 0777), 0);
    ck_assert_int_eq(mkfifo(tree_path("imagesTr/amos_0001.nii.gz"), 0666), 0);
    ck_assert_int_eq(mkdir(tree_path("imagesTs"), 0777), 0);
    ck_assert_int_eq(symlink("nowhere", tree_path("imagesTs/amos_0002.nii.gz")), 0);
    amos_dataset *ds = tree_open();
    ck_assert(!amos_case_get_info(amos_dataset_find(ds, "1"))->has_image);
    ck_assert(amos_case_get_info(amos_dataset_find(ds, "1"))->has_label);
    ck_assert(!amos_case_get_info(amos_dataset_find(ds, "2"))->has_image);
    amos_dataset_free(ds);
}
END_TEST

/* A folder that may be entered but not listed: as an ordinary user, because root may read anything. */
START_TEST(an_unlistable_folder_is_asked_file_by_file)
{
    tree_begin("unlistable");
    tree_put("dataset.json", good);
    tree_volumes("imagesTr/amos_0001.nii.gz", NULL);
    ck_assert_int_eq(chmod(tree_path("imagesTr"), 0111), 0);
    ck_assert_int_eq(chmod(tmp_dir(), 0755), 0);
    int was_root = geteuid() == 0;
    if (was_root)
        ck_assert_int_eq(seteuid(65534), 0);
    amos_dataset *ds = tree_open();
    char *found = tree_findings(ds);
    if (was_root)
        ck_assert_int_eq(seteuid(0), 0);
    ck_assert_int_eq(chmod(tree_path("imagesTr"), 0755), 0);
    ck_assert(amos_case_get_info(amos_dataset_find(ds, "1"))->has_image);
    ck_assert(!amos_case_get_info(amos_dataset_find(ds, "1"))->has_label);
    ck_assert_str_eq(found, "E_OPEN labelsTr/amos_0001.nii.gz amos_0001\n"
                            "E_OPEN imagesTs/amos_0002.nii.gz amos_0002\n"
                            "E_OPEN imagesTr \n");
    free(found);
    amos_dataset_free(ds);
}
END_TEST

static void add_rows(TCase *rows)
{
    tcase_add_test(rows, j12_duplicate_keys);
    tcase_add_test(rows, j13_case_of_keys);
    tcase_add_test(rows, j14_top_level);
    tcase_add_test(rows, j15_training);
    tcase_add_test(rows, j16_j17_j18_entries);
    tcase_add_test(rows, j23_parent_folders);
    tcase_add_test(rows, j24_absolute);
    tcase_add_test(rows, j25_links_out_of_the_tree);
    tcase_add_test(rows, j26_literal_names);
    tcase_add_test(rows, j27_normalised);
    tcase_add_test(rows, j28_j29_impossible_paths);
    tcase_add_test(rows, j30_j31_duplicates);
    tcase_add_test(rows, j32_leak);
    tcase_add_test(rows, j33_counts);
    tcase_add_test(rows, j34_label_tables);
    tcase_add_test(rows, j35_nnunet_labels);
    tcase_add_test(rows, j37_missing_files);
    tcase_add_test(rows, j38_changed_while_open);
}

int main(void)
{
    Suite *suite = suite_create("manifest");
    TCase *shapes = add_case(suite, "shapes", 10);
    tcase_add_test(shapes, zenodo_shape);
    tcase_add_test(shapes, task_file_by_name);
    add_rows(add_case(suite, "rows", 60));
    TCase *files = add_case(suite, "files", 10);
    tcase_add_test(files, f02_f03_f05_no_regular_file);
    tcase_add_test(files, volumes_are_not_touched);
    tcase_add_test(files, an_unlistable_folder_is_asked_file_by_file);
    return run_suite(suite);
}
