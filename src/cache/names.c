/* SPDX-License-Identifier: BSD-3-Clause */
/* The names of interpolations and of outcomes of caching a case. */
#include <amos/cache.h>

#include "base/error/names.h"

static const struct amosi_name interpolation_items[] = {
    {AMOS_INTERPOLATION_LINEAR, "linear", {NULL}},
    {AMOS_INTERPOLATION_CUBIC, "cubic", {NULL}},
};
static const struct amosi_names interpolations =
    AMOSI_NAMES("amos_interpolation_parse", "interpolation", interpolation_items);

const char *amos_interpolation_name(amos_interpolation interpolation)
{
    return amosi_name_of(&interpolations, (int)interpolation);
}

amos_status amos_interpolation_parse(const char *name, amos_interpolation *out, amos_error *err)
{
    int value = 0;
    amos_status status = amosi_name_parse(&interpolations, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_interpolation)value;
    return status;
}

static const struct amosi_name outcome_items[] = {
    {AMOS_CACHE_FAILED, "failed", {NULL}},
    {AMOS_CACHE_KEPT, "kept", {NULL}},
    {AMOS_CACHE_BUILT, "built", {NULL}},
    {AMOS_CACHE_REBUILT, "rebuilt", {NULL}},
};
static const struct amosi_names outcomes =
    AMOSI_NAMES("amos_cache_outcome_parse", "outcome of building a case", outcome_items);

const char *amos_cache_outcome_name(amos_cache_outcome outcome)
{
    return amosi_name_of(&outcomes, (int)outcome);
}

amos_status amos_cache_outcome_parse(const char *name, amos_cache_outcome *out, amos_error *err)
{
    int value = 0;
    amos_status status = amosi_name_parse(&outcomes, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_cache_outcome)value;
    return status;
}
