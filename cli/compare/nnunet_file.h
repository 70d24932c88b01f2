/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score-compare: nnU-Net's summary.json, as its evaluation and `amos score --summary` write it. */
#ifndef CLI_COMPARE_NNUNET_FILE_H
#define CLI_COMPARE_NNUNET_FILE_H

#include "compare/score_file.h"

#define NNUNET_CASES "metric_per_case"
#define NNUNET_SIGN "\"" NNUNET_CASES "\"" /* what such a file has, and no other */

bool nnunet_file_is(const cJSON *root);

/* Takes the cases of file->head: Dice as dice, IoU as jaccard, and HD95, ASSD and NSD_1mm if all have them. Labels are
 * numbered from 1 without gaps. The id of a case is that of its file. False after a failure, which is reported. */
bool nnunet_file_take(struct score_file *file);

#endif
