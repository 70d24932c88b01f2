/* SPDX-License-Identifier: BSD-3-Clause */
/* Ends and sums of float voxels. Sums are made in a fixed order, so that every machine gets the same bits. */
#ifndef AMOSI_QUALITY_VALUES_H
#define AMOSI_QUALITY_VALUES_H

#include <stddef.h>
#include <stdint.h>

struct amosi_quality_values {
    float min, max; /* of the finite voxels; infinity and -infinity if there are none */
    uint64_t finite;
    double sum, squares; /* of the finite voxels */
};

/* Ends, number and sum of n voxels. */
void amosi_quality_values_of(const float *voxels, size_t n, struct amosi_quality_values *out);

/* Adds other values: ends, number and sum. */
void amosi_quality_values_add(struct amosi_quality_values *to, const struct amosi_quality_values *other);

/* Adds the sums and squares of n voxels, which are few, and their number; the ends stay. */
void amosi_quality_values_sum(const float *voxels, size_t n, struct amosi_quality_values *to);

#endif
