/* SPDX-License-Identifier: BSD-3-Clause */
/* Shards that are run again, at the same time, or by machines with other clocks. */
#define _XOPEN_SOURCE 700
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "support/command.h"
#include "support/main.h"
#include "support/merging.h"
#include "support/tmp.h"

START_TEST(M10_resume)
{
    run_shards("check %R", 3);
    char *path = part_path(2, 3);
    struct bytes text = read_file(path);
    const ino_t before = inode_of(path);
    run_shard("check %R", 2, 3, "--resume");
    ck_assert_uint_eq(inode_of(path), before);
    write_text(path, (char *)text.data, text.size / 2);
    run_shard("check %R", 2, 3, "--resume");
    assert_text_is_file((bytes_add(&text, "", 1), (char *)text.data), path);
    run_shard("check %R --strict", 2, 3, "--resume"); /* other options: done again */
    assert_refused("was made by other options");
    run_shard("check %R", 2, 3, "--resume");
    assert_text_is_file((char *)text.data, path);
    struct outcome other = run_words("check %R", "--shard 1/1 --resume --parts"), again;
    ck_assert_int_eq(other.code, 2);
    again = run_amos("check %s --shard 1/1 --resume --parts %s", merging.set, merging.parts);
    ck_assert_int_eq(again.code, 2);
    assert_has(again.err,
               "The folder has parts of 3 shards, and this is shard 1 of 1; give the total, as in --shard auto/3");
    outcome_free(&again);
    outcome_free(&other);
    bytes_free(&text);
    free(path);
}
END_TEST

/* A case that failed is tried again. */
START_TEST(resume_tries_failed_files_again)
{
    char *out = tmp_path("converted"), words[2048];
    snprintf(words, sizeof words, "convert %%R --spacing 3,3,3 --lossy -o %s", out);
    run_shards(words, 1);
    char options[2048];
    snprintf(options, sizeof options, "--shard 1/1 --parts %s --resume", merging.parts);
    struct outcome outcome = run_words(words, options);
    ck_assert_int_eq(outcome.code, 1);
    assert_has(outcome.err, "Cases of the part that is there failed; the shard is done again.");
    outcome_free(&outcome);
    free(out);
}
END_TEST

START_TEST(M08_two_jobs_write_one_part)
{
    run_shards("stats %R --components", 2);
    struct outcome before = run_amos("merge %s --json", merging.parts);
    pid_t jobs[6];
    for (int i = 0; i < 6; i++)
        jobs[i] = start_amos("stats %s --components --shard 1/2 --parts %s", merging.set, merging.parts);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(waitpid(jobs[i], NULL, 0), jobs[i]);
    struct outcome after = run_amos("merge %s --json", merging.parts);
    ck_assert_str_eq(before.out, after.out);
    ck_assert_int_eq(before.code, after.code);
    outcome_free(&after);
    outcome_free(&before);
}
END_TEST

static void set_year(const char *path, int year)
{
    const time_t when = (time_t)(year - 1970) * 31556952;
    const struct timespec times[2] = {{when, 0}, {when, 0}};
    ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* The clocks of two machines differ: no time of a file decides anything. */
START_TEST(M09_clocks_differ)
{
    char *first = part_path(1, 2), *second = part_path(2, 2), *label = join(merging.labels, "amos_0001.nii.gz");
    run_shards("stats %R", 2);
    struct outcome before = run_amos("merge %s --json", merging.parts);
    set_year(first, 1999);
    set_year(second, 2099);
    set_year(label, 2098);
    struct outcome after = run_amos("merge %s --json", merging.parts);
    ck_assert_str_eq(before.out, after.out);
    const ino_t inode = inode_of(first);
    run_shard("stats %R", 1, 2, "--resume");
    ck_assert_uint_eq(inode_of(first), inode);
    outcome_free(&after);
    outcome_free(&before);
    free(label);
    free(second);
    free(first);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("merge_again");
    TCase *again = merging_case(add_case(suite, "again", 60));
    tcase_add_test(again, M08_two_jobs_write_one_part);
    tcase_add_test(again, M09_clocks_differ);
    tcase_add_test(again, M10_resume);
    tcase_add_test(again, resume_tries_failed_files_again);
    return run_suite(suite);
}
