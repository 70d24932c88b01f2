/* SPDX-License-Identifier: BSD-3-Clause */
/* Minimum, maximum and sum of voxels of one numeric type, unscaled. */
#ifndef AMOSI_NIFTI_REDUCE_H
#define AMOSI_NIFTI_REDUCE_H

#include <stdint.h>

#include <amos/type.h>

struct amosi_reduced {
    double min, max; /* of the finite voxels; infinity and -infinity if there are none */
    double sum;
    uint64_t finite;
};

/* amosi_reduce_more() adds n voxels; call amosi_reduce_begin() first. */
void amosi_reduce_begin(struct amosi_reduced *out);
void amosi_reduce_more(amos_type type, const void *voxels, size_t n, struct amosi_reduced *out);

#endif
