/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score-compare: its two reports. */
#include <math.h>
#include <string.h>

#include "compare/comparison.h"
#include "kit/describe.h"
#include "kit/json.h"
#include "kit/message.h"
#include "kit/report.h"
#include "kit/table.h"
#include "score/bootstrap.h"
#include "score/results.h"

#define CELL 40
#define LINE 200

static const char test_text[] =
    "Wilcoxon's signed-rank test, two-sided, without zero differences, equal sizes with the "
    "mean of their ranks: exact (e) for up to 50 differences, beyond that a normal "
    "approximation (n) corrected for ties and continuity; not adjusted for the number of "
    "tests";
static const char left_out_text[] = "pairs in which a value is undefined or infinite are left out";

/* Version 0.1.0 did not name it. */
static const char *source_of(const struct score_file *a, const struct score_file *b)
{
    return a->source ? a->source : b->source ? b->source : "not named in these files";
}

/* ---- for people ---- */

/* nnU-Net's files name no rules. */
static const char *or_unknown(const char *rule)
{
    return rule ? rule : "not named";
}

static void add_value(struct table *table, const char *metric, const char *format_ratio, const char *format_distance,
                      double value)
{
    char text[CELL];
    snprintf(text, sizeof text, score_is_distance(metric) ? format_distance : format_ratio, value);
    table_add(table, "%s", isnan(value) ? "-" : text);
}

static void add_organ(struct table *table, const struct comparison *comparison, const char *metric, size_t label,
                      const struct compared *compared)
{
    static const char *const marks[] = {"", "e", "n"};
    const amos_organ_info *organ = amos_organ_get((int)label);
    const char *name = label == 0 ? "mean of organs" : score_file_organ(comparison->files[0], label);
    table_add(table, "%s", label > 0 && organ && strcmp(organ->name, name) == 0 ? organ->title : name);
    table_add(table, "%zu", compared->counted);
    table_add(table, "%zu", compared->left_out);
    add_value(table, metric, "%.4f", "%.2f", compared->mean[0]);
    add_value(table, metric, "%.4f", "%.2f", compared->mean[1]);
    add_value(table, metric, "%+.4f", "%+.2f", compared->difference);
    add_value(table, metric, "%+.4f", "%+.2f", compared->interval[0]);
    add_value(table, metric, "%+.4f", "%+.2f", compared->interval[1]);
    add_value(table, "", "%.2g", "", compared->test.p);
    table_add(table, "%s", marks[compared->test.method]);
}

static bool print_metric(FILE *out, const struct comparison *comparison, size_t m)
{
    const struct score_file *file = comparison->files[0];
    const struct table_column columns[] = {
        {file->metrics[m], 0, false}, {"cases", 1, true},     {"out", 1, true}, {"A", 1, true}, {"B", 1, true},
        {"B - A", 1, true},           {"95 % from", 1, true}, {"to", 1, true},  {"p", 2, true}, {"", 1, false}};
    struct table *table = table_new(columns, sizeof columns / sizeof columns[0]);
    for (size_t label = 1; label <= file->label_count; label++)
        add_organ(table, comparison, file->metrics[m], label, &comparison->organs[label * file->metric_count + m]);
    add_organ(table, comparison, file->metrics[m], 0, &comparison->organs[m]);
    cli_print_to(out, "\n");
    return table_print_to(out, table);
}

bool comparison_table(FILE *out, const struct comparison *comparison)
{
    const struct score_file *a = comparison->files[0], *b = comparison->files[1];
    char interval[LINE];
    cli_print_to(out, "A           %s\nB           %s\n", a->path, b->path);
    cli_print_to(out, "rules       convention %s, absent %s, missing %s (A) and %s (B)\n",
                 or_unknown(a->convention ? a->convention : b->convention), a->absent, or_unknown(a->missing),
                 or_unknown(b->missing));
    cli_print_to(out, "source      %s\n", source_of(a, b));
    cli_print_to(out, "cases       %zu in common; %zu only in A and %zu only in B, which are not compared\n",
                 comparison->count, a->count - comparison->count, b->count - comparison->count);
    report_line(out, "out", left_out_text);
    snprintf(
        interval, sizeof interval,
        "of the mean of B - A, from %d samples of the cases, seed %d; none (-) below %d cases, which would make it too "
        "narrow",
        COMPARE_REPLICATES, COMPARE_SEED, BOOTSTRAP_LEAST_CASES);
    report_line(out, "95 %", interval);
    report_line(out, "p", test_text);
    bool good = true;
    for (size_t m = 0; good && m < a->metric_count; m++)
        good = print_metric(out, comparison, m);
    return good;
}

/* ---- for programs ---- */

static cJSON *compared_json(const struct compared *compared)
{
    cJSON *object = cJSON_CreateObject();
    json_put_unsigned(object, "count", compared->counted);
    json_put_unsigned(object, "left_out", compared->left_out);
    json_put_number(object, "mean_a", compared->mean[0]);
    json_put_number(object, "mean_b", compared->mean[1]);
    json_put_number(object, "difference", compared->difference);
    json_put_interval(object, "interval", compared->interval);
    json_put_number(object, "p", compared->test.p);
    json_put_text(object, "method", wilcoxon_method_name(compared->test.method));
    json_put_unsigned(object, "nonzero", compared->test.count);
    json_put_number(object, "rank_sum_positive", compared->test.plus);
    json_put_number(object, "rank_sum_negative", compared->test.minus);
    return object;
}

static void put_file(cJSON *object, const char *name, const struct score_file *file, size_t common)
{
    cJSON *member = cJSON_AddObjectToObject(object, name);
    json_put_text(member, "path", file->path);
    json_put_text(member, "missing", file->missing);
    json_put_unsigned(member, "cases", file->count);
    json_put_unsigned(member, "cases_only_here", file->count - common);
}

static void put_organ(cJSON *object, const struct comparison *comparison, size_t label)
{
    const struct score_file *file = comparison->files[0];
    for (size_t m = 0; m < file->metric_count; m++)
        json_put(object, file->metrics[m], compared_json(&comparison->organs[label * file->metric_count + m]));
}

static cJSON *to_json(const struct comparison *comparison)
{
    const struct score_file *a = comparison->files[0], *b = comparison->files[1];
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "format", "amos-score-compare-1");
    json_put_text(object, "amos", amos_version());
    json_put_text(object, "convention", a->convention ? a->convention : b->convention);
    json_put_text(object, "convention_source", a->source ? a->source : b->source);
    json_put_text(object, "absent", a->absent);
    put_file(object, "a", a, comparison->count);
    put_file(object, "b", b, comparison->count);
    json_put_unsigned(object, "cases_in_common", comparison->count);
    json_put_text(object, "test", test_text);
    json_put_text(object, "left_out", left_out_text);
    cJSON *bootstrap = cJSON_AddObjectToObject(object, "bootstrap");
    json_put_integer(bootstrap, "replicates", COMPARE_REPLICATES);
    json_put_integer(bootstrap, "seed", COMPARE_SEED);
    json_put_integer(bootstrap, "least_cases", BOOTSTRAP_LEAST_CASES);
    put_organ(cJSON_AddObjectToObject(object, "mean_of_organs"), comparison, 0);
    cJSON *organs = cJSON_AddArrayToObject(object, "organs");
    for (size_t label = 1; label <= a->label_count; label++) {
        cJSON *organ = cJSON_CreateObject();
        json_put_integer(organ, "label", (int64_t)label);
        json_put_text(organ, "organ", score_file_organ(a, label));
        put_organ(organ, comparison, label);
        json_append(organs, organ);
    }
    return object;
}

bool comparison_json(FILE *out, const struct comparison *comparison)
{
    return json_write(out, to_json(comparison));
}
