/* SPDX-License-Identifier: BSD-3-Clause */
/* A verdict as a JSON object. */
#ifndef AMOSI_DATASET_VERDICTS_OBJECT_H
#define AMOSI_DATASET_VERDICTS_OBJECT_H

#include <cjson/cJSON.h>

#include "dataset/verdicts/entries.h"

/* Appends the entry of an object. `place` and `number` begin the sentence of a refusal: "line", 3.
 * AMOS_OK, AMOS_E_JSON_SCHEMA or AMOS_E_NOMEM. */
amos_status amosi_verdicts_take_object(amos_verdicts *verdicts, const cJSON *object, const char *place, size_t number,
                                       amos_error *err);

/* The name of a verdict; false for one that is none. */
bool amosi_verdicts_name(const char *name, amos_verdict *out);

#endif
