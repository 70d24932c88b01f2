/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score for programs, as JSON. Undefined numbers are null and infinite ones "inf". */
#include <math.h>
#include <string.h>

#include "kit/describe.h"
#include "kit/json.h"
#include "kit/message.h"
#include "score/bootstrap.h"
#include "score/report.h"
#include "score/side.h"

static void put_value(cJSON *object, const char *name, double value)
{
    if (isinf(value))
        json_put_text(object, name, value > 0.0 ? "inf" : "-inf");
    else
        json_put_number(object, name, value);
}

static void put_rules(cJSON *object, const struct score_rules *rules)
{
    json_put_text(object, "convention", amos_convention_name(rules->convention));
    json_put_text(object, "convention_source", amos_convention_source(rules->convention));
    json_put_text(object, "absent", amos_absent_name(rules->absent));
    json_put_text(object, "missing", score_missing_name(rules->missing));
    json_put_numbers(object, "tolerances_mm", rules->tolerances, rules->tolerance_count);
    accept_options_put(object, &rules->accept);
    cJSON *bootstrap = rules->replicates ? cJSON_AddObjectToObject(object, "bootstrap") : NULL;
    if (bootstrap) {
        json_put_unsigned(bootstrap, "replicates", rules->replicates);
        json_put_unsigned(bootstrap, "seed", rules->seed);
        json_put_integer(bootstrap, "least_cases", BOOTSTRAP_LEAST_CASES);
    } else {
        json_put_null(object, "bootstrap");
    }
    cJSON *texts = cJSON_AddArrayToObject(object, "rules");
    json_append(texts, cJSON_CreateString(score_convention_text(rules->convention)));
    json_append(texts, cJSON_CreateString(score_absent_text(rules->absent)));
    json_append(texts, cJSON_CreateString(score_missing_text(rules->missing)));
    json_append(texts, cJSON_CreateString(score_means_text));
}

static void put_counts(cJSON *object, const struct score_results *results)
{
    cJSON *counts = cJSON_AddObjectToObject(object, "counts");
    json_put_unsigned(counts, "cases", results->pairs->count);
    json_put_unsigned(counts, "scored", results->scored);
    json_put_unsigned(counts, "missing", results->missing);
    json_put_unsigned(counts, "refused", results->refused);
    json_put_unsigned(counts, "predictions_without_reference", results->pairs->unused);
}

static void put_unused(cJSON *object, const struct score_results *results)
{
    cJSON *array = cJSON_AddArrayToObject(object, "unused_predictions");
    const struct score_side *side = results->pairs->sides[1];
    for (size_t i = 0; i < side->count; i++)
        if (side_is_unused(&side->entries[i]))
            json_append(array, cJSON_CreateString(side_path(&side->entries[i])));
}

/* ---- the summary ---- */

static cJSON *spread_json(const struct spread *spread, bool interval)
{
    cJSON *object = cJSON_CreateObject();
    json_put_unsigned(object, "count", spread->counted);
    json_put_unsigned(object, "infinite", spread->infinite);
    json_put_unsigned(object, "undefined", spread->undefined);
    json_put_number(object, "mean", spread->mean);
    json_put_number(object, "sd", spread->sd);
    put_value(object, "median", spread->median);
    put_value(object, "worst", spread->worst);
    if (interval)
        json_put_interval(object, "interval", spread->interval);
    return object;
}

static cJSON *organ_summary(const struct score_results *results, const struct score_summary *summary,
                            const struct score_group *group, int label)
{
    const struct spread *spreads = &group->organs[(size_t)(label - 1) * summary->metric_count];
    cJSON *object = cJSON_CreateObject();
    json_put_integer(object, "label", label);
    json_put_text(object, "organ", describe_label_name(results->pairs->names, label));
    for (size_t m = 0; m < summary->metric_count; m++) {
        cJSON *spread = spread_json(&spreads[m], results->rules.replicates > 0);
        bool any = !isnan(spreads[m].worst);
        json_put_text(spread, "worst_case", any ? results->pairs->items[spreads[m].worst_index].id : NULL);
        json_put(object, summary->metrics[m].name, spread);
    }
    return object;
}

static cJSON *group_json(const struct score_results *results, const struct score_summary *summary,
                         const struct score_group *group)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "modality", group->name);
    json_put_unsigned(object, "cases", group->count);
    json_put_unsigned(object, "organs_absent_in_both", group->absent);
    json_put_unsigned(object, "organs_absent_in_one", group->one_sided);
    cJSON *means = cJSON_AddObjectToObject(object, "mean_of_organs");
    for (size_t m = 0; m < summary->metric_count; m++) {
        const struct spread *overall = &group->overall[m];
        cJSON *mean = cJSON_AddObjectToObject(means, summary->metrics[m].name);
        json_put_unsigned(mean, "organs", overall->counted);
        json_put_number(mean, "mean", overall->mean);
        if (results->rules.replicates)
            json_put_interval(mean, "interval", overall->interval);
    }
    cJSON *organs = cJSON_AddArrayToObject(object, "organs");
    for (int label = 1; label <= summary->max_label; label++)
        json_append(organs, organ_summary(results, summary, group, label));
    return object;
}

/* ---- the cases ---- */

static cJSON *organ_json(const struct score_results *results, const struct score_summary *summary,
                         const struct score_numbers *score, int label)
{
    const amos_organ_score *organ = score_numbers_organ(score, label);
    cJSON *object = cJSON_CreateObject();
    json_put_integer(object, "label", organ->label);
    json_put_text(object, "organ", describe_label_name(results->pairs->names, organ->label));
    json_put_unsigned(object, "voxels_reference", organ->voxels_reference);
    json_put_unsigned(object, "voxels_prediction", organ->voxels_prediction);
    json_put_unsigned(object, "voxels_both", organ->voxels_both);
    for (size_t m = 0; m < summary->metric_count; m++)
        put_value(object, summary->metrics[m].name, score_value(score, label, &summary->metrics[m]));
    for (size_t i = 0; i < summary->detail_count; i++)
        put_value(object, summary->details[i].name, score_value(score, label, &summary->details[i]));
    return object;
}

static cJSON *case_json(const struct score_results *results, const struct score_summary *summary,
                        const struct score_case *scored)
{
    const struct score_pair *pair = scored->pair;
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "id", pair->id);
    json_put_text(object, "state", score_state_name(scored->state));
    json_put_text(object, "split", pair->split ? amos_split_name(pair->split) : NULL);
    json_put_text(object, "modality", amos_modality_name(pair->modality));
    json_put_text(object, "reference", pair->reference);
    json_put_text(object, "prediction", pair->prediction);
    json_put_text(object, "status", amos_status_name(scored->error.status));
    json_put_text(object, "message", scored->error.status ? scored->error.message : NULL);
    if (!scored->score) {
        json_put_null(object, "organs");
        return object;
    }
    const amos_score_info *info = &scored->score->info;
    json_put_numbers(object, "spacing", info->spacing, 3);
    json_put_number(object, "displacement_mm", info->displacement);
    json_put_warnings(object, info->warnings);
    json_put_text(object, "turned_from", info->turned_from[0] ? info->turned_from : NULL);
    accept_found_put(object, "accepted_reference", &info->reference);
    accept_found_put(object, "accepted_prediction", &info->prediction);
    json_put_unsigned(object, "voxels_left_out", info->left_out);
    cJSON *organs = cJSON_AddArrayToObject(object, "organs");
    for (int label = 1; label <= summary->max_label; label++)
        json_append(organs, organ_json(results, summary, scored->score, label));
    return object;
}

/* All but the cases. */
static cJSON *head_json(const struct score_results *results, const struct score_summary *summary)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "format", SCORE_FORMAT);
    json_put_text(object, "amos", amos_version());
    put_rules(object, &results->rules);
    json_put_text(object, "reference", results->reference);
    json_put_text(object, "prediction", results->prediction);
    json_put_text(object, "prediction_layout", folder_layout_name(results->pairs->layouts[1]));
    json_put_text(object, "split", results->split ? amos_split_name(results->split) : NULL);
    json_put_text(object, "modality", results->modality ? amos_modality_name(results->modality) : NULL);
    cJSON *metrics = cJSON_AddArrayToObject(object, "metrics");
    for (size_t m = 0; m < summary->metric_count; m++)
        json_append(metrics, cJSON_CreateString(summary->metrics[m].name));
    put_counts(object, results);
    put_unused(object, results);
    cJSON *groups = cJSON_AddArrayToObject(object, "summary");
    for (size_t g = 0; g < summary->group_count; g++)
        json_append(groups, group_json(results, summary, &summary->groups[g]));
    return object;
}

bool score_report_json(struct report *report, const char *path, const struct score_results *results,
                       const struct score_summary *summary)
{
    bool good = json_write_begin(report->stream, head_json(results, summary), "cases");
    for (size_t i = 0; good && i < results->pairs->count; i++) {
        good = json_write_item(report->stream, case_json(results, summary, &results->cases[i]), i == 0) &&
               report_pass_on(report, path);
    }
    if (good)
        json_write_end(report->stream);
    return good;
}
