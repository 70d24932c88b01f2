/* SPDX-License-Identifier: BSD-3-Clause */
/* The names of what a loader draws, and how it gives it. */
#include <amos/loader.h>

#include "base/error/names.h"

static const struct amosi_name draw_items[] = {
    {AMOS_SAMPLING_PATCHES, "patches", {NULL}},
    {AMOS_SAMPLING_WHOLE, "whole", {NULL}},
    {AMOS_SAMPLING_TILES, "tiles", {NULL}},
};
static const struct amosi_names draws = AMOSI_NAMES("amos_sampling_parse", "way to draw", draw_items);

const char *amos_sampling_name(amos_sampling draw)
{
    return amosi_name_of(&draws, (int)draw);
}

amos_status amos_sampling_parse(const char *name, amos_sampling *out, amos_error *err)
{
    int value = 0;
    amos_status status = amosi_name_parse(&draws, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_sampling)value;
    return status;
}

static const struct amosi_name image_type_items[] = {
    {AMOS_IMAGE_TYPE_FLOAT32, "float32", {NULL}},
    {AMOS_IMAGE_TYPE_FLOAT16, "float16", {NULL}},
};
static const struct amosi_names image_types =
    AMOSI_NAMES("amos_image_type_parse", "type of images in a batch", image_type_items);

const char *amos_image_type_name(amos_image_type image_type)
{
    return amosi_name_of(&image_types, (int)image_type);
}

amos_status amos_image_type_parse(const char *name, amos_image_type *out, amos_error *err)
{
    int value = 0;
    amos_status status = amosi_name_parse(&image_types, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_image_type)value;
    return status;
}

static const struct amosi_name label_type_items[] = {
    {AMOS_LABEL_TYPE_UINT8, "uint8", {NULL}},
    {AMOS_LABEL_TYPE_INT64, "int64", {NULL}},
    {AMOS_LABEL_TYPE_ONEHOT, "onehot", {NULL}},
    {AMOS_LABEL_TYPE_NONE, "none", {NULL}},
};
static const struct amosi_names label_types =
    AMOSI_NAMES("amos_label_type_parse", "type of labels in a batch", label_type_items);

const char *amos_label_type_name(amos_label_type label_type)
{
    return amosi_name_of(&label_types, (int)label_type);
}

amos_status amos_label_type_parse(const char *name, amos_label_type *out, amos_error *err)
{
    int value = 0;
    amos_status status = amosi_name_parse(&label_types, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_label_type)value;
    return status;
}

static const struct amosi_name scale_items[] = {
    {AMOS_SCALING_NONE, "none", {NULL}},
    {AMOS_SCALING_RANGE, "range", {NULL}},
    {AMOS_SCALING_ZSCORE, "zscore", {NULL}},
    {AMOS_SCALING_CASE_ZSCORE, "case_zscore", {NULL}},
    {AMOS_SCALING_CASE_RANGE, "case_range", {NULL}},
};
static const struct amosi_names scales = AMOSI_NAMES("amos_scaling_method_parse", "scaling", scale_items);

const char *amos_scaling_method_name(amos_scaling_method scale)
{
    return amosi_name_of(&scales, (int)scale);
}

amos_status amos_scaling_method_parse(const char *name, amos_scaling_method *out, amos_error *err)
{
    int value = 0;
    amos_status status = amosi_name_parse(&scales, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_scaling_method)value;
    return status;
}
