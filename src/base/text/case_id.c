/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/text/case_id.h"

#include <stdbool.h>
#include <string.h>

#define FIRST_MRI 500

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits up to the first other character; -1 if there are none or the number is too large. */
static int64_t parse_digits(const char *text)
{
    int64_t number = is_digit(*text) ? 0 : -1;
    for (; is_digit(*text); text++)
        if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, *text - '0', &number))
            return -1;
    return number;
}

int64_t amosi_amos_number(const char *name)
{
    static const char prefix[] = "amos_";
    for (const char *p = prefix; *p; p++, name++)
        if (*name != *p && !(*name >= 'A' && *name <= 'Z' && *name - 'A' + 'a' == *p))
            return -1;
    char end = name[strspn(name, "0123456789")];
    return end == '\0' || strchr("_-.", end) ? parse_digits(name) : -1;
}

int64_t amosi_case_number(const char *id)
{
    int64_t number = amosi_amos_number(id);
    size_t start = strlen(id);
    while (start > 0 && is_digit(id[start - 1]))
        start--;
    return number >= 0 ? number : parse_digits(id + start);
}

amos_modality amosi_modality_of_number(int64_t number)
{
    return number < FIRST_MRI ? AMOS_MODALITY_CT : AMOS_MODALITY_MRI;
}

amos_modality amosi_modality_of_name(const char *name)
{
    int64_t number = amosi_amos_number(name);
    return number < 0 ? AMOS_MODALITY_ANY : amosi_modality_of_number(number);
}
