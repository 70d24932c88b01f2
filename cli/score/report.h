/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: its three reports. Each states the rules of the scores. */
#ifndef CLI_SCORE_REPORT_H
#define CLI_SCORE_REPORT_H

#include <stdio.h>

#include "score/summary.h"

#define SCORE_FORMAT "amos-score-1" /* what `amos score-compare` reads */

/* False if memory ran out, which is reported. Other failures show in the stream. */
bool score_report_table(FILE *out, const struct score_results *results, const struct score_summary *summary);
bool score_report_json(FILE *out, const struct score_results *results, const struct score_summary *summary);
bool score_report_csv(FILE *out, const struct score_results *results, const struct score_summary *summary);

/* "scored", "missing", "refused" */
const char *score_state_name(enum score_state state);

#endif
