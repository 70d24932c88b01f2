/* SPDX-License-Identifier: BSD-3-Clause */
/* The cases that the folders imagesTr, labelsTr, ... hold: of a tree without dataset.json, or with nnU-Net's. */
#ifndef AMOSI_DATASET_TREE_FOLDERS_H
#define AMOSI_DATASET_TREE_FOLDERS_H

#include <amos/dataset.h>
#include <stdbool.h>

/* Adds a case for each volume in the folders of the splits from `first` on. A label without an image is a case whose image
 * is missing. `nnunet`: image names end in a channel, see amosi_shelf_settle(). Of two volumes with the same id the
 * compressed one is used, and the other raises a warning. So do unfinished downloads, and copies (see
 * base/text/near_name.h): a copy whose original lies beside it is left out.
 * AMOS_OK, AMOS_E_NOMEM, AMOS_E_OPEN (a folder cannot be listed), AMOS_E_IO or AMOS_E_PATH. */
amos_status amosi_folders_read(amos_dataset *dataset, amos_split first, bool nnunet, amos_error *err);

/* The same for the two folders of another data set; see tree/layout.h. The names of images and labels may differ in words
 * that say which they are, img0001 and label0001: see tree/roles.h. `labels` may be NULL: there are none. */
struct amosi_split_folders;
amos_status amosi_folders_read_pair(amos_dataset *dataset, const struct amosi_split_folders *folders, amos_error *err);

#endif
