/* SPDX-License-Identifier: BSD-3-Clause */
/* --shard: the numbers that are given, and those that engines give. */
#define _POSIX_C_SOURCE 200809L
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/command.h"
#include "support/main.h"
#include "support/make/small_set.h"
#include "support/tmp.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static char *root, *parts;

static void set_up(void)
{
    root = small_set_make("set");
    parts = tmp_path("parts");
}

static void tear_down(void)
{
    free(parts);
    free(root);
}

static void assert_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text);
}

START_TEST(M01_numbers_that_are_none)
{
    static const char *const rows[] = {"0/3",       "4/3",   "1/0",   "0/0",    "1",
                                       "/3",        "1/",    "-1/3",  "+1/3",   "1/3x",
                                       "x1/3",      "1 /3",  "1/ 3",  "0x1/3",  "1.0/3",
                                       "1/1000001", "1/3/3", "",      "auto/0", "auto/",
                                       "auto/x",    "autos", "slurm", "Auto",   "99999999999999999999/2"};
    for (int i = 0; i < COUNT(rows); i++) {
        char option[64];
        snprintf(option, sizeof option, "--shard=%s", rows[i]);
        struct outcome outcome = run_amos("check %s %s --parts %s", root, option, parts);
        assert_exit(&outcome, 2);
        assert_has(outcome.err, "a shard from 1 to the number of shards");
        ck_assert_str_eq(outcome.out, "");
        outcome_free(&outcome);
    }
}
END_TEST

/* Variables as they are in such a process: "NAME=VALUE NAME=VALUE". */
static void set_environment(const char *words)
{
    char copy[512];
    snprintf(copy, sizeof copy, "%s", words);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        char *equals = strchr(word, '=');
        *equals = '\0';
        ck_assert_int_eq(setenv(word, equals + 1, 1), 0);
    }
}

#define ARRAY(id, count, min, max) \
    "SLURM_ARRAY_TASK_ID=" #id " SLURM_ARRAY_TASK_COUNT=" #count " SLURM_ARRAY_TASK_MIN=" #min \
    " SLURM_ARRAY_TASK_MAX=" #max
#define OPENMPI(rank, size) "OMPI_COMM_WORLD_RANK=" #rank " OMPI_COMM_WORLD_SIZE=" #size " PMIX_RANK=" #rank

/* Each row runs in a process of its own, whose environment it may change. */
static const struct row {
    const char *name, *environment, *shard, *expected; /* in stdout if it begins with "shard", else in stderr */
} engines[] = {
    {"slurm_array", ARRAY(2, 3, 1, 3), "auto", "shard 2 of 3:"},
    {"slurm_array_by_name", ARRAY(2, 3, 1, 3), "slurm-array", "shard 2 of 3:"},
    {"slurm_array_again", ARRAY(3, 1, 3, 3), "auto/3", "shard 3 of 3:"},
    {"slurm_array_again_first", ARRAY(1, 1, 1, 1), "auto/3", "shard 1 of 3:"},
    {"slurm_array_of_one_process_each", ARRAY(2, 3, 1, 3) " SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=1", "auto",
     "shard 2 of 3:"},
    {"slurm_batch", "SLURM_PROCID=0 SLURM_NTASKS=4 " OPENMPI(2, 3), "auto", "shard 3 of 3:"},
    {"srun", "SLURM_PROCID=2 SLURM_STEP_NUM_TASKS=3 PMI_RANK=2 PMI_SIZE=3", "auto", "shard 3 of 3:"},
    {"openmpi", OPENMPI(0, 3), "auto", "shard 1 of 3:"},
    {"openmpi_in_an_array_by_name", ARRAY(2, 3, 1, 3) " " OPENMPI(2, 3), "openmpi", "shard 3 of 3:"},
    {"mpich", "PMI_RANK=1 PMI_SIZE=3", "auto", "shard 2 of 3:"},
    {"torchrun", "RANK=1 WORLD_SIZE=3 LOCAL_RANK=1", "auto", "shard 2 of 3:"},
    {"pmix_with_total", "PMIX_RANK=1", "auto/3", "shard 2 of 3:"},
    {"sge", "SGE_TASK_ID=3", "auto/3", "shard 3 of 3:"},
    {"sge_no_array", "SGE_TASK_ID=undefined RANK=0 WORLD_SIZE=3", "auto", "shard 1 of 3:"},
    {"pbs", "PBS_ARRAY_INDEX=1", "auto/3", "shard 1 of 3:"},
    {"lsf", "LSB_JOBINDEX=2", "auto/3", "shard 2 of 3:"},
    {"lsf_no_array", "LSB_JOBINDEX=0 RANK=0 WORLD_SIZE=3", "auto", "shard 1 of 3:"},
    {"kubernetes", "JOB_COMPLETION_INDEX=0", "auto/3", "shard 1 of 3:"},
    {"aws_batch", "AWS_BATCH_JOB_ARRAY_INDEX=2", "aws-batch/3", "shard 3 of 3:"},
    {"a_total_that_agrees", "RANK=1 WORLD_SIZE=3", "auto/3", "shard 2 of 3:"},

    {"nothing", "NO=1", "auto", "no engine has numbered this process"},
    {"not_that_one", "RANK=1 WORLD_SIZE=3", "openmpi", "OMPI_COMM_WORLD_RANK is not set"},
    {"array_from_0", ARRAY(0, 3, 0, 2), "auto", "the tasks are counted from 1, as in --array=1-N"},
    {"array_from_0_second", ARRAY(1, 3, 0, 2), "auto", "has 3 tasks from 0 to 2, which are not all from 1 on"},
    {"array_with_steps", ARRAY(3, 3, 1, 5), "auto", "give the total in --shard auto/N"},
    {"array_again_without_total", ARRAY(2, 2, 2, 3), "auto", "give the total in --shard auto/N"},
    {"array_beyond_total", ARRAY(4, 1, 4, 4), "auto/3", "this is process 4, but there are 3"},
    {"contradiction", "RANK=1 WORLD_SIZE=3 " OPENMPI(2, 3), "auto",
     "Open MPI says that this is process 3 of 3, and torchrun says 2 of 3; name the one that is meant"},
    {"contradiction_of_totals", "RANK=1 WORLD_SIZE=2 " OPENMPI(1, 3), "auto", "and torchrun says 2 of 2"},
    {"two_levels", ARRAY(2, 3, 1, 3) " SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=2", "auto",
     "the Slurm array says that this is process 2 of 3, and srun says 1 of 2"},
    {"another_total", "RANK=1 WORLD_SIZE=3", "auto/4", "torchrun says 3 processes, but --shard says 4"},
    {"no_total", "JOB_COMPLETION_INDEX=0", "auto", "give the total, as in --shard auto/8"},
    {"half_said", "OMPI_COMM_WORLD_RANK=0", "auto", "OMPI_COMM_WORLD_SIZE is \"\"; a whole number was expected"},
    {"no_number", "RANK=one WORLD_SIZE=3", "auto", "RANK is \"one\"; a whole number was expected"},
    {"rank_beyond", "RANK=3 WORLD_SIZE=3", "auto", "RANK is 3 of 3; a number within the total was expected"},
    {"negative", "RANK=-1 WORLD_SIZE=3", "auto", "a whole number was expected"},
};

START_TEST(M02_engines)
{
    const struct row *row = &engines[_i];
    set_environment(row->environment);
    struct outcome outcome = run_amos("check %s --shard %s --parts %s", root, row->shard, parts);
    const bool refused = strncmp(row->expected, "shard ", 6) != 0;
    ck_assert_msg(outcome.code == (refused ? 2 : 0), "%s: %d: %s", row->name, outcome.code, outcome.err);
    assert_has(refused ? outcome.err : outcome.out, row->expected);
    outcome_free(&outcome);
}
END_TEST

START_TEST(M03_variables_alone_do_nothing)
{
    struct outcome before = run_amos("check %s", root);
    set_environment(ARRAY(2, 3, 1, 3) " " OPENMPI(1, 2) " RANK=1 WORLD_SIZE=2 JOB_COMPLETION_INDEX=1");
    struct outcome after = run_amos("check %s", root);
    ck_assert_str_eq(before.out, after.out);
    assert_has(after.out, "6 files checked");
    outcome_free(&after);
    outcome_free(&before);
}
END_TEST

START_TEST(M12_what_only_the_whole_has)
{
    static const struct {
        const char *words, *expected;
    } rows[] = {
        {"check %s --shard 1/2", "--shard needs the folder for its part; give it by --parts"},
        {"check %s --shard 1/2 --parts p --json", "--json is for the whole"},
        {"stats %s --shard 1/2 --parts p --json", "--json is for the whole"},
        {"score -r %s -p x --shard 1/2 --parts p --csv", "--csv is for the whole"},
        {"score -r %s -p x --shard 1/2 --parts p -o x.txt", "--output is for the whole"},
        {"score -r %s -p x --shard 1/2 --parts p --summary x.json", "--summary is for the whole"},
#ifdef AMOS_HAVE_LIBPNG
        {"score -r %s -p x --shard 1/2 --parts p --worst 1 --pictures x", "--worst is for the whole"},
#endif
        {"check %s --parts p", "--parts is for shards; give --shard I/N too"},
        {"check %s --resume", "--resume is for shards; give --shard I/N too"},
        {"index %s --shard 1/2 --resume", "--resume looks for the part of the shard; give its folder by --parts"},
    };
    for (int i = 0; i < COUNT(rows); i++) {
        struct outcome outcome = run_amos(rows[i].words, root);
        ck_assert_msg(outcome.code == 2, "%s: %d %s", rows[i].words, outcome.code, outcome.err);
        assert_has(outcome.err, rows[i].expected);
        outcome_free(&outcome);
    }
}
END_TEST

/* As on a node where the file system is not mounted: no empty part. */
START_TEST(a_shard_of_a_set_that_is_not_there)
{
    static const char *const commands[] = {"check", "stats", "index"};
    for (int i = 0; i < COUNT(commands); i++) {
        char *empty = tmp_path(commands[i]), *none = tmp_path("none");
        ck_assert_int_eq(mkdir(empty, 0777), 0);
        struct outcome outcome = run_amos("%s %s --shard 1/2 --parts %s", commands[i], empty, none);
        ck_assert_msg(outcome.code == 1, "%s: %d %s", commands[i], outcome.code, outcome.err);
        ck_assert_int_ne(access(none, F_OK), 0);
        ck_assert_str_ne(outcome.err, "");
        outcome_free(&outcome);
        free(none);
        free(empty);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shard");
    TCase *c = add_case(suite, "numbers", 20);
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, M01_numbers_that_are_none);
    tcase_add_loop_test(c, M02_engines, 0, COUNT(engines));
    tcase_add_test(c, M03_variables_alone_do_nothing);
    tcase_add_test(c, a_shard_of_a_set_that_is_not_there);
    tcase_add_test(c, M12_what_only_the_whole_has);
    return run_suite(suite);
}
