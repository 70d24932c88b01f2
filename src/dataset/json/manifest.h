/* SPDX-License-Identifier: BSD-3-Clause */
/* dataset.json: turns its lists into cases. */
#ifndef AMOSI_DATASET_JSON_MANIFEST_H
#define AMOSI_DATASET_JSON_MANIFEST_H

#include <amos/dataset.h>

/* Reads dataset->info.json_path: name, label table and cases, in the file's order, and whether their files are there. A file
 * without a list of training cases is one of tables beside the folders of tree/layout.h, which then give the cases.
 * Everything that amos_dataset_open() returns but AMOS_E_ARG. */
amos_status amosi_manifest_read(amos_dataset *dataset, amos_error *err);

#endif
