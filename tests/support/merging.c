/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "support/merging.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/command.h"
#include "support/main.h"
#include "support/tmp.h"

struct merging merging;

void assert_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text);
}

char *join(const char *folder, const char *name)
{
    char *path = must_alloc(strlen(folder) + strlen(name) + 2);
    sprintf(path, "%s/%s", folder, name);
    return path;
}

static void make_set(void)
{
    merging.set = tmp_path("ph");
    struct outcome made = run_amos("phantom --cases 18 --size 24x20x12 --predictions -j 2 %s", merging.set);
    ck_assert_int_eq(made.code, 0);
    outcome_free(&made);
    merging.predictions = join(merging.set, "predictions");
    merging.labels = join(merging.set, "labelsTr");
    char *cut = join(merging.labels, "amos_0004.nii.gz"), *other = join(merging.predictions, "amos_0012.nii.gz");
    ck_assert_int_eq(truncate(cut, 300), 0);
    ck_assert_int_eq(truncate(other, 200), 0);
    free(other);
    free(cut);
}

static void free_set(void)
{
    free(merging.labels);
    free(merging.predictions);
    free(merging.set);
}

static void set_up(void)
{
    merging.parts = tmp_path("parts");
}

static void tear_down(void)
{
    free(merging.parts);
}

TCase *merging_case(TCase *tests)
{
    tcase_add_unchecked_fixture(tests, make_set, free_set);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    return tests;
}

void remove_tree(const char *path)
{
    char command[1200];
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    ck_assert_int_eq(system(command), 0); // NOLINT(cert-env33-c): words of its own
}

char *part_path(int index, int count)
{
    char name[64];
    snprintf(name, sizeof name, "%d-of-%d.jsonl", index, count);
    return join(merging.parts, name);
}

struct outcome run_words(const char *words, const char *more)
{
    char line[8192];
    size_t used = 0;
    for (const char *at = words; *at; at++) {
        const char *text = *at != '%'     ? NULL
                           : at[1] == 'R' ? merging.set
                           : at[1] == 'P' ? merging.predictions
                                          : merging.labels;
        used += text ? (size_t)sprintf(line + used, "%s", text) : (size_t)sprintf(line + used, "%c", *at);
        at += text != NULL;
    }
    sprintf(line + used, " %s", more);
    return run_amos(line);
}

void run_shard(const char *words, int index, int count, const char *more)
{
    char options[2048];
    snprintf(options, sizeof options, "--shard %d/%d --parts %s %s", index, count, merging.parts, more);
    struct outcome outcome = run_words(words, options);
    ck_assert_msg(outcome.code <= 1, "%s: %s", words, outcome.err);
    outcome_free(&outcome);
}

void run_shards(const char *words, int count)
{
    remove_tree(merging.parts);
    for (int i = 1; i <= count; i++)
        run_shard(words, i, count, i % 2 ? "-j 1" : "-j 2");
}

void assert_text_is_file(const char *text, const char *path)
{
    struct bytes x = read_file(path);
    ck_assert_msg(x.size == strlen(text) && memcmp(x.data, text, x.size) == 0, "%s differs from:\n%.900s", path, text);
    bytes_free(&x);
}

void assert_refused(const char *expected)
{
    char *output = tmp_path("never.txt");
    struct outcome outcome = run_amos("merge %s -o %s", merging.parts, output);
    ck_assert_int_eq(outcome.code, 1);
    assert_has(outcome.err, expected);
    ck_assert_str_eq(outcome.out, "");
    ck_assert_int_ne(access(output, F_OK), 0);
    outcome_free(&outcome);
    free(output);
}

void write_text(const char *path, const char *text, size_t bytes)
{
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, bytes, file), bytes);
    ck_assert_int_eq(fclose(file), 0);
}

void change_part(const char *path, const char *from, const char *to)
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

ino_t inode_of(const char *path)
{
    struct stat about;
    ck_assert_int_eq(stat(path, &about), 0);
    return about.st_ino;
}

void assert_same_trees(const char *a, const char *b)
{
    char command[2400];
    snprintf(command, sizeof command, "diff -r -x '.*' '%s' '%s' >&2", a, b);
    ck_assert_int_eq(system(command), 0); // NOLINT(cert-env33-c): words of its own
}
