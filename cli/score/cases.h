/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: scores all cases of the results. */
#ifndef CLI_SCORE_CASES_H
#define CLI_SCORE_CASES_H

#include "score/results.h"

/* Scores results->pairs into results->cases, which has room for them, and counts. Refused cases are reported as they are
 * met. False where the run itself failed, reported. */
bool score_cases(struct score_results *results, int threads);

/* Releases what the cases hold. */
void score_cases_free(struct score_results *results);

#endif
