/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache/metadata.h"

#include <string.h>

#include "cache/ome/ome.h"
#include "cache/ome/put.h"

static void put_box(cJSON *to, const char *name, const amos_box *box, bool *good)
{
    int64_t values[6];
    memcpy(values, box->start, sizeof box->start);
    memcpy(values + 3, box->stop, sizeof box->stop);
    amosi_json_put_integers(to, name, values, 6, good);
}

static void put_geometry(cJSON *to, const char *name, const amos_geometry *geometry, bool known, bool *good)
{
    cJSON *object = cJSON_CreateObject();
    amosi_json_put_integers(object, "shape", geometry->shape, 3, good);
    if (known) {
        cJSON *spacing = cJSON_CreateArray(), *affine = cJSON_CreateArray();
        for (int i = 0; i < 3; i++)
            amosi_json_put_number(spacing, NULL, geometry->spacing[i], good);
        for (int i = 0; i < 12; i++)
            amosi_json_put_number(affine, NULL, geometry->affine[i / 4][i % 4], good);
        amosi_json_put(object, "spacing", spacing, good);
        amosi_json_put(object, "affine", affine, good);
        amosi_json_put_text(object, "source", amos_affine_source_name(geometry->source), good);
        amosi_json_put_text(object, "orientation", geometry->orientation, good);
    }
    amosi_json_put(to, name, object, good);
}

static void put_intensity(cJSON *to, const char *name, const amos_intensity *intensity, bool *good)
{
    cJSON *object = cJSON_CreateObject();
    amosi_json_put_number(object, "voxels", (double)intensity->voxels, good);
    amosi_json_put_number(object, "min", intensity->min, good);
    amosi_json_put_number(object, "max", intensity->max, good);
    amosi_json_put_number(object, "mean", intensity->mean, good);
    amosi_json_put_number(object, "std", intensity->std, good);
    amosi_json_put_number(object, "percentile_00_5", intensity->percentile_00_5, good);
    amosi_json_put_number(object, "median", intensity->median, good);
    amosi_json_put_number(object, "percentile_99_5", intensity->percentile_99_5, good);
    amosi_json_put(to, name, object, good);
}

static void put_accepted(cJSON *to, const amos_cache_entry_info *info, bool *good)
{
    cJSON *object = cJSON_CreateObject();
    amosi_json_put_number(object, "rounded", (double)info->accepted.rounded, good);
    amosi_json_put_number(object, "largest_rounding", info->accepted.largest_rounding, good);
    amosi_json_put_number(object, "ignored", (double)info->accepted.ignored, good);
    amosi_json_put_number(object, "relabelled", (double)info->accepted.relabelled, good);
    amosi_json_put_number(object, "warnings", (double)info->label_warnings, good);
    amosi_json_put_number(object, "displacement", info->displacement, good);
    amosi_json_put(to, "accepted", object, good);
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
        amosi_json_put_number(object, "label", label, good);
        amosi_json_put_number(object, "voxels", (double)organ->voxels, good);
        put_box(object, "box", &organ->box, good);
        for (int i = 0; i < 3; i++)
            amosi_json_put_number(centroid, NULL, organ->centroid_voxel[i], good);
        amosi_json_put(object, "centroid", centroid, good);
        amosi_json_put_number(object, "positions", meta->positions[label], good);
        amosi_json_put(list, NULL, object, good);
    }
    amosi_json_put(to, "labels", list, good);
}

/* What preprocessing took away, and what is odd in what is left. */
static void put_losses(cJSON *to, const amos_cache_entry_info *info, bool *good)
{
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < info->lost_count; i++)
        amosi_json_put_number(list, NULL, info->lost[i], good);
    amosi_json_put(to, "lost", list, good);
    amosi_json_put_number(to, "collapsed", info->collapsed, good);
    amosi_json_put_number(to, "not_finite", (double)info->not_finite, good);
}

static cJSON *build(const struct amosi_cache_meta *meta, bool *good)
{
    const amos_cache_entry_info *info = &meta->info;
    cJSON *object = cJSON_CreateObject();
    amosi_json_put_number(object, "version", AMOSI_CACHE_VERSION, good);
    amosi_json_put_text(object, "libamos", AMOS_VERSION_STRING, good);
    amosi_json_put_text(object, "key", meta->key, good);
    amosi_json_put_text(object, "settings", info->settings, good);
    amosi_json_put_text(object, "case", info->case_id, good);
    amosi_json_put_text(object, "modality", amos_modality_name(info->modality), good);
    amosi_json_put_text(object, "split", amos_split_name(info->split), good);
    amosi_json_put_text(object, "image_path", info->image_path, good);
    amosi_json_put_text(object, "label_path", info->has_labels ? info->label_path : NULL, good);
    amosi_json_put_text(object, "type", amos_type_name(info->layout.type), good);
    amosi_json_put_number(object, "warnings", (double)info->layout.warnings, good);
    amosi_json_put_number(object, "slope", info->slope, good);
    amosi_json_put_number(object, "inter", info->inter, good);
    amosi_json_put_integers(object, "chunk", info->chunk, 3, good);
    put_geometry(object, "geometry", &info->layout.geometry, info->layout.has_geometry, good);
    put_geometry(object, "source", &info->source, info->source.orientation[0] != '\0', good);
    put_box(object, "crop", &info->crop, good);
    amosi_json_put_number(object, "max_label", info->max_label, good);
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
    amosi_ome_put_image(tree, &meta->info, &good);
    amosi_json_put(tree, "amos", build(meta, &good), &good);
    char *text = good ? cJSON_PrintUnformatted(tree) : NULL;
    cJSON_Delete(tree);
    return text;
}

/* ---- .zgroup and .zarray: these trees are also compared with parsed ones ---- */

/* The object, or NULL after a failure. */
static cJSON *finished(cJSON *object, bool good)
{
    if (good)
        return object;
    cJSON_Delete(object);
    return NULL;
}

cJSON *amosi_cache_zgroup(void)
{
    bool good = true;
    cJSON *object = cJSON_CreateObject();
    amosi_json_put_small(object, "zarr_format", 2, &good);
    return finished(object, good);
}

static cJSON *compressor(bool *good)
{
    cJSON *object = cJSON_CreateObject();
    amosi_json_put_text(object, "id", "blosc", good);
    amosi_json_put_text(object, "cname", "lz4", good);
    amosi_json_put_small(object, "clevel", 5, good);
    amosi_json_put_small(object, "shuffle", 1, good);
    amosi_json_put_small(object, "blocksize", 0, good);
    return object;
}

cJSON *amosi_cache_zarray(amos_type type, int axes, const int64_t *shape, const int64_t *chunk)
{
    bool good = true;
    cJSON *object = cJSON_CreateObject();
    amosi_json_put_small(object, "zarr_format", 2, &good);
    amosi_json_put_sizes(object, "shape", shape, axes, &good);
    amosi_json_put_sizes(object, "chunks", chunk, axes, &good);
    amosi_json_put_text(object, "dtype", amos_type_get((int)type)->zarr, &good);
    amosi_json_put(object, "compressor", compressor(&good), &good);
    amosi_json_put_small(object, "fill_value", 0, &good);
    amosi_json_put_text(object, "order", "C", &good);
    amosi_json_put_text(object, "dimension_separator", "/", &good);
    amosi_json_put(object, "filters", cJSON_CreateNull(), &good);
    return finished(object, good);
}
