/* SPDX-License-Identifier: BSD-3-Clause */
#include "components/edges.h"

#include "base/system/cpu.h"
#include "components/edges_avx2.h"

const struct amosi_edges_kernels *amosi_edges(void)
{
#ifdef AMOSI_HAVE_EDGES_AVX2
    if (amosi_cpu_has(AMOSI_CPU_AVX2))
        return &amosi_edges_avx2;
#endif
    return &amosi_edges_plain;
}
