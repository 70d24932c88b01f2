/* SPDX-License-Identifier: BSD-3-Clause */
#include <stddef.h>

#include "dataset/record.h"

const char *amos_case_id(const amos_case *c)
{
    return c ? c->id : NULL;
}

int64_t amos_case_number(const amos_case *c)
{
    return c ? c->number : -1;
}

size_t amos_case_index(const amos_case *c)
{
    return c ? c->index : 0;
}

amos_split amos_case_split(const amos_case *c)
{
    return c ? c->split : AMOS_SPLIT_ANY;
}

amos_modality amos_case_modality(const amos_case *c)
{
    return c ? c->modality : AMOS_MODALITY_ANY;
}

const char *amos_case_image_path(const amos_case *c)
{
    return c ? c->image_path : NULL;
}

const char *amos_case_label_path(const amos_case *c)
{
    return c ? c->label_path : NULL;
}

int amos_case_has_image(const amos_case *c)
{
    return c && c->has_image;
}

int amos_case_has_label(const amos_case *c)
{
    return c && c->has_label;
}

const amos_metadata *amos_case_metadata(const amos_case *c)
{
    return c ? c->metadata : NULL;
}
