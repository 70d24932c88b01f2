/* SPDX-License-Identifier: BSD-3-Clause */
/* amos export: folds that a file gives, as nnU-Net's splits_final.json. */
#ifndef CLI_EXPORT_FOLD_FILE_H
#define CLI_EXPORT_FOLD_FILE_H

#include "export/folds.h"

/* Reads [{"train": [ids], "val": [ids]}, ...]. Refused are other shapes, ids that are not among the cases or in both lists
 * of a fold, and folds without cases to train or to validate with. False after a failure, which is reported. */
bool fold_file_read(const char *path, const amos_case_info *const *infos, size_t items, struct folds *out);

/* Room for the parts, all FOLD_NEITHER. False if memory ran out, which is reported. */
bool folds_allocate(struct folds *folds, size_t count, size_t items);

#endif
