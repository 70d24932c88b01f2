/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: scores all cases of the results. */
#ifndef CLI_SCORE_CASES_H
#define CLI_SCORE_CASES_H

#include "score/results.h"

/* Scores results->pairs into results->cases, which has room for them, and counts them. Refused cases are reported at
 * once. False if the run itself failed, which is reported. */
bool score_cases(struct score_results *results, int threads);

/* Releases what the cases own. */
void score_cases_free(struct score_results *results);

#endif
