/* SPDX-License-Identifier: BSD-3-Clause */
/* The JSON that the viewer reads: the set, a row for each of its cases, and a case. Unknown numbers are null. */
#ifndef CLI_REVIEW_JSON_H
#define CLI_REVIEW_JSON_H

#include "kit/json.h"
#include "review/facts.h"
#include "review/levels.h"

/* The set without its cases. `kind` is "report" or "serve". */
cJSON *review_set_json(const struct review_set *set, const char *kind);

/* A case's row in the set, without "file" and its findings. `facts` may be NULL: only what is known without reading a file. */
cJSON *review_row_json(const struct review_set *set, const struct review_item *item, const struct review_facts *facts);

/* A case without voxels. `shown` is the grid in which it is shown; `windows` may be none. */
cJSON *review_case_json(const struct review_item *item, const struct review_facts *facts, const amos_geometry *shown,
                        const struct review_window *windows, int window_count);

/* Parts of both: "scores" as four lists of numbers for the labels from 1 on, null if there are none, and the numbers of
 * the worst slices. */
cJSON *review_scores_json(const struct review_facts *facts);
cJSON *review_worst_json(const struct review_facts *facts);

/* Adds "levels" to an object, the values of the 256 codes; null for one that stands for NaN and infinity. */
void review_put_levels(cJSON *object, const struct review_levels *levels);

#endif
