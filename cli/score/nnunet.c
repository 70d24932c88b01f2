/* SPDX-License-Identifier: BSD-3-Clause */
#include "score/nnunet.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text/number.h"
#include "kit/json.h"
#include "kit/message.h"
#include "kit/report.h"

/* ---- metrics ---- */

/* nnU-Net's own come from the counts of voxels: n_ref of the reference, n_pred of the prediction. */
enum count { COUNT_FN, COUNT_FP, COUNT_TN, COUNT_TP, COUNT_PRED, COUNT_REF, COUNTS };

enum kind { KIND_DICE, KIND_IOU, KIND_COUNT, KIND_METRIC };

struct key {
    char name[40];
    enum kind kind;
    enum count count;                  /* of KIND_COUNT */
    const struct score_metric *metric; /* of KIND_METRIC */
};

#define KEYS (COUNTS + 2 + SCORE_METRICS)

static int compare_keys(const void *a, const void *b)
{
    return strcmp(((const struct key *)a)->name, ((const struct key *)b)->name);
}

/* "nsd_1mm" -> "NSD_1mm", "hd95" -> "HD95" */
static void put_name(struct key *key, const char *name)
{
    snprintf(key->name, sizeof key->name, "%s", name);
    for (char *at = key->name; *at && *at != '_'; at++)
        *at = (char)toupper((unsigned char)*at);
}

/* Returns their number. */
static size_t list_keys(const struct score_summary *summary, struct key keys[KEYS])
{
    static const struct key own[] = {{"Dice", KIND_DICE, COUNT_FN, NULL},      {"IoU", KIND_IOU, COUNT_FN, NULL},
                                     {"FN", KIND_COUNT, COUNT_FN, NULL},       {"FP", KIND_COUNT, COUNT_FP, NULL},
                                     {"TN", KIND_COUNT, COUNT_TN, NULL},       {"TP", KIND_COUNT, COUNT_TP, NULL},
                                     {"n_pred", KIND_COUNT, COUNT_PRED, NULL}, {"n_ref", KIND_COUNT, COUNT_REF, NULL}};
    size_t count = sizeof own / sizeof own[0];
    memcpy(keys, own, sizeof own);
    for (size_t m = 0; m < summary->metric_count; m++) {
        const struct score_metric *metric = &summary->metrics[m];
        if (metric->measure == AMOS_MEASURE_DICE || metric->measure == AMOS_MEASURE_JACCARD)
            continue;
        keys[count] = (struct key){.kind = KIND_METRIC, .metric = metric};
        put_name(&keys[count++], metric->name);
    }
    qsort(keys, count, sizeof *keys, compare_keys);
    return count;
}

static double count_of(const struct score_numbers *score, const amos_organ_score *organ, enum count count)
{
    uint64_t tp = organ->voxels_both, fn = organ->voxels_reference - tp, fp = organ->voxels_prediction - tp;
    const uint64_t counts[COUNTS] = {
        fn, fp, score->info.voxels - tp - fn - fp, tp, organ->voxels_prediction, organ->voxels_reference};
    return (double)counts[count];
}

/* Dice and IoU are NaN if the label is in neither map, whatever --absent says. */
static double value_of(const struct score_numbers *score, int label, const struct key *key)
{
    const amos_organ_score *organ = score_numbers_organ(score, label);
    double tp = (double)organ->voxels_both, both = (double)organ->voxels_reference + (double)organ->voxels_prediction;
    switch (key->kind) {
    case KIND_DICE:
        return both > 0 ? 2 * tp / both : (double)NAN;
    case KIND_IOU:
        return both > 0 ? tp / (both - tp) : (double)NAN;
    case KIND_COUNT:
        return count_of(score, organ, key->count);
    default:
        return score_value(score, label, key->metric);
    }
}

/* The mean of what is a number; of distances, of what is finite. NaN if there is none. */
static double mean_of(const struct score_results *results, int label, const struct key *key)
{
    double sum = 0, counted = 0;
    for (size_t i = 0; i < results->pairs->count; i++) {
        const struct score_numbers *score = results->cases[i].score;
        double value = score ? value_of(score, label, key) : (double)NAN;
        if (!isfinite(value))
            continue;
        sum += value;
        counted++;
    }
    return counted > 0 ? sum / counted : (double)NAN;
}

/* ---- JSON ---- */

static void put_value(cJSON *object, const char *name, double value)
{
    char text[AMOSI_NUMBER_BYTES];
    cJSON_AddRawToObject(object, name,
                         isfinite(value) ? amosi_number_write(text, value)
                         : isnan(value)  ? "NaN"
                         : value > 0     ? "Infinity"
                                         : "-Infinity");
}

/* Labels in the order of their texts: 1, 10, 11, ..., 2. */
static int compare_labels(const void *a, const void *b)
{
    char x[16], y[16];
    snprintf(x, sizeof x, "%d", *(const int *)a);
    snprintf(y, sizeof y, "%d", *(const int *)b);
    return strcmp(x, y);
}

struct writing {
    const struct score_results *results;
    struct key keys[KEYS];
    size_t key_count;
    int labels[256], label_count;
};

/* {"1": {"Dice": ...}, ...} of a case; of the means, for NULL. */
static cJSON *labels_json(const struct writing *w, const struct score_numbers *score)
{
    cJSON *object = cJSON_CreateObject();
    for (int i = 0; i < w->label_count; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", w->labels[i]);
        cJSON *values = cJSON_AddObjectToObject(object, name);
        for (size_t k = 0; k < w->key_count; k++)
            put_value(values, w->keys[k].name,
                      score ? value_of(score, w->labels[i], &w->keys[k])
                            : mean_of(w->results, w->labels[i], &w->keys[k]));
    }
    return object;
}

/* The plain mean of the means: NaN if one of them is. */
static cJSON *foreground_json(const struct writing *w)
{
    cJSON *object = cJSON_CreateObject();
    for (size_t k = 0; k < w->key_count; k++) {
        double sum = 0;
        for (int i = 0; i < w->label_count; i++)
            sum += mean_of(w->results, w->labels[i], &w->keys[k]);
        put_value(object, w->keys[k].name, sum / w->label_count);
    }
    return object;
}

/* Cases that are in no mean are named: nnU-Net's file has no place for them. */
static void put_refused(cJSON *object, const struct score_results *results)
{
    cJSON *list = cJSON_AddArrayToObject(object, "refused");
    for (size_t i = 0; i < results->pairs->count; i++)
        if (results->cases[i].state == SCORE_REFUSED)
            json_append(list, cJSON_CreateString(results->pairs->items[i].id));
}

static cJSON *rules_json(const struct score_results *results)
{
    const struct score_rules *rules = &results->rules;
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "convention", amos_convention_name(rules->convention));
    json_put_text(object, "convention_source", amos_convention_source(rules->convention));
    json_put_text(object, "missing", score_missing_name(rules->missing));
    put_refused(object, results);
    json_put_text(object, "version", amos_version());
    return object;
}

static cJSON *case_json(const struct writing *w, const struct score_case *scored)
{
    cJSON *object = cJSON_CreateObject();
    json_put(object, "metrics", labels_json(w, scored->score));
    json_put_text(object, "prediction_file", scored->pair->prediction);
    json_put_text(object, "reference_file", scored->pair->reference);
    return object;
}

static bool write_all(FILE *out, const struct writing *w)
{
    cJSON *head = cJSON_CreateObject();
    json_put(head, "amos", rules_json(w->results));
    json_put(head, "foreground_mean", foreground_json(w));
    json_put(head, "mean", labels_json(w, NULL));
    bool good = json_write_begin(out, head, "metric_per_case");
    bool first = true;
    for (size_t i = 0; good && i < w->results->pairs->count; i++) {
        if (!w->results->cases[i].score)
            continue;
        good = json_write_item(out, case_json(w, &w->results->cases[i]), first);
        first = false;
    }
    if (good)
        json_write_end(out);
    return good;
}

bool score_write_nnunet(const char *path, const struct score_results *results, const struct score_summary *summary)
{
    struct writing w = {.results = results, .label_count = summary->max_label};
    struct report report;
    w.key_count = list_keys(summary, w.keys);
    for (int i = 0; i < w.label_count; i++)
        w.labels[i] = i + 1;
    qsort(w.labels, (size_t)w.label_count, sizeof *w.labels, compare_labels);
    if (!report_begin(&report))
        return false;
    bool made = write_all(report.stream, &w);
    return report_put(&report, made ? path : NULL);
}
