/* SPDX-License-Identifier: BSD-3-Clause */
/* The metadata CSV that ships with AMOS, attached to the cases. */
#ifndef AMOSI_DATASET_METADATA_H
#define AMOSI_DATASET_METADATA_H

#include <amos/dataset.h>

/* Reads the CSV at `path`; with NULL, the one in or next to the tree, if any, for cases with an id of AMOS. The cases must be sorted. A mistake in
 * the file raises AMOS_W_METADATA. A file that the caller named must be readable; one that was found and is unreadable
 * only raises the warning.
 * AMOS_OK, AMOS_E_NOMEM, and with `path` AMOS_E_OPEN, _NOTREG, _LIMIT, _IO, _CHANGED; AMOS_E_PATH. */
amos_status amosi_metadata_read(amos_dataset *dataset, const char *path, amos_error *err);

#endif
