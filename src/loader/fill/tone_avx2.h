/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX2 kernels, if the compiler supports them. */
#ifndef AMOSI_LOADER_FILL_TONE_AVX2_H
#define AMOSI_LOADER_FILL_TONE_AVX2_H

#include <stdbool.h>
#include "loader/fill/tone.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define AMOSI_HAVE_TONE_AVX2 1

/* The kernels for processors with AVX2 and F16C. */
extern const struct amosi_tone_kernels amosi_tone_avx2;
#endif

#endif
