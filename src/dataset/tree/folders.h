/* SPDX-License-Identifier: BSD-3-Clause */
/* A tree without dataset.json: the folders imagesTr, labelsTr, ... decide. */
#ifndef AMOSI_DATASET_TREE_FOLDERS_H
#define AMOSI_DATASET_TREE_FOLDERS_H

#include <amos/dataset.h>

/* Makes cases of the volumes in the folders. A label without an image is a case whose image is not there. Of two volumes
 * for one id the compressed one is taken and the other noted.
 * AMOS_OK, AMOS_E_NOMEM, AMOS_E_OPEN (a folder cannot be listed), AMOS_E_IO or AMOS_E_PATH. */
amos_status amosi_folders_read(amos_dataset *dataset, amos_error *err);

#endif
