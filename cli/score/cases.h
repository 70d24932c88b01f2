/* amos score: scores all cases. */
#ifndef CLI_SCORE_CASES_H
#define CLI_SCORE_CASES_H

#include "score/results.h"

/* Scores results->pairs into results->cases, which has room for them, and counts. Refused cases are reported as they are
 * met. False where the run itself failed, reported. */
bool score_run(struct score_results *results, int threads);

/* Releases what the cases hold. */
void score_run_free(struct score_results *results);

#endif
