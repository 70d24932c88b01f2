/* SPDX-License-Identifier: BSD-3-Clause */
/* The trees of other data sets, which have no dataset.json and none of the folders imagesTr, labelsTr, ...:
 *
 *   images/ labels/                          two folders of volumes, called img, label, masks, ... as well
 *   Training/{img,label}/ Testing/img/       the same, below folders of the splits (BTCV)
 *   s0001/{ct.nii.gz,segmentations/}         a folder for each subject, with a file for each organ (TotalSegmentator)
 * */
#ifndef AMOSI_DATASET_TREE_LAYOUT_H
#define AMOSI_DATASET_TREE_LAYOUT_H

#include <amos/dataset.h>
#include <stdbool.h>

/* Whether the data set's folder is such a tree. AMOS_OK, AMOS_E_NOMEM, AMOS_E_OPEN (no descriptor is free) or AMOS_E_IO. */
amos_status amosi_layout_find(amos_dataset *dataset, bool *out, amos_error *err);

/* Adds its cases; a tree that is none has none. The labels of subjects, a file for each organ, are their folders, and the table of
 * labels is that of masks/table.h; in an archive they are not read, which is said (AMOS_W_UNUSED). AMOS_OK, or as amosi_folders_read(). */
amos_status amosi_layout_read(amos_dataset *dataset, amos_error *err);

#endif
