/* SPDX-License-Identifier: BSD-3-Clause */
/* The 15 organs: the names are the data set's, the numbers are those of its label files. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <amos/organ.h>

#include "support/main.h"

/* As in dataset.json of AMOS22, including "arota"; and the names for programs. */
static const struct {
    amos_organ organ;
    const char *dataset_name;
    const char *name;
} table[] = {
    {AMOS_ORGAN_BACKGROUND, "background", "background"},
    {AMOS_ORGAN_SPLEEN, "spleen", "spleen"},
    {AMOS_ORGAN_RIGHT_KIDNEY, "right kidney", "right_kidney"},
    {AMOS_ORGAN_LEFT_KIDNEY, "left kidney", "left_kidney"},
    {AMOS_ORGAN_GALL_BLADDER, "gall bladder", "gall_bladder"},
    {AMOS_ORGAN_ESOPHAGUS, "esophagus", "esophagus"},
    {AMOS_ORGAN_LIVER, "liver", "liver"},
    {AMOS_ORGAN_STOMACH, "stomach", "stomach"},
    {AMOS_ORGAN_AORTA, "arota", "aorta"},
    {AMOS_ORGAN_POSTCAVA, "postcava", "postcava"},
    {AMOS_ORGAN_PANCREAS, "pancreas", "pancreas"},
    {AMOS_ORGAN_RIGHT_ADRENAL_GLAND, "right adrenal gland", "right_adrenal_gland"},
    {AMOS_ORGAN_LEFT_ADRENAL_GLAND, "left adrenal gland", "left_adrenal_gland"},
    {AMOS_ORGAN_DUODENUM, "duodenum", "duodenum"},
    {AMOS_ORGAN_BLADDER, "bladder", "bladder"},
    {AMOS_ORGAN_PROSTATE_UTERUS, "prostate/uterus", "prostate_uterus"},
};

START_TEST(organ_has_its_names)
{
    const amos_organ_info *info = amos_organ_get(_i);
    ck_assert_ptr_nonnull(info);
    ck_assert_int_eq((int)table[_i].organ, _i);
    ck_assert_int_eq((int)info->organ, _i);
    ck_assert_str_eq(info->dataset_name, table[_i].dataset_name);
    ck_assert_str_eq(info->name, table[_i].name);
    ck_assert_ptr_nonnull(info->title);
    ck_assert(isupper((unsigned char)info->title[0]));
    ck_assert_ptr_nonnull(info->aliases);
}
END_TEST

START_TEST(other_numbers_are_no_organ)
{
    static const int numbers[] = {-1, 16, 255, INT32_MAX, INT32_MIN};
    ck_assert_ptr_null(amos_organ_get(numbers[_i]));
}
END_TEST

START_TEST(colours_can_be_told_apart)
{
    for (int other = 1; other < _i; other++)
        ck_assert(memcmp(amos_organ_get(_i)->rgb, amos_organ_get(other)->rgb, 3) != 0);
    const uint8_t *rgb = amos_organ_get(_i)->rgb;
    ck_assert_msg(rgb[0] + rgb[1] + rgb[2] > 100, "organ %d is black", _i);
}
END_TEST

static void assert_parses(const char *name, int organ)
{
    amos_organ got = AMOS_ORGAN_BACKGROUND;
    amos_error err;
    amos_status status = amos_organ_parse(name, &got, &err);
    ck_assert_msg(status == AMOS_OK, "\"%s\": %s", name, status ? err.message : "");
    ck_assert_msg((int)got == organ, "\"%s\" gives %d, not %d", name, (int)got, organ);
}

START_TEST(every_name_parses)
{
    const amos_organ_info *info = amos_organ_get(_i);
    char number[8];
    snprintf(number, sizeof number, "%d", _i);
    assert_parses(number, _i);
    snprintf(number, sizeof number, "%02d", _i); /* keys "00", "01" of some copies */
    assert_parses(number, _i);
    assert_parses(info->dataset_name, _i);
    assert_parses(info->name, _i);
    assert_parses(info->title, _i);
    for (const char *const *alias = info->aliases; *alias; alias++)
        assert_parses(*alias, _i);
}
END_TEST

/* Two organs may not share a name. */
START_TEST(aliases_belong_to_one_organ)
{
    for (const char *const *alias = amos_organ_get(_i)->aliases; *alias; alias++)
        for (int other = 0; other < AMOS_ORGAN_COUNT; other++)
            for (const char *const *theirs = amos_organ_get(other)->aliases; *theirs && other != _i; theirs++)
                ck_assert_str_ne(*alias, *theirs);
}
END_TEST

START_TEST(case_and_separators_do_not_matter)
{
    static const struct {
        const char *name;
        int organ;
    } spellings[] = {
        {"Right Kidney", 2},
        {"RIGHT-KIDNEY", 2},
        {"rightkidney", 2},
        {"right__kidney", 2},
        {"arota", 8},
        {"AORTA", 8},
        {"Aorta", 8},
        {"gallbladder", 4},
        {"Gall-Bladder", 4},
        {"prostate/uterus", 15},
        {"PROSTATE_UTERUS", 15},
        {"inferior vena cava", 9},
        {"IVC", 9},
        {"oesophagus", 5},
        {"left adrenal gland", 12},
    };
    assert_parses(spellings[_i].name, spellings[_i].organ);
}
END_TEST

START_TEST(other_words_are_refused)
{
    static const char *const words[] = {
        "",    " ",     "16",     "-1",     "99999999999999999999", "6x", "0x6",
        "6.0", "heart", "kidney", "liver2", "liver,spleen",         "_",
    };
    amos_organ got = AMOS_ORGAN_LIVER;
    amos_error err = {0};
    assert_status(amos_organ_parse(words[_i], &got, &err), AMOS_E_ARG, &err);
    ck_assert_int_eq((int)got, AMOS_ORGAN_BACKGROUND);
    assert_sentence(&err, AMOS_E_ARG, words[_i]);
}
END_TEST

START_TEST(the_nearest_name_is_suggested)
{
    static const char *const words[][2] = {
        {"livr", "liver"},       {"splen", "spleen"},   {"pancreass", "pancreas"},
        {"duodenm", "duodenum"}, {"stomac", "stomach"},
    };
    amos_organ got;
    amos_error err = {0};
    assert_status(amos_organ_parse(words[_i][0], &got, &err), AMOS_E_ARG, &err);
    char expected[128];
    snprintf(expected, sizeof expected, "\"%s\" is no organ of AMOS; did you mean \"%s\"? Use ", words[_i][0],
             words[_i][1]);
    ck_assert_msg(strncmp(err.message, expected, strlen(expected)) == 0, "%s", err.message);
    for (int organ = 0; organ < AMOS_ORGAN_COUNT; organ++)
        ck_assert_msg(strstr(err.message, amos_organ_get(organ)->name) != NULL, "%s", err.message);
}
END_TEST

START_TEST(null_is_an_argument_error)
{
    amos_organ got = AMOS_ORGAN_LIVER;
    amos_error err = {0};
    assert_status(amos_organ_parse(NULL, &got, &err), AMOS_E_ARG, &err);
    ck_assert_int_eq((int)got, AMOS_ORGAN_BACKGROUND);
    assert_status(amos_organ_parse("liver", NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_organ_parse("heart", &got, NULL), AMOS_E_ARG, NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("organ");
    TCase *names = add_case(suite, "names", 4);
    tcase_add_loop_test(names, organ_has_its_names, 0, AMOS_ORGAN_COUNT);
    tcase_add_loop_test(names, other_numbers_are_no_organ, 0, 5);
    tcase_add_loop_test(names, colours_can_be_told_apart, 1, AMOS_ORGAN_COUNT);
    TCase *parsing = add_case(suite, "parse", 4);
    tcase_add_loop_test(parsing, every_name_parses, 0, AMOS_ORGAN_COUNT);
    tcase_add_loop_test(parsing, aliases_belong_to_one_organ, 0, AMOS_ORGAN_COUNT);
    tcase_add_loop_test(parsing, case_and_separators_do_not_matter, 0, 15);
    tcase_add_loop_test(parsing, other_words_are_refused, 0, 13);
    tcase_add_loop_test(parsing, the_nearest_name_is_suggested, 0, 5);
    tcase_add_test(parsing, null_is_an_argument_error);
    return run_suite(suite);
}
