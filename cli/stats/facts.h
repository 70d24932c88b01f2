/* SPDX-License-Identifier: BSD-3-Clause */
/* amos stats: a subject as JSON, for the part of a shard. */
#ifndef CLI_STATS_FACTS_H
#define CLI_STATS_FACTS_H

#include <cjson/cJSON.h>

#include "stats/subject.h"

cJSON *subject_facts(const struct subject *subject);

/* Back into a subject that was not measured. False if it cannot be read, or memory ran out. */
bool subject_take(struct subject *subject, const cJSON *facts);

#endif
