/* SPDX-License-Identifier: BSD-3-Clause */
/* A phantom in memory, to plant faults in, and what is found in it. */
#ifndef TESTS_PATIENT_H
#define TESTS_PATIENT_H

#include <amos/quality.h>

#include "phantom/phantom.h"

/* 128 x 108 x 64 voxels of about 3 x 3 x 5 mm, stored as LAS or RAS. */
struct patient {
    struct phantom_case c;
    int64_t shape[3];
    int64_t row, slice, voxels; /* voxels of a row, of a slice, and of all */
    float *image;
    uint8_t *label;
};

struct patient patient_make(int index);
struct patient patient_copy(const struct patient *from);
void patient_free(struct patient *from);

amos_labelmap *patient_map(const struct patient *from);

/* The facts; no options are those of the case: its id and its modality. */
amos_quality *patient_measure(const struct patient *from, const amos_quality_options *options);

/* Findings about one case, by the default limits. */
amos_quality_findings *judge_one(const amos_quality *facts);

/* How many findings there are of a kind, and of a label (-1: any). */
size_t count_findings(const amos_quality_findings *findings, amos_quality_kind kind, int label);

#endif
