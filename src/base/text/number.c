/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/text/number.h"

#include <limits.h>
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

static unsigned digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
    return found ? (unsigned)(found - digits) : UINT_MAX;
}

bool amosi_number_take(const char **at, unsigned base, uint64_t *value)
{
    uint64_t number = 0;
    const char *end = *at;
    for (unsigned digit; (digit = digit_of(*end)) < base; end++) {
        if (number > (UINT64_MAX - digit) / base)
            return false;
        number = number * base + digit;
    }
    if (end == *at)
        return false;
    *at = end;
    *value = number;
    return true;
}
