/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: the summary of all cases. */
#include "score/summary.h"

#include <math.h>
#include <stdlib.h>

#include "base/math/random.h"
#include "score/bootstrap.h"

/* Scratch space for all organs of a group. */
struct resampling {
    const struct score_results *results;
    struct score_group *group;
    double *values; /* one for each case of the group */
    double *means;  /* one for each sample of the bootstrap */
    double *sums;   /* the same, over the organs so far */
    double *counts;
    uint64_t key;
};

static void read_values(const struct resampling *resampling, int label, const struct score_metric *metric)
{
    for (size_t i = 0; i < resampling->group->count; i++) {
        const struct score_case *scored = &resampling->results->cases[resampling->group->cases[i]];
        resampling->values[i] = score_value(scored->score, label, metric);
    }
}

/* A sample draws the same cases for all organs and metrics, so the mean of organs can have an interval too. */
static void resample_organ(const struct resampling *resampling, struct spread *organ)
{
    size_t replicates = resampling->results->rules.replicates;
    bootstrap_means(resampling->values, resampling->group->count, resampling->key, replicates, resampling->means);
    for (size_t r = 0; r < replicates; r++) {
        bool good = !isnan(resampling->means[r]);
        resampling->sums[r] += good ? resampling->means[r] : 0.0;
        resampling->counts[r] += good;
    }
    if (replicates)
        bootstrap_interval(resampling->means, replicates, organ->counted, organ->interval);
}

/* The number of cases that have a finite value of any organ, and so a part in the mean of organs. */
static size_t count_measured(const struct resampling *resampling, const struct score_summary *summary, size_t metric)
{
    size_t count = 0;
    for (size_t i = 0; i < resampling->group->count; i++) {
        const struct score_numbers *score = resampling->results->cases[resampling->group->cases[i]].score;
        int label = 1;
        while (label <= summary->max_label && !isfinite(score_value(score, label, &summary->metrics[metric])))
            label++;
        count += label <= summary->max_label;
    }
    return count;
}

static bool summarize_metric(const struct resampling *resampling, struct score_summary *summary, size_t metric)
{
    struct score_group *group = resampling->group;
    size_t replicates = resampling->results->rules.replicates;
    bool distance = summary->metrics[metric].distance, good = true;
    double means[256];
    for (size_t r = 0; r < replicates; r++)
        resampling->sums[r] = resampling->counts[r] = 0.0;
    for (int label = 1; good && label <= summary->max_label; label++) {
        struct spread *organ = &group->organs[(size_t)(label - 1) * summary->metric_count + metric];
        read_values(resampling, label, &summary->metrics[metric]);
        good = spread_of(resampling->values, group->count, distance, organ);
        organ->worst_index = good && group->count ? group->cases[organ->worst_index] : 0;
        means[label - 1] = organ->mean;
        resample_organ(resampling, organ);
    }
    struct spread *overall = &group->overall[metric];
    good = good && spread_of(means, (size_t)summary->max_label, distance, overall);
    for (size_t r = 0; r < replicates; r++)
        resampling->means[r] = resampling->counts[r] > 0.0 ? resampling->sums[r] / resampling->counts[r] : (double)NAN;
    if (replicates)
        bootstrap_interval(resampling->means, replicates, count_measured(resampling, summary, metric),
                           overall->interval);
    return good;
}

static void count_failures(const struct score_results *results, int max_label, struct score_group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        for (int label = 1; label <= max_label; label++) {
            const amos_organ_score *organ = score_numbers_organ(results->cases[group->cases[i]].score, label);
            bool reference = organ->voxels_reference > 0, prediction = organ->voxels_prediction > 0;
            group->absent += !reference && !prediction;
            group->one_sided += reference != prediction;
        }
    }
}

static bool summarize_group(const struct score_results *results, struct score_summary *summary,
                            struct score_group *group)
{
    size_t replicates = results->rules.replicates + 1;
    struct resampling resampling = {.results = results, .group = group};
    resampling.key = random_bits(results->rules.seed, (uint64_t)(group - summary->groups));
    group->organs = calloc((size_t)summary->max_label * summary->metric_count, sizeof *group->organs);
    group->overall = calloc(summary->metric_count, sizeof *group->overall);
    resampling.values = calloc(group->count + 1, sizeof *resampling.values);
    resampling.means = calloc(replicates, sizeof *resampling.means);
    resampling.sums = calloc(replicates, sizeof *resampling.sums);
    resampling.counts = calloc(replicates, sizeof *resampling.counts);
    bool good = group->organs && group->overall && resampling.values && resampling.means && resampling.sums &&
                resampling.counts;
    for (size_t metric = 0; good && metric < summary->metric_count; metric++)
        good = summarize_metric(&resampling, summary, metric);
    if (good)
        count_failures(results, summary->max_label, group);
    free(resampling.counts);
    free(resampling.sums);
    free(resampling.means);
    free(resampling.values);
    return good;
}

static bool choose_cases(const struct score_results *results, amos_modality modality, struct score_group *group)
{
    group->name = modality == AMOS_MODALITY_ANY ? "all" : amos_modality_name(modality);
    group->cases = calloc(results->pairs->count + 1, sizeof *group->cases);
    for (size_t i = 0; group->cases && i < results->pairs->count; i++) {
        const struct score_case *scored = &results->cases[i];
        if (scored->score && (modality == AMOS_MODALITY_ANY || scored->pair->modality == modality))
            group->cases[group->count++] = i;
    }
    return group->cases != NULL;
}

bool score_summary_make(const struct score_results *results, struct score_summary *out)
{
    static const amos_modality modalities[] = {AMOS_MODALITY_ANY, AMOS_MODALITY_CT, AMOS_MODALITY_MRI};
    *out = (struct score_summary){.max_label = results->pairs->max_label};
    out->metric_count = score_metrics(&results->rules, true, out->metrics);
    out->detail_count = score_metrics(&results->rules, false, out->details);
    bool good = true;
    for (size_t i = 0; good && i < 3; i++) {
        struct score_group *group = &out->groups[out->group_count++];
        good = choose_cases(results, modalities[i], group);
        if (good && i > 0 && group->count == 0) {
            free(group->cases);
            *group = (struct score_group){.name = NULL};
            out->group_count--;
        }
    }
    for (size_t i = 0; good && i < out->group_count; i++)
        good = summarize_group(results, out, &out->groups[i]);
    return good;
}

void score_summary_free(struct score_summary *summary)
{
    for (size_t i = 0; i < 3; i++) {
        free(summary->groups[i].overall);
        free(summary->groups[i].organs);
        free(summary->groups[i].cases);
    }
    *summary = (struct score_summary){.max_label = 0};
}
