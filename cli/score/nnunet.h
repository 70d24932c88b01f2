/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: the result as nnU-Net's summary.json. */
#ifndef CLI_SCORE_NNUNET_H
#define CLI_SCORE_NNUNET_H

#include "score/summary.h"

/* Writes the file: metric_per_case, their means for each label, and the mean of those, with nnU-Net's metrics and, as further
 * keys, HD95, ASSD and NSD. Keys are sorted, and numbers that are not finite are NaN and Infinity, as Python writes them.
 * False after a failure, which is reported. */
bool score_write_nnunet(const char *path, const struct score_results *results, const struct score_summary *summary);

#endif
