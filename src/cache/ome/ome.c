/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache/ome/ome.h"

#include <math.h>
#include <string.h>

#include <amos/organ.h>
#include <amos/writer.h>

#include "cache/ome/put.h"
#include "nifti/header_make.h"

#define OME_VERSION "0.4"

/* ---- multiscales: one level ---- */

/* A volume without a known spacing has no unit. */
static void put_axes(cJSON *to, bool has_unit, bool *good)
{
    static const char *const names[] = {"z", "y", "x"};
    cJSON *axes = cJSON_CreateArray();
    for (int i = 0; i < 3; i++) {
        cJSON *axis = cJSON_CreateObject();
        amosi_json_put_text(axis, "name", names[i], good);
        amosi_json_put_text(axis, "type", "space", good);
        if (has_unit)
            amosi_json_put_text(axis, "unit", "millimeter", good);
        amosi_json_put(axes, NULL, axis, good);
    }
    amosi_json_put(to, "axes", axes, good);
}

static void put_transformations(cJSON *to, const amos_layout *layout, bool *good)
{
    cJSON *list = cJSON_CreateArray(), *scale = cJSON_CreateObject(), *numbers = cJSON_CreateArray();
    for (int i = 2; i >= 0; i--)
        amosi_json_put_number(numbers, NULL, layout->has_geometry ? layout->geometry.spacing[i] : 1, good);
    amosi_json_put_text(scale, "type", "scale", good);
    amosi_json_put(scale, "scale", numbers, good);
    amosi_json_put(list, NULL, scale, good);
    amosi_json_put(to, "coordinateTransformations", list, good);
}

/* `path` is that of the array, from the group that has these attributes. */
static void put_multiscales(cJSON *to, const char *name, const char *path, const amos_layout *layout, bool *good)
{
    cJSON *all = cJSON_CreateArray(), *one = cJSON_CreateObject(), *levels = cJSON_CreateArray(),
          *level = cJSON_CreateObject();
    amosi_json_put_text(one, "version", OME_VERSION, good);
    amosi_json_put_text(one, "name", name, good);
    put_axes(one, layout->has_geometry, good);
    amosi_json_put_text(level, "path", path, good);
    put_transformations(level, layout, good);
    amosi_json_put(levels, NULL, level, good);
    amosi_json_put(one, "datasets", levels, good);
    amosi_json_put(all, NULL, one, good);
    amosi_json_put(to, "multiscales", all, good);
}

void amosi_ome_put_image(cJSON *attributes, const amos_cache_entry_info *info, bool *good)
{
    put_multiscales(attributes, info->case_id, AMOSI_ENTRY_IMAGE, &info->layout, good);
}

/* ---- labels ---- */

static char *print(cJSON *tree, bool good)
{
    char *text = good ? cJSON_PrintUnformatted(tree) : NULL;
    cJSON_Delete(tree);
    return text;
}

char *amosi_ome_labels(void)
{
    bool good = true;
    cJSON *tree = cJSON_CreateObject(), *list = cJSON_CreateArray();
    amosi_json_put_text(list, NULL, "organs", &good);
    amosi_json_put(tree, "labels", list, &good);
    return print(tree, good);
}

static void put_color(cJSON *to, int label, bool *good)
{
    uint8_t rgb[3];
    cJSON *color = cJSON_CreateObject();
    amos_organ_color(label, rgb);
    const int64_t rgba[4] = {rgb[0], rgb[1], rgb[2], label ? 255 : 0};
    amosi_json_put_small(color, "label-value", label, good);
    amosi_json_put_sizes(color, "rgba", rgba, 4, good);
    amosi_json_put(to, NULL, color, good);
}

/* Names of labels are left out: they belong to a data set, and an entry to the content of its files. */
char *amosi_ome_organs(const amos_cache_entry_info *info)
{
    bool good = true;
    cJSON *tree = cJSON_CreateObject(), *about = cJSON_CreateObject(), *colors = cJSON_CreateArray(),
          *source = cJSON_CreateObject();
    put_multiscales(tree, "organs", "0", &info->layout, &good);
    amosi_json_put_text(about, "version", OME_VERSION, &good);
    for (int label = 0; label <= info->max_label; label++)
        put_color(colors, label, &good);
    amosi_json_put(about, "colors", colors, &good);
    amosi_json_put_text(source, "image", "../../", &good);
    amosi_json_put(about, "source", source, &good);
    amosi_json_put(tree, "image-label", about, &good);
    return print(tree, good);
}

/* ---- NIfTI ---- */

bool amosi_ome_header(const amos_cache_entry_info *info, unsigned char header[AMOSI_OME_HEADER])
{
    unsigned char made[AMOSI_HEADER_MADE_BYTES];
    const amos_write_options o = {.size = sizeof o, .slope = info->slope, .inter = info->inter};
    if (amosi_header_make(info->case_id, &info->layout, &o, NULL, made, NULL) != AMOS_OK)
        return false;
    memcpy(header, made, AMOSI_OME_HEADER);
    return true;
}
