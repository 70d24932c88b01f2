/* SPDX-License-Identifier: BSD-3-Clause */
/* amos export nnunet: a raw data set of nnU-Net 2.
 *
 *   RAW/Dataset218_NAME/dataset.json        channel_names, labels, numTraining, file_ending, dataset
 *                       splits_final.json   the folds
 *                       imagesTs/ID_0000.nii.gz
 *                       imagesTr/, labelsTr/ unless the files are named by dataset.json
 * */
#ifndef CLI_EXPORT_NNUNET_H
#define CLI_EXPORT_NNUNET_H

#include "export/cases.h"
#include "export/folds.h"
#include "export/place.h"

enum export_task { TASK_NONE, TASK_CT, TASK_MRI, TASK_BOTH };

/* enum export_task: "ct", "mri" or "ct+mri". */
extern const struct args_type args_task;

struct nnunet_export {
    const amos_dataset *dataset;
    const char *raw;          /* the folder of raw data sets, $nnUNet_raw */
    const char *preprocessed; /* $nnUNet_preprocessed, where splits_final.json is written too; NULL: nowhere */
    enum export_task task;
    int id;           /* 1..999; 0: that of AMOS's task */
    const char *name; /* NULL: that of AMOS's task */
    enum export_way way;
    enum export_paths paths;
    struct fold_choice folds;
    size_t fold_count;
    enum export_fault on_fault;
    bool force, headers_only;
    int threads;
    const amos_verdicts *verdicts; /* NULL: they do not matter */
    uint32_t only;                 /* as amos_case_filter.only */
    amos_progress progress;        /* of the checks; units are cases */
    struct shard *shard;           /* NULL: all cases */
};

struct nnunet_exported {
    char *folder; /* from malloc() */
    size_t training, prediction, skipped, folds;
};

/* Checks and writes. Returns an enum cli_exit, with failures reported; then nothing was written. Free out->folder. */
int nnunet_export_write(const struct nnunet_export *given, struct nnunet_exported *out);

/* ---- parts ---- */

/* The channel's name, which chooses nnU-Net's normalisation. */
const char *nnunet_channel(enum export_task task);

/* Whether the data set's table of labels is one of nnU-Net: from 0 on without gaps, each name once. A fault is reported. */
bool nnunet_labels_fit(const amos_dataset *dataset);

/* Writes dataset.json to `path`. `folder` is where it will stand. */
bool nnunet_write_json(const struct nnunet_export *given, const struct export_cases *cases, const char *title,
                       const char *folder, const char *path);

/* Writes splits_final.json. */
bool nnunet_write_splits(const struct export_cases *cases, const struct folds *folds, const char *path);

#endif
