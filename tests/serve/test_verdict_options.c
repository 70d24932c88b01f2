/* SPDX-License-Identifier: BSD-3-Clause */
/* --verdicts and --only of the commands: the cases with such verdicts, and what is wrong with files and options. */
#include <stdlib.h>
#include <string.h>

#include "support/command.h"
#include "support/main.h"
#include "support/make/small_set.h"
#include "support/tmp.h"

static const char lines[] = "{\"case\": \"amos_0001\", \"verdict\": \"pass\"}\n"
                            "{\"case\": \"amos_0002\", \"organ\": \"liver\", \"verdict\": \"fail\"}\n"
                            "{\"case\": \"amos_0002\", \"verdict\": \"pass\"}\n";

static char *root, *file;

static void setup(void)
{
    root = small_set_make("verdict_options");
    file = tmp_write("verdicts.jsonl", lines, strlen(lines));
}

/* The ids of a JSON list of objects, each followed by a blank. */
static const char *ids_of(const char *text, const char *key)
{
    static char ids[200];
    cJSON *list = parse_json(text);
    ids[0] = '\0';
    for (const cJSON *item = list->child; item; item = item->next)
        strcat(strcat(ids, member_text(item, key)), " ");
    cJSON_Delete(list);
    return ids;
}

START_TEST(list_shows_cases_with_these_verdicts)
{
    static const struct {
        const char *only, *ids;
    } rows[] = {{"pass", "amos_0001 "},
                {"fail", "amos_0002 "},
                {"unsure", ""},
                {"none", "amos_0501 "},
                {"pass,none", "amos_0001 amos_0501 "},
                {"FAIL,unsure,pass", "amos_0001 amos_0002 "}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct outcome outcome = run_amos("list %s --json --verdicts %s --only %s", root, file, rows[i].only);
        assert_exit(&outcome, 0);
        ck_assert_str_eq(ids_of(outcome.out, "id"), rows[i].ids);
        outcome_free(&outcome);
    }
    struct outcome outcome = run_amos("list %s --verdicts %s --only none --split validation", root, file);
    ck_assert_ptr_nonnull(strstr(outcome.out, "1 case: 1 MRI"));
    outcome_free(&outcome);
}
END_TEST

START_TEST(exports_have_cases_with_these_verdicts)
{
    char *raw = tmp_path("raw");
    struct outcome outcome = run_amos("export csv %s --verdicts %s --only pass", root, file);
    assert_exit(&outcome, 0);
    ck_assert_ptr_nonnull(strstr(outcome.out, "amos_0001"));
    ck_assert_ptr_null(strstr(outcome.out, "amos_0002"));
    outcome_free(&outcome);
    outcome = run_amos("export monai %s --verdicts %s --only fail", root, file);
    ck_assert_int_eq(outcome.code, 0);
    ck_assert_ptr_nonnull(strstr(outcome.out, "amos_0002"));
    ck_assert_ptr_null(strstr(outcome.out, "amos_0001"));
    outcome_free(&outcome);
    outcome = run_amos("export nnunet %s -o %s --task ct --verdicts %s --only pass --json", root, raw, file);
    ck_assert_msg(outcome.code == 0, "%s", outcome.err);
    cJSON *object = parse_json(outcome.out);
    ck_assert(member_number(object, "training") == 1);
    cJSON_Delete(object);
    outcome_free(&outcome);
    outcome = run_amos("export csv %s --verdicts %s --only unsure", root, file);
    ck_assert_int_eq(outcome.code, 1);
    ck_assert_msg(strstr(outcome.err, "None of the 3 cases") != NULL, "%s", outcome.err);
    outcome_free(&outcome);
    free(raw);
}
END_TEST

START_TEST(V09_verdicts_on_other_cases_are_said)
{
    static const char other[] =
        "{\"case\": \"amos_0001\", \"verdict\": \"pass\"}\n{\"case\": \"1\", \"verdict\": \"pass\"}\n"
        "{\"case\": \"x\", \"verdict\": \"fail\"}\n{\"case\"";
    free(tmp_write("other.jsonl", other, strlen(other)));
    char *path = tmp_path("other.jsonl");
    struct outcome outcome = run_amos("list %s --json --verdicts %s --only pass", root, path);
    ck_assert_int_eq(outcome.code, 0);
    ck_assert_str_eq(ids_of(outcome.out, "id"), "amos_0001 ");
    ck_assert_msg(strstr(outcome.err, "2 of its verdicts") != NULL, "%s", outcome.err);
    ck_assert_msg(strstr(outcome.err, "cut off") != NULL, "%s", outcome.err);
    outcome_free(&outcome);
    free(path);
}
END_TEST

START_TEST(wrong_options_are_usage_errors)
{
    static const struct {
        const char *words, *said;
    } rows[] = {{"list %s --only pass", "--verdicts FILE"},
                {"list %s --verdicts x", "--only pass"},
                {"list %s --verdicts x --only good", "pass, fail, unsure or none"},
                {"list %s --verdicts x --only pass,", "pass, fail, unsure or none"},
                {"export csv %s --only pass", "--verdicts FILE"},
                {"export nnunet %s -o y --task ct --verdicts x", "--only pass"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct outcome outcome = run_amos(rows[i].words, root);
        assert_exit(&outcome, 2);
        ck_assert_msg(strstr(outcome.err, rows[i].said) != NULL, "%s: %s", rows[i].words, outcome.err);
        outcome_free(&outcome);
    }
    struct outcome outcome = run_amos("list %s --verdicts %s/nothing --only pass", root, root);
    assert_exit(&outcome, 1);
    outcome_free(&outcome);
    outcome = run_amos("export csv %s --verdicts %s --only pass -o %s --force", root, file, file);
    assert_exit(&outcome, 2);
    outcome_free(&outcome);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("verdict options");
    TCase *options = add_case(suite, "options", 20);
    tcase_add_checked_fixture(options, setup, NULL);
    tcase_add_test(options, list_shows_cases_with_these_verdicts);
    tcase_add_test(options, exports_have_cases_with_these_verdicts);
    tcase_add_test(options, V09_verdicts_on_other_cases_are_said);
    tcase_add_test(options, wrong_options_are_usage_errors);
    return run_suite(suite);
}
