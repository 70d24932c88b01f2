/* SPDX-License-Identifier: BSD-3-Clause */
/* CT, MRI or unknown: by AMOS's ids, by dataset.json, by a table, by the caller. */
#define _XOPEN_SOURCE 700
#include <amos/dataset.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/main.h"
#include "support/make/tree.h"

#define CT AMOS_MODALITY_CT
#define MRI AMOS_MODALITY_MRI
#define UNKNOWN AMOS_MODALITY_UNKNOWN

static void assert_modality(const amos_dataset *dataset, const char *id, amos_modality modality)
{
    const amos_case *c = amos_dataset_find(dataset, id);
    ck_assert_msg(c != NULL, "there is no case %s", id);
    ck_assert_msg(amos_case_get_info(c)->modality == modality, "%s is %s", id,
                  amos_modality_name(amos_case_get_info(c)->modality));
}

static void put_mixed(void)
{
    tree_volumes("imagesTr/amos_0001.nii.gz", "imagesTr/amos_0500.nii.gz", "imagesTr/amos_0507.nii.gz",
                 "imagesTr/amos_0507_T1.nii.gz", "imagesTr/amos_5437.nii.gz", "imagesTr/word_0001.nii.gz",
                 "imagesTr/word_0507.nii.gz", "imagesTr/0007.nii.gz", NULL);
}

START_TEST(ids_of_amos_say_it_and_others_do_not)
{
    tree_begin("modality_ids");
    put_mixed();
    tree_put("labeled_data_meta_0000_0599.csv", "amos_id,Site\n1,A\n7,B\n0007,C\nword_0001,D\n507,E\n");
    amos_dataset *ds = tree_open();
    assert_modality(ds, "amos_0001", CT);
    assert_modality(ds, "amos_0500", CT);
    assert_modality(ds, "amos_0507", MRI);
    assert_modality(ds, "amos_0507_T1", UNKNOWN);
    assert_modality(ds, "amos_5437", CT);
    assert_modality(ds, "word_0001", UNKNOWN);
    assert_modality(ds, "word_0507", UNKNOWN);
    assert_modality(ds, "0007", UNKNOWN);
    for (size_t i = 0; i < amos_dataset_get_info(ds)->count; i++) {
        const amos_case_info *c = amos_case_get_info(amos_dataset_get(ds, i));
        bool has = strcmp(c->id, "amos_0001") == 0 || strcmp(c->id, "amos_0507") == 0;
        ck_assert_msg((c->metadata != NULL) == has, "%s", c->id);
    }
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_MODALITY | AMOS_W_METADATA);
    amos_dataset_free(ds);
    /* A table that the caller names may be that of another data set. */
    const amos_dataset_options named = {.size = sizeof named,
                                        .metadata_path = tree_path("labeled_data_meta_0000_0599.csv")};
    ds = tree_open_with(&named);
    ck_assert_str_eq(amos_case_get_info(amos_dataset_find(ds, "word_0001"))->metadata->site, "D");
    amos_dataset_free(ds);
}
END_TEST

START_TEST(a_table_of_amos_is_no_other_data_sets)
{
    tree_begin("modality_parent");
    tree_put("labeled_data_meta_0000_0599.csv", "amos_id,Site\n1,A\n");
    tree_volumes("set/imagesTr/word_0001.nii.gz", NULL);
    amos_dataset *ds;
    amos_error err;
    assert_ok(amos_dataset_open(tree_path("set"), NULL, &ds, &err), &err);
    ck_assert_ptr_null(amos_case_get_info(amos_dataset_get(ds, 0))->metadata);
    assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_MODALITY);
    amos_dataset_free(ds);
}
END_TEST

static void expect_stated(const char *keys, amos_modality modality)
{
    char text[512];
    snprintf(text, sizeof text,
             "%s%s'training': [], 'test': ['imagesTr/word_0001.nii.gz', 'imagesTr/amos_0507.nii.gz']", keys,
             *keys ? ", " : "");
    tree_lists(text);
    amos_dataset *ds = tree_open();
    assert_modality(ds, "word_0001", modality);
    assert_modality(ds, "amos_0507", MRI); /* AMOS's own file says CT of all */
    assert_warnings_at(__FILE__, __LINE__, keys, amos_dataset_get_info(ds)->warnings,
                       modality == UNKNOWN ? AMOS_W_MODALITY : 0);
    amos_dataset_free(ds);
}

START_TEST(dataset_json_states_it_for_all)
{
    tree_begin("modality_stated");
    put_mixed();
    expect_stated("", UNKNOWN);
    expect_stated("'modality': {'0': 'CT'}", CT);
    expect_stated("'modality': {'0': 'MR'}", MRI);
    expect_stated("'modality': {'0': 'mri'}", MRI);
    expect_stated("'modality': 'CT'", CT);
    expect_stated("'modality': {'0': 'CT', '1': 'MRI'}", UNKNOWN);
    expect_stated("'modality': {'0': 'any'}", UNKNOWN);
    expect_stated("'modality': {'0': 'PET'}", UNKNOWN);
    expect_stated("'modality': {}", UNKNOWN);
    expect_stated("'modality': 3", UNKNOWN);
    expect_stated("'modality': {'0': 'CT'}, 'channel_names': {'0': 'either_CT_or_MR'}", UNKNOWN);
    expect_stated("'channel_names': {'0': 'ct'}", CT);
}
END_TEST

static amos_dataset *open_table(const char *table, const amos_modality_override *overrides, size_t count)
{
    tree_put("table", table);
    const amos_dataset_options options = {
        .size = sizeof options, .modality = overrides, .modality_count = count, .modality_table = tree_path("table")};
    return tree_open_with(&options);
}

START_TEST(tables_say_it)
{
    static const char *const tables[] = {
        "id,modality\namos_0001,mri\nword_0001,CT\n507,ct\n0007,MR\n",
        "\xef\xbb\xbf\"site\",Modality,amos_id\r\nx,mri,amos_0001\r\nx, ct ,word_0001\r\nx,ct,507\r\nx,mr,0007\r\n",
        "amos_0001,mri\nword_0001,ct\n507,ct\n7,mri\n",
        "amos_0001,ct\nword_0001,mri\n507,ct\n7,mri\namos_0001,mri\nword_0001,ct\n", /* the later counts */
        " {\"amos_0001\": \"mri\", \"word_0001\": \"CT\", \"507\": \"ct\", \"0007\": \"mri\"}",
        ("[{\"id\": \"amos_0001\", \"modality\": \"MRI\"}, {\"id\": \"word_0001\", \"modality\": \"ct\"},"
         " {\"id\": \"0507\", \"modality\": \"ct\"}, {\"id\": \"7\", \"modality\": \"mr\", \"site\": \"x\"}]")};
    tree_begin("modality_table");
    put_mixed();
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        amos_dataset *ds = open_table(tables[i], NULL, 0);
        assert_modality(ds, "amos_0001", MRI);
        assert_modality(ds, "amos_0507", CT);
        assert_modality(ds, "word_0001", CT);
        assert_modality(ds, "0007", MRI);
        assert_modality(ds, "amos_0500", CT);
        assert_modality(ds, "word_0507", UNKNOWN);
        assert_warnings(amos_dataset_get_info(ds)->warnings, AMOS_W_MODALITY);
        amos_dataset_free(ds);
    }
}
END_TEST

START_TEST(the_caller_counts_before_the_table)
{
    static const amos_modality_override overrides[] = {{"507", CT},    {"amos_0507", MRI}, {"amos_0001", MRI},
                                                       {"1", UNKNOWN}, {"*", MRI},         {"nobody", CT}};
    tree_begin("modality_caller");
    put_mixed();
    amos_dataset *ds = open_table("amos_0507,ct\nword_0507,ct\n", overrides, sizeof overrides / sizeof overrides[0]);
    assert_modality(ds, "amos_0507", MRI);
    assert_modality(ds, "amos_0001", UNKNOWN);
    assert_modality(ds, "word_0507", CT);
    assert_modality(ds, "word_0001", MRI);
    assert_modality(ds, "amos_0500", MRI); /* "*" is every other case */
    amos_dataset_free(ds);
    ds = open_table("*,ct\namos_0001,ct\namos_0002,ct\n3,ct\n", NULL, 0);
    char *found = tree_findings(ds);
    ck_assert_str_eq(found, "W_MODALITY table \n"); /* two of its cases are not there */
    free(found);
    amos_dataset_free(ds);
}
END_TEST

START_TEST(wrong_tables_are_refused)
{
    static const struct {
        const char *table;
        amos_status status;
        const char *words;
    } rows[] = {
        {"amos_0001,pet\n", AMOS_E_ARG, "line 1 has the modality \"pet\"; ct, mri or unknown is expected"},
        {"id,modality\n\namos_0001,any\n", AMOS_E_ARG, "line 3 has the modality \"any\""},
        {"id,modality\namos_0001\n", AMOS_E_ARG, "line 2 has the modality \"\""},
        {"id,modality\n,ct\n", AMOS_E_ARG, "line 2 has no id"},
        {"\"id,modality\n", AMOS_E_ARG, "line 1 is not valid CSV"},
        {"\xff", AMOS_E_ARG, "not UTF-8"},
        {"{\"a\": 3}", AMOS_E_JSON_SCHEMA, "entry 1 has the modality \"\""},
        {"{\"a\": \"ct\", \"a\": \"mri\"}", AMOS_E_JSON_SCHEMA, "twice"},
        {"[{\"modality\": \"ct\"}]", AMOS_E_JSON_SCHEMA, "entry 1 has no id"},
        {"[\"a\"]", AMOS_E_JSON_SCHEMA, "entry 1 has no id"},
        {"{\"a\": \"ct\"", AMOS_E_JSON_SYNTAX, "cut off"},
    };
    amos_error err;
    tree_begin("modality_wrong");
    put_mixed();
    amos_dataset_options options = {.size = sizeof options};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tree_put("table", rows[i].table);
        options.modality_table = tree_path("table");
        tree_refuse(&options, rows[i].status, rows[i].words, &err);
    }
    options.modality_table = tree_path("nothing");
    tree_refuse(&options, AMOS_E_OPEN, "nothing", &err);
    amos_dataset_free(open_table("", NULL, 0)); /* an empty one says nothing */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("modality");
    TCase *rules = add_case(suite, "modality", 10);
    tcase_add_test(rules, ids_of_amos_say_it_and_others_do_not);
    tcase_add_test(rules, a_table_of_amos_is_no_other_data_sets);
    tcase_add_test(rules, dataset_json_states_it_for_all);
    tcase_add_test(rules, tables_say_it);
    tcase_add_test(rules, the_caller_counts_before_the_table);
    tcase_add_test(rules, wrong_tables_are_refused);
    return run_suite(suite);
}
