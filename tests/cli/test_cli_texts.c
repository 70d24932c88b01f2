/* SPDX-License-Identifier: BSD-3-Clause */
/* Reports of the commands about rarer files: frames, units, extensions, descriptions, warnings, NaN, images without
 * labels; and about invalid arguments. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/describe.h"
#include "support/command.h"
#include "support/main.h"
#include "support/make/nifti.h"
#include "support/make/small_set.h"
#include "support/tmp.h"
#include "support/make/tree.h"

static char *write_made(const char *name, const struct nifti_spec *spec)
{
    struct nifti_file file = nifti_make(spec);
    char *path = tmp_write_bytes(name, &file.bytes);
    nifti_free(&file);
    return path;
}

/* Checks and releases the outcome of a run. */
static void assert_says(struct outcome outcome, int code, const char *part)
{
    ck_assert_msg(outcome.code == code, "exit code %d, signal %d: %s", outcome.code, outcome.signal, outcome.err);
    ck_assert_msg(strstr(code == 0 ? outcome.out : outcome.err, part) != NULL, "\"%s\" is not in: %s%s", part,
                  outcome.out, outcome.err);
    outcome_free(&outcome);
}

/* ---- info ---- */

static const struct {
    int units;
    const char *text;
} units[] = {{2 | 8, "space mm, time s\n"},   {1 | 16, "space m, time ms\n"},   {3 | 24, "space um, time us\n"},
             {2 | 32, "space mm, time Hz\n"}, {2 | 40, "space mm, time ppm\n"}, {2 | 48, "space mm, time rad/s\n"},
             {2, "space mm, time unknown\n"}};

START_TEST(info_names_units)
{
    char name[32];
    struct nifti_spec spec = {.xyzt_units = units[_i].units};
    snprintf(name, sizeof name, "units%d.nii", _i);
    char *path = write_made(name, &spec);
    assert_says(run_amos("info %s", path), 0, units[_i].text);
    free(path);
}
END_TEST

START_TEST(info_names_axes)
{
    char axes[DESCRIBE_AXES];
    ck_assert_str_eq(describe_axes("RPI", axes), "x to the right, y to the back, z to the feet");
    ck_assert_str_eq(describe_axes("LAS", axes), "x to the left, y to the front, z to the head");
    ck_assert_str_eq(describe_axes("???", axes), "x to the ?, y to the ?, z to the ?");
    ck_assert_str_eq(describe_label(NULL, 255), "label 255");
    ck_assert_str_eq(describe_label(NULL, 256), "?");
    ck_assert_str_eq(describe_form(9), "unknown");
    ck_assert_str_eq(describe_space_unit(9), "unknown");
    ck_assert_str_eq(describe_label(NULL, 99), "label 99");
}
END_TEST

START_TEST(info_tells_of_frames_extensions_and_description)
{
    static const unsigned char extension[16] = {16, 0, 0, 0, 4};
    struct nifti_spec spec = {.ndim = 5,
                              .dim = {4, 3, 2, 3, 2},
                              .descrip = "made by a test  ",
                              .extensions = extension,
                              .extension_bytes = sizeof extension};
    char *path = write_made("frames.nii", &spec);
    assert_says(run_amos("info %s", path), 0, "  shape        4 x 3 x 2 voxels, 6 frames (3 x 2)\n");
    assert_says(run_amos("info %s", path), 0, "  extensions   1\n");
    assert_says(run_amos("info %s", path), 0, "  description  made by a test\n");
    free(path);
}
END_TEST

START_TEST(info_tells_of_warnings_and_goes_on)
{
    struct nifti_spec bare = {.no_forms = 1}, good = {.version = 2};
    char *path = write_made("bare.nii", &bare), *other = write_made("other.nii", &good);
    assert_says(run_amos("info %s", path), 0, "  orientation  unknown, taken as ");
    assert_says(run_amos("info %s", path), 0, "  warnings     W_NOORIENT: ");
    struct outcome both = run_amos("info %s %s", path, other);
    assert_exit(&both, 0);
    const char *second = strstr(both.out, other);
    ck_assert_ptr_nonnull(second);
    ck_assert_msg(second > both.out + 1 && second[-1] == '\n' && second[-2] == '\n', "%s", both.out);
    outcome_free(&both);
    free(path);
    free(other);
}
END_TEST

/* ---- stats, check, dump ---- */

START_TEST(values_that_are_no_numbers_are_counted)
{
    static const float one[24] = {[3] = NAN}, two[24] = {[0] = INFINITY, [5] = NAN};
    struct nifti_spec first = {.type = AMOS_TYPE_FLOAT32, .voxels = one},
                      second = {.type = AMOS_TYPE_FLOAT32, .voxels = two};
    char *path = write_made("one.nii", &first), *other = write_made("two.nii", &second);
    assert_says(run_amos("check %s", path), 0, ": 1 voxel is NaN or infinite\n");
    assert_says(run_amos("check %s", other), 0, ": 2 voxels are NaN or infinite\n");
    free(path);
    free(other);
}
END_TEST

START_TEST(check_takes_a_case_and_counts_warnings)
{
    char *root = small_set_make("case");
    assert_says(run_amos("check %s amos_0002", root), 0, "2 files checked: 2 good, 0 bad\n");
    struct nifti_spec bare = {.no_forms = 1};
    char *path = write_made("warned.nii", &bare);
    assert_says(run_amos("check %s", path), 0, "1 file checked: 1 good (1 with warnings), 0 bad\n");
    free(path);
    free(root);
}
END_TEST

START_TEST(stats_shows_several_targets)
{
    char *root = small_set_make("targets");
    struct outcome outcome = run_amos("stats %s %s", root, root);
    assert_exit(&outcome, 0);
    const char *half = strstr(outcome.out, "\n\n");
    ck_assert_ptr_nonnull(half);
    outcome_free(&outcome);
    assert_says(run_amos("stats %s amos_0001 %s amos_0002", root, root), 0, "\n\namos_0002, CT, training\n");
    struct outcome json = run_amos("stats --json %s amos_0001 %s", root, root);
    cJSON *array = parse_json(json.out);
    ck_assert_int_eq(cJSON_GetArraySize(array), 2);
    cJSON_Delete(array);
    outcome_free(&json);
    free(root);
}
END_TEST

START_TEST(stats_goes_without_labels)
{
    char *root = small_set_make("bare");
    char *label = small_set_path(root, "labelsTr/amos_0001.nii.gz"), *list = small_set_path(root, "dataset.json");
    ck_assert_int_eq(unlink(label), 0);
    ck_assert_int_eq(unlink(list), 0);
    assert_says(run_amos("stats %s amos_0001", root), 0, "values 10 to 129, mean 69.5\n");
    struct outcome json = run_amos("stats --json %s amos_0001", root);
    cJSON *object = parse_json(json.out);
    ck_assert_int_eq(cJSON_IsNull(member(object, "label")), 1);
    cJSON_Delete(object);
    outcome_free(&json);
    free(label);
    free(list);
    free(root);
}
END_TEST

START_TEST(an_empty_folder_has_no_cases)
{
    tree_begin("empty");
    tree_put("imagesTr/readme.txt", "nothing");
    assert_says(run_amos("stats %s", tree_root()), 1, "The data set has no case; one or more were expected.");
    tree_begin("damaged");
    tree_put("dataset.json", "{");
    assert_says(run_amos("stats %s", tree_root()), 1, "(E_JSON_SYNTAX)");
    assert_says(run_amos("stats %s amos_0001", tree_root()), 1, "(E_JSON_SYNTAX)");
    assert_says(run_amos("stats %s %s/none", tree_root(), tmp_dir()), 1, "(E_JSON_SYNTAX)");
}
END_TEST

START_TEST(dump_takes_the_stored_type)
{
    struct nifti_spec spec = {.type = AMOS_TYPE_INT16, .dim = {4, 3, 2, 2}, .ndim = 4, .slope = 2, .inter = 1};
    char *path = write_made("stored.nii", &spec);
    assert_says(run_amos("dump %s --type stored --frame all -o %s/stored.raw", path, tmp_dir()), 0,
                ": 4 x 3 x 2 x 2 int16, little-endian, x fastest");
    free(path);
}
END_TEST

/* ---- invalid arguments ---- */

START_TEST(odd_words_are_refused)
{
    assert_says(run_amos("dump a -o %s", ""), 2, "a name was expected");
    assert_says(run_amos("dump a --output="), 2, "a name was expected");
    assert_says(run_amos("phantom a --spacing 1,2"), 2, "3 numbers separated by commas were expected");
    assert_says(run_amos("phantom a --spacing 1,2,x"), 2, "3 numbers separated by commas were expected");
    assert_says(run_amos("list -hq"), 2, "There is no option -q");
    assert_says(run_amos("chec"), 2, "did you mean \"check\"?");
    assert_says(run_amos("ph"), 2, "did you mean \"phantom\"?");
    assert_says(run_amos("list --a-very-long-option-that-nobody-would-type-in-full a"), 2, "There is no option");
}
END_TEST

#ifdef AMOS_HAVE_LIBPNG
START_TEST(view_draws_a_label_alone)
{
    char *root = small_set_make("view"), *label = small_set_path(root, "labelsTr/amos_0001.nii.gz");
    struct outcome alone = run_amos("view --label %s -o %s/label.png", label, tmp_dir());
    assert_exit(&alone, 0);
    outcome_free(&alone);
    assert_says(run_amos("view %s -o %s/whole.png", root, tmp_dir()), 2, "is a whole data set");
    tree_begin("view-damaged");
    tree_put("dataset.json", "{");
    assert_says(run_amos("view %s -o %s/damaged.png", tree_root(), tmp_dir()), 1, "(E_JSON_SYNTAX)");
    assert_says(run_amos("view %s -o %s/p.png", label, "/nowhere"), 1, "/nowhere/p.png");
    free(label);
    free(root);
}
END_TEST
#endif

int main(void)
{
    Suite *suite = suite_create("cli_texts");
    TCase *info = add_case(suite, "info", 10);
    tcase_add_loop_test(info, info_names_units, 0, (int)(sizeof units / sizeof units[0]));
    tcase_add_test(info, info_names_axes);
    tcase_add_test(info, info_tells_of_frames_extensions_and_description);
    tcase_add_test(info, info_tells_of_warnings_and_goes_on);
    TCase *others = add_case(suite, "others", 10);
    tcase_add_test(others, values_that_are_no_numbers_are_counted);
    tcase_add_test(others, check_takes_a_case_and_counts_warnings);
    tcase_add_test(others, stats_shows_several_targets);
    tcase_add_test(others, stats_goes_without_labels);
    tcase_add_test(others, an_empty_folder_has_no_cases);
    tcase_add_test(others, dump_takes_the_stored_type);
    tcase_add_test(others, odd_words_are_refused);
#ifdef AMOS_HAVE_LIBPNG
    tcase_add_test(others, view_draws_a_label_alone);
#endif
    return run_suite(suite);
}
