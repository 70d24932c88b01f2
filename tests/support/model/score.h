/* SPDX-License-Identifier: BSD-3-Clause */
/* Scores by brute force: every point of a surface against every point of the other, every measure from sorted
 * lists. Shares nothing with the library and needs neither Check nor the other helpers, so that fuzz targets can
 * use it. */
#ifndef TESTS_SCORE_MODEL_H
#define TESTS_SCORE_MODEL_H

#include <amos/score.h>

/* The options, with the lists always set. */
struct score_model_rules {
    amos_convention convention;
    amos_absent absent;
    const double *tolerances, *percentiles;
    size_t tolerance_count, percentile_count;
};

struct score_model {
    amos_organ_score organ; /* without millilitres, nsd and hd_percentile */
    double nsd[8], hd_percentile[8];
};

void score_model_make(const uint8_t *reference, const uint8_t *prediction, const int64_t shape[3],
                      const double spacing[3], int label, const struct score_model_rules *rules,
                      struct score_model *out);

/* The name of the first measure that differs from the model's by more than rounding; NULL if all agree. */
const char *score_model_differs(const struct score_model *model, const struct score_model_rules *rules,
                                const amos_organ_score *organ);

#endif
