/* SPDX-License-Identifier: BSD-3-Clause */
/* The files of cases that lie there under another name than dataset.json gives. */
#ifndef AMOSI_DATASET_TREE_RENAMED_H
#define AMOSI_DATASET_TREE_RENAMED_H

#include <amos/dataset.h>
#include <stdbool.h>

struct amosi_renaming {
    const char **path; /* of the case: now that of the file found */
    const char *named; /* the path that dataset.json gives */
    int *there;        /* of the case */
};

struct amosi_renamed {
    struct amosi_renaming *items; /* zeroed memory is an empty list */
    size_t count, capacity;
    size_t ambiguous;    /* missing files for which several others could be meant */
    const char *example; /* the first of them */
};

/* Replaces a case's path by that of the file found. False: memory ran out. */
bool amosi_renamed_add(struct amosi_renamed *renamed, const char **path, int *there, const char *found);

/* Takes back what is not clear: a file that a case names itself, or that is near to two different names. Then raises
 * AMOS_W_RENAMED, once for all. AMOS_OK or AMOS_E_NOMEM. */
amos_status amosi_renamed_settle(struct amosi_renamed *renamed, amos_dataset *dataset, amos_error *err);
void amosi_renamed_free(struct amosi_renamed *renamed);

#endif
