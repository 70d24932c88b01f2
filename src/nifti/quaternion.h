/* SPDX-License-Identifier: BSD-3-Clause */
/* The quaternion (a, b, c, d) of a qform, of which a header stores b, c and d as float32: a = sqrt(1 - b*b - c*c - d*d)
 * (nifti1.h, "method 2").
 *
 * In nearly a half turn a is nearly 0, and the rounding of b, c and d to float32 decides what is left for it: up to
 * 1.3e-7 for its square, a turn by up to 7e-4 rad. Programs read that in two ways. nifti_clib, and with it FSL, ITK and
 * libamos, take a square below 1e-7 as 0; nibabel takes its root. What was written from Python carries nibabel's reading
 * in the sform. Both are right as far as the header says, so positions are compared with either. */
#ifndef AMOSI_NIFTI_QUATERNION_H
#define AMOSI_NIFTI_QUATERNION_H

#include <stdbool.h>

/* b*b + c*c + d*d up to here is 1 but for the rounding to float32. */
#define AMOSI_QUATERNION_ROUNDED (1 + 3.6e-7)

/* Up to here it is taken as 1, with a warning: numbers that were printed with 5 digits are up to 1.8e-5 beyond 1. The
 * axis of the half turn is still known to 5e-5, its angle to 1.2 degrees only. */
#define AMOSI_QUATERNION_LONGEST (1 + 1e-4)

/* b*b + c*c + d*d. */
double amosi_quaternion_squares(const double bcd[3]);

/* Whether the quaternion has two readings: 1 - b*b - c*c - d*d is above 0, but so small that nifti_clib takes it as 0. */
bool amosi_quaternion_has_two_readings(const double bcd[3]);

/* The rotation of the quaternion with a = sqrt(1 - b*b - c*c - d*d), or 0 if that is negative; nifti1.h, "method 2". */
void amosi_quaternion_rotation(const double bcd[3], double rotation[3][3]);

#endif
