/* SPDX-License-Identifier: BSD-3-Clause */
/* The dataset.json of nnU-Net version 2, which names no files: the folders give the cases, unless it has "dataset". */
#ifndef AMOSI_DATASET_JSON_NNUNET_H
#define AMOSI_DATASET_JSON_NNUNET_H

#include <amos/dataset.h>
#include <cjson/cJSON.h>
#include <stdbool.h>

/* Whether an object is such a file: it has no "training", but "channel_names", "file_ending" or an object "dataset". */
bool amosi_nnunet_is_json(const cJSON *root);

/* Adds the cases: those of "dataset", {"amos_0001": {"images": ["..."], "label": "..."}}, as training cases, and those of
 * the folders. Without "dataset", dataset->from_folders is set.
 * AMOS_OK, AMOS_E_JSON_SCHEMA, _UNSUPPORTED (another file_ending), _PATH, _DUP, _NOMEM; those of amosi_folders_read(); and
 * AMOS_E_OPEN with ENOENT if there is no folder either, as in a folder of predictions. */
amos_status amosi_nnunet_read(amos_dataset *dataset, const cJSON *root, amos_error *err);

#endif
