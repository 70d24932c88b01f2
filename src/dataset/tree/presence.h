/* SPDX-License-Identifier: BSD-3-Clause */
/* Finds out which of the named files exist, with one listing of each folder. */
#ifndef AMOSI_DATASET_TREE_PRESENCE_H
#define AMOSI_DATASET_TREE_PRESENCE_H

#include <amos/dataset.h>
#include <stdbool.h>

#include "dataset/tree/listing.h"

/* Sets *there if an entry of a listing is a regular file; `path` is its full path. With AMOS_DATASET_BENEATH a link
 * that leaves the data set is AMOS_E_PATH. */
amos_status amosi_presence_entry(const amos_dataset *dataset, const struct amosi_entry *entry, const char *path,
                                 int *there, amos_error *err);

/* With AMOS_DATASET_BENEATH, returns AMOS_E_PATH if a folder or file is reached by a link that leaves the data set. */
amos_status amosi_presence_check(const amos_dataset *dataset, const char *path, amos_error *err);

/* Sets has_image and has_label of all cases. A missing file is taken under a near name (amosi_key_volume(); folders with
 * letters in another case), if there is just one and no other case names it; AMOS_W_RENAMED then. AMOS_OK, AMOS_E_NOMEM, _OPEN, _IO or _PATH. */
amos_status amosi_presence_find(amos_dataset *dataset, amos_error *err);

#endif
