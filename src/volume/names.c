/* SPDX-License-Identifier: BSD-3-Clause */
/* The names of the choices when a volume is opened. */
#include <amos/volume.h>

#include "base/error/names.h"

static const struct amosi_name inflate_items[] = {
    {AMOS_INFLATE_AUTO, "auto", {NULL}},
    {AMOS_INFLATE_ZLIB, "zlib", {NULL}},
    {AMOS_INFLATE_OWN, "own", {NULL}},
};
static const struct amosi_names inflates = AMOSI_NAMES("amos_inflate_parse", "inflate library", inflate_items);

const char *amos_inflate_name(amos_inflate inflate)
{
    return amosi_name_of(&inflates, (int)inflate);
}

amos_status amos_inflate_parse(const char *name, amos_inflate *out, amos_error *err)
{
    int value = 0;
    amos_status status = amosi_name_parse(&inflates, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_inflate)value;
    return status;
}

static const struct amosi_name index_use_items[] = {
    {AMOS_INDEX_NEVER, "never", {NULL}},
    {AMOS_INDEX_USE, "use", {NULL}},
    {AMOS_INDEX_BUILD, "build", {NULL}},
};
static const struct amosi_names index_uses = AMOSI_NAMES("amos_index_use_parse", "use of an index", index_use_items);

const char *amos_index_use_name(amos_index_use index_use)
{
    return amosi_name_of(&index_uses, (int)index_use);
}

amos_status amos_index_use_parse(const char *name, amos_index_use *out, amos_error *err)
{
    int value = 0;
    amos_status status = amosi_name_parse(&index_uses, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_index_use)value;
    return status;
}
