/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score for programs, as CSV: one line per organ of each case, and one per case without a score. Every line has
 * the rules, because people extract and merge lines. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "kit/describe.h"
#include "kit/json.h"
#include "kit/message.h"
#include "score/report.h"
#include "base/text/number.h"

/* Quoted as in RFC 4180; control characters are written as \xNN. */
static void put_text(FILE *out, const char *text)
{
    bool quoted = strpbrk(text, ",\"") != NULL;
    if (quoted)
        fputc('"', out);
    for (const char *at = text; *at; at++) {
        unsigned char letter = (unsigned char)*at;
        if (letter < 0x20 || letter == 0x7f)
            fprintf(out, "\\x%02x", letter);
        else
            fputs(letter == '"' ? "\"\"" : (const char[]){*at, '\0'}, out);
    }
    if (quoted)
        fputc('"', out);
}

static void put_number(FILE *out, double value)
{
    char text[AMOSI_NUMBER_BYTES];
    if (isfinite(value))
        fprintf(out, ",%s", amosi_number_write(text, value));
    else
        fputs(isnan(value) ? ",nan" : value > 0.0 ? ",inf" : ",-inf", out);
}

static void put_title(FILE *out, const struct score_summary *summary)
{
    fputs("id,split,modality,state,convention,absent,missing,label,organ,voxels_reference,voxels_prediction,"
          "voxels_both",
          out);
    for (size_t m = 0; m < summary->metric_count; m++)
        fprintf(out, ",%s", summary->metrics[m].name);
    for (size_t i = 0; i < summary->detail_count; i++)
        fprintf(out, ",%s", summary->details[i].name);
    fputs(",message\n", out);
}

/* The first columns of every line of a case. */
static void put_case(FILE *out, const struct score_results *results, const struct score_case *scored)
{
    const struct score_pair *pair = scored->pair;
    const struct score_rules *rules = &results->rules;
    put_text(out, pair->id);
    fprintf(out, ",%s,%s,%s,%s,%s,%s,", pair->split ? amos_split_name(pair->split) : "",
            pair->modality ? amos_modality_name(pair->modality) : "", score_state_name(scored->state),
            amos_convention_name(rules->convention), amos_absent_name(rules->absent),
            score_missing_name(rules->missing));
}

static void put_organ(FILE *out, const struct score_results *results, const struct score_summary *summary,
                      const amos_score *score, int label)
{
    const amos_organ_score *organ = amos_score_get_organ(score, label);
    fprintf(out, "%d,", organ->label);
    put_text(out, describe_label_name(results->pairs->dataset, organ->label));
    fprintf(out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64, organ->voxels_reference, organ->voxels_prediction,
            organ->voxels_both);
    for (size_t m = 0; m < summary->metric_count; m++)
        put_number(out, score_value(score, label, &summary->metrics[m]));
    for (size_t i = 0; i < summary->detail_count; i++)
        put_number(out, score_value(score, label, &summary->details[i]));
    fputs(",\n", out);
}

/* The line of a case without a score: all columns of an organ are empty. */
static void put_failure(FILE *out, const struct score_summary *summary, const struct score_case *scored)
{
    for (size_t i = 0; i < 5 + summary->metric_count + summary->detail_count; i++)
        fputc(',', out);
    put_text(out, scored->error.status ? scored->error.message : "The prediction is missing.");
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
