/* SPDX-License-Identifier: BSD-3-Clause */
/* Files of verdicts: JSON, JSON lines, CSV; what they come to for a case; which cases they select. */
#define _XOPEN_SOURCE 700
#include <amos/amos.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/main.h"
#include "support/make/tree.h"

#define CASE(id, verdict) "{\"case\": \"" id "\", \"verdict\": \"" verdict "\"}"
#define OF(id, organ, verdict) "{\"case\": \"" id "\", \"organ\": \"" organ "\", \"verdict\": \"" verdict "\"}"

static amos_verdicts *read_text(const char *text)
{
    amos_verdicts *verdicts;
    amos_error err;
    assert_ok(amos_verdicts_open_memory(text, strlen(text), &verdicts, &err), &err);
    return verdicts;
}

static void assert_verdict(const char *text, const char *id, amos_verdict expected)
{
    amos_verdicts *verdicts = read_text(text);
    amos_verdict found = amos_verdicts_of(verdicts, id);
    ck_assert_msg(found == expected, "%s: %s", text, amos_verdict_name(found));
    amos_verdicts_free(verdicts);
}

static void assert_entry(const amos_verdicts *verdicts, size_t index)
{
    const amos_verdict_entry *e = amos_verdicts_get(verdicts, index);
    ck_assert_str_eq(e->case_id, "amos_0018");
    ck_assert_int_eq(e->verdict, AMOS_VERDICT_FAIL);
    ck_assert_str_eq(e->organ, "left kidney");
    ck_assert_str_eq(e->text, "two, \"pieces\"");
    ck_assert_str_eq(e->time, "2026-11-29T20:40:42Z");
    ck_assert_int_eq(e->has_voxel, 1);
    ck_assert_int_eq(e->voxel[0], 3);
    ck_assert_int_eq(e->voxel[1], 40);
    ck_assert_int_eq(e->voxel[2], 5);
}

START_TEST(all_forms_give_the_same)
{
    static const char entry[] =
        "{\"case\": \"amos_0018\", \"verdict\": \"fail\", \"organ\": \"left kidney\", \"text\": \"two, "
        "\\\"pieces\\\"\", "
        "\"voxel\": [3, 40, 5], \"mm\": [1.5, -2, 3e2], \"time\": \"2026-11-29T20:40:42Z\", \"more\": [1]}";
    static const char second[] = CASE("amos_0001", "pass");
    char text[4][1000];
    (void)snprintf(text[0], sizeof text[0], "{\"amos_verdicts\": 1,\n \"verdicts\": [%s,\n%s]}", entry, second);
    (void)snprintf(text[1], sizeof text[1], "\n[%s, %s]\n", entry, second);
    (void)snprintf(text[2], sizeof text[2], "%s\n%s\n", entry, second);
    (void)snprintf(text[3], sizeof text[3],
                   "\xEF\xBB\xBF"
                   "case,verdict,organ,text,x,y,z,time\r\n"
                   "amos_0018,fail,left kidney,\"two, \"\"pieces\"\"\",3,40,5,2026-11-29T20:40:42Z\r\n"
                   "amos_0001,pass,,,,,,\r\n");
    for (int i = 0; i < 4; i++) {
        amos_verdicts *verdicts = read_text(text[i]);
        const amos_verdicts_info *info = amos_verdicts_get_info(verdicts);
        assert_entry(verdicts, 0);
        ck_assert_int_eq(amos_verdicts_get(verdicts, 0)->has_mm, i < 3);
        ck_assert(i == 3 || amos_verdicts_get(verdicts, 0)->mm[2] == 300);
        ck_assert_ptr_null(amos_verdicts_get(verdicts, 1)->organ);
        ck_assert_str_eq(amos_verdicts_get(verdicts, 1)->text, "");
        ck_assert_ptr_null(amos_verdicts_get(verdicts, 2));
        ck_assert_uint_eq(info->count, 2);
        ck_assert_uint_eq(info->passed * 100 + info->failed * 10 + info->unsure, 110);
        ck_assert_int_eq(info->cut, 0);
        ck_assert_int_eq(info->lines, i == 2);
        amos_verdicts_free(verdicts);
    }
}
END_TEST

START_TEST(the_last_of_each_organ_counts_and_the_worst_of_them)
{
    assert_verdict(CASE("a", "fail") "\n" CASE("a", "pass"), "a", AMOS_VERDICT_PASS);
    assert_verdict(CASE("a", "pass") "\n" CASE("a", "fail"), "a", AMOS_VERDICT_FAIL);
    assert_verdict(OF("a", "liver", "fail") "\n" CASE("a", "pass"), "a", AMOS_VERDICT_FAIL);
    assert_verdict(OF("a", "liver", "fail") "\n" OF("a", "liver", "pass") "\n" CASE("a", "unsure"), "a",
                   AMOS_VERDICT_UNSURE);
    assert_verdict(OF("a", "liver", "unsure") "\n" CASE("a", "pass") "\n" CASE("b", "fail"), "a", AMOS_VERDICT_UNSURE);
    assert_verdict(OF("a", "", "fail") "\n" CASE("a", "none"), "a", AMOS_VERDICT_NONE);
    assert_verdict("{\"case\": \"a\",\n \"verdict\": \"pass\"}\n", "a", AMOS_VERDICT_PASS);
    assert_verdict(CASE("a", "PASS"), "a", AMOS_VERDICT_PASS);
    assert_verdict(CASE("a", "pass"), "A", AMOS_VERDICT_NONE);
    assert_verdict(CASE("a", "pass"), "b", AMOS_VERDICT_NONE);
    assert_verdict("", "a", AMOS_VERDICT_NONE);
    ck_assert_int_eq(amos_verdicts_of(NULL, "a"), AMOS_VERDICT_NONE);
    ck_assert_ptr_null(amos_verdicts_get_info(NULL));
    amos_verdicts_free(NULL);
}
END_TEST

/* V01: every beginning of a file with three lines. */
START_TEST(V01_a_last_line_that_is_cut_off_is_left_out)
{
    static const char text[] = CASE("a", "pass") "\n" OF("a", "liver", "pass") "\n" CASE("b", "fail") "\n";
    size_t whole[3] = {0}, lines = 0;
    for (size_t i = 0; text[i]; i++)
        if (text[i] == '\n')
            whole[lines++] = i;
    for (size_t n = 7; n < sizeof text; n++) { /* before, nothing says that it is one */
        amos_verdicts *verdicts;
        amos_error err;
        assert_ok(amos_verdicts_open_memory(text, n, &verdicts, &err), &err);
        size_t expected = (size_t)((n >= whole[0]) + (n >= whole[1]) + (n >= whole[2]));
        bool ends = n == whole[0] || n == whole[1] || n == whole[2] || text[n - 1] == '\n';
        ck_assert_msg(amos_verdicts_get_info(verdicts)->count == expected, "%zu bytes", n);
        ck_assert_msg(amos_verdicts_get_info(verdicts)->cut == !ends, "%zu bytes", n);
        amos_verdicts_free(verdicts);
    }
}
END_TEST

struct refusal {
    const char *id, *text;
    amos_status status;
    const char *words;
};

static const struct refusal refusals[] = {
    {"V02", CASE("a", "pass") "\n{\"case\": \n" CASE("b", "pass"), AMOS_E_JSON_SYNTAX, "line 2 is not JSON"},
    {"V02", CASE("a", "pass") "\n" CASE("b", "good") "\n", AMOS_E_JSON_SCHEMA,
     "line 2 is no verdict: it says \"good\""},
    {"V03", "{\"verdicts\": [" CASE("a", "pass"), AMOS_E_JSON_SYNTAX, "cut off"},
    {"V04", "{\"cases\": []}", AMOS_E_JSON_SCHEMA, "no list \"verdicts\""},
    {"V04", "{\"verdicts\": {}}", AMOS_E_JSON_SCHEMA, "no list \"verdicts\""},
    {"V05", "[1]", AMOS_E_JSON_SCHEMA, "entry 1 is no verdict: it is no object"},
    {"V05", "[{\"verdict\": \"pass\"}]", AMOS_E_JSON_SCHEMA, "it names no case"},
    {"V05", "[{\"case\": 18, \"verdict\": \"pass\"}]", AMOS_E_JSON_SCHEMA, "its case is no text"},
    {"V05", "[{\"case\": \"a\"}]", AMOS_E_JSON_SCHEMA, "it says \"\""},
    {"V05", "[{\"case\": \"a\", \"case\": \"b\", \"verdict\": \"pass\"}]", AMOS_E_JSON_SCHEMA, "case"},
    {"V05", "[{\"case\": \"a\", \"verdict\": \"pass\", \"organ\": 6}]", AMOS_E_JSON_SCHEMA, "its organ is no text"},
    {"V06", "[{\"case\": \"a\", \"verdict\": \"pass\", \"voxel\": [1, 2]}]", AMOS_E_JSON_SCHEMA, "three integers"},
    {"V06", "[{\"case\": \"a\", \"verdict\": \"pass\", \"voxel\": [1, 2, 3.5]}]", AMOS_E_JSON_SCHEMA, "three integers"},
    {"V06", "[{\"case\": \"a\", \"verdict\": \"pass\", \"voxel\": [1, 2, 1e300]}]", AMOS_E_JSON_SCHEMA,
     "three integers"},
    {"V06", "[{\"case\": \"a\", \"verdict\": \"pass\", \"mm\": [1, 2, 3, 4]}]", AMOS_E_JSON_SCHEMA, "three numbers"},
    {"V07", "amos_0018,pass\n", AMOS_E_ARG, "does not name the columns case and verdict"},
    {"V07", "case,verdict\na,pass\nb,maybe\n", AMOS_E_ARG, "line 3 has the verdict \"maybe\""},
    {"V07", "case,verdict\n,pass\n", AMOS_E_ARG, "line 2 names no case"},
    {"V07", "case,verdict,x,y,z\na,pass,1,2,\n", AMOS_E_ARG, "line 2 has a place"},
    {"V07", "case,verdict,x,y,z\na,pass,1,2,3.0\n", AMOS_E_ARG, "line 2 has a place"},
    {"V07", "case,verdict\n\"a,pass\n", AMOS_E_ARG, "not valid CSV"},
    {"V08", "case,verdict\n\xff,pass\n", AMOS_E_ARG, "not UTF-8"},
    {"V08", "[{\"case\": \"\\u0000\", \"verdict\": \"pass\"}]", AMOS_E_JSON_SYNTAX, "not allowed in a string"},
};

START_TEST(V02_V08_what_is_no_verdict_is_refused)
{
    const struct refusal *row = &refusals[_i];
    amos_verdicts *verdicts;
    amos_error err;
    assert_status(amos_verdicts_open_memory(row->text, strlen(row->text), &verdicts, &err), row->status, &err);
    ck_assert_ptr_null(verdicts);
    assert_sentence(&err, row->status, row->text);
    ck_assert_msg(strstr(err.message, row->words) != NULL, "%s: %s", row->text, err.message);
    ck_assert_int_eq(amos_verdicts_open_memory(row->text, strlen(row->text), &verdicts, NULL), row->status);
}
END_TEST

START_TEST(files_are_read_and_arguments_checked)
{
    amos_verdicts *verdicts;
    amos_error err;
    tree_begin("verdict_files");
    tree_put("verdicts.jsonl", CASE("a", "pass") "\n");
    assert_ok(amos_verdicts_open(tree_path("verdicts.jsonl"), &verdicts, &err), &err);
    ck_assert_str_eq(amos_verdicts_get_info(verdicts)->path, tree_path("verdicts.jsonl"));
    amos_verdicts_free(verdicts);
    assert_status(amos_verdicts_open(tree_path("nothing"), &verdicts, &err), AMOS_E_OPEN, &err);
    ck_assert_ptr_null(verdicts);
    assert_status(amos_verdicts_open(NULL, &verdicts, &err), AMOS_E_ARG, &err);
    assert_status(amos_verdicts_open("x", NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_verdicts_open_memory(NULL, 1, &verdicts, &err), AMOS_E_ARG, &err);
    ck_assert_str_eq(amos_verdict_name(AMOS_VERDICT_UNSURE), "unsure");
}
END_TEST

static const char *ids_of(const amos_dataset *dataset, const amos_case_filter *filter)
{
    static char ids[200];
    const amos_case *c = NULL;
    amos_error err;
    ids[0] = '\0';
    for (;;) {
        assert_ok(amos_dataset_next(dataset, filter, &c, &err), &err);
        if (!c)
            return ids;
        strcat(strcat(ids, amos_case_get_info(c)->id), " ");
    }
}

START_TEST(verdicts_select_cases)
{
    tree_begin("verdict_cases");
    tree_volumes("imagesTr/a.nii.gz", "imagesTr/b.nii.gz", "imagesTr/c.nii.gz", "imagesTr/d.nii.gz", NULL);
    amos_verdicts *verdicts = read_text(CASE("a", "pass") "\n" CASE("b", "fail") "\n" CASE("c", "unsure") "\n");
    amos_dataset *dataset = tree_open();
    amos_case_filter filter = AMOS_CASE_FILTER_INIT;
    filter.only = AMOS_ONLY(AMOS_VERDICT_PASS);
    ck_assert_str_eq(ids_of(dataset, &filter), "a b c d ");
    filter.verdicts = verdicts;
    ck_assert_str_eq(ids_of(dataset, &filter), "a ");
    filter.only = AMOS_ONLY(AMOS_VERDICT_FAIL);
    ck_assert_str_eq(ids_of(dataset, &filter), "b ");
    filter.only = AMOS_ONLY(AMOS_VERDICT_UNSURE) | AMOS_ONLY(AMOS_VERDICT_NONE);
    ck_assert_str_eq(ids_of(dataset, &filter), "c d ");
    filter.only = 0;
    ck_assert_str_eq(ids_of(dataset, &filter), "a b c d ");
    /* A caller that was compiled without them. */
    filter.size = offsetof(amos_case_filter, verdicts);
    filter.only = AMOS_ONLY(AMOS_VERDICT_PASS);
    ck_assert_str_eq(ids_of(dataset, &filter), "a b c d ");
    amos_dataset_free(dataset);
    amos_verdicts_free(verdicts);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("verdicts");
    TCase *reading = add_case(suite, "verdicts", 10);
    tcase_add_test(reading, all_forms_give_the_same);
    tcase_add_test(reading, the_last_of_each_organ_counts_and_the_worst_of_them);
    tcase_add_test(reading, V01_a_last_line_that_is_cut_off_is_left_out);
    tcase_add_loop_test(reading, V02_V08_what_is_no_verdict_is_refused, 0, sizeof refusals / sizeof refusals[0]);
    tcase_add_test(reading, files_are_read_and_arguments_checked);
    tcase_add_test(reading, verdicts_select_cases);
    return run_suite(suite);
}
