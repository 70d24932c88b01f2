/* SPDX-License-Identifier: BSD-3-Clause */
/* Opens and reads generated files; any failure ends the test. */
#ifndef TESTS_OPENED_H
#define TESTS_OPENED_H

#include <amos/volume.h>

#include "support/make/nifti.h"

/* Opens the file's bytes in memory, which must stay valid. Not for pairs. */
amos_volume *open_made(const struct nifti_file *file);
amos_volume *open_bytes(const struct bytes *b);

/* Writes the file below the temporary directory, a pair as two, and opens it by path. `gzip` bits: 1 the file or .hdr,
 * 2 the .img. */
amos_volume *open_written(const struct nifti_file *file, const char *stem, int gzip);

/* Whether voxels are equal: bit for bit, except that any NaN equals any other. */
int same_voxel(amos_type type, const void *a, const void *b);

/* All of a volume as a type, packed; from malloc(). Fails the test on any error. */
void *read_all(const amos_volume *volume, amos_type type, size_t *bytes);

/* The stored voxels of the volume are exactly those of the file. */
void assert_reads_as(const amos_volume *volume, const struct nifti_file *file);

#endif
