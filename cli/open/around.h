/* SPDX-License-Identifier: BSD-3-Clause */
/* The data set that a file or a flat folder belongs to, for the names of its labels. */
#ifndef CLI_OPEN_AROUND_H
#define CLI_OPEN_AROUND_H

#include <amos/dataset.h>

#include <stdbool.h>

/* The data set above the folder of a file (or above the folder itself), if its dataset.json has the names of labels and one
 * of its cases has a file in there: that of labelsTr/x.nii.gz. NULL if there is none. Says nothing, also of failures.
 * Release it with amos_dataset_free(). */
amos_dataset *dataset_around(const char *path, bool is_folder);

#endif
