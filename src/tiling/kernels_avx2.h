/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX2 kernels for tiles, if the compiler supports them. */
#ifndef AMOSI_TILING_KERNELS_AVX2_H
#define AMOSI_TILING_KERNELS_AVX2_H

#include "tiling/kernels.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define AMOSI_HAVE_TILE_AVX2 1

/* The kernels for processors with AVX2 and F16C. */
extern const struct amosi_tile_kernels amosi_tile_kernels_avx2;
#endif

#endif
