/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX2 kernels for rotated samples, if the compiler supports them. */
#ifndef AMOSI_LOADER_FILL_AFFINE_AVX2_H
#define AMOSI_LOADER_FILL_AFFINE_AVX2_H

#include "loader/fill/affine.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define AMOSI_HAVE_AFFINE_AVX2 1

/* For a view whose voxels are within 2^30 voxels of its first one, and neighbours in memory along x. */
extern const struct amosi_affine_kernels amosi_affine_avx2;
#endif

#endif
