/* SPDX-License-Identifier: BSD-3-Clause */
/* A slow model of resampling in double: a value is the sum over all old voxels of a kernel at their distance. It shares
 * no code with the library. */
#ifndef TESTS_MODEL_RESAMPLE_H
#define TESTS_MODEL_RESAMPLE_H

#include <stdint.h>

#include <amos/resample.h>

/* A volume of doubles, x fastest. */
struct model_volume {
    int64_t shape[3];
    const double *voxels;
};

/* The value at the old index p. For AMOS_INTERPOLATION_BSPLINE the voxels must be the coefficients. */
double model_value(const struct model_volume *volume, const double p[3], amos_interpolation interpolation);

/* Turns voxels, in place, to the coefficients of the cubic B-spline through them, mirrored at the outermost voxels: solves
 * the equations by elimination. */
void model_spline(const int64_t shape[3], double *voxels);

/* Whether p lies no more than half a voxel beyond the outermost ones. */
int model_is_inside(const int64_t shape[3], const double p[3]);

/* The label with the largest share of the box of `width` old voxels around p (along each axis), by summing the overlap
 * with every old voxel; the outermost ones go on for ever. The label at p wins among equal ones, then the smallest. */
int model_majority(const int64_t shape[3], const uint8_t *labels, const double p[3], const double width[3]);

#endif
