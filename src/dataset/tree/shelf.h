/* SPDX-License-Identifier: BSD-3-Clause */
/* The volumes of one folder of a split, each case once. */
#ifndef AMOSI_DATASET_TREE_SHELF_H
#define AMOSI_DATASET_TREE_SHELF_H

#include <amos/dataset.h>
#include <stdbool.h>

#include "dataset/tree/listing.h"

struct amosi_shelf_volume {
    const struct amosi_entry *entry;
    const char *id; /* the start of the name, or of another one, see amosi_roles_match() */
    size_t id_length;
    int channel;  /* of the name, if its ending "_0000" is no part of the id; else -1 */
    int channels; /* of the case; at least 1 */
};

struct amosi_shelf {
    const char *folder; /* its name in the tree, which may differ from the expected one in the case of letters */
    struct amosi_listing listing;
    struct amosi_shelf_volume *volumes; /* sorted by id */
    size_t count;
};

/* Lists a folder, which need not exist. AMOS_OK, AMOS_E_NOMEM, AMOS_E_OPEN (it cannot be listed), AMOS_E_IO or
 * AMOS_E_PATH. Release it with amosi_shelf_free() in either case. */
amos_status amosi_shelf_read(amos_dataset *dataset, const char *folder, struct amosi_shelf *shelf, amos_error *err);
void amosi_shelf_free(struct amosi_shelf *shelf);

/* Decides which names end in a channel of nnU-Net, x_0000, x_0001, ..., and leaves one volume of each case: channel 0, or
 * of two with the same id the compressed one; the others raise AMOS_W_UNLISTED. In `images` an ending is a channel if
 * there is a channel 0, and
 *   - with `nnunet`, always (dataset.json is nnU-Net's);
 *   - if the name without it is an AMOS id;
 *   - if a label has the name without it and none has the name with it;
 *   - if no label has either name, and channels 0 of several cases are there, or a single volume: not if the folder holds
 *     word_0000, word_0001, ... of one data set.
 * In `labels` it is one if the name without it is an AMOS id. AMOS_OK or AMOS_E_NOMEM. */
amos_status amosi_shelf_settle(amos_dataset *dataset, struct amosi_shelf *images, struct amosi_shelf *labels,
                               bool nnunet, amos_error *err);

/* Orders two volumes by their ids. */
int amosi_shelf_compare(const struct amosi_shelf_volume *a, const struct amosi_shelf_volume *b);

/* Sorts the volumes by their ids, after some were changed. */
void amosi_shelf_sort(struct amosi_shelf *shelf);

#endif
