/* SPDX-License-Identifier: BSD-3-Clause */
#include "nifti/quaternion.h"

#include <math.h>
#include <string.h>

/* nifti_quatern_to_dmat44() takes a smaller square of the part a as 0. */
#define CLIB_ZERO 1e-7

double amosi_quaternion_squares(const double bcd[3])
{
    return bcd[0] * bcd[0] + bcd[1] * bcd[1] + bcd[2] * bcd[2];
}

bool amosi_quaternion_has_two_readings(const double bcd[3])
{
    double left = 1 - amosi_quaternion_squares(bcd);
    return left > 0 && left < CLIB_ZERO;
}

void amosi_quaternion_rotation(const double bcd[3], double rotation[3][3])
{
    const double squares = amosi_quaternion_squares(bcd), left = 1 - squares;
    const double length = sqrt(left > 0 ? 1 : squares), a = left > 0 ? sqrt(left) : 0;
    const double b = bcd[0] / length, c = bcd[1] / length, d = bcd[2] / length;
    const double rows[3][3] = {
        {a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)},
        {2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)},
        {2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - c * c - b * b},
    };
    memcpy(rotation, rows, sizeof rows);
}
