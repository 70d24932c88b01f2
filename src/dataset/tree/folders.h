/* SPDX-License-Identifier: BSD-3-Clause */
/* A tree without dataset.json: the cases come from the folders imagesTr, labelsTr, ... */
#ifndef AMOSI_DATASET_TREE_FOLDERS_H
#define AMOSI_DATASET_TREE_FOLDERS_H

#include <amos/dataset.h>

/* Adds a case for each volume in the folders. A label without an image is a case whose image is missing. Of two volumes
 * with the same id the compressed one is used, and the other raises a warning. So do unfinished downloads, and copies
 * (see base/text/near_name.h): a copy whose original lies beside it is left out.
 * AMOS_OK, AMOS_E_NOMEM, AMOS_E_OPEN (a folder cannot be listed), AMOS_E_IO or AMOS_E_PATH. */
amos_status amosi_folders_read(amos_dataset *dataset, amos_error *err);

#endif
