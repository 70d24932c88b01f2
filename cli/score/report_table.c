/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score for people, within 80 columns. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "accept/place.h"
#include "kit/describe.h"
#include "kit/message.h"
#include "kit/report.h"
#include "kit/table.h"
#include "score/bootstrap.h"
#include "score/report.h"
#include "score/side.h"

#define CELL 32
#define UNUSED_NAMED 3

const char *score_state_name(enum score_state state)
{
    static const char *const names[] = {"scored", "missing", "refused"};
    return names[state];
}

static const char *format_value(const struct score_metric *metric, double value, char text[CELL])
{
    if (isnan(value))
        snprintf(text, CELL, "-");
    else
        snprintf(text, CELL, metric->distance ? "%.2f" : "%.4f", value);
    return text;
}

static const char *format_interval(const struct score_metric *metric, const double interval[2], char text[CELL])
{
    if (isnan(interval[0]))
        snprintf(text, CELL, "-");
    else
        snprintf(text, CELL, metric->distance ? "%.2f-%.2f" : "%.4f-%.4f", interval[0], interval[1]);
    return text;
}

/* ---- the rules ---- */

/* "prediction  out (volumes one level down)" */
static void print_side(FILE *out, const char *title, const char *path, enum folder_layout layout)
{
    const char *text = folder_layout_text(layout);
    cli_print_to(out, "%-12s%s%s%s%s\n", title, path, text ? " (" : "", text ? text : "", text ? ")" : "");
}

static void print_rules(FILE *out, const struct score_results *results)
{
    const struct score_rules *rules = &results->rules;
    print_side(out, "reference", results->reference, results->pairs->layouts[0]);
    print_side(out, "prediction", results->prediction, results->pairs->layouts[1]);
    if (results->split)
        cli_print_to(out, "%-12s%s\n", "split", amos_split_name(results->split));
    if (results->modality)
        cli_print_to(out, "%-12s%s\n", "modality", amos_modality_name(results->modality));
    report_line(out, "convention", score_convention_text(rules->convention));
    report_line(out, "source", amos_convention_source(rules->convention));
    report_line(out, "absent", score_absent_text(rules->absent));
    report_line(out, "missing", score_missing_text(rules->missing));
    report_line(out, "means", score_means_text);
    char text[ACCEPT_TEXT];
    if (accept_options_text(&rules->accept, text)[0])
        report_line(out, "accepted", text);
    if (rules->replicates)
        cli_print_to(out,
                     "%-12s95 %% of the means of %zu samples of the cases, seed %" PRIu64 "; none (-)\n%-12sbelow %d "
                     "cases, which would make them too narrow\n",
                     "intervals", rules->replicates, rules->seed, "", BOOTSTRAP_LEAST_CASES);
}

/* What was accepted in the labels of one side, over all cases. */
static void print_accepted_of(FILE *out, const struct score_results *results, const char *name, bool prediction)
{
    amos_accepted sum = {0, 0, 0, 0};
    char text[ACCEPT_TEXT], line[ACCEPT_TEXT + 64];
    size_t cases = 0;
    for (size_t i = 0; i < results->pairs->count; i++) {
        const amos_score_info *info = score_info(&results->cases[i]);
        const amos_accepted *found = !info ? NULL : prediction ? &info->prediction : &info->reference;
        if (!found || !accept_found_text(found, text)[0])
            continue;
        cases++;
        accept_found_add(&sum, found);
    }
    snprintf(line, sizeof line, "voxels of %zu case%s: %s", cases, cases == 1 ? "" : "s",
             accept_found_text(&sum, text));
    if (cases)
        report_line(out, name, line);
}

static void print_accepted(FILE *out, const struct score_results *results)
{
    uint64_t left_out = 0;
    for (size_t i = 0; i < results->pairs->count; i++) {
        const amos_score_info *info = score_info(&results->cases[i]);
        left_out += info ? info->left_out : 0;
    }
    print_accepted_of(out, results, "references", false);
    print_accepted_of(out, results, "predictions", true);
    if (left_out)
        cli_print_to(out, "%-12s%" PRIu64 " voxels, which the reference ignores, are in no measure\n", "left out",
                     left_out);
}

static void print_places(FILE *out, const struct score_results *results)
{
    struct place_notes notes = {.cases = 0};
    for (size_t i = 0; i < results->pairs->count; i++) {
        const amos_score_info *info = score_info(&results->cases[i]);
        if (info)
            place_notes_add(&notes, results->pairs->items[i].id, info->warnings);
    }
    place_notes_print(out, &notes);
}

/* Names a few of them: a copy such as "amos_0009 (1)" is seen at once. */
static void print_unused(FILE *out, const struct score_pairs *pairs)
{
    size_t named = 0;
    if (pairs->unused == 0)
        return;
    cli_print_to(out, "%-12s%zu without a reference, ignored:", "predictions", pairs->unused);
    for (size_t i = 0; i < pairs->sides[1]->count && named < UNUSED_NAMED; i++) {
        const struct side_entry *entry = &pairs->sides[1]->entries[i];
        if (side_is_unused(entry))
            cli_print_to(out, "%s %s", named++ ? "," : "", entry->id);
    }
    cli_print_to(out, "%s\n", pairs->unused > named ? ", ..." : "");
}

static void print_counts(FILE *out, const struct score_results *results)
{
    const struct score_pairs *pairs = results->pairs;
    cli_print_to(out, "%-12s%zu: %zu scored, %zu missing%s, %zu refused\n", "cases", pairs->count, results->scored,
                 results->missing,
                 results->missing == 0                          ? ""
                 : results->rules.missing == SCORE_MISSING_ZERO ? " (counted as empty)"
                                                                : " (left out)",
                 results->refused);
    print_accepted(out, results);
    print_places(out, results);
    print_unused(out, pairs);
    for (size_t i = 0; i < pairs->count; i++)
        if (results->cases[i].state != SCORE_SCORED)
            cli_print_to(out, "%-12s%s\n", score_state_name(results->cases[i].state), pairs->items[i].id);
}

/* ---- the means of all organs ---- */

static void add_count(struct table *table, const struct score_summary *summary, bool intervals, const char *title,
                      size_t (*count_of)(const struct score_group *group))
{
    table_add(table, "%s", title);
    for (size_t g = 0; g < summary->group_count; g++) {
        table_add(table, "%zu", count_of(&summary->groups[g]));
        if (intervals)
            table_add(table, "%s", "");
    }
}

static size_t case_count(const struct score_group *group)
{
    return group->count;
}

static size_t absent_count(const struct score_group *group)
{
    return group->absent;
}

static size_t one_sided_count(const struct score_group *group)
{
    return group->one_sided;
}

static bool print_means(FILE *out, const struct score_results *results, const struct score_summary *summary)
{
    struct table_column columns[7] = {{"mean of organs", 0, false}};
    bool intervals = results->rules.replicates > 0;
    size_t count = 1;
    char text[CELL];
    for (size_t g = 0; g < summary->group_count; g++) {
        columns[count++] = (struct table_column){summary->groups[g].name, 2, true};
        if (intervals)
            columns[count++] = (struct table_column){"95 %", 1, true};
    }
    struct table *table = table_new(columns, count);
    for (size_t m = 0; m < summary->metric_count; m++) {
        table_add(table, "%s%s", summary->metrics[m].title, m == 0 ? " (DSC)" : "");
        for (size_t g = 0; g < summary->group_count; g++) {
            const struct spread *overall = &summary->groups[g].overall[m];
            table_add(table, "%s", format_value(&summary->metrics[m], overall->mean, text));
            if (intervals)
                table_add(table, "%s", format_interval(&summary->metrics[m], overall->interval, text));
        }
    }
    add_count(table, summary, intervals, "cases", case_count);
    add_count(table, summary, intervals, "absent in both", absent_count);
    add_count(table, summary, intervals, "absent in one", one_sided_count);
    return table_print_to(out, table);
}

/* ---- one metric of each organ ---- */

static void add_organ(struct table *table, const struct score_results *results, const struct score_metric *metric,
                      const struct spread *spread)
{
    char text[CELL];
    const double values[] = {spread->mean, spread->sd, spread->median, spread->worst};
    table_add(table, "%zu", spread->counted);
    if (metric->distance)
        table_add(table, "%zu", spread->infinite);
    for (size_t i = 0; i < 4; i++)
        table_add(table, "%s", format_value(metric, values[i], text));
    table_add(table, "%s", isnan(spread->worst) ? "-" : results->pairs->items[spread->worst_index].id);
    if (results->rules.replicates)
        table_add(table, "%s", format_interval(metric, spread->interval, text));
}

static bool print_metric(FILE *out, const struct score_results *results, const struct score_summary *summary, size_t m)
{
    const struct score_metric *metric = &summary->metrics[m];
    struct table_column columns[9] = {{metric->title, 0, false}, {"cases", 1, true}};
    bool intervals = results->rules.replicates > 0;
    size_t count = 2;
    int gap = intervals ? 1 : 2;
    if (metric->distance)
        columns[count++] = (struct table_column){"inf", 1, true};
    columns[count++] = (struct table_column){"mean", gap, true};
    columns[count++] = (struct table_column){"sd", gap, true};
    columns[count++] = (struct table_column){"median", gap, true};
    columns[count++] = (struct table_column){"worst", gap, true};
    columns[count++] = (struct table_column){"case", 1, false};
    if (intervals)
        columns[count++] = (struct table_column){"95 %", 1, true};
    struct table *table = table_new(columns, count);
    for (int label = 1; label <= summary->max_label; label++) {
        table_add(table, "%s", describe_label(results->pairs->names, label));
        add_organ(table, results, metric, &summary->groups[0].organs[(size_t)(label - 1) * summary->metric_count + m]);
    }
    cli_print_to(out, "\n");
    return table_print_to(out, table);
}

/* ---- the modalities side by side ---- */

/* The first metric of each of three measures (Dice, NSD at the first tolerance, HD95). Two sets of these fit in a
 * line. */
static void choose_shown(const struct score_summary *summary, size_t shown[3])
{
    size_t count = 0;
    for (size_t m = 0; m < summary->metric_count && count < 3; m++)
        if (summary->metrics[m].index == 0)
            shown[count++] = m;
}

static bool print_modalities(FILE *out, const struct score_results *results, const struct score_summary *summary)
{
    size_t shown[3] = {0, 0, 0};
    choose_shown(summary, shown);
    struct table_column columns[7] = {{"means", 0, false}};
    char titles[2][3][sizeof summary->metrics->title + 8], text[CELL];
    for (size_t g = 1; g < 3; g++) {
        for (size_t i = 0; i < 3; i++) {
            const char *name = i == 0 ? summary->groups[g].name : "";
            snprintf(titles[g - 1][i], sizeof titles[0][0], "%s%s%s", name, i == 0 ? " " : "",
                     summary->metrics[shown[i]].title);
            columns[1 + 3 * (g - 1) + i] = (struct table_column){titles[g - 1][i], i ? 1 : 2, true};
        }
    }
    struct table *table = table_new(columns, 7);
    for (int label = 1; label <= summary->max_label; label++) {
        table_add(table, "%s", describe_label(results->pairs->names, label));
        for (size_t g = 1; g < 3; g++) {
            const struct spread *organ = &summary->groups[g].organs[(size_t)(label - 1) * summary->metric_count];
            for (size_t i = 0; i < 3; i++)
                table_add(table, "%s", format_value(&summary->metrics[shown[i]], organ[shown[i]].mean, text));
        }
    }
    cli_print_to(out, "\n");
    return table_print_to(out, table);
}

bool score_report_table(struct report *report, const char *path, const struct score_results *results,
                        const struct score_summary *summary)
{
    FILE *out = report->stream;
    (void)path; /* it is short */
    print_rules(out, results);
    print_counts(out, results);
    if (summary->groups[0].count == 0) /* the tables would be empty */
        return true;
    cli_print_to(out, "\n");
    bool good = print_means(out, results, summary);
    for (size_t m = 0; good && m < summary->metric_count; m++)
        good = print_metric(out, results, summary, m);
    if (good && summary->group_count == 3)
        good = print_modalities(out, results, summary);
    return good;
}
