/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX2 set, if the compiler supports it. */
#ifndef AMOSI_SCORE_SURFACE_ACTIVE_AVX2_H
#define AMOSI_SCORE_SURFACE_ACTIVE_AVX2_H

#if defined(__x86_64__) && defined(__GNUC__)
#define AMOSI_HAVE_ACTIVE_AVX2 1
#include "score/surface/active.h"

extern const struct amosi_active_kernels amosi_active_avx2;
#endif

#endif
