/* SPDX-License-Identifier: BSD-3-Clause */
/* Words in the names of volumes that say whether they are images or labels: img0001 and label0001 of BTCV, volume-0 and
 * segmentation-0 of LiTS, case_00001_image and case_00001_mask. */
#ifndef AMOSI_DATASET_TREE_ROLES_H
#define AMOSI_DATASET_TREE_ROLES_H

#include "dataset/tree/shelf.h"

/* Gives each label that has no image of its name the id of the one image whose name is the same without such words, if that
 * image has no label. Sorts the labels again. AMOS_OK or AMOS_E_NOMEM. */
amos_status amosi_roles_match(const struct amosi_shelf *images, struct amosi_shelf *labels, amos_error *err);

#endif
