/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: the cases, the rules and the results. */
#ifndef CLI_SCORE_RESULTS_H
#define CLI_SCORE_RESULTS_H

#include <amos/amos.h>

#include <stdbool.h>

#include "accept/accept.h"
#include "numbers/numbers.h"
#include "score/pairs.h"

#define SCORE_TOLERANCES 8
#define SCORE_METRICS (SCORE_TOLERANCES + AMOS_MEASURE_COUNT)

/* The treatment of a case without a prediction. */
enum score_missing { SCORE_MISSING_ERROR, SCORE_MISSING_ZERO, SCORE_MISSING_SKIP };

/* Every output states them, because published scores differ in them. */
struct score_rules {
    amos_convention convention;
    amos_absent absent;
    enum score_missing missing;
    size_t tolerance_count;
    double tolerances[SCORE_TOLERANCES]; /* mm */
    size_t replicates;                   /* of the bootstrap; 0: no intervals */
    uint64_t seed;
    struct accept_options accept;
};

const char *score_missing_name(enum score_missing missing);

/* A sentence for each rule; its first word is the rule's name. Static storage. */
const char *score_convention_text(amos_convention convention);
const char *score_absent_text(amos_absent absent);
const char *score_missing_text(enum score_missing missing);
extern const char score_means_text[];

/* One number per organ: a measure, at one level if the measure has several. */
struct score_metric {
    amos_measure measure;
    size_t index;   /* of the tolerance or percentile */
    char name[40];  /* for programs: "dice", "nsd_1mm", "hd95", "assd" */
    char title[40]; /* for people: "Dice", "NSD 1 mm", "HD95 mm", "ASSD mm" */
    bool distance;  /* true: lower is better, may be infinite; false: 0..1, higher is better */
};

/* The percentile of the Hausdorff distance. */
extern const double score_percentile;

/* Fills `metrics` from the measures of the library that are in summaries, or from those that are not. Returns their
 * number. */
size_t score_metrics(const struct score_rules *rules, bool in_summary, struct score_metric metrics[SCORE_METRICS]);

/* The value of an organ; NaN if the organ is absent in both and the rule leaves it out. */
double score_value(const struct score_numbers *score, int label, const struct score_metric *metric);

/* Whether a name from score_metrics() is that of a distance in mm. */
bool score_is_distance(const char *name);

enum score_state { SCORE_SCORED, SCORE_MISSED, SCORE_REFUSED };

struct score_case {
    const struct score_pair *pair;
    enum score_state state;
    struct score_numbers *score; /* NULL if the case was refused, or missing and skipped */
    amos_error error;            /* of a refused one */
};

/* NULL for a case without a score. */
static inline const amos_score_info *score_info(const struct score_case *scored)
{
    return scored->score ? &scored->score->info : NULL;
}

struct shard;

struct score_results {
    struct score_rules rules;
    const char *reference, *prediction; /* as given */
    amos_split split;                   /* ..._ANY: all */
    amos_modality modality;
    const struct score_pairs *pairs;
    const amos_accept *accept, *accept_prediction; /* with the largest label */
    const amos_volume_options *volume;             /* with which files are opened */
    struct score_case *cases;                      /* one for each pair; of a shard, one for each pair that it holds */
    size_t count;                                  /* of them */
    size_t scored, missing, refused;
    struct shard *shard;
};

#endif
