/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score for programs, as CSV: one line per organ of each case, and one per case without a score. Every line has
 * the rules, because people extract and merge lines. */
#include <inttypes.h>

#include "kit/describe.h"
#include "score/csv.h"
#include "score/report.h"

static void put_number(FILE *out, double value)
{
    fputc(',', out);
    csv_put_number(out, value);
}

/* The names, with blanks between them. */
static void put_warnings(FILE *out, amos_warnings warnings)
{
    const char *before = "";
    fputc(',', out);
    for (int i = 0; i < AMOS_WARNING_BITS; i++) {
        const char *name = amos_warning_name(warnings & (amos_warnings)1 << i);
        if (name)
            fprintf(out, "%s%s", before, name);
        before = name ? " " : before;
    }
}

static void put_title(FILE *out, const struct score_summary *summary)
{
    fputs("id,split,modality,state,convention,convention_source,absent,missing,label,organ,voxels_reference,voxels_"
          "prediction,"
          "voxels_both",
          out);
    for (size_t m = 0; m < summary->metric_count; m++)
        fprintf(out, ",%s", summary->metrics[m].name);
    for (size_t i = 0; i < summary->detail_count; i++)
        fprintf(out, ",%s", summary->details[i].name);
    fputs(",warnings,message\n", out);
}

/* The first columns of every line of a case. */
static void put_case(FILE *out, const struct score_results *results, const struct score_case *scored)
{
    const struct score_pair *pair = scored->pair;
    const struct score_rules *rules = &results->rules;
    csv_put_text(out, pair->id);
    fprintf(out, ",%s,%s,%s,%s,", pair->split ? amos_split_name(pair->split) : "", amos_modality_name(pair->modality),
            score_state_name(scored->state), amos_convention_name(rules->convention));
    csv_put_text(out, amos_convention_source(rules->convention));
    fprintf(out, ",%s,%s,", amos_absent_name(rules->absent), score_missing_name(rules->missing));
}

static void put_organ(FILE *out, const struct score_results *results, const struct score_summary *summary,
                      const struct score_numbers *score, int label)
{
    const amos_organ_score *organ = score_numbers_organ(score, label);
    fprintf(out, "%d,", organ->label);
    csv_put_text(out, describe_label_name(results->pairs->names, organ->label));
    fprintf(out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64, organ->voxels_reference, organ->voxels_prediction,
            organ->voxels_both);
    for (size_t m = 0; m < summary->metric_count; m++)
        put_number(out, score_value(score, label, &summary->metrics[m]));
    for (size_t i = 0; i < summary->detail_count; i++)
        put_number(out, score_value(score, label, &summary->details[i]));
    put_warnings(out, score->info.warnings);
    fputs(",\n", out);
}

/* The line of a case without a score: all columns of an organ are empty. */
static void put_failure(FILE *out, const struct score_summary *summary, const struct score_case *scored)
{
    for (size_t i = 0; i < 6 + summary->metric_count + summary->detail_count; i++)
        fputc(',', out);
    csv_put_text(out, scored->error.status ? scored->error.message : "The prediction is missing.");
    fputc('\n', out);
}

static void put_lines(FILE *out, const struct score_results *results, const struct score_summary *summary,
                      const struct score_case *scored)
{
    for (int label = 1; scored->score && label <= summary->max_label; label++) {
        put_case(out, results, scored);
        put_organ(out, results, summary, scored->score, label);
    }
    if (!scored->score) {
        put_case(out, results, scored);
        put_failure(out, summary, scored);
    }
}

bool score_report_csv(struct report *report, const char *path, const struct score_results *results,
                      const struct score_summary *summary)
{
    bool good = true;
    put_title(report->stream, summary);
    for (size_t i = 0; good && i < results->pairs->count; i++) {
        put_lines(report->stream, results, summary, &results->cases[i]);
        good = report_pass_on(report, path);
    }
    return good;
}
