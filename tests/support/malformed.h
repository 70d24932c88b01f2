/* SPDX-License-Identifier: BSD-3-Clause */
/* One row of a table of odd input: how to build it, and its expected result with every inflate library and every
 * kind of source. */
#ifndef TESTS_MALFORMED_H
#define TESTS_MALFORMED_H

#include <check.h>

#include <amos/volume.h>

#include "support/make/gzip.h"
#include "support/make/nifti.h"

/* The input of a row, modified by its function. It starts as 20 x 10 x 6 int16 voxels in NIfTI-1, little-endian. */
struct odd_input {
    struct nifti_file nifti;     /* the model: on success exactly its voxels are read */
    struct bytes file;           /* the written bytes; empty: nifti.bytes */
    const char *suffix;          /* NULL: ".nii.gz" if `file` is set, else ".nii" */
    amos_limits limits;          /* .size is set */
    amos_volume_options options; /* .size, .limits and .inflate are set */
};

struct odd_row {
    const char *id; /* of the catalogue */
    const char *what;
    void (*make)(struct odd_input *in, int variant);
    int variants; /* 0: 1 */
    amos_status expected;
    amos_warnings warnings; /* exact set, if expected is AMOS_OK */
    const char *says;       /* a text that the message must contain, or NULL */
};

/* One test case per row, named after it, one test per variant. */
void add_odd_rows(Suite *suite, const struct odd_row *rows, int count);

/* Replaces the row's file by another specification. */
void odd_remake(struct odd_input *in, const struct nifti_spec *spec);

#endif
