/* SPDX-License-Identifier: BSD-3-Clause */
/* Keys that appear twice in a JSON object; readers disagree which one counts. */
#ifndef AMOSI_JSON_UNIQUE_H
#define AMOSI_JSON_UNIQUE_H

#include <amos/error.h>
#include <cjson/cJSON.h>

/* AMOS_E_JSON_SCHEMA if an object of the file `path` has two members of the same name. The message calls the object
 * `where`. */
amos_status amosi_json_check_unique(const cJSON *object, const char *path, const char *where, amos_error *err);

#endif
