/* SPDX-License-Identifier: BSD-3-Clause */
/* amos stats --components: parts and holes of organs, for people and for programs. */
#include <stdlib.h>
#include <string.h>

#include "support/command.h"
#include "support/main.h"
#include "support/make/small_set.h"

static char *root, *path;

/* Organ 1: a line of three voxels and two others, of which one touches the line by a corner; organ 6: a ring around one
 * voxel of background. */
static void set_up(void)
{
    unsigned char voxels[SMALL_SET_VOXELS] = {0};
    root = small_set_make("parts");
    path = small_set_path(root, "labelsTr/amos_0001.nii.gz");
    memset(voxels, 1, 3);
    voxels[9] = voxels[5] = 1;
    for (int z = 1; z < 4; z++)
        for (int y = 2; y < 5; y++)
            memset(voxels + 6 * (y + 5 * z) + 1, 6, 3);
    voxels[6 * (3 + 5 * 2) + 2] = 0;
    small_set_write_voxels(path, voxels);
}

static void tear_down(void)
{
    free(path);
    free(root);
}

static const cJSON *organ_of(const cJSON *label, int number)
{
    return cJSON_GetArrayItem(member(label, "organs"), number - 1);
}

static void assert_organ(const cJSON *organ, int components, double share, int holes)
{
    ck_assert_int_eq((int)member_number(organ, "components"), components);
    ck_assert_double_eq_tol(member_number(organ, "largest_share"), share, 1e-12);
    ck_assert_int_eq((int)member_number(organ, "holes"), holes);
    ck_assert_int_eq(cJSON_GetArraySize(member(organ, "parts")), components);
}

START_TEST(programs_get_every_part)
{
    static const struct {
        const char *words;
        int parts;
        double share;
    } rows[] = {{"stats --json --components %s", 2, 0.8},
                {"stats --json --components=26 %s", 2, 0.8},
                {"stats --json --components=18 %s", 2, 0.8},
                {"stats --json --components=6 %s", 3, 0.6}};
    for (int i = 0; i < 4; i++) {
        struct outcome outcome = run_amos(rows[i].words, path);
        assert_exit(&outcome, 0);
        cJSON *json = parse_json(outcome.out);
        const cJSON *label = member(json, "label"), *spleen = organ_of(label, 1);
        const cJSON *first = cJSON_GetArrayItem(member(spleen, "parts"), 0);
        assert_organ(spleen, rows[i].parts, rows[i].share, 0);
        assert_organ(organ_of(label, 6), 1, 1, 1);
        ck_assert_int_eq((int)member_number(first, "voxels"), rows[i].parts == 2 ? 4 : 3);
        ck_assert_int_eq(cJSON_GetArrayItem(member(first, "first"), 0)->valueint, 0);
        ck_assert(cJSON_IsTrue(member(first, "touches_border")));
        ck_assert(cJSON_IsNull(member(organ_of(label, 2), "largest_share")));
        cJSON_Delete(json);
        outcome_free(&outcome);
    }
}
END_TEST

START_TEST(without_the_option_nothing_changes)
{
    struct outcome outcome = run_amos("stats --json %s", path);
    assert_exit(&outcome, 0);
    ck_assert_ptr_null(strstr(outcome.out, "\"components\""));
    outcome_free(&outcome);
}
END_TEST

START_TEST(people_get_columns_and_a_line_for_each_case)
{
    struct outcome outcome = run_amos("stats --components %s", path);
    assert_exit(&outcome, 0);
    ck_assert_ptr_nonnull(strstr(outcome.out, "parts largest holes"));
    ck_assert_ptr_nonnull(strstr(outcome.out, "2     80%     0"));
    ck_assert_ptr_nonnull(strstr(outcome.out, "1    100%     1"));
    outcome_free(&outcome);
    outcome = run_amos("stats --components=6 %s", root);
    assert_exit(&outcome, 0);
    ck_assert_ptr_nonnull(strstr(outcome.out, "  parts: Spleen 3, Liver 1 (1 hole)\n"));
    outcome_free(&outcome);
}
END_TEST

START_TEST(other_neighbours_are_a_usage_error)
{
    struct outcome outcome = run_amos("stats --components=8 %s", path);
    assert_exit(&outcome, 2);
    ck_assert_ptr_nonnull(strstr(outcome.err, "6, 18 or 26"));
    outcome_free(&outcome);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stats components");
    TCase *all = add_case(suite, "components", 20);
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, programs_get_every_part);
    tcase_add_test(all, without_the_option_nothing_changes);
    tcase_add_test(all, people_get_columns_and_a_line_for_each_case);
    tcase_add_test(all, other_neighbours_are_a_usage_error);
    return run_suite(suite);
}
