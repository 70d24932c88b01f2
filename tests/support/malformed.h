/* SPDX-License-Identifier: BSD-3-Clause */
/* One row of a table of odd input: how to make it, and what it gets from every inflate library and every kind of source. */
#ifndef TESTS_MALFORMED_H
#define TESTS_MALFORMED_H

#include <check.h>

#include <amos/volume.h>

#include "support/make/gzip.h"
#include "support/make/nifti.h"

/* What a row's maker builds. It starts as 20 x 10 x 6 int16 voxels in NIfTI-1, little-endian. */
struct odd_input {
    struct nifti_file nifti; /* the model: on success exactly its voxels are read */
    struct bytes file;       /* what is written; empty: nifti.bytes */
    const char *suffix;      /* NULL: ".nii.gz" where `file` was made, else ".nii" */
    amos_limits limits;      /* .size is set */
    amos_volume_options options; /* .size, .limits and .inflate are set */
};

struct odd_row {
    const char *id;   /* of the catalogue */
    const char *what;
    void (*make)(struct odd_input *in, int variant);
    int variants; /* 0: 1 */
    amos_status expected;
    amos_warnings warnings; /* exactly, where expected is AMOS_OK */
    const char *says;       /* a word that the message must have, or NULL */
};

/* One test case per row, named after it, one test per variant. */
void add_odd_rows(Suite *suite, const struct odd_row *rows, int count);

/* Replaces the row's file by another specification. */
void odd_remake(struct odd_input *in, const struct nifti_spec *spec);

#endif
