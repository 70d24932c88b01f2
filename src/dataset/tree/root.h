/* SPDX-License-Identifier: BSD-3-Clause */
/* What lies directly in the data set's folder. */
#ifndef AMOSI_DATASET_TREE_ROOT_H
#define AMOSI_DATASET_TREE_ROOT_H

#include <amos/dataset.h>

#include "dataset/tree/names.h"

struct amosi_root {
    const struct amosi_archive *archive; /* that it lies in; NULL: the system's */
    struct amosi_listing listing;
    struct amosi_names folders;
};

/* Lists a folder; a folder that may not be listed is an empty list. `path` and `text` must outlive the list.
 * AMOS_OK or statuses of amosi_listing_read(). Release it with amosi_root_free() in either case. */
amos_status amosi_root_read(struct amosi_root *root, const struct amosi_archive *archive, const char *path,
                            struct amosi_arena *text, amos_error *err);
void amosi_root_free(struct amosi_root *root);

/* The name in the folder of "imagesTr", ...: itself if there is such a folder, else the only one whose letters differ in
 * case alone; NULL if there is none. */
const char *amosi_root_folder(const struct amosi_root *root, const char *name);

/* Whether one of the folders imagesTr, labelsTr, ... is there. */
bool amosi_root_has_folders(const struct amosi_root *root);

#endif
