/* amos score: what is scored, by which rules, and what came out of it. */
#ifndef CLI_SCORE_RESULTS_H
#define CLI_SCORE_RESULTS_H

#include <amos/amos.h>

#include <stdbool.h>

#include "score/pairs.h"

#define SCORE_TOLERANCES 8
#define SCORE_METRICS (SCORE_TOLERANCES + 3)

/* What a case without a prediction counts. */
enum score_missing { SCORE_MISSING_ERROR, SCORE_MISSING_ZERO, SCORE_MISSING_SKIP };

/* Stated in every output, because published scores differ by them. */
struct score_rules {
    amos_convention convention;
    amos_absent absent;
    enum score_missing missing;
    size_t tolerance_count;
    double tolerances[SCORE_TOLERANCES]; /* mm */
    size_t replicates;                   /* of the bootstrap; 0: no intervals */
    uint64_t seed;
};

const char *score_missing_name(enum score_missing missing);

/* A sentence for each rule, of which the first word is the rule's name. Static storage. */
const char *score_convention_text(amos_convention convention);
const char *score_absent_text(amos_absent absent);
const char *score_missing_text(enum score_missing missing);
extern const char score_means_text[];

/* One number that is told of each organ. */
struct score_metric {
    char name[24];  /* for programs: "dice", "nsd_1mm", "hd95", "assd" */
    char title[24]; /* for people: "Dice", "NSD 1 mm", "HD95 mm", "ASSD mm" */
    bool distance;  /* millilmetres, less is better, may be infinite; else 0..1, more is better */
};

/* Dice, NSD at each tolerance, HD95, ASSD: how many. */
size_t score_metrics(const struct score_rules *rules, struct score_metric metrics[SCORE_METRICS]);

/* The same numbers of an organ; NaN where it is absent in both and the rule leaves it out. */
void score_values(const struct score_rules *rules, const amos_organ_score *organ, double values[SCORE_METRICS]);

/* What is told beside them of each organ of each case. */
enum { SCORE_DETAILS = 11 };
extern const char *const score_detail_names[SCORE_DETAILS];
void score_details(const struct score_rules *rules, const amos_organ_score *organ, double values[SCORE_DETAILS]);

enum score_state { SCORE_SCORED, SCORE_MISSED, SCORE_REFUSED };

struct score_case {
    const struct score_pair *pair;
    enum score_state state;
    amos_score *score; /* NULL where it was refused, or missed and skipped */
    amos_error error;  /* of a refused one */
};

struct score_results {
    struct score_rules rules;
    const char *reference, *prediction; /* as given */
    amos_split split;                   /* ..._ANY: all */
    amos_modality modality;
    const struct score_pairs *pairs;
    struct score_case *cases; /* one for each pair */
    size_t scored, missing, refused;
};

#endif
