/* SPDX-License-Identifier: BSD-3-Clause */
/* The cases that --cases names. */
#ifndef CLI_REVIEW_CHOOSE_H
#define CLI_REVIEW_CHOOSE_H

#include <amos/dataset.h>

#include <stdbool.h>

/* Sets chosen[i] for each case of the data set that a list names: ids, numbers of AMOS's cases, and ranges of those,
 * "18,508-510,word_0001". An id in several splits is all of them. Returns an enum cli_exit: a name that the data set lacks is
 * reported as a usage error. */
int review_choose(const amos_dataset *dataset, const char *list, bool *chosen);

#endif
