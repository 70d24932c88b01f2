/* SPDX-License-Identifier: BSD-3-Clause */
/* amos merge: the whole of the parts is that of one run. */
#define _XOPEN_SOURCE 700
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/command.h"
#include "support/main.h"
#include "support/merging.h"
#include "support/tmp.h"

static void assert_same_file(const char *a, const char *b)
{
    struct bytes x = read_file(a), y = read_file(b);
    ck_assert_msg(x.size == y.size && memcmp(x.data, y.data, x.size) == 0, "%s and %s differ", a, b);
    bytes_free(&y);
    bytes_free(&x);
}

/* stdout, stderr and the exit code; of the file that -o names, the content. */
static void assert_merged(const char *words, const char *format)
{
    char *output = tmp_path("merged.out"), more[4096];
    snprintf(more, sizeof more, "%s %s", merging.parts, format);
    struct outcome one = run_words(words, format), all = run_words("merge", more);
    snprintf(more, sizeof more, "%s --output=%s %s", merging.parts, output, format);
    struct outcome into = run_words("merge", more);
    ck_assert_msg(strcmp(one.out, all.out) == 0, "%s %s: the whole is\n%.900s\nbut the parts give\n%.900s", words,
                  format, one.out, all.out);
    ck_assert_str_eq(one.err, all.err);
    ck_assert_int_eq(one.code, all.code);
    ck_assert_int_eq(one.code, into.code);
    assert_text_is_file(one.out, output);
    outcome_free(&into);
    outcome_free(&all);
    outcome_free(&one);
    unlink(output);
    free(output);
}

static const struct row {
    const char *name, *words, *formats[4];
} commands[] = {
    {"check", "check %R", {"", "--json"}},
    {"stats_components", "stats %R --components", {"", "--json"}},
    {"score_intervals", "score -r %R -p %P --bootstrap 100 --seed 3 --tolerance 0.5,1,2", {"", "--json", "--csv"}},
    {"check_quality", "check %R --quality --limit speck_mm3=7 --limit hole_mm3=0.1", {"", "--json", "--json --facts"}},
    {"check_folder", "check %P", {"", "--json"}},
    {"check_quality_folder", "check %P %L --labels --quality", {"", "--json", "--json --facts"}},
    {"check_several", "check %R %L --labels", {"", "--json"}},
    {"stats", "stats %R", {"", "--json"}},
    {"stats_folder", "stats %P %R", {"", "--json"}},
    {"stats_cases", "stats %R 1 4 6", {"", "--json"}},
    {"score", "score -r %R -p %P", {"", "--json", "--csv"}},
    {"score_medpy", "score -r %R -p %P --convention medpy --absent one --modality ct", {"", "--json", "--csv"}},
    {"score_missing", "score -r %R -p %L --missing zero --split training", {"", "--json", "--csv"}},
    {"score_skip", "score -r %R -p %L --missing skip", {"", "--json", "--csv"}},
};

enum { QUICK = 4 }; /* of them, `make test` runs the first */

START_TEST(M11_the_whole_is_that_of_one_run)
{
    static const int counts[] = {1, 3, 14}; /* 14 are more than there are cases */
    const struct row *row = &commands[_i];
    for (int n = 0; n < COUNT(counts); n++) {
        run_shards(row->words, counts[n]);
        for (int f = 0; f < 4 && row->formats[f]; f++)
            assert_merged(row->words, row->formats[f]);
    }
}
END_TEST

START_TEST(summary_and_files_are_those_of_one_run)
{
    static const char words[] = "score -r %R -p %P --bootstrap 50";
    char *names[6], more[4096];
    for (int i = 0; i < 6; i++) {
        char name[32];
        snprintf(name, sizeof name, "file%d.%s", i, i % 3 == 1 ? "csv" : "json");
        names[i] = tmp_path(name);
    }
    run_shards(words, 4);
    for (int csv = 0; csv < 2; csv++) {
        const char *format = csv ? "--csv" : "--json";
        snprintf(more, sizeof more, "%s -o %s --summary %s", format, names[csv], names[2]);
        struct outcome one = run_words(words, more);
        struct outcome all =
            run_amos("merge %s %s -o %s --summary %s", merging.parts, format, names[3 + csv], names[5]);
        ck_assert_str_eq(one.out, all.out); /* the table */
        ck_assert_int_eq(one.code, all.code);
        assert_same_file(names[csv], names[3 + csv]);
        assert_same_file(names[2], names[5]);
        outcome_free(&all);
        outcome_free(&one);
    }
    for (int i = 0; i < 6; i++)
        free(names[i]);
}
END_TEST

/* Parts in any order, and each by its name. */
START_TEST(parts_in_any_order)
{
    run_shards("stats %R", 3);
    char *one = part_path(1, 3), *two = part_path(2, 3), *three = part_path(3, 3);
    struct outcome a = run_amos("merge %s --json", merging.parts),
                   b = run_amos("merge %s %s %s --json", three, one, two);
    ck_assert_str_eq(a.out, b.out);
    ck_assert_int_eq(a.code, b.code);
    outcome_free(&b);
    outcome_free(&a);
    free(three);
    free(two);
    free(one);
}
END_TEST

/* ---- commands that write files ---- */

static void assert_counted(const char *expected, int code)
{
    struct outcome outcome = run_amos("merge %s", merging.parts);
    ck_assert_str_eq(outcome.out, expected);
    ck_assert_int_eq(outcome.code, code);
    outcome_free(&outcome);
}

START_TEST(files_are_those_of_one_run)
{
    char words[4096], *one = tmp_path("one"), *all = tmp_path("all");
    static const struct {
        const char *words, *counted;
        bool timed; /* its files have the time of their making */
    } rows[] = {
        {"convert %%R --spacing 3,3,3 --lossy -o %s", "convert: 3 shards with 30 files or cases: 29 good, 1 failed\n",
         false},
#ifdef AMOS_HAVE_LZ4
        {"cache build %%R --folder %s", "cache build: 3 shards with 18 files or cases: 17 good, 1 failed\n", true},
#endif
        {"index %%R --folder %s", "index: 3 shards with 30 files or cases: 29 good, 1 failed\n", false}};
    for (int i = 0; i < COUNT(rows); i++) {
        snprintf(words, sizeof words, rows[i].words, one);
        struct outcome outcome = run_words(words, "");
        outcome_free(&outcome);
        snprintf(words, sizeof words, rows[i].words, all);
        run_shards(words, 3);
        if (!rows[i].timed)
            assert_same_trees(one, all);
        assert_counted(rows[i].counted, 1);
        remove_tree(all);
        remove_tree(one);
    }
    free(all);
    free(one);
}
END_TEST

START_TEST(exports_are_those_of_one_run)
{
    char *one = tmp_path("raw1"), *all = tmp_path("raw2"), *csv = tmp_path("a.csv"), *again = tmp_path("b.csv"),
         words[2048];
    snprintf(words, sizeof words, "export nnunet %%R --task ct+mri --on-fault skip --id 300 --name X -o %s", all);
    run_shards(words, 3);
    ck_assert_int_ne(access(all, F_OK), 0); /* nothing before the merge */
    struct outcome merged = run_amos("merge %s", merging.parts), twice = run_amos("merge %s", merging.parts);
    ck_assert_msg(merged.code == 0, "%s", merged.err);
    ck_assert_int_eq(twice.code, 1); /* it is there already */
    strcat(words, " --force");
    run_shards(words, 2);
    struct outcome forced = run_amos("merge %s", merging.parts);
    ck_assert_msg(forced.code == 0, "%s", forced.err);
    outcome_free(&forced);
    outcome_free(&twice);
    snprintf(words, sizeof words, "export nnunet %%R --task ct+mri --on-fault skip --id 300 --name X -o %s", one);
    struct outcome whole = run_words(words, "");
    assert_same_trees(one, all);
    run_shards("export csv %R --on-fault skip --split stratified", 4);
    struct outcome table = run_amos("merge %s -o %s", merging.parts, csv);
    ck_assert_msg(table.code == 0, "%s", table.err);
    snprintf(words, sizeof words, "-o %s", again);
    struct outcome other = run_words("export csv %R --on-fault skip --split stratified", words);
    assert_same_file(csv, again);
    outcome_free(&other);
    outcome_free(&table);
    outcome_free(&whole);
    outcome_free(&merged);
    free(again);
    free(csv);
    free(all);
    free(one);
}
END_TEST

/* ---- what a part says of itself ---- */

START_TEST(a_part_says_what_it_is)
{
    run_shards("score -r %R -p %P --bootstrap 50 -t 3", 5);
    char *path = part_path(2, 5);
    struct bytes text = read_file(path);
    bytes_add(&text, "", 1);
    *strchr((char *)text.data, '\n') = '\0';
    cJSON *head = parse_json((char *)text.data);
    const cJSON *shard = member(head, "shard"), *rules = member(shard, "rules");
    ck_assert_int_eq((int)member_number(shard, "index"), 2);
    ck_assert_int_eq((int)member_number(shard, "count"), 5);
    ck_assert_int_eq(cJSON_GetArraySize(member(shard, "cases")), ((int)member_number(shard, "total") + 3) / 5);
    ck_assert_str_eq(member_text(shard, "version"), amos_version());
    ck_assert_int_eq((int)strlen(member_text(shard, "data_set")), 64);
    ck_assert_str_eq(member_text(rules, "command"), "score");
    char *options = cJSON_PrintUnformatted(member(rules, "options"));
    assert_has(options, "--bootstrap=50");
    assert_has(options, "--tolerance=3");
    ck_assert_ptr_null(strstr(options, "threads"));
    cJSON_free(options);
    cJSON_Delete(head);
    bytes_free(&text);
    free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("merge");
    TCase *same = merging_case(add_case(suite, "same", 60));
    TCase *thorough = merging_case(add_thorough_case(suite, "same_by_other_options", 60));
    TCase *files = merging_case(add_case(suite, "files", 60));
    tcase_add_loop_test(same, M11_the_whole_is_that_of_one_run, 0, QUICK);
    tcase_add_loop_test(thorough, M11_the_whole_is_that_of_one_run, QUICK, COUNT(commands));
    tcase_add_test(same, summary_and_files_are_those_of_one_run);
    tcase_add_test(same, parts_in_any_order);
    tcase_add_test(same, a_part_says_what_it_is);
    tcase_add_test(files, files_are_those_of_one_run);
    tcase_add_test(files, exports_are_those_of_one_run);
    return run_suite(suite);
}
