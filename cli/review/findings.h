/* SPDX-License-Identifier: BSD-3-Clause */
/* What looks wrong in the labels and images of a set, as `amos check --quality` finds it. */
#ifndef CLI_REVIEW_FINDINGS_H
#define CLI_REVIEW_FINDINGS_H

#include "kit/json.h"
#include "review/load.h"

/* Measures the facts of a case, from which findings are made when those of all cases are known. As
 * amos_quality_open_case(). Any thread. */
amos_status review_quality_measure(const struct review_loading *loading, const struct review_item *item,
                                   amos_quality **out, amos_error *err);

/* How many findings of a case its row has: where there are more, those of kinds that occur once come before the second of a
 * kind, and so on. */
enum { REVIEW_FINDINGS = 12 };

/* Adds "findings" and "finding_count" to a row. The findings of the case are number `first` to `first + count - 1`. Their
 * voxels are those of the grid in which the case is shown with slices of `size` voxels (0: of the canonical grid). */
void review_put_findings(cJSON *row, const amos_quality_findings *findings, size_t first, size_t count,
                         const amos_quality_facts *facts, int64_t size);

#endif
