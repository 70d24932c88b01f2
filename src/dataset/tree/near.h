/* SPDX-License-Identifier: BSD-3-Clause */
/* What lies in a folder and is nearly right: copies and unfinished downloads among volumes, and what may be meant by a
 * folder that is no data set. */
#ifndef AMOSI_DATASET_TREE_NEAR_H
#define AMOSI_DATASET_TREE_NEAR_H

#include <amos/dataset.h>
#include <stdbool.h>

#include "dataset/tree/listing.h"

/* Remarks (AMOS_W_UNLISTED) on a name in `folder` of the data set that is nearly a volume. *left_out becomes true for a
 * copy whose original lies beside it: the same scan would be two cases. AMOS_OK or AMOS_E_NOMEM. */
amos_status amosi_near_remark(amos_dataset *dataset, const struct amosi_listing *listing, const char *folder,
                              const char *name, bool *left_out, amos_error *err);

/* AMOS_E_OPEN with ENOENT for a folder that is no data set. The message says what lies in it instead: nothing, volumes,
 * folders of volumes, a data set one level down, or an archive that was not unpacked. `json` is the name of
 * dataset.json. */
amos_status amosi_near_refuse_root(const struct amosi_archive *archive, const char *root, const char *json,
                                   amos_error *err);

/* AMOS_E_NOTREG for a file that was given as the folder of a data set. */
amos_status amosi_near_refuse_file(const char *path, amos_error *err);

#endif
