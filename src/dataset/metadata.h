/* SPDX-License-Identifier: BSD-3-Clause */
/* The metadata CSV that ships with AMOS, attached to the cases. */
#ifndef AMOSI_DATASET_METADATA_H
#define AMOSI_DATASET_METADATA_H

#include <amos/dataset.h>

/* Reads the CSV at `path`; NULL: the one in or beside the tree, if there is one. The cases must be in order. What is
 * wrong inside the file is noted as AMOS_W_METADATA. A file that the caller named must be readable; a found one that is
 * not is noted.
 * AMOS_OK, AMOS_E_NOMEM, and with `path` AMOS_E_OPEN, _NOTREG, _LIMIT, _IO, _CHANGED; AMOS_E_PATH. */
amos_status amosi_metadata_read(amos_dataset *dataset, const char *path, amos_error *err);

#endif
