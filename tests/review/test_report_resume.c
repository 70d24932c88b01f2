/* SPDX-License-Identifier: BSD-3-Clause */
/* amos report, killed right before any of its calls that change a file, goes on in the next run: the report has the same bytes as
 * one that was never interrupted, and nothing else. So it is when the disk was full. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "faults/interpose.h"
#include "support/command.h"
#include "support/folder.h"
#include "support/main.h"
#include "support/make/small_set.h"
#include "support/tmp.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const struct way {
    enum fault_kind kind;
    const char *words;
} ways[] = {
    {FAULT_MKDIR, "report %s -o %s -p %s -j 1"},
    {FAULT_OPEN, "report %s -o %s -p %s -j 1"},
    {FAULT_WRITE, "report %s -o %s -p %s -j 1"},
    {FAULT_FSYNC, "report %s -o %s -p %s -j 1"},
    {FAULT_RENAME, "report %s -o %s -p %s -j 1"},
    {FAULT_WRITE, "report %s -o %s -p %s -j 3"},
    {FAULT_RENAME, "report %s -o %s -p %s -j 1 --worst 1"},
};

static const enum fault_kind kinds_of_shards[] = {FAULT_MKDIR, FAULT_OPEN, FAULT_WRITE, FAULT_FSYNC, FAULT_RENAME};

static int *killed; /* runs, in all tests */
static char *parts; /* of shards */

/* Runs with a fault at call number `nth` and, unless it is a signal, at all calls after it. */
static struct outcome run_with(const struct way *way, const char *set, const char *out, int nth, int code,
                               enum fault_mode mode)
{
    char orders[64], library[4096], options[512];
    const char *build = command_path(), *sanitizer = getenv("ASAN_OPTIONS");
    snprintf(orders, sizeof orders, "%d %d %d %d", way->kind, nth, code, mode);
    snprintf(library, sizeof library, "%.*s/tests/faults/interpose.so", (int)(strrchr(build, '/') - build), build);
    /* AddressSanitizer asks to be loaded first, but works otherwise too. */
    bool asked = sanitizer && strstr(sanitizer, "verify_asan_link_order");
    snprintf(options, sizeof options, "%s%s", sanitizer ? sanitizer : "", asked ? "" : ":verify_asan_link_order=0");
    setenv("AMOS_FAULT", orders, 1);
    setenv("AMOS_FAULT_REPORT", "/dev/null", 1);
    setenv("ASAN_OPTIONS", options, 1);
    setenv(preload_name(), library, 1);
    struct outcome outcome = run_amos(way->words, set, out, set, parts);
    unsetenv(preload_name());
    return outcome;
}

START_TEST(F47_a_killed_report_goes_on)
{
    const struct way *way = &ways[_i];
    char *set = small_set_make("set"), *whole = tmp_path("whole");
    struct outcome truth = run_amos(way->words, set, whole, set);
    assert_exit(&truth, 0);
    outcome_free(&truth);
    uint64_t wanted = folder_digest(whole);
    for (int nth = 1, hit = 1; hit; nth++) {
        char name[32];
        snprintf(name, sizeof name, "out%d", nth);
        char *out = tmp_path(name);
        struct outcome first = run_with(way, set, out, nth, SIGKILL, FAULT_SIGNAL);
        hit = first.signal == SIGKILL;
        ck_assert_msg(hit || first.code == 0, "call %d of kind %d: exit code %d: %s", nth, way->kind, first.code,
                      first.err);
        struct outcome second = run_amos(way->words, set, out, set);
        assert_exit(&second, 0);
        ck_assert_msg(folder_digest(out) == wanted, "%s, killed before call %d of kind %d: another report", way->words,
                      nth, way->kind);
        *killed += hit;
        outcome_free(&first);
        outcome_free(&second);
        free(out);
    }
    free(set);
    free(whole);
}
END_TEST

/* What a shard does again after it was killed at one of its calls, the other shard, and the merge. */
static void finish_shards(const char *set, const char *out)
{
    static const char *const numbers[] = {"1/2", "2/2"};
    for (int i = 0; i < 2; i++) {
        struct outcome shard =
            run_amos("report %s -o %s -p %s -j 1 --shard %s --parts %s --resume", set, out, set, numbers[i], parts);
        assert_exit(&shard, 0);
        outcome_free(&shard);
    }
    struct outcome merged = run_amos("merge %s", parts);
    assert_exit(&merged, 0);
    outcome_free(&merged);
}

START_TEST(M14_a_killed_shard_goes_on)
{
    const struct way way = {kinds_of_shards[_i], "report %s -o %s -p %s -j 1 --shard 1/2 --parts %s"};
    char *set = small_set_make("shard_set"), *whole = tmp_path("shard_whole");
    struct outcome truth = run_amos("report %s -o %s -p %s", set, whole, set);
    assert_exit(&truth, 0);
    outcome_free(&truth);
    const uint64_t wanted = folder_digest(whole);
    for (int nth = 1, hit = 1; hit; nth++) {
        char name[32];
        snprintf(name, sizeof name, "shard%d", nth);
        char *out = tmp_path(name);
        snprintf(name, sizeof name, "parts%d", nth);
        parts = tmp_path(name);
        struct outcome first = run_with(&way, set, out, nth, SIGKILL, FAULT_SIGNAL);
        hit = first.signal == SIGKILL;
        ck_assert_msg(hit || first.code == 0, "call %d: exit code %d: %s", nth, first.code, first.err);
        finish_shards(set, out);
        ck_assert_msg(folder_digest(out) == wanted, "killed before call %d of kind %d: another report", nth, way.kind);
        *killed += hit;
        outcome_free(&first);
        free(parts);
        free(out);
    }
    parts = NULL;
    free(set);
    free(whole);
}
END_TEST

static int count_lines(const char *text)
{
    int lines = 0;
    for (const char *end = text; (end = strchr(end, '\n')) != NULL; end++)
        lines++;
    return lines;
}

START_TEST(F47_a_full_disk_gives_one_sentence)
{
    const struct way way = {FAULT_WRITE, "report %s -o %s -p %s -j 1"};
    char *set = small_set_make("full_set"), *whole = tmp_path("full_whole"), *out = tmp_path("full_out");
    struct outcome truth = run_amos(way.words, set, whole, set);
    assert_exit(&truth, 0);
    outcome_free(&truth);
    for (int nth = 1, full = 1; full; nth++) {
        struct outcome got = run_with(&way, set, out, nth, ENOSPC, FAULT_FROM_THEN_ON);
        full = got.code != 0;
        ck_assert_msg(!full ||
                          (got.code == 1 && count_lines(got.err) == 1 && strstr(got.err, "No space left on device")),
                      "write %d: exit code %d: %s", nth, got.code, got.err);
        outcome_free(&got);
    }
    ck_assert(folder_digest(out) == folder_digest(whole));
    free(set);
    free(whole);
    free(out);
}
END_TEST

int main(void)
{
    killed = mmap(NULL, sizeof *killed, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (killed == MAP_FAILED)
        return EXIT_FAILURE;
    Suite *suite = suite_create("report_resume");
    TCase *kills = add_case(suite, "kills", 60), *shards = add_thorough_case(suite, "kills_of_shards", 60);
    tcase_add_loop_test(kills, F47_a_killed_report_goes_on, 0, COUNT(ways));
    tcase_add_loop_test(shards, M14_a_killed_shard_goes_on, 0, COUNT(kinds_of_shards));
    tcase_add_test(kills, F47_a_full_disk_gives_one_sentence);
    int code = run_suite(suite);
    printf("%d runs were killed, and gone on with.\n", *killed);
    return code;
}
