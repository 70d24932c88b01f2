/* SPDX-License-Identifier: BSD-3-Clause */
/* amos check: the items of work, and the findings. */
#ifndef CLI_CHECK_ITEM_H
#define CLI_CHECK_ITEM_H

#include <amos/amos.h>

#include <stdbool.h>

/* The finding about one file, pair or data set. */
struct finding {
    const char *kind; /* "file", "pair" or "dataset"; NULL: not checked */
    const char *path; /* for a pair, that of its label */
    const char *case_id;
    amos_status status;
    const char *message;
    amos_warnings warnings;
    uint64_t nonfinite; /* voxels that are NaN or infinite */
};

/* One piece of work: a file, or the image, the label and the pair of a case. */
struct check_item {
    const char *path;   /* a file; NULL for a case */
    char *owned_path;   /* NULL, or what `path` points to */
    const amos_case *c; /* NULL for a file */
    int max_label;      /* of the case's data set */
    bool validated;     /* the data set's validation has reported missing files */
    struct finding image, label, pair;
    amos_error image_error, label_error, pair_error; /* their messages point into these */
};

/* Asks the system to read ahead the item's files, which are needed soon. */
void check_item_read_ahead(const struct check_item *item);

/* Checks the item; may run on any thread. A bad file or case becomes a finding; nothing is returned. */
void check_item_inspect(struct check_item *item, const amos_volume_options *options);

#endif
