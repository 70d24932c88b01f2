/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/math/exact.h"

#include <math.h>

#define PI 3.14159265358979323846
#define LN2 0.69314718055994530942

/* Taylor series for -45..45 degrees: the first omitted term is below 1e-18. */
static double sin_near_zero(double x)
{
    double x2 = x * x, term = x, sum = x;
    for (int n = 3; n <= 17; n += 2) {
        term = -term * x2 / (double)(n * (n - 1));
        sum += term;
    }
    return sum;
}

static double cos_near_zero(double x)
{
    double x2 = x * x, term = 1.0, sum = 1.0;
    for (int n = 2; n <= 18; n += 2) {
        term = -term * x2 / (double)(n * (n - 1));
        sum += term;
    }
    return sum;
}

/* Exact for multiples of 90 degrees. */
double amosi_sin_degrees(double degrees)
{
    double quarters = floor(degrees / 90.0 + 0.5);
    double rest = (degrees - 90.0 * quarters) * (PI / 180.0);
    switch ((int)quarters & 3) {
    case 0:
        return sin_near_zero(rest);
    case 1:
        return cos_near_zero(rest);
    case 2:
        return -sin_near_zero(rest);
    default:
        return -cos_near_zero(rest);
    }
}

double amosi_cos_degrees(double degrees)
{
    return amosi_sin_degrees(degrees + 90.0);
}

/* x = m * 2^e with m within sqrt(1/2)..sqrt(2); ln m = 2 artanh((m-1)/(m+1)). */
double amosi_log2(double x)
{
    int e;
    double m = frexp(x, &e);
    if (m < 0.70710678118654752) {
        m *= 2.0;
        e--;
    }
    double s = (m - 1.0) / (m + 1.0), s2 = s * s, power = s, sum = s;
    for (int n = 3; n <= 21; n += 2) {
        power *= s2;
        sum += power / (double)n;
    }
    return (double)e + 2.0 * sum / LN2;
}

double amosi_exp2(double x)
{
    double whole = floor(x + 0.5), y = (x - whole) * LN2, term = 1.0, sum = 1.0;
    for (int n = 1; n <= 14; n++) {
        term = term * y / (double)n;
        sum += term;
    }
    return ldexp(sum, (int)whole);
}
