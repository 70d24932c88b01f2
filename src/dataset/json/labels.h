/* SPDX-License-Identifier: BSD-3-Clause */
/* The label table of a data set. */
#ifndef AMOSI_DATASET_JSON_LABELS_H
#define AMOSI_DATASET_JSON_LABELS_H

#include <amos/dataset.h>
#include <cjson/cJSON.h>

/* Sets the label table of AMOS. */
void amosi_labels_default(amos_dataset *dataset);

/* Reads "labels" of dataset.json, {"0": "background", ...} or {"background": 0, ...} (NULL if it is missing). A table
 * with gaps raises AMOS_W_LABELS, and so does one that is none, in place of which the table of AMOS is used.
 * AMOS_OK, AMOS_E_NOMEM, AMOS_E_UNSUPPORTED (several values for one name) or AMOS_E_JSON_SCHEMA (a key twice). */
amos_status amosi_labels_read(amos_dataset *dataset, const cJSON *labels, amos_error *err);

#endif
