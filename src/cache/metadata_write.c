/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache/metadata.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/text/number.h"
#include "base/text/utf8.h"

/* Adds an item to an object, or to a list if it has no name. An item that cannot be added is released. */
static void put(cJSON *to, const char *name, cJSON *item, bool *good)
{
    if (to && item && (name ? cJSON_AddItemToObject(to, name, item) : cJSON_AddItemToArray(to, item)))
        return;
    cJSON_Delete(item);
    *good = false;
}

/* JSON has no infinity, which statistics of extreme values can reach. The text is the library's own: cJSON's has up to
 * one unit in the last place less. */
static void put_number(cJSON *to, const char *name, double value, bool *good)
{
    char text[AMOSI_NUMBER_BYTES];
    if (!isfinite(value))
        value = isnan(value) ? 0 : copysign(DBL_MAX, value);
    put(to, name, cJSON_CreateRaw(amosi_number_write_exact(text, value)), good);
}

/* File names can hold any bytes; JSON is UTF-8. */
static void put_text(cJSON *to, const char *name, const char *text, bool *good)
{
    char *copy = text ? amosi_strdup(text) : NULL;
    if (text && !copy)
        *good = false;
    for (char *at = copy, *end = copy ? copy + strlen(copy) : NULL; at < end; at++) {
        at += amosi_utf8_end(at, (size_t)(end - at));
        if (at < end)
            *at = '?';
    }
    put(to, name, copy ? cJSON_CreateString(copy) : cJSON_CreateNull(), good);
    amosi_free(copy);
}

static void put_integers(cJSON *to, const char *name, const int64_t *values, int count, bool *good)
{
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < count; i++)
        put_number(list, NULL, (double)values[i], good);
    put(to, name, list, good);
}

static void put_box(cJSON *to, const char *name, const amos_box *box, bool *good)
{
    int64_t values[6];
    memcpy(values, box->start, sizeof box->start);
    memcpy(values + 3, box->stop, sizeof box->stop);
    put_integers(to, name, values, 6, good);
}

static void put_geometry(cJSON *to, const char *name, const amos_geometry *geometry, bool known, bool *good)
{
    cJSON *object = cJSON_CreateObject();
    put_integers(object, "shape", geometry->shape, 3, good);
    if (known) {
        cJSON *spacing = cJSON_CreateArray(), *affine = cJSON_CreateArray();
        for (int i = 0; i < 3; i++)
            put_number(spacing, NULL, geometry->spacing[i], good);
        for (int i = 0; i < 12; i++)
            put_number(affine, NULL, geometry->affine[i / 4][i % 4], good);
        put(object, "spacing", spacing, good);
        put(object, "affine", affine, good);
        put_text(object, "source", amos_affine_source_name(geometry->source), good);
        put_text(object, "orientation", geometry->orientation, good);
    }
    put(to, name, object, good);
}

static void put_intensity(cJSON *to, const char *name, const amos_intensity *intensity, bool *good)
{
    cJSON *object = cJSON_CreateObject();
    put_number(object, "voxels", (double)intensity->voxels, good);
    put_number(object, "min", intensity->min, good);
    put_number(object, "max", intensity->max, good);
    put_number(object, "mean", intensity->mean, good);
    put_number(object, "std", intensity->std, good);
    put_number(object, "percentile_00_5", intensity->percentile_00_5, good);
    put_number(object, "median", intensity->median, good);
    put_number(object, "percentile_99_5", intensity->percentile_99_5, good);
    put(to, name, object, good);
}

static void put_accepted(cJSON *to, const amos_cache_entry_info *info, bool *good)
{
    cJSON *object = cJSON_CreateObject();
    put_number(object, "rounded", (double)info->accepted.rounded, good);
    put_number(object, "largest_rounding", info->accepted.largest_rounding, good);
    put_number(object, "ignored", (double)info->accepted.ignored, good);
    put_number(object, "relabelled", (double)info->accepted.relabelled, good);
    put_number(object, "warnings", (double)info->label_warnings, good);
    put_number(object, "displacement", info->displacement, good);
    put(to, "accepted", object, good);
}

/* Writes only labels that are present; the rest follows from the geometry. */
static void put_organs(cJSON *to, const struct amosi_cache_meta *meta, bool *good)
{
    cJSON *list = cJSON_CreateArray();
    for (int label = 0; label <= meta->info.max_label; label++) {
        const amos_organ_stats *organ = &meta->organs[label];
        if (!organ->present)
            continue;
        cJSON *object = cJSON_CreateObject(), *centroid = cJSON_CreateArray();
        put_number(object, "label", label, good);
        put_number(object, "voxels", (double)organ->voxels, good);
        put_box(object, "box", &organ->box, good);
        for (int i = 0; i < 3; i++)
            put_number(centroid, NULL, organ->centroid_voxel[i], good);
        put(object, "centroid", centroid, good);
        put_number(object, "positions", meta->positions[label], good);
        put(list, NULL, object, good);
    }
    put(to, "labels", list, good);
}

/* What preprocessing took away, and what is odd in what is left. */
static void put_losses(cJSON *to, const amos_cache_entry_info *info, bool *good)
{
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < info->lost_count; i++)
        put_number(list, NULL, info->lost[i], good);
    put(to, "lost", list, good);
    put_number(to, "collapsed", info->collapsed, good);
    put_number(to, "not_finite", (double)info->not_finite, good);
}

static cJSON *build(const struct amosi_cache_meta *meta, bool *good)
{
    const amos_cache_entry_info *info = &meta->info;
    cJSON *object = cJSON_CreateObject();
    put_number(object, "version", AMOSI_CACHE_VERSION, good);
    put_text(object, "libamos", AMOS_VERSION_STRING, good);
    put_text(object, "key", meta->key, good);
    put_text(object, "settings", info->settings, good);
    put_text(object, "case", info->case_id, good);
    put_text(object, "modality", amos_modality_name(info->modality), good);
    put_text(object, "split", amos_split_name(info->split), good);
    put_text(object, "image_path", info->image_path, good);
    put_text(object, "label_path", info->has_labels ? info->label_path : NULL, good);
    put_text(object, "type", amos_type_name(info->layout.type), good);
    put_number(object, "warnings", (double)info->layout.warnings, good);
    put_number(object, "slope", info->slope, good);
    put_number(object, "inter", info->inter, good);
    put_integers(object, "chunk", info->chunk, 3, good);
    put_geometry(object, "geometry", &info->layout.geometry, info->layout.has_geometry, good);
    put_geometry(object, "source", &info->source, info->source.orientation[0] != '\0', good);
    put_box(object, "crop", &info->crop, good);
    put_number(object, "max_label", info->max_label, good);
    put_accepted(object, info, good);
    put_intensity(object, "body", &info->body, good);
    put_intensity(object, "organs", &info->organs, good);
    put_losses(object, info, good);
    put_organs(object, meta, good);
    return object;
}

char *amosi_cache_meta_write(const struct amosi_cache_meta *meta)
{
    bool good = true;
    cJSON *tree = cJSON_CreateObject();
    put(tree, "amos", build(meta, &good), &good);
    char *text = good ? cJSON_PrintUnformatted(tree) : NULL;
    cJSON_Delete(tree);
    return text;
}

/* ---- .zarray ---- */

/* These trees are also compared with parsed ones, so they have numbers, all of them small integers. */

static void put_small(cJSON *to, const char *name, int64_t value, bool *good)
{
    put(to, name, cJSON_CreateNumber((double)value), good);
}

static void put_sizes(cJSON *to, const char *name, const int64_t *values, int count, bool *good)
{
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < count; i++)
        put_small(list, NULL, values[i], good);
    put(to, name, list, good);
}

static cJSON *compressor(bool *good)
{
    cJSON *object = cJSON_CreateObject();
    put_text(object, "id", "blosc", good);
    put_text(object, "cname", "lz4", good);
    put_small(object, "clevel", 5, good);
    put_small(object, "shuffle", 1, good);
    put_small(object, "blocksize", 0, good);
    return object;
}

cJSON *amosi_cache_zarray(amos_type type, int axes, const int64_t *shape, const int64_t *chunk)
{
    bool good = true;
    cJSON *object = cJSON_CreateObject();
    put_small(object, "zarr_format", 2, &good);
    put_sizes(object, "shape", shape, axes, &good);
    put_sizes(object, "chunks", chunk, axes, &good);
    put_text(object, "dtype", amos_type_get((int)type)->zarr, &good);
    put(object, "compressor", compressor(&good), &good);
    put_small(object, "fill_value", 0, &good);
    put_text(object, "order", "C", &good);
    put(object, "filters", cJSON_CreateNull(), &good);
    if (good)
        return object;
    cJSON_Delete(object);
    return NULL;
}
