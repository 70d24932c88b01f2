/* SPDX-License-Identifier: BSD-3-Clause */
/* CT or MRI, of every case: by its id, by dataset.json, by a table, by the caller. */
#ifndef AMOSI_DATASET_MODALITY_H
#define AMOSI_DATASET_MODALITY_H

#include <amos/dataset.h>

/* Sets the modality of every case whose id does not say it, or whose modality the options set. Raises AMOS_W_MODALITY if
 * some stay unknown, or if the table names cases that are not there. The cases must be sorted.
 * AMOS_OK, AMOS_E_NOMEM, or as amosi_modality_read_table(). */
amos_status amosi_modality_settle(amos_dataset *dataset, const amos_dataset_options *options, amos_error *err);

#endif
