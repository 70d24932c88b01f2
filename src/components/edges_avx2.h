/* SPDX-License-Identifier: BSD-3-Clause */
/* The AVX2 version, if the compiler supports it. */
#ifndef AMOSI_COMPONENTS_EDGES_AVX2_H
#define AMOSI_COMPONENTS_EDGES_AVX2_H

#if defined(__x86_64__) && defined(__GNUC__)
#define AMOSI_HAVE_EDGES_AVX2 1
#include "components/edges.h"

extern const struct amosi_edges_kernels amosi_edges_avx2;
#endif

#endif
