/* SPDX-License-Identifier: BSD-3-Clause */
/* amos merge: parts that do not belong together, are missing, torn or wrong are refused. */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "support/command.h"
#include "support/main.h"
#include "support/merging.h"
#include "support/tmp.h"

START_TEST(M04_parts_that_do_not_belong_together)
{
    char *second = part_path(2, 3), *copy = join(merging.parts, "copy-of-2.jsonl");
    run_shards("stats %R", 3);
    struct bytes text = read_file(second);
    write_text(copy, (char *)text.data, text.size);
    struct outcome twice = run_amos("merge %s %s", merging.parts, copy);
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
    struct outcome one = run_amos("stats %s --shard 1/4 --parts %s", merging.set, folder);
    struct outcome other = run_amos("merge %s %s", merging.parts, folder);
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
        remove_tree(merging.parts);
        for (int k = 0; k < 4 && rows[i].there[k]; k++)
            run_shard("check %R", rows[i].there[k], rows[i].count, "");
        snprintf(expected, sizeof expected, "run them again with --array=%s (which amos", rows[i].missing);
        assert_refused(expected);
        struct outcome list = run_amos("merge %s --missing", merging.parts);
        snprintf(expected, sizeof expected, "--array=%s\n", rows[i].missing);
        ck_assert_str_eq(list.out, expected);
        ck_assert_int_eq(list.code, 1);
        outcome_free(&list);
    }
    run_shards("check %R", 2);
    struct outcome none = run_amos("merge %s --missing", merging.parts);
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
        struct outcome outcome = run_amos("merge %s --missing", merging.parts);
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
    remove_tree(merging.parts);
    ck_assert_int_eq(mkdir(merging.parts, 0777), 0);
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
    char *file = join(merging.predictions, "amos_0001.nii.gz");
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

START_TEST(what_a_command_does_not_have)
{
    run_shards("stats %R", 1);
    struct outcome csv = run_amos("merge %s --csv", merging.parts),
                   both = run_amos("merge %s --csv --json", merging.parts);
    ck_assert_int_eq(csv.code, 2);
    assert_has(csv.err, "The parts are of amos stats, which has no --csv");
    ck_assert_int_eq(both.code, 2);
    char *path = part_path(1, 1);
    struct outcome over = run_amos("merge %s -o %s", merging.parts, path);
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
    Suite *suite = suite_create("merge_refused");
    TCase *refused = merging_case(add_case(suite, "refused", 60));
    tcase_add_test(refused, M04_parts_that_do_not_belong_together);
    tcase_add_test(refused, M05_missing_parts);
    tcase_add_test(refused, M06_torn_parts);
    tcase_add_test(refused, M07_results_that_cannot_be_read);
    tcase_add_test(refused, parts_of_data_that_changed);
    tcase_add_test(refused, what_a_command_does_not_have);
    return run_suite(suite);
}
