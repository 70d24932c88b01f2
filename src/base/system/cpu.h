/* SPDX-License-Identifier: BSD-3-Clause */
/* The extensions of the instruction set that this processor and its system support. Every choice of vector code calls
 * these functions.
 *
 * The environment variable AMOS_CPU_WITHOUT, a list such as "avx2,bmi2" or "all", switches features off, so that the
 * code for other processors can be run and measured on this one. Results are the same. The variable is read once. */
#ifndef AMOSI_CPU_H
#define AMOSI_CPU_H

#include <stdbool.h>

/* A set of flags. */
enum {
    AMOSI_CPU_AVX2 = 1,
    AMOSI_CPU_F16C = 2, /* conversion between float16 and float32 */
    AMOSI_CPU_BMI2 = 4, /* BMI1 and BMI2 (bit manipulation), and SSSE3 */
    AMOSI_CPU_PCLMUL = 8,
    AMOSI_CPU_VPCLMUL = 16 /* on AVX-512 registers */
};
#define AMOSI_CPU_ALL 31u

/* Whether the processor has all of these features. Any thread; nearly free after the first call. */
bool amosi_cpu_has(unsigned features);

/* For tests: from now on, report at most these features. AMOSI_CPU_ALL removes the limit. */
void amosi_cpu_limit(unsigned features);

#endif
