/* SPDX-License-Identifier: BSD-3-Clause */
/* amos check: the items of work, and the findings. */
#ifndef CLI_CHECK_ITEM_H
#define CLI_CHECK_ITEM_H

#include <amos/amos.h>

#include <cjson/cJSON.h>
#include <stdbool.h>

/* The finding about one file, pair or data set. */
struct finding {
    const char *kind; /* "file", "pair" or "dataset"; NULL: not checked */
    const char *path; /* for a pair, that of its label */
    const char *case_id;
    amos_status status;
    const char *message;
    amos_warnings warnings;
    uint64_t nonfinite;  /* voxels that are NaN or infinite */
    bool is_label;       /* a file that was checked as a label */
    double displacement; /* of a pair, mm */
    char turned_from[4]; /* of a pair, as in amos_pair_info */
    amos_accepted accepted;
};

/* What the files of an item are. */
enum check_role {
    CHECK_BY_NAME, /* labels if their folder's name says so, else images */
    CHECK_LABELS,
    CHECK_IMAGES
};

/* One piece of work: a file, or the image, the label and the pair of a case. */
struct check_item {
    const char *path;     /* a file; NULL for a case */
    char *owned_path;     /* NULL, or what `path` points to */
    const amos_case *c;   /* NULL for a file */
    enum check_role role; /* of a file */
    amos_accept accept;   /* for the labels of the data set */
    bool validated;       /* the data set's validation has reported missing files */
    struct finding image, label, pair;
    amos_error image_error, label_error, pair_error; /* their messages point into these */
    amos_quality *quality; /* owned: what --quality has measured, or the part of a shard has; NULL: nothing */
};

/* Whether a folder of this name holds labels, such as labelsTr, predictions or preds_fold0; see the command's help. */
bool check_is_label_folder(const char *name);

/* Whether the folder that a file really lies in is one of labels, by its name or by what nnU-Net leaves there. */
bool check_lies_among_labels(const char *path);

/* Asks the system to read ahead the item's files, which are needed soon. */
void check_item_read_ahead(const struct check_item *item);

/* Checks the item; may run on any thread. A bad file or case becomes a finding; nothing is returned. */
void check_item_inspect(struct check_item *item, const amos_volume_options *options);

/* What was found, for the part of a shard, and back into an item that was not inspected. False if it cannot be read. */
cJSON *check_item_json(const struct check_item *item);
bool check_item_take(struct check_item *item, const cJSON *facts);

#endif
