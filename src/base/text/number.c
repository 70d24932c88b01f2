/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/text/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *amosi_number_write(char text[AMOSI_NUMBER_BYTES], double value)
{
    value += 0.0; /* no "-0" */
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, AMOSI_NUMBER_BYTES, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    for (char *c = text; *c; c++)
        if (!strchr("0123456789e+-", *c))
            *c = '.';
    return text;
}

const char *amosi_number_write_exact(char text[AMOSI_NUMBER_BYTES], double value)
{
    if (value == 0 && signbit(value))
        return memcpy(text, "-0.0", sizeof "-0.0");
    return amosi_number_write(text, value);
}

const char *amosi_number_show(char text[AMOSI_NUMBER_BYTES], double value)
{
    if (!isfinite(value))
        snprintf(text, AMOSI_NUMBER_BYTES, "%g", value);
    else if (value == floor(value) && fabs(value) < 1e20)
        snprintf(text, AMOSI_NUMBER_BYTES, "%.0f", value + 0.0);
    else
        amosi_number_write(text, value);
    return text;
}
