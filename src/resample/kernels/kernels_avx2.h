/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX2 set, if the compiler supports it. */
#ifndef AMOSI_RESAMPLE_KERNELS_AVX2_H
#define AMOSI_RESAMPLE_KERNELS_AVX2_H

#if defined(__x86_64__) && defined(__GNUC__)
#define AMOSI_RESAMPLE_AVX2 1
#include "resample/kernels/kernels.h"

extern const struct amosi_resampling amosi_resampling_avx2;
#endif

#endif
