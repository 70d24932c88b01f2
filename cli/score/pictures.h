/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: pictures of the worst cases, like those of `amos view`. */
#ifndef CLI_SCORE_PICTURES_H
#define CLI_SCORE_PICTURES_H

#include "compare/score_file.h"
#include "score/results.h"

/* Draws the `worst` cases with the lowest mean Dice, each as ID.png in a folder that exists. The organs of the prediction are filled, those of the
 * reference outlined, and what differs is striped: missed, extra, or taken for another organ. False after a failure, which
 * is reported. Dice is that of the results, or of `file`, if that is not NULL: then the cases need no scores. */
bool score_draw_worst(const struct score_results *results, const struct score_file *file, size_t worst,
                      const char *folder);

#endif
