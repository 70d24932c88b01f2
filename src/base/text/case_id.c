/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/text/case_id.h"

#include <stdbool.h>
#include <string.h>

#include "base/text/volume_name.h"

#define MOST_NUMBER 9999 /* AMOS's ids have four digits */
#define CHANNEL_DIGITS 4

/* What stands behind the number in names that programs make of an AMOS id. */
static const char *const known_words[] = {"image", "img",        "ct",   "mr", "mri",    "label", "seg",
                                          "mask",  "prediction", "pred", "gt", "output", "trans"};

/* The numbers whose modality is not the stated one. */
static const struct exception {
    int64_t first, last;
    amos_modality modality;
} exceptions[] = {
    {500, 500, AMOS_MODALITY_CT},   /* by its intensities */
    {5000, 6899, AMOS_MODALITY_CT}, /* the archives of unlabelled scans */
};

#define FIRST_MRI 500

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_word(const char *text, size_t length, const char *word)
{
    if (strlen(word) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (lower(text[i]) != word[i])
            return false;
    return true;
}

/* Reads the digits at the start of a text; *end is behind them. -1 if there are none or AMOS has no such number. */
static int64_t parse_digits(const char *text, const char **end)
{
    int64_t number = is_digit(*text) ? 0 : -1;
    for (; is_digit(*text); text++)
        number = number > MOST_NUMBER ? number : number * 10 + (*text - '0');
    *end = text;
    return number > MOST_NUMBER ? -1 : number;
}

/* The number behind "amos_"; *rest is what follows it. */
static int64_t parse_amos(const char *name, const char **rest)
{
    static const char prefix[] = "amos_";
    *rest = name;
    for (const char *p = prefix; *p; p++, name++)
        if (lower(*name) != *p)
            return -1;
    return parse_digits(name, rest);
}

static bool is_known_word(const char *word, size_t length)
{
    size_t digits = 0;
    while (digits < length && is_digit(word[digits]))
        digits++;
    if (digits == length)
        return digits == CHANNEL_DIGITS;
    for (size_t i = 0; i < sizeof known_words / sizeof known_words[0]; i++)
        if (same_word(word, length, known_words[i]))
            return true;
    return false;
}

int64_t amosi_amos_number(const char *name)
{
    const char *at, *end = name + amosi_volume_name(name).stem;
    int64_t number = parse_amos(name, &at);
    while (number >= 0 && at < end) {
        size_t length = 0;
        while (at + 1 + length < end && at[1 + length] != '_')
            length++;
        if (*at != '_' || !is_known_word(at + 1, length))
            return -1;
        at += 1 + length;
    }
    return number;
}

int64_t amosi_amos_number_before(const char *name)
{
    const char *rest;
    int64_t number = parse_amos(name, &rest);
    return number >= 0 && (*rest == '\0' || strchr("_-.", *rest)) ? number : -1;
}

int64_t amosi_amos_number_alone(const char *text)
{
    const char *rest;
    int64_t number = parse_digits(text, &rest);
    return *rest == '\0' ? number : -1;
}

amos_modality amosi_modality_of_number(int64_t number)
{
    if (number < 0)
        return AMOS_MODALITY_UNKNOWN;
    for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++)
        if (number >= exceptions[i].first && number <= exceptions[i].last)
            return exceptions[i].modality;
    return number < FIRST_MRI ? AMOS_MODALITY_CT : AMOS_MODALITY_MRI;
}

amos_modality amosi_modality_of_name(const char *name)
{
    return amosi_modality_of_number(amosi_amos_number(name));
}

size_t amosi_channel_cut(const char *name, size_t length, int *channel)
{
    *channel = -1;
    if (length <= CHANNEL_DIGITS + 1 || name[length - CHANNEL_DIGITS - 1] != '_')
        return length;
    int value = 0;
    for (size_t i = length - CHANNEL_DIGITS; i < length; i++) {
        if (!is_digit(name[i]))
            return length;
        value = value * 10 + (name[i] - '0');
    }
    *channel = value;
    return length - CHANNEL_DIGITS - 1;
}
