/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score-compare, and the statistics of it and of the intervals of amos score. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/math/random.h"
#include "score/bootstrap.h"
#include "support/command.h"
#include "support/main.h"
#include "support/tmp.h"
#include "compare/wilcoxon.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void assert_has(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text);
}

/* ---- Wilcoxon's test ---- */

/* From scipy 1.10.1: scipy.stats.wilcoxon(d, mode="exact"); with ties, all choices of signs counted in Python with the
 * ranks of scipy.stats.rankdata(). The last number is the p-value, the one before it the statistic. */
static const struct known {
    size_t count;
    double differences[10];
    enum wilcoxon_method method;
    double statistic, p;
} known[] = {
    {8, {0.01, -0.02, 0.035, 0.04, 0.055, -0.061, 0.07, 0.08}, WILCOXON_EXACT, 8, 0.1953125},
    {5, {1, 2, 3, 4, 5}, WILCOXON_EXACT, 0, 0.0625},
    {2, {1, -2}, WILCOXON_EXACT, 1, 1},
    {10, {1, 1, -1, 2, 2, 3, -3, 4, 5, 6}, WILCOXON_EXACT, 8.5, 0.060546875},
    {2, {1, -1}, WILCOXON_EXACT, 1.5, 1},
    {3, {1, 1, -1}, WILCOXON_EXACT, 2, 1},
    {5, {0, 0, 1, 1, 1}, WILCOXON_EXACT, 0, 0.25},
    {4, {0.53 - 0.5, 0.63 - 0.6, 0.5 - 0.53, 1e-17}, WILCOXON_EXACT, 2, 1},
};

static void check_test(double *differences, size_t count, enum wilcoxon_method method, double statistic, double p)
{
    struct wilcoxon got;
    ck_assert(wilcoxon_test(differences, count, 1e-12, &got));
    ck_assert_int_eq(got.method, method);
    ck_assert_msg(fmin(got.plus, got.minus) == statistic, "statistic %g", fmin(got.plus, got.minus));
    ck_assert(got.plus + got.minus == (double)(got.count * (got.count + 1)) / 2);
    ck_assert_msg(fabs(got.p - p) <= 1e-12 * p, "p %.17g", got.p);
}

START_TEST(wilcoxon_gives_what_scipy_gives)
{
    double differences[10];
    memcpy(differences, known[_i].differences, sizeof differences);
    check_test(differences, known[_i].count, known[_i].method, known[_i].statistic, known[_i].p);
}
END_TEST

/* i = numpy.arange(1, 51); d = ((i * 7) % 53) * numpy.where(i % 3 == 0, -1.0, 1.0), and 61 for the 60 of the second. */
START_TEST(wilcoxon_is_exact_up_to_50)
{
    double differences[60];
    for (int i = 1; i <= 50; i++)
        differences[i - 1] = i * 7 % 53 * (i % 3 == 0 ? -1.0 : 1.0);
    check_test(differences, 50, WILCOXON_EXACT, 462, 0.09130577606126522);
    for (int i = 1; i <= 60; i++)
        differences[i - 1] = i * 7 % 61 * (i % 3 == 0 ? -1.0 : 1.0);
    check_test(differences, 60, WILCOXON_NORMAL, 567, 0.01052285589403285);
    for (int i = 1; i <= 60; i++) /* with ties, scipy.stats.wilcoxon(d, mode="approx", correction=True) */
        differences[i - 1] = (i * 7 % 11 + 1) * (i % 3 == 0 ? -1.0 : 1.0);
    check_test(differences, 60, WILCOXON_NORMAL, 654, 0.05490634603131088);
}
END_TEST

/* Twice the rank of each size: 1 + twice the number of smaller ones + the number of equal ones. */
static void rank_doubled(const int *sizes, int count, int *ranks)
{
    for (int i = 0; i < count; i++) {
        ranks[i] = 1;
        for (int j = 0; j < count; j++)
            ranks[i] += sizes[j] < sizes[i] ? 2 : sizes[j] == sizes[i];
    }
}

/* The share of all choices of signs whose smaller rank sum is at most that of the given one. */
static double enumerate(const int *ranks, int count, unsigned positive)
{
    int total = 0, given = 0, hits = 0;
    for (int i = 0; i < count; i++) {
        total += ranks[i];
        given += positive >> i & 1 ? ranks[i] : 0;
    }
    given = given < total - given ? given : total - given;
    for (unsigned signs = 0; signs < 1u << count; signs++) {
        int sum = 0;
        for (int i = 0; i < count; i++)
            sum += signs >> i & 1 ? ranks[i] : 0;
        hits += sum <= given || total - sum <= given;
    }
    return (double)hits / (double)(1u << count);
}

START_TEST(wilcoxon_counts_all_choices_of_signs)
{
    for (uint64_t seed = 0; seed < 600; seed++) {
        int count = (int)(seed % 10) + 1, sizes[10], ranks[10];
        unsigned positive = (unsigned)random_index(seed, 50, 1u << count);
        double differences[10];
        for (int i = 0; i < count; i++) {
            sizes[i] = 1 + (int)random_index(seed, (uint64_t)i, seed % 3 ? 4 : 30);
            differences[i] = sizes[i] * (positive >> i & 1 ? 0.25 : -0.25);
        }
        rank_doubled(sizes, count, ranks);
        struct wilcoxon got;
        ck_assert(wilcoxon_test(differences, (size_t)count, 0, &got));
        double expected = enumerate(ranks, count, positive);
        ck_assert_int_eq(got.method, WILCOXON_EXACT);
        ck_assert_msg(fabs(got.p - expected) <= 1e-12, "seed %d: p is %.17g, not %.17g", (int)seed, got.p, expected);
    }
}
END_TEST

START_TEST(wilcoxon_without_a_difference_has_no_p)
{
    double zeros[3] = {0, -0.0, 0};
    struct wilcoxon got;
    ck_assert(wilcoxon_test(zeros, 3, 0, &got) && got.method == WILCOXON_NONE && isnan(got.p));
    ck_assert(wilcoxon_test(zeros, 0, 0, &got) && got.method == WILCOXON_NONE && isnan(got.p));
}
END_TEST

/* ---- the bootstrap: numbers from a model in Python, including splitmix64 ---- */

START_TEST(samples_are_those_of_the_model)
{
    const double values[6] = {1, 2, 4, 8, (double)NAN, 16};
    const double expected[4] = {5.833333333333333, 4.666666666666667, 12.333333333333334, 4.25};
    double means[4];
    bootstrap_means(values, 6, 7, 4, means);
    for (int i = 0; i < 4; i++)
        ck_assert_msg(means[i] == expected[i], "mean %d is %.17g", i, means[i]);
}
END_TEST

START_TEST(intervals_are_those_of_the_model)
{
    double values[10], means[1000], interval[2];
    for (int i = 0; i < 10; i++)
        values[i] = i / 10.0;
    bootstrap_means(values, 10, 7, 1000, means);
    bootstrap_interval(means, 1000, 10, interval);
    ck_assert_msg(fabs(interval[0] - 0.27) < 1e-12 && fabs(interval[1] - 0.62) < 1e-12, "%.17g %.17g", interval[0],
                  interval[1]);
    means[0] = means[1] = (double)NAN;
    bootstrap_interval(means, 2, 10, interval);
    ck_assert(isnan(interval[0]) && isnan(interval[1]));
}
END_TEST

/* The sum of 12 numbers of -1/2..1/2: nearly normal, with variance 1. */
static double draw_normal(uint64_t key, uint64_t counter)
{
    double sum = -6;
    for (uint64_t i = 0; i < 12; i++)
        sum += (double)(random_bits(key, 12 * counter + i) >> 11) * 0x1p-53;
    return sum;
}

/* How often the interval of a sample of `count` values has the true mean, 0. */
static double coverage(size_t count)
{
    enum { SAMPLES = 2000, REPLICATES = 200 };
    size_t hits = 0;
    for (uint64_t sample = 0; sample < SAMPLES; sample++) {
        double values[40], means[REPLICATES], interval[2];
        for (uint64_t i = 0; i < count; i++)
            values[i] = draw_normal(count, sample * 40 + i);
        bootstrap_means(values, count, sample, REPLICATES, means);
        bootstrap_interval(means, REPLICATES, BOOTSTRAP_LEAST_CASES, interval);
        hits += interval[0] <= 0 && interval[1] >= 0;
    }
    return (double)hits / (double)SAMPLES;
}

START_TEST(intervals_of_few_cases_are_too_narrow)
{
    const double few = coverage(5), least = coverage(BOOTSTRAP_LEAST_CASES), many = coverage(40);
    ck_assert_msg(few > 0.79 && few < 0.86, "5 cases: %g", few);
    ck_assert_msg(least > 0.87 && least < 0.93, "the least: %g", least);
    ck_assert_msg(many > 0.92 && many < 0.96, "40 cases: %g", many);
}
END_TEST

START_TEST(few_cases_have_no_interval)
{
    for (size_t cases = 0; cases < 12; cases++) {
        double means[3] = {1, 2, 3}, interval[2];
        bootstrap_interval(means, 3, cases, interval);
        ck_assert_int_eq(isnan(interval[0]) && isnan(interval[1]), cases < BOOTSTRAP_LEAST_CASES);
    }
}
END_TEST

/* ---- the command ---- */

static const char head[] = "{\"format\": \"amos-score-1\", \"convention\": \"%s\", \"absent\": \"nan\", \"missing\": "
                           "\"error\", \"metrics\": [\"dice\", \"hd95\"], \"cases\": [";

/* Cases c1..cN with one organ, whose Dice is first, first + step, ...; `extra` follows them. */
static char *write_result(const char *name, const char *convention, int cases, double first, double step,
                          const char *extra)
{
    char text[16384];
    size_t used = (size_t)snprintf(text, sizeof text, head, convention);
    for (int i = 0; i < cases; i++)
        used +=
            (size_t)snprintf(text + used, sizeof text - used,
                             "%s{\"id\": \"c%d\", \"organs\": [{\"label\": 1, \"organ\": \"spleen\", \"dice\": %.17g, "
                             "\"hd95\": %s}]}",
                             i ? ", " : "", i + 1, first + step * i, i == 0 ? "\"inf\"" : "2.5");
    used += (size_t)snprintf(text + used, sizeof text - used, "%s]}", extra);
    return tmp_write(name, text, used);
}

START_TEST(common_cases_are_compared)
{
    char *a = write_result("a.json", "deepmind", 10, 0.5, 0.01, ", {\"id\": \"only_a\", \"organs\": null}");
    char *b = write_result("b.json", "deepmind", 12, 0.51, 0.02, "");
    struct outcome text = run_amos("score-compare %s %s", a, b), json = run_amos("score-compare --json %s %s", a, b);
    assert_exit(&text, 0);
    for (const char *line = text.out; *line; line += strcspn(line, "\n") + 1) /* paths are longer */
        ck_assert_msg(line[0] == 'A' || line[0] == 'B' || strcspn(line, "\n") <= 80, "wider than 80 columns: %s", line);
    assert_has(text.out, "cases       10 in common; 0 only in A and 2 only in B, which are not compared\n");
    assert_has(text.out, "\nSpleen            10   0 0.5450 0.6000 +0.0550");
    assert_has(text.out, "0.002 e\n");
    assert_exit(&json, 0);
    cJSON *result = parse_json(json.out);
    const cJSON *organ = cJSON_GetArrayItem(member(result, "organs"), 0);
    const cJSON *dice = member(organ, "dice"), *hd95 = member(organ, "hd95");
    ck_assert_str_eq(member_text(dice, "method"), "exact");
    ck_assert(member_number(dice, "p") == 2 / 1024.0 && member_number(dice, "count") == 10);
    ck_assert(fabs(member_number(dice, "difference") - 0.055) < 1e-15);
    const cJSON *interval = member(dice, "interval");
    double low = cJSON_GetArrayItem(interval, 0)->valuedouble, high = cJSON_GetArrayItem(interval, 1)->valuedouble;
    ck_assert(low > 0.02 && low < 0.05 && high > 0.06 && high < 0.09);
    ck_assert(member_number(hd95, "count") == 9 && member_number(hd95, "left_out") == 1);
    ck_assert_str_eq(member_text(hd95, "method"), "none");
    ck_assert(cJSON_IsNull(member(hd95, "p")) && cJSON_IsNull(member(hd95, "interval")));
    ck_assert(member_number(member(result, "b"), "cases_only_here") == 2);
    cJSON_Delete(result);
    outcome_free(&text);
    outcome_free(&json);
    free(a);
    free(b);
}
END_TEST

/* Doubles of 17 digits come through the files unchanged. */
START_TEST(hard_doubles_come_back)
{
    static const double hard[] = {0.6487439870834351, 0.1 + 0.2, 1.0 / 3, 0.99999999999999989, 5e-324};
    for (size_t i = 0; i < COUNT(hard); i++) {
        char *a = write_result("hard.json", "deepmind", 1, hard[i], 0, "");
        struct outcome json = run_amos("score-compare --json %s %s", a, a);
        assert_exit(&json, 0);
        cJSON *result = parse_json(json.out);
        const cJSON *dice = member(cJSON_GetArrayItem(member(result, "organs"), 0), "dice");
        ck_assert_msg(member_number(dice, "mean_a") == hard[i] && member_number(dice, "mean_b") == hard[i], "%.17g",
                      hard[i]);
        cJSON_Delete(result);
        outcome_free(&json);
        free(a);
    }
}
END_TEST

START_TEST(other_rules_are_refused)
{
    char *a = write_result("rules_a.json", "deepmind", 2, 0.5, 0, ""),
         *b = write_result("rules_b.json", "medpy", 2, 0.5, 0, "");
    char *none = write_result("rules_n.json", "deepmind", 0, 0, 0, "");
    struct outcome other = run_amos("score-compare %s %s", a, b), empty = run_amos("score-compare %s %s", a, none);
    assert_exit(&other, 1);
    assert_has(other.err, "is deepmind, but that of");
    assert_exit(&empty, 1);
    assert_has(empty.err, "have no scored case in common");
    outcome_free(&other);
    outcome_free(&empty);
    free(none);
    free(a);
    free(b);
}
END_TEST

/* A result that names a source, made from one that does not. */
static char *write_source(const char *name, const char *convention, const char *source)
{
    char text[512];
    int used =
        snprintf(text, sizeof text,
                 "{\"format\": \"amos-score-1\", \"convention\": \"%s\", \"convention_source\": \"%s\", "
                 "\"absent\": \"nan\", \"missing\": \"error\", \"metrics\": [\"dice\", \"hd95\"], \"cases\": [{\"id\": "
                 "\"c1\", \"organs\": [{\"label\": 1, \"organ\": \"spleen\", \"dice\": 0.5, \"hd95\": 1}]}]}",
                 convention, source);
    return tmp_write(name, text, (size_t)used);
}

/* Version 0.1.0 named no source, and its medpy is medpy-0.4 now. */
START_TEST(the_release_of_a_convention_counts)
{
    char *old = write_result("source_old.json", "medpy", 2, 0.5, 0, "");
    char *now = write_source("source_now.json", "medpy", "MedPy 0.5.2 (2024-07-23)");
    char *next = write_source("source_next.json", "medpy", "MedPy 9 (2099-01-01)");
    char *same = write_source("source_same.json", "medpy-0.4", "MedPy 0.4.0 (2018-11-23)");
    struct outcome older = run_amos("score-compare %s %s", old, now),
                   newer = run_amos("score-compare %s %s", now, next);
    struct outcome equal = run_amos("score-compare %s %s", old, same);
    assert_exit(&older, 1);
    assert_has(older.err, "is medpy-0.4, but that of");
    assert_exit(&newer, 1);
    assert_has(newer.err, "is MedPy 0.5.2 (2024-07-23), but that of");
    ck_assert_str_eq(newer.out, "");
    assert_has(equal.out, "source      MedPy 0.4.0 (2018-11-23)\n");
    outcome_free(&older);
    outcome_free(&newer);
    outcome_free(&equal);
    free(old);
    free(now);
    free(next);
    free(same);
}
END_TEST

static const char *const broken[] = {
    "",
    "[",
    "[]",
    "{\"format\": \"amos-score-2\"}",
    "{\"format\": \"amos-score-1\"}",
    "{\"format\": \"amos-score-1\", \"convention\": \"a\", \"absent\": \"b\", \"missing\": \"c\", \"metrics\": 3}",
    "{\"format\": \"amos-score-1\", \"convention\": \"a\", \"absent\": \"b\", \"missing\": \"c\", \"metrics\": [1]}",
    "{\"format\": \"amos-score-1\", \"convention\": \"a\", \"absent\": \"b\", \"missing\": \"c\", \"metrics\": "
    "[\"x\"]}",
    "{\"format\": \"amos-score-1\", \"convention\": \"a\", \"absent\": \"b\", \"missing\": \"c\", \"metrics\": "
    "[\"x\"], "
    "\"cases\": [{}]}",
    "{\"format\": \"amos-score-1\", \"convention\": \"a\", \"absent\": \"b\", \"missing\": \"c\", \"metrics\": "
    "[\"x\"], "
    "\"cases\": [{\"id\": \"c\", \"organs\": [{\"label\": 2, \"x\": 1}]}]}",
    "{\"format\": \"amos-score-1\", \"convention\": \"a\", \"absent\": \"b\", \"missing\": \"c\", \"metrics\": "
    "[\"x\"], "
    "\"cases\": [{\"id\": \"c\", \"organs\": [{\"label\": 1, \"x\": \"much\"}]}]}",
    "{\"format\": \"amos-score-1\", \"convention\": \"a\", \"absent\": \"b\", \"missing\": \"c\", \"metrics\": "
    "[\"x\"], "
    "\"cases\": [{\"id\": \"c\", \"organs\": [{\"label\": 1, \"x\": 1}]}, {\"id\": \"c\", \"organs\": [{\"label\": 1, "
    "\"x\": 1}]}]}",
    /* bytes behind the end, keys twice, a number with a zero in front, values of another kind */
    "{\"format\": \"amos-score-1\", \"convention\": \"a\", \"absent\": \"b\", \"missing\": \"c\", \"metrics\": "
    "[\"x\"], "
    "\"cases\": []} x",
    "{\"format\": \"amos-score-1\", \"convention\": \"a\", \"absent\": \"b\", \"missing\": \"c\", \"metrics\": "
    "[\"x\"], "
    "\"cases\": [], \"cases\": []}",
    "{\"format\": \"amos-score-1\", \"convention\": \"a\", \"absent\": \"b\", \"missing\": \"c\", \"metrics\": "
    "[\"x\"], "
    "\"absent\": \"d\", \"cases\": []}",
    "{\"format\": \"amos-score-1\", \"convention\": \"a\", \"absent\": \"b\", \"missing\": \"c\", \"metrics\": "
    "[\"x\"], "
    "\"cases\": [{\"id\": \"c\", \"id\": \"d\", \"organs\": null}]}",
    "{\"format\": \"amos-score-1\", \"convention\": \"a\", \"absent\": \"b\", \"missing\": \"c\", \"metrics\": "
    "[\"x\"], "
    "\"cases\": [{\"id\": \"c\", \"organs\": [{\"label\": 1, \"x\": 1, \"x\": 2}]}]}",
    "{\"format\": \"amos-score-1\", \"convention\": \"a\", \"absent\": \"b\", \"missing\": \"c\", \"metrics\": "
    "[\"x\"], "
    "\"cases\": [{\"id\": \"c\", \"organs\": [{\"label\": 1, \"x\": 01}]}]}",
    "{\"format\": \"amos-score-1\", \"convention\": \"a\", \"absent\": \"b\", \"missing\": \"c\", \"metrics\": "
    "[\"x\"], "
    "\"cases\": [{\"id\": \"c\", \"organs\": [7]}]}",
    "{\"format\": \"amos-score-1\", \"convention\": \"a\", \"absent\": \"b\", \"missing\": \"c\", \"metrics\": "
    "[\"x\"], "
    "\"cases\": [7]}",
    "{\"format\": \"amos-score-1\", \"convention\": \"a\", \"absent\": \"b\", \"missing\": \"c\", \"metrics\": "
    "[\"x\"], "
    "\"cases\": {\"id\": 1}}",
};

START_TEST(a_file_that_is_no_result_is_refused)
{
    char *path = tmp_write("broken.json", broken[_i], strlen(broken[_i]));
    struct outcome outcome = run_amos("score-compare %s %s", path, path);
    assert_exit(&outcome, 1);
    ck_assert_msg(strstr(outcome.err, "was expected.\n") || strstr(outcome.err, "twice"), "%s", outcome.err);
    ck_assert_str_eq(outcome.out, "");
    outcome_free(&outcome);
    free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("score_compare");
    TCase *statistics = add_case(suite, "statistics", 10);
    tcase_add_loop_test(statistics, wilcoxon_gives_what_scipy_gives, 0, COUNT(known));
    tcase_add_test(statistics, wilcoxon_is_exact_up_to_50);
    tcase_add_test(statistics, wilcoxon_counts_all_choices_of_signs);
    tcase_add_test(statistics, wilcoxon_without_a_difference_has_no_p);
    tcase_add_test(statistics, samples_are_those_of_the_model);
    tcase_add_test(statistics, intervals_are_those_of_the_model);
    tcase_add_test(statistics, intervals_of_few_cases_are_too_narrow);
    tcase_add_test(statistics, few_cases_have_no_interval);
    TCase *command = add_case(suite, "command", 20);
    tcase_add_test(command, common_cases_are_compared);
    tcase_add_test(command, hard_doubles_come_back);
    tcase_add_test(command, other_rules_are_refused);
    tcase_add_test(command, the_release_of_a_convention_counts);
    tcase_add_loop_test(command, a_file_that_is_no_result_is_refused, 0, COUNT(broken));
    return run_suite(suite);
}
