/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score-compare: compares two results for the same cases. */
#include "kit/message.h"

#include <string.h>

#include "commands.h"
#include "compare/comparison.h"
#include "kit/options.h"
#include "kit/report.h"

/* Scores by different rules cannot be compared. */
static bool check_rules(const struct score_file *a, const struct score_file *b)
{
    const char *const names[3][4] = {
        {"convention", a->convention, b->convention, "score one of them again with --convention of the other"},
        {"source of the convention", a->source, b->source, "score both again with one version of amos"},
        {"rule for absent organs", a->absent, b->absent, "score one of them again with --absent of the other"}};
    for (int i = 0; i < 3; i++) {
        if (names[i][1] && names[i][2] && strcmp(names[i][1], names[i][2]) != 0) {
            cli_error("score-compare: The %s of %s is %s, but that of %s is %s; the same was expected, so %s.",
                      names[i][0], a->path, names[i][1], b->path, names[i][2], names[i][3]);
            return false;
        }
    }
    bool same = a->metric_count == b->metric_count;
    for (size_t m = 0; same && m < a->metric_count; m++)
        same = strcmp(a->metrics[m], b->metrics[m]) == 0;
    if (!same)
        cli_error("score-compare: The tolerances of %s and %s differ; score one of them again with the --tolerance of "
                  "the other.",
                  a->path, b->path);
    return same;
}

static bool check_cases(const struct comparison *comparison)
{
    const struct score_file *a = comparison->files[0], *b = comparison->files[1];
    if (comparison->count == 0)
        cli_error(
            "score-compare: %s and %s have no scored case in common; two results for the same cases were expected.",
            a->path, b->path);
    else if (a->label_count != b->label_count)
        cli_error("score-compare: %s has %zu organs, but %s has %zu; two results for the same organs were expected.",
                  a->path, a->label_count, b->path, b->label_count);
    else
        return true;
    return false;
}

static bool put_comparison(const struct comparison *comparison, bool json)
{
    struct report report;
    if (!report_begin(&report))
        return false;
    bool made = json ? comparison_json(report.stream, comparison) : comparison_table(report.stream, comparison);
    return report_put(&report, made ? "-" : NULL);
}

static bool compare_files(const struct score_file *a, const struct score_file *b, bool json)
{
    struct comparison comparison;
    bool good = comparison_make(a, b, &comparison);
    if (!good)
        cli_error("Memory ran out.");
    good = good && check_cases(&comparison) && put_comparison(&comparison, json);
    comparison_free(&comparison);
    return good;
}

struct compare_values {
    bool json;
};

static int score_compare(const struct args *args, void *values)
{
    const struct compare_values *given = values;
    struct score_file a = {.path = NULL}, b = {.path = NULL};
    bool good = score_file_read(args->operands[0], &a) && score_file_read(args->operands[1], &b);
    good = good && score_file_align(&a, &b) && check_rules(&a, &b) && compare_files(&a, &b, given->json);
    score_file_free(&b);
    score_file_free(&a);
    return good ? CLI_OK : CLI_FAILED;
}

static const struct args_option options[] = {OPTION_JSON("print JSON", struct compare_values), ARGS_END};

static const char *const examples[] = {"amos score-compare before.json after.json", NULL};

const struct command command_score_compare = {
    .name = "score-compare",
    .title = "compare two results of score",
    .operands = "A.json B.json",
    .summary = "Compare two results of `amos score --json`, or summary.json of nnU-Net: the paired difference B - A of "
               "each organ.",
    .details = "Only cases that both results have are compared; the others are counted. p is the p-value of Wilcoxon's "
               "signed-rank test: exact for up to 50 differences (e), beyond that by the normal approximation (n). "
               "The 95 % interval of the difference needs at least 10 cases. Results scored by different rules are "
               "refused. With a summary.json the metrics that both files have are compared.",
    .examples = examples,
    .options = options,
    .min_operands = 2,
    .max_operands = 2,
    .values_bytes = sizeof(struct compare_values),
    .run = score_compare,
};
