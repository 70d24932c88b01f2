/* SPDX-License-Identifier: BSD-3-Clause */
/* amos pack: checks all cases, and puts them into the archive. */
#ifndef CLI_PACK_ARCHIVE_H
#define CLI_PACK_ARCHIVE_H

#include "pack/cases.h"

/* Reads each prediction and, unless `path` is NULL, writes an archive with results/ID.nii.gz of each: uint8, with the geometry
 * of the image. The faults of cases are stored with them and give false; then there is no archive. Other failures are
 * reported and give false too. */
bool pack_archive(struct pack_cases *cases, const char *path, int threads);

#endif
