/* SPDX-License-Identifier: BSD-3-Clause */
/* The limits of label quality as options. A command has a member of struct quality_limits in its struct, and the row of
 * this table:
 *
 *   static const struct args_option options[] = {OPTION_LIMIT(struct check_values, limits), ARGS_END};
 * */
#ifndef CLI_QUALITY_LIMITS_H
#define CLI_QUALITY_LIMITS_H

#include <amos/amos.h>

#include <stdbool.h>

#include "kit/args.h"

enum { QUALITY_LIMITS_MAX = 32 };

/* Values in the order of amos_quality_limit_get(). All zero: none was given. */
struct quality_limits {
    bool given[QUALITY_LIMITS_MAX];
    double value[QUALITY_LIMITS_MAX];
};

/* "speck_mm3=50,hole_mm3=0"; the option may be repeated. */
extern const struct args_type quality_type_limits;

#define OPTION_LIMIT(values, member) \
    ARGS_VALUE( \
        0, "limit", "NAME=VALUE", \
        "of --quality: another limit, such as speck_mm3=50; separate several by commas. docs/quality.md and the " \
        "manual list them", \
        quality_type_limits, values, member)

/* The library's limits with those that were given. */
amos_quality_limits quality_limits_make(const struct quality_limits *given);

#endif
