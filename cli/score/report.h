/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: its three reports. Each states the rules of the scores. */
#ifndef CLI_SCORE_REPORT_H
#define CLI_SCORE_REPORT_H

#include "kit/report.h"
#include "score/summary.h"

#define SCORE_FORMAT "amos-score-1" /* what `amos score-compare` reads */

/* They print into the report; those for programs pass it on to the path case by case. False after a failure, which is
 * reported. Failures of printing show in the stream. */
bool score_report_table(struct report *report, const char *path, const struct score_results *results,
                        const struct score_summary *summary);
bool score_report_json(struct report *report, const char *path, const struct score_results *results,
                       const struct score_summary *summary);
bool score_report_csv(struct report *report, const char *path, const struct score_results *results,
                      const struct score_summary *summary);

/* "scored", "missing", "refused" */
const char *score_state_name(enum score_state state);

#endif
