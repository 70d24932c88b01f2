/* SPDX-License-Identifier: BSD-3-Clause */
/* `amos cache`: the effect of its commands on a folder, and their reports, for people and as JSON. */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/command.h"
#include "support/main.h"
#include "support/make/small_set.h"
#include "support/tmp.h"

static void assert_says(struct outcome outcome, int code, const char *part)
{
    ck_assert_msg(outcome.code == code, "exit code %d, signal %d: %s", outcome.code, outcome.signal, outcome.err);
    ck_assert_msg(strstr(outcome.out, part) != NULL, "\"%s\" is not in: %s", part, outcome.out);
    outcome_free(&outcome);
}

static void assert_explains(struct outcome outcome, int code, const char *part)
{
    assert_exit(&outcome, code);
    ck_assert_msg(strstr(outcome.err, part) != NULL, "\"%s\" is not in: %s", part, outcome.err);
    outcome_free(&outcome);
}

START_TEST(a_part_must_be_named)
{
    assert_explains(run_amos("cache"), 2,
                    "cache: A command was expected: build, info, check or prune; see: amos cache --help");
    assert_explains(run_amos("cache buidl"), 2, "There is no command \"cache buidl\"; did you mean \"cache build\"?");
    assert_explains(run_amos("cache xyz"), 2, "There is no command \"cache xyz\"; see: amos cache --help");
    assert_says(run_amos("cache --help"), 0, "Usage: amos cache COMMAND");
    assert_says(run_amos("cache -h"), 0, "  prune  remove the least");
    assert_says(run_amos("cache build --help"), 0, "Usage: amos cache build ");
    assert_explains(run_amos("cache build"), 2, "DIR");
    assert_explains(run_amos("cache info --max-size 5"), 2, "--max-size");
    assert_explains(run_amos("cache check -j 0"), 2, "0");
    assert_explains(run_amos("cache prune --max-size 5X"), 2, "5X");
}
END_TEST

#ifdef AMOS_HAVE_LZ4

struct cached {
    char *root, *folder;
};

static struct cached cached_set(const char *name)
{
    char folder[64];
    snprintf(folder, sizeof folder, "%s-cache", name);
    struct cached c = {small_set_make(name), tmp_path(folder)};
    return c;
}

static void cached_free(struct cached *c)
{
    free(c->root);
    free(c->folder);
}

static void build(const struct cached *c)
{
    assert_says(run_amos("cache build %s --folder %s -j 1", c->root, c->folder), 0, ": 3 built, 0 built again, ");
}

/* The lines of the output, each one JSON object; NULL after the last. */
static cJSON *next_object(char **text)
{
    char *line = *text, *end = strchr(line, '\n');
    if (!end) {
        ck_assert_str_eq(line, "");
        return NULL;
    }
    *end = '\0';
    *text = end + 1;
    return parse_json(line);
}

/* The path of the file of a case; from malloc(). */
static char *file_of(const struct cached *c, const char *id)
{
    struct outcome outcome = run_amos("cache info --json --folder %s", c->folder);
    char *text = outcome.out, *path = NULL;
    for (cJSON *object; (object = next_object(&text)) != NULL; cJSON_Delete(object))
        if (strcmp(member_text(object, "case"), id) == 0)
            path = small_set_path(c->folder, member_text(object, "file"));
    outcome_free(&outcome);
    ck_assert_ptr_nonnull(path);
    return path;
}

START_TEST(cases_are_cached_once)
{
    struct cached c = cached_set("once");
    struct outcome first = run_amos("cache build %s --folder %s -j 2", c.root, c.folder);
    char expected[1024];
    assert_exit(&first, 0);
    snprintf(expected, sizeof expected, "3 cases cached in %s: 3 built, 0 built again, 0 already there\n", c.folder);
    ck_assert_str_eq(first.out, expected);
    outcome_free(&first);
    char *file = file_of(&c, "amos_0002");
    small_set_truncate(file, 3);
    assert_says(run_amos("cache build %s --folder=%s", c.root, c.folder), 0,
                ": 0 built, 1 built again, 2 already there\n");
    free(file);
    cached_free(&c);
}
END_TEST

START_TEST(options_choose_the_cases_and_what_is_kept)
{
    struct cached c = cached_set("chosen");
    assert_says(
        run_amos("cache build %s --folder %s --split training --modality CT --orient RAS --spacing 2,2,2.5 --cubic "
                 "--crop --positions 5 --chunk 8x16x4",
                 c.root, c.folder),
        0, "2 cases cached in ");
    assert_says(run_amos("cache build %s --folder %s --modality MRI", c.root, c.folder), 0, "1 case cached in ");
    struct outcome outcome = run_amos("cache info --json --folder %s", c.folder);
    char *text = outcome.out;
    int cases = 0;
    for (cJSON *object; (object = next_object(&text)) != NULL; cases++) {
        int mri = strcmp(member_text(object, "case"), "amos_0501") == 0;
        ck_assert_str_eq(member_text(object, "modality"), mri ? "MRI" : "CT");
        ck_assert_str_eq(member_text(object, "split"), mri ? "validation" : "training");
        ck_assert_str_eq(member_text(object, "orientation"), mri ? "LAS" : "RAS");
        ck_assert_str_eq(member_text(object, "type"), "int16");
        ck_assert_int_eq(cJSON_GetArrayItem(member(object, "shape"), 2)->valueint, mri ? 4 : 8);
        ck_assert_str_eq(
            member_text(object, "settings"),
            mri ? "oriented as stored, spacing as it is, uncropped, 1024 positions, labels to 15, chunks of 64 x 32 "
                  "x 16"
                : "RAS, 2 x 2 x 2.5 mm, cubic, cropped to the body, 5 positions, labels to 15, chunks of 8 x 16 x 4");
        cJSON_Delete(object);
    }
    ck_assert_int_eq(cases, 3);
    outcome_free(&outcome);
    cached_free(&c);
}
END_TEST

START_TEST(failures_are_counted_and_explained)
{
    struct cached c = cached_set("bad");
    char *image = small_set_path(c.root, "imagesTr/amos_0001.nii.gz");
    small_set_truncate(image, 9);
    struct outcome outcome = run_amos("cache build %s --folder %s", c.root, c.folder);
    assert_exit(&outcome, 1);
    ck_assert_ptr_nonnull(strstr(outcome.out, ": 2 built, 0 built again, 0 already there\n1 case failed\n"));
    ck_assert_ptr_nonnull(strstr(outcome.err, image));
    outcome_free(&outcome);
    outcome = run_amos("cache build %s --json --folder %s -j 1", c.root, c.folder);
    ck_assert_int_eq(outcome.code, 1);
    ck_assert_str_eq(outcome.err, "");
    char *text = outcome.out;
    static const char *const cases[] = {"amos_0001", "amos_0002", "amos_0501"};
    for (int i = 0; i < 3; i++) {
        cJSON *object = next_object(&text);
        ck_assert_str_eq(member_text(object, "case"), cases[i]);
        ck_assert_str_eq(member_text(object, "outcome"), i ? "kept" : "failed");
        ck_assert_str_eq(member_text(object, "status"), i ? "OK" : "E_GZ_TRUNC");
        ck_assert_int_eq(cJSON_IsNull(member(object, "message")), i > 0);
        cJSON_Delete(object);
    }
    ck_assert_str_eq(text, "");
    outcome_free(&outcome);
    free(image);
    cached_free(&c);
}
END_TEST

/* Nothing shrinks in silence: a folder of labels that is not mounted, a case that has only its label. */
START_TEST(missing_files_are_told)
{
    struct cached c = cached_set("missing");
    char *image = small_set_path(c.root, "imagesTr/amos_0001.nii.gz"),
         *label = small_set_path(c.root, "labelsTr/amos_0002.nii.gz");
    char *part = small_set_path(c.root, "imagesTr/amos_0001.nii.gz.part");
    ck_assert(rename(image, part) == 0 && remove(label) == 0);
    struct outcome outcome = run_amos("cache build %s --folder %s -j 1", c.root, c.folder);
    assert_exit(&outcome, 1);
    ck_assert_ptr_nonnull(strstr(outcome.out, "1 case cached in "));
    ck_assert_ptr_nonnull(strstr(outcome.out, "\n1 case left out, because the image file is missing\n"
                                              "1 case left out, because the label file is missing\n"));
    ck_assert_ptr_nonnull(strstr(outcome.err, image));
    ck_assert_ptr_nonnull(strstr(outcome.err, "; amos_0001.nii.gz.part lies beside it, an unfinished download of it"));
    ck_assert_ptr_nonnull(strstr(outcome.err, label));
    ck_assert_ptr_nonnull(strstr(outcome.err, "--allow-missing-labels"));
    outcome_free(&outcome);
    outcome = run_amos("cache build %s --folder %s -j 1 --json", c.root, c.folder);
    ck_assert_int_eq(outcome.code, 1);
    static const char *const outcomes[] = {"no_image", "no_label", "kept"};
    char *text = outcome.out;
    for (int i = 0; i < 3; i++) {
        cJSON *object = next_object(&text);
        ck_assert_str_eq(member_text(object, "outcome"), outcomes[i]);
        ck_assert_str_eq(member_text(object, "status"), i < 2 ? "E_OPEN" : "OK");
        cJSON_Delete(object);
    }
    outcome_free(&outcome);
    outcome = run_amos("cache build %s --folder %s --split training --allow-missing-labels -j 1", c.root, c.folder);
    ck_assert_int_eq(outcome.code, 1); /* the image */
    ck_assert_ptr_nonnull(strstr(outcome.out, "\n1 case cached without labels, because the label file is missing\n"));
    ck_assert_ptr_nonnull(strstr(outcome.err, "amos_0002: The case is cached without labels, because "));
    outcome_free(&outcome);
    free(part);
    free(label);
    free(image);
    cached_free(&c);
}
END_TEST

START_TEST(a_set_without_fitting_cases_is_told)
{
    struct cached c = cached_set("nothing");
    struct outcome outcome = run_amos("cache build %s --folder %s --split test", c.root, c.folder);
    assert_exit(&outcome, 1);
    ck_assert_str_eq(outcome.out, "");
    ck_assert_ptr_nonnull(strstr(outcome.err, "No case of the data set fits"));
    outcome_free(&outcome);
    cached_free(&c);
}
END_TEST

/* A spacing of 100 mm leaves one voxel of each axis and not every organ. */
START_TEST(losses_are_told)
{
    struct cached c = cached_set("losses");
    struct outcome outcome =
        run_amos("cache build %s --folder %s --spacing 100,100,100 --split training -j 1", c.root, c.folder);
    ck_assert_int_eq(outcome.code, 0);
    ck_assert_ptr_nonnull(strstr(outcome.err, "amos_0001: Cropping or resampling left no voxel of Spleen (1)"));
    ck_assert_ptr_nonnull(strstr(outcome.err, "amos_0001: The spacing leaves one voxel along x, y, z; a finer "));
    ck_assert_ptr_nonnull(strstr(outcome.out, " cached with organs lost by cropping or resampling\n"
                                              "2 cases cached with one voxel left along an axis\n"));
    outcome_free(&outcome);
    static const char *const commands[] = {"cache build %s --folder %s --spacing 100,100,100 --split training --json",
                                           "cache info --json --folder %s"};
    for (int i = 0; i < 2; i++) { /* again from the entry */
        outcome = i ? run_amos(commands[i], c.folder) : run_amos(commands[i], c.root, c.folder);
        char *text = outcome.out;
        cJSON *object = next_object(&text);
        ck_assert_int_eq(cJSON_GetArrayItem(member(object, "lost_labels"), 0)->valueint, 1);
        ck_assert_int_eq(cJSON_GetArraySize(member(object, "collapsed_axes")), 3);
        ck_assert(member_number(object, "not_finite") == 0);
        cJSON_Delete(object);
        outcome_free(&outcome);
    }
    cached_free(&c);
}
END_TEST

/* `c` has the entries; they are copied to another folder, with room for all, and for none. */
START_TEST(entries_are_copied_from_upstream)
{
    struct cached c = cached_set("staged");
    build(&c);
    char *scratch = tmp_path("staged-scratch");
    struct outcome outcome = run_amos("cache build %s --folder %s --stage %s --json", c.root, scratch, c.folder);
    ck_assert_int_eq(outcome.code, 0);
    char *text = outcome.out;
    int staged = 0;
    for (cJSON *object; (object = next_object(&text)) != NULL; cJSON_Delete(object))
        staged += strcmp(member_text(object, "outcome"), "staged") == 0;
    ck_assert_int_eq(staged, 3);
    outcome_free(&outcome);
    assert_says(run_amos("cache build %s --folder %s --stage %s", c.root, scratch, c.folder), 0, " 3 already there\n");
    assert_says(run_amos("cache check --folder %s", scratch), 0, "3 files checked, 0 damaged\n");
    assert_says(run_amos("cache build %s --folder %s-2 --stage %s", c.root, scratch, c.folder), 0,
                "\n3 of them copied from upstream\n");
    assert_explains(run_amos("cache build %s --folder %s-3 --stage %s --max-size 100", c.root, scratch, c.folder), 1,
                    "the folder may hold 100 (max_bytes)");
    assert_explains(run_amos("cache build %s --folder %s-3 --max-size 100", c.root, scratch), 1,
                    "there is no upstream");
    free(scratch);
    cached_free(&c);
}
END_TEST

START_TEST(the_folder_is_listed)
{
    struct cached c = cached_set("listed");
    static const char *const commands[] = {"cache info --folder %s", "cache check --folder %s",
                                           "cache prune --folder %s"};
    for (int i = 0; i < 3; i++) /* a mistyped name, unlike an empty folder */
        assert_explains(run_amos(commands[i], c.folder), 1, "The folder of the cache cannot be opened: No such file");
    for (int i = 0; i < 2; i++)
        assert_explains(run_amos(commands[i], c.root), 1, "This is a data set, not a folder of cached cases");
    ck_assert_int_eq(mkdir(c.folder, 0700), 0);
    assert_says(run_amos("cache info --folder %s", c.folder), 0, "\n0 files, 0 B, in ");
    build(&c);
    char *file = file_of(&c, "amos_0002");
    char *left = tmp_write("listed-cache/amos_0001-1-1.zarr.zip.77-1.tmp", "half", 4);
    small_set_truncate(file, 3);
    struct outcome outcome = run_amos("cache info --folder %s", c.folder);
    assert_exit(&outcome, 0);
    ck_assert_ptr_nonnull(strstr(outcome.out, "\namos_0001  CT        6 x 5 x 4  int16  yes "));
    ck_assert_ptr_nonnull(strstr(outcome.out, "\namos_0501  MRI       6 x 5 x 4  int16  yes "));
    ck_assert_ptr_nonnull(strstr(outcome.out, "damaged, or of another version\n"));
    ck_assert_ptr_nonnull(strstr(outcome.out, " 4 B  unfinished\n"));
    ck_assert_ptr_nonnull(strstr(outcome.out, "\n4 files, "));
    outcome_free(&outcome);
    outcome = run_amos("cache info --json --folder %s", c.folder);
    ck_assert_int_eq(outcome.code, 0);
    char *text = outcome.out;
    int bad = 0;
    for (cJSON *object; (object = next_object(&text)) != NULL; cJSON_Delete(object)) {
        ck_assert_double_gt(member_number(object, "bytes"), 0);
        if (strcmp(member_text(object, "status"), "OK") == 0)
            continue;
        ck_assert_str_eq(member_text(object, "status"), "E_INDEX");
        ck_assert_ptr_null(cJSON_GetObjectItem(object, "case"));
        ck_assert_str_ne(member_text(object, "message"), "");
        bad++;
    }
    ck_assert_int_eq(bad, 2);
    outcome_free(&outcome);
    free(file);
    free(left);
    cached_free(&c);
}
END_TEST

START_TEST(damage_is_found)
{
    struct cached c = cached_set("damaged");
    build(&c);
    assert_says(run_amos("cache check --folder %s -j 1", c.folder), 0, "3 files checked, 0 damaged\n");
    char *file = file_of(&c, "amos_0501");
    small_set_truncate(file, 3);
    struct outcome outcome = run_amos("cache check --folder %s", c.folder);
    assert_exit(&outcome, 1);
    ck_assert_str_eq(outcome.out, "3 files checked, 1 damaged\n");
    ck_assert_ptr_nonnull(strstr(outcome.err, file));
    outcome_free(&outcome);
    free(file);
    cached_free(&c);
}
END_TEST

/* Two entries exchange their names: both are found, and rebuilt. */
START_TEST(swapped_entries_are_found)
{
    struct cached c = cached_set("swapped");
    build(&c);
    char *one = file_of(&c, "amos_0001"), *two = file_of(&c, "amos_0501"), *between = tmp_path("between");
    ck_assert_int_eq(rename(one, between), 0);
    ck_assert_int_eq(rename(two, one), 0);
    ck_assert_int_eq(rename(between, two), 0);
    struct outcome outcome = run_amos("cache check --folder %s", c.folder);
    assert_exit(&outcome, 1);
    ck_assert_str_eq(outcome.out, "3 files checked, 2 damaged\n");
    ck_assert_ptr_nonnull(strstr(outcome.err, one));
    ck_assert_ptr_nonnull(strstr(outcome.err, "an entry of case amos_0501 under a wrong name"));
    ck_assert_ptr_nonnull(strstr(outcome.err, "an entry of case amos_0001 under a wrong name"));
    outcome_free(&outcome);
    assert_says(run_amos("cache build %s --folder %s", c.root, c.folder), 0,
                ": 0 built, 2 built again, 1 already there\n");
    assert_says(run_amos("cache check --folder %s", c.folder), 0, "3 files checked, 0 damaged\n");
    free(between);
    free(two);
    free(one);
    cached_free(&c);
}
END_TEST

START_TEST(what_does_not_fit_is_removed)
{
    struct cached c = cached_set("pruned");
    build(&c);
    char *left = tmp_write("pruned-cache/amos_0001-1-1.zarr.zip.77-1.tmp", "half", 4);
    assert_says(run_amos("cache prune --folder %s", c.folder), 0, "1 file removed, 4 B\n");
    assert_says(run_amos("cache prune --folder %s --max-size 1M", c.folder), 0, "0 files removed, 0 B\n");
    assert_says(run_amos("cache prune --folder %s --max-size 0", c.folder), 0, "3 files removed, ");
    assert_says(run_amos("cache info --folder %s", c.folder), 0, "\n0 files, ");
    free(left);
    cached_free(&c);
}
END_TEST

static size_t lines_in(const char *text)
{
    size_t lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

/* A folder that cannot be written is told once, not once a case. */
START_TEST(C11_a_folder_of_others_is_told_once)
{
    struct cached c = cached_set("foreign");
    build(&c);
    ck_assert_int_eq(chmod(c.folder, 0777), 0);
    struct outcome outcome = run_amos("cache build %s --folder %s", c.root, c.folder);
    assert_exit(&outcome, 1);
    ck_assert_uint_eq(lines_in(outcome.err), 1);
    ck_assert_ptr_nonnull(strstr(outcome.err, "everybody may write to this folder"));
    outcome_free(&outcome);
    ck_assert_int_eq(chmod(c.folder, 0755), 0);
    if (geteuid() == 0) {
        ck_assert_int_eq(chown(c.folder, 12345, 12345), 0);
        assert_says(run_amos("cache build %s --folder %s", c.root, c.folder), 0,
                    ": 0 built, 0 built again, 3 already there\n");
        assert_says(run_amos("cache check --folder %s", c.folder), 0, "3 files checked, 0 damaged\n");
        outcome = run_amos("cache build %s --folder %s --crop", c.root, c.folder);
        assert_exit(&outcome, 1);
        ck_assert_uint_eq(lines_in(outcome.err), 1);
        ck_assert_ptr_nonnull(strstr(outcome.err, "belongs to another user, so it is read but never written"));
        outcome_free(&outcome);
        assert_explains(run_amos("cache prune --max-size 0 --folder %s", c.folder), 1, "never written");
        assert_says(run_amos("cache check --folder %s", c.folder), 0, "3 files checked, 0 damaged\n");
    }
    cached_free(&c);
}
END_TEST

/* Reached through a symbolic link, with or without a slash. */
START_TEST(C11_a_link_to_a_folder_is_a_folder)
{
    struct cached c = cached_set("linked");
    char *link = tmp_path("linked-to"), slash[512];
    build(&c);
    ck_assert_int_eq(symlink(c.folder, link), 0);
    snprintf(slash, sizeof slash, "%s/", link);
    assert_says(run_amos("cache build %s --folder %s", c.root, link), 0, " 3 already there\n");
    assert_says(run_amos("cache build %s --folder %s", c.root, slash), 0, " 3 already there\n");
    free(link);
    cached_free(&c);
}
END_TEST

START_TEST(what_cannot_be_used_is_refused)
{
    struct cached c = cached_set("refused");
    char *file = tmp_write("refused-file", "x", 1);
    static const char *const words[] = {"cache build %s --folder %s", "cache info --folder %s",
                                        "cache check --folder %s", "cache prune --folder %s"};
    assert_explains(run_amos(words[0], c.root, file), 1, file);
    for (int i = 1; i < 4; i++)
        assert_explains(run_amos(words[i], file), 1, file);
    assert_explains(run_amos("cache build %s/nowhere --folder %s", c.root, c.folder), 1, "nowhere");
    assert_explains(run_amos("cache build %s --folder %s --spacing 1,1,5000", c.root, c.folder), 1, "5000");
    free(file);
    cached_free(&c);
}
END_TEST

static void add_tests(TCase *cache)
{
    tcase_add_test(cache, cases_are_cached_once);
    tcase_add_test(cache, options_choose_the_cases_and_what_is_kept);
    tcase_add_test(cache, failures_are_counted_and_explained);
    tcase_add_test(cache, missing_files_are_told);
    tcase_add_test(cache, a_set_without_fitting_cases_is_told);
    tcase_add_test(cache, losses_are_told);
    tcase_add_test(cache, entries_are_copied_from_upstream);
    tcase_add_test(cache, the_folder_is_listed);
    tcase_add_test(cache, damage_is_found);
    tcase_add_test(cache, swapped_entries_are_found);
    tcase_add_test(cache, what_does_not_fit_is_removed);
    tcase_add_test(cache, C11_a_folder_of_others_is_told_once);
    tcase_add_test(cache, C11_a_link_to_a_folder_is_a_folder);
    tcase_add_test(cache, what_cannot_be_used_is_refused);
}

#else

START_TEST(without_lz4_it_says_so)
{
    char *root = small_set_make("absent"), *folder = tmp_path("absent-cache");
    assert_explains(run_amos("cache build %s --folder %s", root, folder), 1, "built without LZ4");
    ck_assert_int_eq(mkdir(folder, 0700), 0); /* a missing folder is said first */
    assert_explains(run_amos("cache info --folder %s", folder), 1, "built without LZ4");
    assert_explains(run_amos("cache check --folder %s", folder), 1, "built without LZ4");
    assert_explains(run_amos("cache prune --folder %s", folder), 1, "built without LZ4");
    free(folder);
    free(root);
}
END_TEST

static void add_tests(TCase *cache)
{
    tcase_add_test(cache, without_lz4_it_says_so);
}

#endif

int main(void)
{
    Suite *suite = suite_create("cli_cache");
    TCase *cache = add_case(suite, "cache", 20);
    tcase_add_test(cache, a_part_must_be_named);
    add_tests(cache);
    return run_suite(suite);
}
