/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX2 set, if the compiler supports it. */
#ifndef AMOSI_NIFTI_KERNELS_AVX2_H
#define AMOSI_NIFTI_KERNELS_AVX2_H

#if defined(__x86_64__) && defined(__GNUC__)
#define AMOSI_HAVE_AVX2 1
#include "nifti/kernels.h"

extern const struct amosi_kernels amosi_kernels_avx2;
#endif

#endif
