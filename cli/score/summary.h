/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: mean, spread and worst case of the numbers of many cases and organs. */
#ifndef CLI_SCORE_SUMMARY_H
#define CLI_SCORE_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "score/results.h"

/* Each value is in exactly one of three counts. */
struct spread {
    size_t counted;                 /* finite: in the mean and the standard deviation */
    size_t infinite;                /* in the median and the worst only */
    size_t undefined;               /* in nothing */
    double mean, sd, median, worst; /* NaN without values; sd of a sample, NaN below two values */
    size_t worst_index;
    double interval[2]; /* 95 % interval of the mean, if a bootstrap was requested; else NaN */
};

/* The worst is the largest value if `less_is_better`, else the smallest; among equals the first. False if memory ran
 * out. */
bool spread_of(const double *values, size_t count, bool less_is_better, struct spread *out);

/* The cases of one modality, or all. */
struct score_group {
    const char *name; /* "all", "CT", "MRI" */
    size_t *cases;    /* indices of score_results.cases, of those that have a score */
    size_t count;
    struct spread *organs;    /* [(label - 1) * metric_count + metric] */
    struct spread *overall;   /* [metric]: of the organs' means */
    size_t absent, one_sided; /* number of organs that are absent in both maps of a case, or in one */
};

struct score_summary {
    struct score_metric metrics[SCORE_METRICS]; /* what is summarised */
    size_t metric_count;
    struct score_metric details[SCORE_METRICS]; /* reported for each organ of each case only */
    size_t detail_count;
    int max_label;
    struct score_group groups[3]; /* "all" first; the others only if they have cases */
    size_t group_count;
};

/* False if memory ran out. Release with score_summary_free() in either case. */
bool score_summary_make(const struct score_results *results, struct score_summary *out);
void score_summary_free(struct score_summary *summary);

#endif
