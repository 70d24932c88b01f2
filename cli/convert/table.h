/* SPDX-License-Identifier: BSD-3-Clause */
/* amos convert: the table of a data set comes along with its volumes. */
#ifndef CLI_CONVERT_TABLE_H
#define CLI_CONVERT_TABLE_H

#include <amos/amos.h>

#include <stdbool.h>

/* Copies dataset.json, or the file that was read in its place, into the folder, unless one of the same content is there.
 * A data set without it, and one whose labels were renumbered, gets none, which is said for the latter. False after a
 * failure, which is reported: also if another file is there and `force` is not given. */
bool table_copy(const amos_dataset *dataset, const char *folder, bool renumbered, bool force);

#endif
