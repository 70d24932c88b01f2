/* SPDX-License-Identifier: BSD-3-Clause */
/* amos export: which cases each fold trains with and validates with. */
#ifndef CLI_EXPORT_FOLDS_H
#define CLI_EXPORT_FOLDS_H

#include <amos/dataset.h>

#include <stdbool.h>
#include <stddef.h>

#include "kit/args.h"

/* What nnU-Net 2 takes (crossval_split.py): folds of its default, and the seed of their shuffle. */
enum { FOLDS_DEFAULT = 5, FOLDS_SEED = 12345, FOLDS_MOST = 64 };

enum fold_part { FOLD_NEITHER, FOLD_TRAIN, FOLD_VAL };

struct folds {
    size_t count; /* of folds; 0: none were asked for, or could be made */
    size_t items;
    unsigned char *parts; /* [fold * items + item], an enum fold_part */
};

/* How the items are parted. */
enum fold_rule {
    FOLDS_NNUNET,     /* as sklearn's KFold(count, shuffle=True, random_state=12345) parts the sorted ids */
    FOLDS_OFFICIAL,   /* one fold: the training cases train, those of the validation split validate */
    FOLDS_STRATIFIED, /* each fold gets its share of every modality, site and scanner */
    FOLDS_FILE        /* a file as nnU-Net's splits_final.json: [{"train": [ids], "val": [ids]}, ...] */
};

struct fold_choice {
    enum fold_rule rule;
    const char *path; /* of FOLDS_FILE */
};

/* struct fold_choice: nnunet, official, stratified, or a file. */
extern const struct args_type args_folds;

/* Parts labelled cases, sorted by their ids. With fewer cases than folds `out` has none. False after a failure, which is
 * reported, such as a file with unknown ids. Release with folds_free() in either case. */
bool folds_make(const struct fold_choice *choice, size_t count, const amos_case_info *const *infos, size_t items,
                struct folds *out);
void folds_free(struct folds *folds);

enum fold_part folds_part(const struct folds *folds, size_t fold, size_t item);

/* The one fold that validates with an item; -1: none does. Official: validation cases are in fold 0, the others in 1. */
int folds_of(const struct folds *folds, size_t item);

/* Whether an item is in the validation part of several folds: then folds_of() does not say all. */
bool folds_overlap(const struct folds *folds);

/* The fold of each item when `items` of them are dealt to `count` folds, as sklearn's KFold with that seed does. False:
 * memory ran out. */
bool folds_deal(size_t items, size_t count, uint32_t seed, size_t *fold_of);

#endif
