/* SPDX-License-Identifier: BSD-3-Clause */
/* The command as a whole: exit codes, streams, suggestions, failing outputs. */
#define _XOPEN_SOURCE 700
#include <amos/amos.h>

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/command.h"
#include "support/main.h"
#include "support/tmp.h"
#include "support/make/small_set.h"

/* An error in the arguments: exit code 2, one line on stderr that contains `part`, nothing on stdout. */
static void assert_mistake(struct outcome outcome, const char *part)
{
    assert_exit(&outcome, 2);
    ck_assert_str_eq(outcome.out, "");
    ck_assert_msg(strncmp(outcome.err, "amos: ", 6) == 0, "%s", outcome.err);
    ck_assert_msg(strstr(outcome.err, part) != NULL, "\"%s\" is not in: %s", part, outcome.err);
    ck_assert_ptr_eq(strchr(outcome.err, '\n'), outcome.err + strlen(outcome.err) - 1);
    outcome_free(&outcome);
}

START_TEST(mistakes_in_the_words_are_explained)
{
    assert_mistake(run_amos(""), "A command was expected");
    assert_mistake(run_amos("inof"), "did you mean \"info\"?");
    assert_mistake(run_amos("zzzzzz"), "amos --help");
    assert_mistake(run_amos("help chekc"), "did you mean \"check\"?");
    assert_mistake(run_amos("--versoin"), "did you mean --version?");
    assert_mistake(run_amos("--json"), "a command comes first");
    assert_mistake(run_amos("info"), "An operand is missing; usage: amos info FILE|DIR|CASE...");
    assert_mistake(run_amos("list a b"), "The operand \"b\" is one too many; see: amos list --help");
    assert_mistake(run_amos("cache info a"), "\"a\" is one too many; give a folder by --folder; see: amos cache info");
    assert_mistake(run_amos("list --jsn a"), "did you mean --json?");
    assert_mistake(run_amos("list --quite a"), "There is no option --quite");
    assert_mistake(run_amos("list -q a"), "There is no option -q");
    assert_mistake(run_amos("list --json=yes a"), "--json takes no value");
    assert_mistake(run_amos("list a --split"), "--split needs a value");
}
END_TEST

START_TEST(values_of_options_are_checked)
{
    assert_mistake(run_amos("list a --split everything"), "training, validation or test was expected");
    assert_mistake(run_amos("list a --modality=pet"), "ct, mri or unknown was expected");
    assert_mistake(run_amos("stats a -j 0"), "an integer from 1 to 1024 was expected");
    assert_mistake(run_amos("check a -j4x"), "an integer from 1 to 1024 was expected");
    assert_mistake(run_amos("check a -j 99999999999999999999"), "an integer from 1 to 1024 was expected");
    assert_mistake(run_amos("stats a --round-labels=0.03"), "a number above 0 and up to 0.02 was expected");
    assert_mistake(run_amos("stats a --round-labels=0"), "a number above 0 and up to 0.02 was expected");
    assert_mistake(run_amos("stats a --ignore 0"), "integers other than 0");
    assert_mistake(run_amos("stats a --ignore 255,x"), "integers other than 0");
    assert_mistake(run_amos("check a --max-label 256"), "an integer from 1 to 255 was expected");
    assert_mistake(run_amos("check a --geometry-tolerance -1mm"), "a number of mm or voxels");
    assert_mistake(run_amos("check a --geometry-tolerance 1cm"), "a number of mm or voxels");
    assert_mistake(run_amos("check a --frame x"), "the number of a frame");
    assert_mistake(run_amos("check a --labels --images"), "use one of them");
    assert_mistake(run_amos("stats / --relabel 6=1,6=2"), "each value once");
    assert_mistake(run_amos("stats / --relabel 6=256"), "a label from 0 to 255");
    assert_mistake(run_amos("stats / --relabel 6=livver"), "the name of an organ");
    assert_mistake(run_amos("stats / --relabel liver=6"), "an integer, the value in the file");
    assert_mistake(run_amos("stats / --relabel 6=1,7"), "VALUE=LABEL was expected");
    assert_mistake(run_amos("stats / --relabel *=3"), "the same value (*) or 0");
    assert_mistake(run_amos("dump a"), "-o OUT");
    assert_mistake(run_amos("dump a -o - --json"), "--json and the voxels cannot both go to stdout; give -o OUT.");
    assert_mistake(run_amos("dump a -o b --type int7"), "was expected");
    assert_mistake(run_amos("dump a -o b --type rgb24"), "was expected");
    assert_mistake(run_amos("dump a -o b --orient RAR"), "RAS or LPS");
    assert_mistake(run_amos("dump a -o b --orient RASS"), "RAS or LPS");
    assert_mistake(run_amos("dump a -o b --frame -1"), "0 for the first, or all");
    assert_mistake(run_amos("dump a -o b --box 0:1,0:1"), "x0:x1,y0:y1,z0:z1");
    assert_mistake(run_amos("dump a -o b --box 0:1,0:1,5:5"), "x0:x1,y0:y1,z0:z1");
    assert_mistake(run_amos("dump a -o b --box -1:1,0:1,0:1"), "x0:x1,y0:y1,z0:z1");
    assert_mistake(run_amos("dump a -o b --box 0:1,0:1,0:1,"), "x0:x1,y0:y1,z0:z1");
}
END_TEST

START_TEST(two_dashes_end_the_options)
{
    struct outcome outcome = run_amos("info -- --json");
    assert_exit(&outcome, 1);
    ck_assert_ptr_nonnull(strstr(outcome.err, "--json: "));
    outcome_free(&outcome);
}
END_TEST

START_TEST(version_is_JSON_too)
{
    struct outcome outcome = run_amos("--version --json");
    assert_exit(&outcome, 0);
    cJSON *object = cJSON_Parse(outcome.out);
    ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(object, "amos")), amos_version());
    ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(object, "nifti_clib")), "on");
    ck_assert_ptr_nonnull(cJSON_GetObjectItem(object, "libpng"));
    cJSON_Delete(object);
    outcome_free(&outcome);
}
END_TEST

START_TEST(version_tells_the_features)
{
    struct outcome outcome = run_amos("--version");
    char begin[64];
    snprintf(begin, sizeof begin, "amos %s\n", amos_version());
    assert_exit(&outcome, 0);
    ck_assert_msg(strncmp(outcome.out, begin, strlen(begin)) == 0, "%s", outcome.out);
    ck_assert_ptr_nonnull(strstr(outcome.out, "\nzlib "));
    ck_assert_ptr_nonnull(strstr(outcome.out, "\nlibpng "));
    outcome_free(&outcome);
}
END_TEST

/* ---- failing outputs ---- */

/* The help of `serve` is a little longer than the buffer of stdout, so that nothing is left for the last flush. */
static const char *const written[] = {"--help",   "--version",      "info --help", "serve --help",
                                      "info %s",  "info --json %s", "check %s",    "check --json %s",
                                      "stats %s", "stats --json %s"};

START_TEST(a_full_disk_is_reported)
{
    char *root = small_set_make("full"), *file = small_set_path(root, "labelsTr/amos_0001.nii.gz");
    int full = open("/dev/full", O_WRONLY);
    ck_assert_int_ge(full, 0);
    struct outcome outcome = run_amos_to(full, written[_i], file);
    close(full);
    assert_exit(&outcome, 1);
    ck_assert_msg(strstr(outcome.err, "No space left on device.") != NULL, "%s", outcome.err);
    outcome_free(&outcome);
    free(file);
    free(root);
}
END_TEST

/* Runs `amos list` into a pipe that nobody reads, with the inherited SIGPIPE. */
static struct outcome list_into_broken_pipe(const char *root, void (*action)(int))
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[0]);
    signal(SIGPIPE, action);
    struct outcome outcome = run_amos_to(ends[1], "list %s", root);
    close(ends[1]);
    return outcome;
}

START_TEST(a_closed_pipe_ends_it_quietly)
{
    char *root = small_set_make("pipe");
    struct outcome quiet = list_into_broken_pipe(root, SIG_DFL);
    ck_assert_int_eq(quiet.signal, SIGPIPE);
    ck_assert_str_eq(quiet.err, "");
    struct outcome told = list_into_broken_pipe(root, SIG_IGN);
    assert_exit(&told, 1);
    ck_assert_ptr_nonnull(strstr(told.err, "Broken pipe."));
    outcome_free(&quiet);
    outcome_free(&told);
    free(root);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cli");
    TCase *words = add_case(suite, "words", 20);
    tcase_add_test(words, mistakes_in_the_words_are_explained);
    tcase_add_test(words, values_of_options_are_checked);
    tcase_add_test(words, two_dashes_end_the_options);
    tcase_add_test(words, version_tells_the_features);
    tcase_add_test(words, version_is_JSON_too);
    TCase *output = add_case(suite, "output", 20);
    tcase_add_loop_test(output, a_full_disk_is_reported, 0, (int)(sizeof written / sizeof written[0]));
    tcase_add_test(output, a_closed_pipe_ends_it_quietly);
    return run_suite(suite);
}
