/* SPDX-License-Identifier: BSD-3-Clause */
/* Loads JSON files by cJSON, after checking their syntax and size. */
#ifndef AMOSI_DATASET_JSON_JSON_H
#define AMOSI_DATASET_JSON_JSON_H

#include <amos/context.h>
#include <amos/error.h>
#include <cjson/cJSON.h>

#include "base/json/unique.h"

/* Reads a file into a tree that the caller releases with cJSON_Delete(). Walk lists with ->next: cJSON_GetArrayItem()
 * is linear in the index. Statuses of amosi_text_read(), or AMOS_E_JSON_SYNTAX. */
amos_status amosi_json_load(const char *path, const amos_limits *limits, cJSON **out, amos_error *err);

#endif
