/* SPDX-License-Identifier: BSD-3-Clause */
/* The coefficients of the cubic B-spline through voxels (M. Unser, Splines: a perfect fit for signal and image
 * processing, IEEE Signal Processing Magazine 16(6), 1999, boxes 2 and 3), mirrored at the outermost voxels. */
#ifndef AMOSI_RESAMPLE_SPLINE_H
#define AMOSI_RESAMPLE_SPLINE_H

#include <amos/context.h>

#include "resample/line.h"
#include "resample/voxels.h"

/* Computes the coefficients of all voxels: `to`, packed. `out` then describes them. AMOS_E_NOMEM. */
amos_status amosi_spline_make(const struct amosi_voxels *from, double *to, int threads, struct amosi_voxels *out,
                              amos_error *err);

/* Filters and interpolates each slice along y and then along x (lines[1] and lines[0]): `to`, packed, with the new size
 * along both. `out` then describes it. AMOS_E_NOMEM. */
amos_status amosi_spline_planes(const struct amosi_voxels *from, const struct amosi_line lines[2], double *to,
                                int threads, struct amosi_voxels *out, amos_error *err);

/* Filters the rows first..stop-1 of all slices along z, in place: `voxels` are those of amosi_spline_planes(). */
void amosi_spline_filter_z(const struct amosi_voxels *voxels, int64_t first, int64_t stop);

#endif
