/* SPDX-License-Identifier: BSD-3-Clause */
/* amos convert: the tables of a data set come along with its volumes. */
#ifndef CLI_CONVERT_TABLE_H
#define CLI_CONVERT_TABLE_H

#include <amos/amos.h>

#include <stdbool.h>

/* Copies the data set's dataset.json, and its table of metadata, into the folder. A file is not copied if the same is there
 * already or if the data set has none, and dataset.json not if labels were renumbered (which is said). False after a failure, which is reported; a different file in
 * its place is one, unless `force` is given. */
bool table_copy(const amos_dataset *dataset, const char *folder, bool renumbered, bool force);

#endif
