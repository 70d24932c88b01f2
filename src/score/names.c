/* SPDX-License-Identifier: BSD-3-Clause */
/* The names of conventions, of rules for absent organs, and of the levels for which a measure has several values. */
#include <amos/score.h>

#include "base/error/names.h"

static const struct amosi_name convention_items[] = {
    {AMOS_CONVENTION_DEEPMIND, "deepmind", {NULL}},
    {AMOS_CONVENTION_MEDPY, "medpy", {NULL}},
    {AMOS_CONVENTION_MONAI, "monai", {NULL}},
};
static const struct amosi_names conventions = AMOSI_NAMES("amos_convention_parse", "convention", convention_items);

const char *amos_convention_name(amos_convention convention)
{
    return amosi_name_of(&conventions, (int)convention);
}

amos_status amos_convention_parse(const char *name, amos_convention *out, amos_error *err)
{
    int value = 0;
    amos_status status = amosi_name_parse(&conventions, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_convention)value;
    return status;
}

static const struct amosi_name absent_items[] = {
    {AMOS_ABSENT_NAN, "nan", {NULL}},
    {AMOS_ABSENT_ONE, "one", {NULL}},
};
static const struct amosi_names absents = AMOSI_NAMES("amos_absent_parse", "rule for absent organs", absent_items);

const char *amos_absent_name(amos_absent absent)
{
    return amosi_name_of(&absents, (int)absent);
}

amos_status amos_absent_parse(const char *name, amos_absent *out, amos_error *err)
{
    int value = 0;
    amos_status status = amosi_name_parse(&absents, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_absent)value;
    return status;
}

static const struct amosi_name level_items[] = {
    {AMOS_LEVEL_NONE, "none", {NULL}},
    {AMOS_LEVEL_TOLERANCE, "tolerance", {NULL}},
    {AMOS_LEVEL_PERCENTILE, "percentile", {NULL}},
};
static const struct amosi_names levels = AMOSI_NAMES("amos_level_parse", "level of a measure", level_items);

const char *amos_level_name(amos_level level)
{
    return amosi_name_of(&levels, (int)level);
}

amos_status amos_level_parse(const char *name, amos_level *out, amos_error *err)
{
    int value = 0;
    amos_status status = amosi_name_parse(&levels, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_level)value;
    return status;
}
