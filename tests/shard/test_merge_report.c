/* SPDX-License-Identifier: BSD-3-Clause */
/* amos merge: the report of shards is that of one run, and reports that cannot be merged are refused. */
#define _XOPEN_SOURCE 700
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "support/command.h"
#include "support/main.h"
#include "support/merging.h"
#include "support/tmp.h"

static void run_report(struct outcome *outcome, const char *out, const char *more)
{
    char words[2048];
    snprintf(words, sizeof words, "report %%R -p %%P -o %s", out);
    *outcome = run_words(words, more);
}

static void assert_same_reports(const char *more, int count)
{
    char *one = tmp_path("report1"), *all = tmp_path("report2"), words[2048];
    struct outcome whole, merged;
    run_report(&whole, one, more);
    snprintf(words, sizeof words, "report %%R -p %%P -o %s %s", all, more);
    run_shards(words, count);
    char *page = join(all, "index.html");
    ck_assert_int_ne(access(page, F_OK), 0); /* nothing before the merge */
    merged = run_amos("merge %s", merging.parts);
    assert_same_trees(one, all);
    *strstr(whole.out, "\nOpen ") = *strstr(merged.out, "\nOpen ") = '\0';
    ck_assert_str_eq(strstr(whole.out, "report1") + 7, strstr(merged.out, "report2") + 7);
    ck_assert_str_eq(whole.err, merged.err);
    ck_assert_int_eq(whole.code, 1); /* of the damaged files */
    ck_assert_int_eq(merged.code, 1);
    remove_tree(all);
    remove_tree(one);
    outcome_free(&merged);
    outcome_free(&whole);
    free(page);
    free(all);
    free(one);
}

START_TEST(reports_are_those_of_one_run)
{
    assert_same_reports("--size 16", 1);
    assert_same_reports("--split training", 3);
    assert_same_reports("--worst 3", 4);
    assert_same_reports("--cases 1-6 --worst 5", 14);
}
END_TEST

static void assert_not_merged(const char *more, const char *expected)
{
    char words[4096];
    snprintf(words, sizeof words, "%s %s", merging.parts, more);
    struct outcome outcome = run_words("merge", words);
    ck_assert_int_eq(outcome.code, 1);
    assert_has(outcome.err, expected);
    ck_assert_str_eq(outcome.out, "");
    outcome_free(&outcome);
}

/* The file of a case is gone, a part cannot be read, and the folder is another one. */
START_TEST(M13_reports_that_cannot_be_merged)
{
    char *out = tmp_path("report"), *other = tmp_path("elsewhere"), *file = join(out, "cases/amos_0001.js"),
         *page = join(out, "index.html"), *part = part_path(2, 2), words[2048], options[1200];
    snprintf(words, sizeof words, "report %%R -o %s", out);
    run_shards(words, 2);
    snprintf(options, sizeof options, "-o %s", other);
    assert_not_merged(options, "The folder is not there, into which the shards wrote their cases");
    ck_assert_int_ne(access(other, F_OK), 0);
    struct bytes text = read_file(part);
    const bool second = strstr((bytes_add(&text, "", 1), (char *)text.data), "amos_0001") != NULL;
    ck_assert_int_eq(unlink(file), 0);
    assert_not_merged("", second ? "run shard 2 again, without --resume" : "run shard 1 again, without --resume");
    run_shard(words, second ? 2 : 1, 2, "");
    static const char *const changes[][2] = {{"\"record\":\"", "\"record\":\"x"},
                                             {"\"fresh\":", "\"rotten\":"},
                                             {"{\\\"id\\\":\\\"amos", "{\\\"id\\\":\\\"amor"},
                                             {"\\\"file\\\":\\\"cases/", "\\\"file\\\":\\\"../"}};
    for (int i = 0; i < COUNT(changes); i++) {
        run_shard(words, 2, 2, "");
        change_part(part, changes[i][0], changes[i][1]);
        assert_not_merged("", "cannot be read; make the part again");
    }
    ck_assert_int_ne(access(page, F_OK), 0);
    bytes_free(&text);
    free(part);
    free(page);
    free(file);
    free(other);
    free(out);
}
END_TEST

/* A shard that was killed has a journal that ends anywhere, and no part. What was done is kept, by another number of
 * shards too. */
START_TEST(M14_a_shard_of_a_report_goes_on)
{
    char *one = tmp_path("report1"), *all = tmp_path("report2"), *journal = join(all, "report.2-of-3.journal"),
         *file = join(all, "cases/amos_0001.js"), words[2048], options[1200];
    struct outcome whole;
    run_report(&whole, one, "");
    snprintf(words, sizeof words, "report %%R -p %%P -o %s", all);
    run_shards(words, 3);
    struct bytes text = read_file(journal);
    write_text(journal, (char *)text.data, text.size * 2 / 3);
    const ino_t before = inode_of(file);
    run_shards(words, 2);
    ck_assert_uint_eq(inode_of(file), before);
    struct outcome merged = run_amos("merge %s", merging.parts);
    assert_has(merged.out, " kept from an earlier run");
    assert_same_trees(one, all); /* no journal is left */
    snprintf(options, sizeof options, "--shard 1/2 --parts %s --resume", merging.parts);
    struct outcome again = run_words(words, options);
    assert_has(again.out, "is whole, nothing to do");
    bytes_free(&text);
    outcome_free(&again);
    outcome_free(&merged);
    outcome_free(&whole);
    free(file);
    free(journal);
    free(all);
    free(one);
}
END_TEST

/* Shards write one folder together; the whole has it for itself. */
START_TEST(M15_a_report_while_shards_are_at_work)
{
    char *out = tmp_path("busy"), *journal = join(out, "report.1-of-2.journal"), words[2048], options[1200];
    snprintf(words, sizeof words, "report %%R -o %s", out);
    run_shards(words, 2);
    const int fd = open(journal, O_WRONLY);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(flock(fd, LOCK_EX), 0);
    struct outcome whole = run_words(words, "");
    ck_assert_int_eq(whole.code, 1);
    assert_has(whole.err, "Another process is writing this report");
    assert_not_merged("", "Another process is writing this report");
    run_shard(words, 2, 2, "");
    snprintf(options, sizeof options, "--shard 1/2 --parts %s", merging.parts);
    struct outcome same = run_words(words, options);
    assert_has(same.err, "Another process is writing this report");
    ck_assert_int_eq(close(fd), 0);
    struct outcome merged = run_amos("merge %s", merging.parts);
    ck_assert_int_eq(merged.code, 1); /* of the damaged label */
    assert_has(merged.out, "18 cases");
    outcome_free(&merged);
    outcome_free(&same);
    outcome_free(&whole);
    free(journal);
    free(out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("merge_report");
    TCase *reports = merging_case(add_case(suite, "reports", 60));
    tcase_add_test(reports, reports_are_those_of_one_run);
    tcase_add_test(reports, M13_reports_that_cannot_be_merged);
    tcase_add_test(reports, M14_a_shard_of_a_report_goes_on);
    tcase_add_test(reports, M15_a_report_while_shards_are_at_work);
    return run_suite(suite);
}
