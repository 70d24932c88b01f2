/* SPDX-License-Identifier: BSD-3-Clause */
#include "tiling/kernels.h"

#include "base/system/cpu.h"
#include "tiling/kernels_avx2.h"

const struct amosi_tile_kernels *amosi_tile_kernels(void)
{
#ifdef AMOSI_HAVE_TILE_AVX2
    if (amosi_cpu_has(AMOSI_CPU_AVX2 | AMOSI_CPU_F16C))
        return &amosi_tile_kernels_avx2;
#endif
    return &amosi_tile_kernels_plain;
}
