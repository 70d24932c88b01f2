/* SPDX-License-Identifier: BSD-3-Clause */
#include "nifti/kernels.h"

#include "base/system/cpu.h"
#include "nifti/kernels_avx2.h"

const struct amosi_kernels *amosi_kernels(void)
{
#ifdef AMOSI_HAVE_AVX2
    if (amosi_cpu_has(AMOSI_CPU_AVX2))
        return &amosi_kernels_avx2;
#endif
    return &amosi_kernels_plain;
}
