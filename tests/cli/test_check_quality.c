/* SPDX-License-Identifier: BSD-3-Clause */
/* amos check --quality: findings for people and for programs, limits, and cleaned labels. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/command.h"
#include "support/main.h"
#include "support/make/small_set.h"

static char *root;

/* The liver of amos_0001 fills a plane, with a hole, and has a part beside it; amos_0002 has the same label. */
static void set_up(void)
{
    unsigned char voxels[SMALL_SET_VOXELS] = {0};
    root = small_set_make("quality");
    for (int z = 1; z < 4; z++)
        for (int y = 1; y < 4; y++)
            memset(voxels + 6 * (y + 5 * z) + 1, 6, 3);
    voxels[6 * (2 + 5 * 2) + 2] = 0;
    voxels[5] = 6;
    char *one = small_set_path(root, "labelsTr/amos_0001.nii.gz"),
         *two = small_set_path(root, "labelsTr/amos_0002.nii.gz");
    small_set_write_voxels(one, voxels);
    small_set_write_voxels(two, voxels);
    free(two);
    free(one);
}

static void tear_down(void)
{
    free(root);
}

static void assert_line(const char *text, const char *words)
{
    ck_assert_msg(strstr(text, words) != NULL, "no \"%s\" in:\n%s", words, text);
}

START_TEST(people_get_a_line_for_each_finding)
{
    struct outcome outcome = run_amos("check %s --quality --limit hole_mm3=20,speck_mm3=30", root);
    assert_exit(&outcome, 0);
    assert_line(outcome.out, "6 files checked: 6 good, 0 bad\n");
    assert_line(outcome.out,
                "specks          amos_0001: The liver has 1 component smaller than 30 mm3 beside its largest "
                "one; the largest of them has 20 mm3. Voxel 5, 0, 0; ");
    assert_line(outcome.out, "hole            amos_0001: The liver has a hole of 20 mm3. Voxel 2, 2, 2; ");
    assert_line(outcome.out, "duplicate_label amos_0002: The case has the same label as amos_0001. Voxel 3, 2, 2; ");
    assert_line(outcome.out, "\nquality of 3 cases judged: ");
    assert_line(outcome.out, " 2 specks, ");
    assert_line(outcome.out, ", 1 duplicate_label\n");
    outcome_free(&outcome);
}
END_TEST

START_TEST(limits_change_what_is_found)
{
    struct outcome outcome = run_amos("check %s --quality --limit speck_mm3=20 --limit hole_mm3=21", root);
    assert_exit(&outcome, 0);
    assert_line(outcome.out,
                "part            amos_0001: A part of the liver with 20 mm3 is not connected with the rest, "
                "which has 520 mm3.");
    ck_assert_ptr_null(strstr(outcome.out, "specks"));
    ck_assert_ptr_null(strstr(outcome.out, "hole "));
    outcome_free(&outcome);
}
END_TEST

/* The value of a line that has this finding; NULL if there is none. Every line is an object. */
static cJSON *find_line(const char *text, const char *kind, const char *finding, const char *case_id)
{
    cJSON *found = NULL;
    char *copy = strdup(text);
    for (char *line = strtok(copy, "\n"); line && !found; line = strtok(NULL, "\n")) {
        cJSON *object = parse_json(line);
        const cJSON *of = cJSON_GetObjectItem(object, "finding");
        if (strcmp(member_text(object, "kind"), kind) == 0 && (!finding || strcmp(of->valuestring, finding) == 0) &&
            strcmp(member_text(object, "case"), case_id) == 0)
            found = object;
        else
            cJSON_Delete(object);
    }
    free(copy);
    return found;
}

START_TEST(programs_get_every_member)
{
    struct outcome outcome = run_amos("check %s --quality --json --limit hole_mm3=20", root);
    assert_exit(&outcome, 0);
    cJSON *hole = find_line(outcome.out, "quality", "hole", "amos_0002");
    ck_assert_ptr_nonnull(hole);
    ck_assert_int_eq((int)member_number(hole, "label"), 6);
    ck_assert_str_eq(member_text(hole, "organ"), "liver");
    ck_assert_double_eq(member_number(hole, "value"), 20);
    ck_assert_double_eq(member_number(hole, "high"), 20);
    ck_assert(cJSON_IsNull(member(hole, "low")));
    ck_assert_str_eq(member_text(hole, "unit"), "mm3");
    ck_assert_str_eq(member_text(hole, "expected"), "at most 20 mm3");
    ck_assert_str_eq(member_text(hole, "message"), "The liver has a hole of 20 mm3.");
    ck_assert_int_eq(cJSON_GetArraySize(member(hole, "mm")), 3);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(cJSON_GetArrayItem(member(hole, "voxel"), i)->valueint, 2);
    ck_assert_ptr_null(strstr(outcome.out, "\"kind\":\"facts\""));
    cJSON_Delete(hole);
    outcome_free(&outcome);
}
END_TEST

/* Facts that are printed, read and judged give the same findings. */
START_TEST(facts_are_printed_whole)
{
    struct outcome outcome = run_amos("check %s --quality --json --facts -j 2", root);
    static const char *const ids[] = {"amos_0001", "amos_0002", "amos_0501"};
    amos_quality *cases[3] = {NULL};
    amos_quality_findings *findings;
    amos_error err;
    size_t printed = 0;
    assert_exit(&outcome, 0);
    for (int i = 0; i < 3; i++) {
        cJSON *line = find_line(outcome.out, "facts", NULL, ids[i]);
        char *text = cJSON_PrintUnformatted(member(line, "facts"));
        assert_ok(amos_quality_parse(text, strlen(text), &cases[i], &err), &err);
        cJSON_free(text);
        cJSON_Delete(line);
    }
    assert_ok(amos_quality_judge((const amos_quality *const *)cases, 3, NULL, &findings, &err), &err);
    for (const char *at = outcome.out; (at = strstr(at, "\"kind\":\"quality\"")) != NULL; at++)
        printed++;
    ck_assert_uint_eq(printed, amos_quality_findings_count(findings));
    for (size_t i = 0; i < printed; i++)
        assert_line(outcome.out, amos_quality_findings_get(findings, i)->text);
    amos_quality_findings_free(findings);
    for (int i = 0; i < 3; i++)
        amos_quality_free(cases[i]);
    outcome_free(&outcome);
}
END_TEST

START_TEST(threads_change_nothing)
{
    struct outcome one = run_amos("check %s --quality --json --facts -j 1", root),
                   many = run_amos("check %s --quality --json --facts -j 3", root);
    ck_assert_str_eq(one.out, many.out);
    outcome_free(&many);
    outcome_free(&one);
}
END_TEST

/* A damaged case is a finding, and the others are judged. */
START_TEST(J48_a_damaged_case_is_a_finding)
{
    char *path = small_set_path(root, "imagesTr/amos_0001.nii.gz");
    small_set_truncate(path, 9);
    struct outcome outcome = run_amos("check %s --quality --json", root);
    ck_assert_int_eq(outcome.code, 1);
    cJSON *unreadable = find_line(outcome.out, "quality", "unreadable", "amos_0001"),
          *other = find_line(outcome.out, "quality", "specks", "amos_0002");
    ck_assert_ptr_nonnull(unreadable);
    ck_assert_ptr_nonnull(other);
    ck_assert(cJSON_IsNull(member(unreadable, "voxel")));
    ck_assert(cJSON_IsNull(member(unreadable, "organ")));
    assert_line(member_text(unreadable, "message"), "amos_0001.nii.gz: ");
    cJSON_Delete(unreadable);
    cJSON_Delete(other);
    outcome_free(&outcome);
    free(path);
}
END_TEST

/* Labels alone, such as predictions, and one case. */
START_TEST(labels_without_images_are_judged)
{
    char *folder = small_set_path(root, "labelsTr");
    struct outcome labels = run_amos("check %s --quality", folder), one = run_amos("check %s 501 --quality", root);
    assert_exit(&labels, 0);
    assert_line(labels.out, "specks          amos_0001.nii.gz: ");
    assert_line(labels.out, "duplicate_label amos_0002.nii.gz: The case has the same label as amos_0001.nii.gz.");
    assert_exit(&one, 0);
    assert_line(one.out, "\nquality of 1 case judged: ");
    outcome_free(&one);
    outcome_free(&labels);
    free(folder);
}
END_TEST

START_TEST(options_are_checked)
{
    static const struct {
        const char *words, *mistake;
    } rows[] = {
        {"check %s --quality --limit speck=3", "a name of speck_mm3, accessory_mm3"},
        {"check %s --quality --limit speck_mm3", "NAME=VALUE was expected"},
        {"check %s --quality --limit speck_mm3=", "a number of at least 0 was expected for speck_mm3"},
        {"check %s --quality --limit speck_mm3=-1", "a number of at least 0 was expected for speck_mm3"},
        {"check %s --quality --limit air_hu=low", "a number was expected for air_hu"},
        {"check %s --quality --limit speck_mm3=1,", "NAME=VALUE was expected"},
        {"check %s --quality --facts", "--facts was given without --quality --json"},
        {"check %s --quality --facts --shard 1/2 --parts parts", "--facts is for the whole"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct outcome outcome = run_amos(rows[i].words, root);
        ck_assert_int_eq(outcome.code, 2);
        assert_line(outcome.err, rows[i].mistake);
        outcome_free(&outcome);
    }
}
END_TEST

/* The cleaned labels lie beside the originals, which stay, and have no speck any more. */
START_TEST(cleaned_labels_lie_beside_the_originals)
{
    char *folder = small_set_path(root, "labelsTr"), *clean = small_set_path(root, "labelsClean");
    struct outcome same = run_amos("convert %s -o %s --drop-specks 100mm3 --force", folder, folder),
                   made = run_amos("convert %s -o %s --drop-specks 100mm3", folder, clean),
                   again = run_amos("check %s --labels --quality", clean),
                   original = run_amos("check %s --quality", folder);
    ck_assert_int_ne(same.code, 0);
    assert_exit(&made, 0);
    assert_line(made.out, "1 component with 1 voxel dropped");
    assert_exit(&again, 0);
    ck_assert_ptr_null(strstr(again.out, "specks"));
    assert_line(original.out, "specks ");
    outcome_free(&original);
    outcome_free(&again);
    outcome_free(&made);
    outcome_free(&same);
    free(clean);
    free(folder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("check_quality");
    TCase *quality = add_case(suite, "quality", 20);
    tcase_add_checked_fixture(quality, set_up, tear_down);
    tcase_add_test(quality, people_get_a_line_for_each_finding);
    tcase_add_test(quality, limits_change_what_is_found);
    tcase_add_test(quality, programs_get_every_member);
    tcase_add_test(quality, facts_are_printed_whole);
    tcase_add_test(quality, threads_change_nothing);
    tcase_add_test(quality, J48_a_damaged_case_is_a_finding);
    tcase_add_test(quality, labels_without_images_are_judged);
    tcase_add_test(quality, options_are_checked);
    tcase_add_test(quality, cleaned_labels_lie_beside_the_originals);
    return run_suite(suite);
}
