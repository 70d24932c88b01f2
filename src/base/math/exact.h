/* SPDX-License-Identifier: BSD-3-Clause */
/* Sine, logarithm and powers computed with + - * / only, so that every machine gets the same bits: libm's results
 * differ in the last digit between versions. The relative error is about 1e-14. */
#ifndef AMOSI_BASE_MATH_EXACT_H
#define AMOSI_BASE_MATH_EXACT_H

/* `degrees` is within -360..360. */
double amosi_sin_degrees(double degrees);
double amosi_cos_degrees(double degrees);

/* For finite x > 0. */
double amosi_log2(double x);

/* For -1000 < x < 1000. */
double amosi_exp2(double x);

#endif
