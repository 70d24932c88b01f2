/* SPDX-License-Identifier: BSD-3-Clause */
#include "quality/limits.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text/number.h"

/* The number of the limit whose name stands before '='; -1 if there is none. */
static int find_limit(const char *text, size_t length)
{
    const amos_quality_limit_info *info;
    for (int i = 0; (info = amos_quality_limit_get((size_t)i)) != NULL; i++)
        if (strlen(info->name) == length && strncmp(info->name, text, length) == 0)
            return i;
    return -1;
}

static bool refuse_name(char *why, size_t bytes)
{
    const amos_quality_limit_info *info;
    size_t used = (size_t)snprintf(why, bytes, "NAME=VALUE was expected, with a name of");
    for (size_t i = 0; (info = amos_quality_limit_get(i)) != NULL && used < bytes; i++)
        used += (size_t)snprintf(why + used, bytes - used, "%s %s", i ? "," : "", info->name);
    return false;
}

static bool refuse_value(const amos_quality_limit_info *info, char *why, size_t bytes)
{
    if (isfinite(info->low))
        snprintf(why, bytes, "a number of at least %g was expected for %s", info->low, info->name);
    else
        snprintf(why, bytes, "a number was expected for %s", info->name);
    return false;
}

static bool parse_limits(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    struct quality_limits *limits = value;
    (void)option;
    for (const char *at = text; at; at = *at ? at + 1 : NULL) {
        char *end = NULL;
        const size_t length = strcspn(at, "=");
        const int i = find_limit(at, length);
        if (i < 0 || i >= QUALITY_LIMITS_MAX || at[length] != '=')
            return refuse_name(why, bytes);
        const double number = strtod(at + length + 1, &end);
        const amos_quality_limit_info *info = amos_quality_limit_get((size_t)i);
        if (end == at + length + 1 || (*end && *end != ',') || !isfinite(number) || number < info->low ||
            number > info->high)
            return refuse_value(info, why, bytes);
        limits->given[i] = true;
        limits->value[i] = number;
        at = end;
    }
    return true;
}

/* All that were given, by name; the option may be repeated. */
static void write_limits(const void *value, char *text, size_t bytes)
{
    const struct quality_limits *limits = value;
    const amos_quality_limit_info *info;
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; (info = amos_quality_limit_get(i)) != NULL && i < QUALITY_LIMITS_MAX; i++) {
        char number[AMOSI_NUMBER_BYTES];
        if (limits->given[i] && used < bytes)
            used += (size_t)snprintf(text + used, bytes - used, "%s%s=%s", used ? "," : "", info->name,
                                     amosi_number_write_exact(number, limits->value[i]));
    }
}

const struct args_type quality_type_limits = {.parse = parse_limits, .write = write_limits};

amos_quality_limits quality_limits_make(const struct quality_limits *given)
{
    amos_quality_limits limits = AMOS_QUALITY_LIMITS_INIT;
    const amos_quality_limit_info *info;
    for (size_t i = 0; (info = amos_quality_limit_get(i)) != NULL && i < QUALITY_LIMITS_MAX; i++)
        if (given->given[i])
            memcpy((char *)&limits + info->offset, &given->value[i], sizeof given->value[i]);
    return limits;
}
