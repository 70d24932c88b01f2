/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: a case as JSON, for the part of a shard. */
#ifndef CLI_NUMBERS_PART_H
#define CLI_NUMBERS_PART_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "score/results.h"

cJSON *score_case_json(const struct score_case *scored);

/* Back into a case that was not scored. False if it cannot be read, or memory ran out. */
bool score_case_take(struct score_case *scored, const cJSON *facts);

#endif
