/* SPDX-License-Identifier: BSD-3-Clause */
/* amos merge: the whole of the parts is that of one run, and parts that do not belong together are refused. */
#define _XOPEN_SOURCE 700
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/bytes.h"
#include "support/command.h"
#include "support/main.h"
#include "support/make/small_set.h"
#include "support/tmp.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static char *set, *predictions, *labels, *parts;

static void assert_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text);
}

static char *join(const char *folder, const char *name)
{
    char *path = must_alloc(strlen(folder) + strlen(name) + 2);
    sprintf(path, "%s/%s", folder, name);
    return path;
}

/* A set in which a label is cut off and another has a value that is none, and predictions of which one is damaged. */
static void make_set(void)
{
    set = tmp_path("ph");
    struct outcome made = run_amos("phantom --cases 18 --size 24x20x12 --predictions -j 2 %s", set);
    ck_assert_int_eq(made.code, 0);
    outcome_free(&made);
    predictions = join(set, "predictions");
    labels = join(set, "labelsTr");
    char *cut = join(labels, "amos_0004.nii.gz"), *other = join(predictions, "amos_0012.nii.gz");
    ck_assert_int_eq(truncate(cut, 300), 0);
    ck_assert_int_eq(truncate(other, 200), 0);
    free(other);
    free(cut);
}

static void free_set(void)
{
    free(labels);
    free(predictions);
    free(set);
}

static void set_up(void)
{
    parts = tmp_path("parts");
}

static void tear_down(void)
{
    free(parts);
}

static void remove_parts(void)
{
    char command[1200];
    snprintf(command, sizeof command, "rm -rf '%s'", parts);
    ck_assert_int_eq(system(command), 0);
}

static char *part_path(int index, int count)
{
    char name[64];
    snprintf(name, sizeof name, "%d-of-%d.jsonl", index, count);
    return join(parts, name);
}

/* Runs a command, in which %s are %R (the set), %P (predictions) and %L (labels); `more` follows it. */
static struct outcome run_words(const char *words, const char *more)
{
    char line[8192];
    size_t used = 0;
    for (const char *at = words; *at; at++) {
        const char *text = *at != '%' ? NULL : at[1] == 'R' ? set : at[1] == 'P' ? predictions : labels;
        used += text ? (size_t)sprintf(line + used, "%s", text) : (size_t)sprintf(line + used, "%c", *at);
        at += text != NULL;
    }
    sprintf(line + used, " %s", more);
    return run_amos(line);
}

static void run_shard(const char *words, int index, int count, const char *more)
{
    char options[2048];
    snprintf(options, sizeof options, "--shard %d/%d --parts %s %s", index, count, parts, more);
    struct outcome outcome = run_words(words, options);
    ck_assert_msg(outcome.code <= 1, "%s: %s", words, outcome.err);
    outcome_free(&outcome);
}

static void run_shards(const char *words, int count)
{
    remove_parts();
    for (int i = 1; i <= count; i++)
        run_shard(words, i, count, i % 2 ? "-j 1" : "-j 2");
}

/* ---- the same as one run ---- */

static void assert_same_file(const char *a, const char *b)
{
    struct bytes x = read_file(a), y = read_file(b);
    ck_assert_msg(x.size == y.size && memcmp(x.data, y.data, x.size) == 0, "%s and %s differ", a, b);
    bytes_free(&y);
    bytes_free(&x);
}

static void assert_text_is_file(const char *text, const char *path)
{
    struct bytes x = read_file(path);
    ck_assert_msg(x.size == strlen(text) && memcmp(x.data, text, x.size) == 0, "%s differs from:\n%.900s", path, text);
    bytes_free(&x);
}

/* stdout, stderr and the exit code; of the file that -o names, the content. */
static void assert_merged(const char *words, const char *format)
{
    char *output = tmp_path("merged.out"), more[4096];
    snprintf(more, sizeof more, "%s %s", parts, format);
    struct outcome one = run_words(words, format), all = run_words("merge", more);
    snprintf(more, sizeof more, "%s --output=%s %s", parts, output, format);
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
        struct outcome all = run_amos("merge %s %s -o %s --summary %s", parts, format, names[3 + csv], names[5]);
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
    struct outcome a = run_amos("merge %s --json", parts), b = run_amos("merge %s %s %s --json", three, one, two);
    ck_assert_str_eq(a.out, b.out);
    ck_assert_int_eq(a.code, b.code);
    outcome_free(&b);
    outcome_free(&a);
    free(three);
    free(two);
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

/* ---- refusals ---- */

/* Merges with an output, which must not appear. */
static void assert_refused(const char *expected)
{
    char *output = tmp_path("never.txt");
    struct outcome outcome = run_amos("merge %s -o %s", parts, output);
    ck_assert_int_eq(outcome.code, 1);
    assert_has(outcome.err, expected);
    ck_assert_str_eq(outcome.out, "");
    ck_assert_int_ne(access(output, F_OK), 0);
    outcome_free(&outcome);
    free(output);
}

static void write_text(const char *path, const char *text, size_t bytes)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, bytes, file), bytes);
    ck_assert_int_eq(fclose(file), 0);
}

/* Replaces a text in a part by another one; *before gets the old content. */
static void change_part(const char *path, const char *from, const char *to)
{
    struct bytes text = read_file(path);
    bytes_add(&text, "", 1);
    char *at = strstr((char *)text.data, from);
    ck_assert_ptr_nonnull(at);
    struct bytes out = {0};
    bytes_add(&out, text.data, (size_t)(at - (char *)text.data));
    bytes_add(&out, to, strlen(to));
    bytes_add(&out, at + strlen(from), strlen(at + strlen(from)));
    write_text(path, (char *)out.data, out.size);
    bytes_free(&out);
    bytes_free(&text);
}

START_TEST(M04_parts_that_do_not_belong_together)
{
    char *second = part_path(2, 3), *copy = join(parts, "copy-of-2.jsonl");
    run_shards("stats %R", 3);
    struct bytes text = read_file(second);
    write_text(copy, (char *)text.data, text.size);
    struct outcome twice = run_amos("merge %s %s", parts, copy);
    ck_assert_int_eq(twice.code, 1);
    assert_has(twice.err, "is shard 2 of 3, and so is");
    outcome_free(&twice);
    run_shard("stats %R --components", 2, 3, "");
    assert_refused("was made by other options");
    run_shard("stats %R", 2, 3, "");
    change_part(second, "\"version\":\"", "\"version\":\"9.");
    assert_refused("results of two versions are not merged");
    run_shard("stats %R", 2, 3, "");
    change_part(second, "\"data_set\":\"", "\"data_set\":\"0");
    assert_refused("is of another data set than");
    run_shard("check %R", 2, 3, "");
    assert_refused("was made by other options");
    char *folder = tmp_path("parts4");
    struct outcome one = run_amos("stats %s --shard 1/4 --parts %s", set, folder);
    struct outcome other = run_amos("merge %s %s", parts, folder);
    ck_assert_int_eq(other.code, 1);
    assert_has(other.err, "The part is one of ");
    outcome_free(&other);
    outcome_free(&one);
    bytes_free(&text);
    free(folder);
    free(copy);
    free(second);
}
END_TEST

START_TEST(M05_missing_parts)
{
    static const struct {
        int there[4], count;
        const char *missing;
    } rows[] = {
        {{1, 2, 3}, 4, "4"}, {{2}, 8, "1,3-8"}, {{2, 5, 6}, 7, "1,3-4,7"}, {{4}, 4, "1-3"}, {{1, 3}, 5, "2,4-5"}};
    for (int i = 0; i < COUNT(rows); i++) {
        char expected[64];
        remove_parts();
        for (int k = 0; k < 4 && rows[i].there[k]; k++)
            run_shard("check %R", rows[i].there[k], rows[i].count, "");
        snprintf(expected, sizeof expected, "run them again with --array=%s (which amos", rows[i].missing);
        assert_refused(expected);
        struct outcome list = run_amos("merge %s --missing", parts);
        snprintf(expected, sizeof expected, "--array=%s\n", rows[i].missing);
        ck_assert_str_eq(list.out, expected);
        ck_assert_int_eq(list.code, 1);
        outcome_free(&list);
    }
    run_shards("check %R", 2);
    struct outcome none = run_amos("merge %s --missing", parts);
    assert_exit(&none, 0);
    ck_assert_str_eq(none.out, "");
    outcome_free(&none);
}
END_TEST

START_TEST(M06_torn_parts)
{
    static const char *const others[] = {
        "", "\n", "{}\n", "{\"format\":\"amos part 1\"}\n", "[1,2]\n{\"end\":0}\n", "id,dice\n"};
    run_shards("check %R", 3);
    char *path = part_path(2, 3);
    struct bytes text = read_file(path);
    for (size_t length = text.size - 1; length > 0; length -= length < 140 ? 1 + length / 8 : 137) {
        write_text(path, (char *)text.data, length);
        struct outcome outcome = run_amos("merge %s --missing", parts);
        ck_assert_str_eq(outcome.out, "--array=2\n");
        assert_has(outcome.err, "The part is not whole");
        ck_assert_int_eq(outcome.code, 1);
        outcome_free(&outcome);
    }
    for (int i = 0; i < COUNT(others); i++) {
        write_text(path, others[i], strlen(others[i]));
        assert_refused("The part is not whole");
    }
    text.data[text.size - 40] = '\0';
    write_text(path, (char *)text.data, text.size);
    assert_refused("The part is not whole");
    write_text(path, "{\"format\":\"amos part 2\"}\n", 25);
    assert_refused("The part has the format \"amos part 2\"");
    remove_parts();
    ck_assert_int_eq(mkdir(parts, 0777), 0);
    assert_refused("The folder has no part");
    bytes_free(&text);
    free(path);
}
END_TEST

START_TEST(M07_results_that_cannot_be_read)
{
    static const struct {
        const char *words, *from, *to;
    } rows[] = {{"check %R", "\"nonfinite\":0", "\"nonfinite\":-1"},
                {"check %R", "\"displacement\"", "\"misplacement\""},
                {"stats %R", "\"max_label\":15", "\"max_label\":16"},
                {"stats %R", "\"max_label\":15", "\"max_label\":1e9"},
                {"stats %R", "\"shape\":[", "\"shape\":[1,"},
                {"score -r %R -p %P", "\"tolerances\":2", "\"tolerances\":3"},
                {"score -r %R -p %P", "\"numbers\":[", "\"numbers\":[\"one\","},
                {"score -r %R -p %P", "\"state\":0", "\"state\":7"},
                {"score -r %R -p %P -t 1", "\"tolerances\":1,\"percentiles\":1", "\"tolerances\":0,\"percentiles\":2"},
                {"score -r %R -p %P", "\"absent\":0", "\"absent\":1"},
                {"check %P", "{\"image\":", "{\"label\":"},
                {"check %R --quality", "\"quality\":\"{", "\"quality\":\"["},
                {"check %R --quality", "\"quality\"", "\"qualities\""},
                {"stats %R", "{\"image_shape\"", "nonsense{\"image_shape\""}};
    for (int i = 0; i < COUNT(rows); i++) {
        run_shards(rows[i].words, 2);
        char *path = part_path(2, 2);
        change_part(path, rows[i].from, rows[i].to);
        assert_refused("cannot be read; make the part again");
        free(path);
    }
}
END_TEST

/* The data changed after the shards ran. */
START_TEST(parts_of_data_that_changed)
{
    char *file = join(predictions, "amos_0001.nii.gz");
    struct bytes text = read_file(file);
    run_shards("score -r %R -p %P", 2);
    bytes_add(&text, "x", 1);
    write_text(file, (char *)text.data, text.size);
    assert_refused("is of 12 cases of a data set that is not this one");
    write_text(file, (char *)text.data, text.size - 1);
    bytes_free(&text);
    free(file);
}
END_TEST

/* ---- again ---- */

static ino_t inode_of(const char *path)
{
    struct stat about;
    ck_assert_int_eq(stat(path, &about), 0);
    return about.st_ino;
}

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
    again = run_amos("check %s --shard 1/1 --resume --parts %s", set, parts);
    ck_assert_int_eq(again.code, 2);
    assert_has(again.err,
               "The folder has parts of 3 shards, and this is shard 1 of 1; give the total, as in --shard auto/3");
    outcome_free(&again);
    outcome_free(&other);
    bytes_free(&text);
    free(path);
}
END_TEST

START_TEST(M08_two_jobs_write_one_part)
{
    run_shards("stats %R --components", 2);
    struct outcome before = run_amos("merge %s --json", parts);
    pid_t jobs[6];
    for (int i = 0; i < 6; i++)
        jobs[i] = start_amos("stats %s --components --shard 1/2 --parts %s", set, parts);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(waitpid(jobs[i], NULL, 0), jobs[i]);
    struct outcome after = run_amos("merge %s --json", parts);
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
    char *first = part_path(1, 2), *second = part_path(2, 2), *label = join(labels, "amos_0001.nii.gz");
    run_shards("stats %R", 2);
    struct outcome before = run_amos("merge %s --json", parts);
    set_year(first, 1999);
    set_year(second, 2099);
    set_year(label, 2098);
    struct outcome after = run_amos("merge %s --json", parts);
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

/* ---- commands that write files ---- */

/* That two folders hold the same, but for hidden files. */
static void assert_same_trees(const char *a, const char *b)
{
    char command[2400];
    snprintf(command, sizeof command, "diff -r -x '.*' '%s' '%s' >&2", a, b);
    ck_assert_int_eq(system(command), 0);
}

static void assert_counted(const char *expected, int code)
{
    struct outcome outcome = run_amos("merge %s", parts);
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
        char command[2400];
        snprintf(command, sizeof command, "rm -rf '%s' '%s'", one, all);
        ck_assert_int_eq(system(command), 0);
    }
    free(all);
    free(one);
}
END_TEST

/* A case that failed is tried again. */
START_TEST(resume_tries_failed_files_again)
{
    char *out = tmp_path("converted"), words[2048];
    snprintf(words, sizeof words, "convert %%R --spacing 3,3,3 --lossy -o %s", out);
    run_shards(words, 1);
    char options[2048];
    snprintf(options, sizeof options, "--shard 1/1 --parts %s --resume", parts);
    struct outcome outcome = run_words(words, options);
    ck_assert_int_eq(outcome.code, 1);
    assert_has(outcome.err, "Cases of the part that is there failed; the shard is done again.");
    outcome_free(&outcome);
    free(out);
}
END_TEST

START_TEST(exports_are_those_of_one_run)
{
    char *one = tmp_path("raw1"), *all = tmp_path("raw2"), *csv = tmp_path("a.csv"), *again = tmp_path("b.csv"),
         words[2048];
    snprintf(words, sizeof words, "export nnunet %%R --task ct+mri --on-fault skip --id 300 --name X -o %s", all);
    run_shards(words, 3);
    ck_assert_int_ne(access(all, F_OK), 0); /* nothing before the merge */
    struct outcome merged = run_amos("merge %s", parts), twice = run_amos("merge %s", parts);
    ck_assert_msg(merged.code == 0, "%s", merged.err);
    ck_assert_int_eq(twice.code, 1); /* it is there already */
    strcat(words, " --force");
    run_shards(words, 2);
    struct outcome forced = run_amos("merge %s", parts);
    ck_assert_msg(forced.code == 0, "%s", forced.err);
    outcome_free(&forced);
    outcome_free(&twice);
    snprintf(words, sizeof words, "export nnunet %%R --task ct+mri --on-fault skip --id 300 --name X -o %s", one);
    struct outcome whole = run_words(words, "");
    assert_same_trees(one, all);
    run_shards("export csv %R --on-fault skip --split stratified", 4);
    struct outcome table = run_amos("merge %s -o %s", parts, csv);
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

/* ---- reports ---- */

static void run_report(struct outcome *outcome, const char *out, const char *more)
{
    char words[2048];
    snprintf(words, sizeof words, "report %%R -p %%P -o %s", out);
    *outcome = run_words(words, more);
}

static void remove_tree(const char *path)
{
    char command[1200];
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    ck_assert_int_eq(system(command), 0);
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
    merged = run_amos("merge %s", parts);
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
    snprintf(words, sizeof words, "%s %s", parts, more);
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
    struct outcome merged = run_amos("merge %s", parts);
    assert_has(merged.out, " kept from an earlier run");
    assert_same_trees(one, all); /* no journal is left */
    snprintf(options, sizeof options, "--shard 1/2 --parts %s --resume", parts);
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
    snprintf(options, sizeof options, "--shard 1/2 --parts %s", parts);
    struct outcome same = run_words(words, options);
    assert_has(same.err, "Another process is writing this report");
    ck_assert_int_eq(close(fd), 0);
    struct outcome merged = run_amos("merge %s", parts);
    ck_assert_int_eq(merged.code, 1); /* of the damaged label */
    assert_has(merged.out, "18 cases");
    outcome_free(&merged);
    outcome_free(&same);
    outcome_free(&whole);
    free(journal);
    free(out);
}
END_TEST

START_TEST(what_a_command_does_not_have)
{
    run_shards("stats %R", 1);
    struct outcome csv = run_amos("merge %s --csv", parts), both = run_amos("merge %s --csv --json", parts);
    ck_assert_int_eq(csv.code, 2);
    assert_has(csv.err, "The parts are of amos stats, which has no --csv");
    ck_assert_int_eq(both.code, 2);
    char *path = part_path(1, 1);
    struct outcome over = run_amos("merge %s -o %s", parts, path);
    ck_assert_int_eq(over.code, 2);
    assert_has(over.err, "is an input of this command");
    outcome_free(&over);
    outcome_free(&both);
    outcome_free(&csv);
    free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("merge");
    TCase *same = add_case(suite, "same", 60), *refused = add_case(suite, "refused", 60),
          *again = add_case(suite, "again", 60), *files = add_case(suite, "files", 60),
          *reports = add_case(suite, "reports", 60), *thorough = add_thorough_case(suite, "same_by_other_options", 60);
    TCase *all[] = {same, thorough, refused, again, files, reports};
    for (int i = 0; i < COUNT(all); i++) {
        tcase_add_unchecked_fixture(all[i], make_set, free_set);
        tcase_add_checked_fixture(all[i], set_up, tear_down);
    }
    tcase_add_loop_test(same, M11_the_whole_is_that_of_one_run, 0, QUICK);
    tcase_add_loop_test(thorough, M11_the_whole_is_that_of_one_run, QUICK, COUNT(commands));
    tcase_add_test(same, summary_and_files_are_those_of_one_run);
    tcase_add_test(same, parts_in_any_order);
    tcase_add_test(same, a_part_says_what_it_is);
    tcase_add_test(refused, M04_parts_that_do_not_belong_together);
    tcase_add_test(refused, M05_missing_parts);
    tcase_add_test(refused, M06_torn_parts);
    tcase_add_test(refused, M07_results_that_cannot_be_read);
    tcase_add_test(refused, parts_of_data_that_changed);
    tcase_add_test(refused, what_a_command_does_not_have);
    tcase_add_test(again, M08_two_jobs_write_one_part);
    tcase_add_test(again, M09_clocks_differ);
    tcase_add_test(again, M10_resume);
    tcase_add_test(files, files_are_those_of_one_run);
    tcase_add_test(files, resume_tries_failed_files_again);
    tcase_add_test(files, exports_are_those_of_one_run);
    tcase_add_test(reports, reports_are_those_of_one_run);
    tcase_add_test(reports, M13_reports_that_cannot_be_merged);
    tcase_add_test(reports, M14_a_shard_of_a_report_goes_on);
    tcase_add_test(reports, M15_a_report_while_shards_are_at_work);
    return run_suite(suite);
}
