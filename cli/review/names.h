/* SPDX-License-Identifier: BSD-3-Clause */
/* What the cases of a data set are called in a report: an id and the name of a file, each of one case alone. */
#ifndef CLI_REVIEW_NAMES_H
#define CLI_REVIEW_NAMES_H

#include <amos/dataset.h>

#include <stdbool.h>

/* Writes the ids and names of all cases of a data set, in its order, into arrays with room for them: see review_item. All
 * are from malloc(). False if memory ran out; the arrays, NULL before, hold what must be freed in either case. */
bool review_names_make(const amos_dataset *dataset, char **ids, char **names);

#endif
