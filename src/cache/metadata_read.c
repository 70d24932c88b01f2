/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache/metadata.h"

#include <math.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/json/syntax.h"
#include "cache/chunk.h"
#include "nifti/type.h"

#define MOST_NODES 20000               /* of JSON; an entry with 255 labels has half of that */
#define MOST_VOXELS 9007199254740992.0 /* 2^53: larger integers are not exact in JSON */

/* Every take_... returns false if the object has no such member of that kind and range. */

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static bool is_number(const cJSON *item)
{
    return cJSON_IsNumber(item) && isfinite(item->valuedouble);
}

static bool take_number(const cJSON *object, const char *name, double *out)
{
    const cJSON *item = member(object, name);
    if (!is_number(item))
        return false;
    *out = item->valuedouble;
    return true;
}

static bool take_integer(const cJSON *object, const char *name, double low, double high, int64_t *out)
{
    double value;
    if (!take_number(object, name, &value) || !(value >= low && value <= high) || value != floor(value))
        return false;
    *out = (int64_t)value;
    return true;
}

static bool take_text(const cJSON *object, const char *name, const char **out)
{
    *out = cJSON_GetStringValue(member(object, name));
    return *out != NULL;
}

static bool take_numbers(const cJSON *object, const char *name, int count, double *out)
{
    const cJSON *list = member(object, name);
    const cJSON *item = cJSON_IsArray(list) ? list->child : NULL;
    for (int i = 0; i < count; i++, item = item->next) {
        if (!item || !is_number(item))
            return false;
        out[i] = item->valuedouble;
    }
    return item == NULL;
}

static bool take_integers(const cJSON *object, const char *name, int count, double low, double high, int64_t *out)
{
    double values[6];
    if (!take_numbers(object, name, count, values))
        return false;
    for (int i = 0; i < count; i++) {
        if (!(values[i] >= low && values[i] <= high) || values[i] != floor(values[i]))
            return false;
        out[i] = (int64_t)values[i];
    }
    return true;
}

static bool take_box(const cJSON *object, const char *name, const int64_t *shape, amos_box *box)
{
    int64_t values[6];
    if (!take_integers(object, name, 6, 0, (double)AMOSI_CACHE_MOST_VOXELS, values))
        return false;
    memcpy(box->start, values, sizeof box->start);
    memcpy(box->stop, values + 3, sizeof box->stop);
    for (int i = 0; i < 3; i++)
        if (box->start[i] >= box->stop[i] || (shape && box->stop[i] > shape[i]))
            return false;
    return true;
}

static bool take_form(const cJSON *object, amos_geometry *geometry)
{
    double affine[12];
    const char *source, *orientation;
    int from;
    if (!take_numbers(object, "spacing", 3, geometry->spacing) || !take_numbers(object, "affine", 12, affine) ||
        !take_text(object, "source", &source) || !take_text(object, "orientation", &orientation))
        return false;
    memcpy(geometry->affine, affine, sizeof affine);
    geometry->affine[3][3] = 1;
    if (amos_enum_parse(AMOS_ENUM_AFFINE_SOURCE, source, &from, NULL) != AMOS_OK || strlen(orientation) != 3 ||
        !(geometry->spacing[0] > 0 && geometry->spacing[1] > 0 && geometry->spacing[2] > 0))
        return false;
    geometry->source = (amos_affine_source)from;
    memcpy(geometry->orientation, orientation, sizeof geometry->orientation);
    amos_geometry unused; /* only checks that the three letters are axes */
    return amos_geometry_reorient(geometry, "RAS", &unused, NULL) == AMOS_OK;
}

/* Without an affine only the shape is known. */
static bool take_geometry(const cJSON *parent, const char *name, amos_geometry *geometry, int *known)
{
    const cJSON *object = member(parent, name);
    memset(geometry, 0, sizeof *geometry);
    if (!take_integers(object, "shape", 3, 1, (double)AMOSI_CACHE_MOST_VOXELS, geometry->shape))
        return false;
    *known = member(object, "affine") != NULL;
    return !*known || take_form(object, geometry);
}

static bool take_intensity(const cJSON *parent, const char *name, amos_intensity *out)
{
    const cJSON *object = member(parent, name);
    int64_t voxels;
    if (!take_integer(object, "voxels", 0, MOST_VOXELS, &voxels))
        return false;
    out->voxels = (uint64_t)voxels;
    return take_number(object, "min", &out->min) && take_number(object, "max", &out->max) &&
           take_number(object, "mean", &out->mean) && take_number(object, "std", &out->std) &&
           take_number(object, "percentile_00_5", &out->percentile_00_5) &&
           take_number(object, "median", &out->median) && take_number(object, "percentile_99_5", &out->percentile_99_5);
}

static bool take_count(const cJSON *object, const char *name, uint64_t *out)
{
    int64_t count;
    if (!take_integer(object, name, 0, MOST_VOXELS, &count))
        return false;
    *out = (uint64_t)count;
    return true;
}

static bool take_accepted(const cJSON *parent, amos_cache_entry_info *info)
{
    const cJSON *object = member(parent, "accepted");
    amos_accepted *a = &info->accepted;
    int64_t warnings;
    if (!take_count(object, "rounded", &a->rounded) || !take_count(object, "ignored", &a->ignored) ||
        !take_count(object, "relabelled", &a->relabelled) ||
        !take_number(object, "largest_rounding", &a->largest_rounding) ||
        !take_number(object, "displacement", &info->displacement) ||
        !take_integer(object, "warnings", 0, 9007199254740991.0, /* 2^53 - 1: whole in JSON */ &warnings))
        return false;
    info->label_warnings = (amos_warnings)warnings;
    return true;
}

/* ---- organs ---- */

static void finish_organ(const amos_layout *layout, amos_organ_stats *organ)
{
    for (int i = 0; i < 3; i++)
        organ->touches_border |= organ->box.start[i] == 0 || organ->box.stop[i] == layout->shape[i];
    if (!layout->has_geometry)
        return;
    organ->millilitres = (double)organ->voxels * amosi_geometry_voxel_mm3(&layout->geometry) / 1000;
    amos_geometry_to_mm(&layout->geometry, organ->centroid_voxel, organ->centroid_mm);
}

static bool take_organ(const cJSON *object, struct amosi_cache_meta *meta)
{
    const amos_cache_entry_info *info = &meta->info;
    size_t all = info->layout.bytes / amos_type_bytes(info->layout.type);
    int64_t label, voxels, positions;
    if (!take_integer(object, "label", 0, info->max_label, &label) || meta->organs[label].present ||
        !take_integer(object, "voxels", 1, (double)all, &voxels) ||
        !take_integer(object, "positions", 0,
                      voxels < AMOSI_CACHE_MOST_POSITIONS ? (double)voxels : AMOSI_CACHE_MOST_POSITIONS, &positions))
        return false;
    amos_organ_stats *organ = &meta->organs[label];
    organ->present = 1;
    organ->voxels = (uint64_t)voxels;
    meta->positions[label] = (uint32_t)positions;
    if (!take_box(object, "box", info->layout.shape, &organ->box) ||
        !take_numbers(object, "centroid", 3, organ->centroid_voxel))
        return false;
    finish_organ(&info->layout, organ);
    return label > 0 || positions == 0;
}

static bool take_organs(const cJSON *object, struct amosi_cache_meta *meta)
{
    const cJSON *list = member(object, "labels");
    for (int label = 0; label < AMOSI_LABELS; label++) {
        amos_organ_stats *organ = &meta->organs[label];
        organ->label = label;
        for (int i = 0; i < 3; i++)
            organ->centroid_voxel[i] = organ->centroid_mm[i] = NAN;
    }
    if (!cJSON_IsArray(list))
        return false;
    for (const cJSON *item = list->child; item; item = item->next)
        if (!take_organ(item, meta))
            return false;
    return true;
}

/* ---- losses ---- */

static bool take_lost(const cJSON *object, amos_cache_entry_info *info)
{
    const cJSON *list = member(object, "lost");
    int last = 0;
    if (!cJSON_IsArray(list))
        return false;
    for (const cJSON *item = list->child; item; item = item->next) {
        if (!is_number(item) || item->valuedouble <= last || item->valuedouble > info->max_label ||
            item->valuedouble != floor(item->valuedouble))
            return false;
        last = (int)item->valuedouble;
        info->lost[info->lost_count++] = (uint8_t)last;
    }
    return true;
}

static bool take_losses(const cJSON *object, amos_cache_entry_info *info)
{
    size_t all = info->layout.bytes / amos_type_bytes(info->layout.type);
    int64_t collapsed, not_finite;
    if (!take_lost(object, info) || !take_integer(object, "collapsed", 0, 7, &collapsed) ||
        !take_integer(object, "not_finite", 0, (double)all, &not_finite))
        return false;
    info->collapsed = (uint32_t)collapsed;
    info->not_finite = (uint64_t)not_finite;
    return true;
}

/* ---- all attributes ---- */

static bool take_names(const cJSON *object, amos_cache_entry_info *info)
{
    const char *modality, *split, *type;
    if (!take_text(object, "settings", &info->settings) || !take_text(object, "case", &info->case_id) ||
        !take_text(object, "modality", &modality) || !take_text(object, "split", &split) ||
        !take_text(object, "image_path", &info->image_path) || !take_text(object, "type", &type))
        return false;
    info->label_path = cJSON_GetStringValue(member(object, "label_path"));
    info->has_labels = info->label_path != NULL;
    return amos_modality_parse(modality, &info->modality, NULL) == AMOS_OK &&
           amos_split_parse(split, &info->split, NULL) == AMOS_OK &&
           amos_type_parse(type, &info->layout.type, NULL) == AMOS_OK && amosi_type_is_numeric(info->layout.type);
}

/* The layout of the voxels, checked so that no product of these numbers can overflow later. */
static bool take_layout(const cJSON *object, amos_cache_entry_info *info)
{
    amos_layout *layout = &info->layout;
    int64_t bytes = (int64_t)amos_type_bytes(layout->type), chunk_bytes = bytes, chunks = 1, warnings;
    if (!take_geometry(object, "geometry", &layout->geometry, &layout->has_geometry) ||
        !take_integers(object, "chunk", 3, 1, AMOSI_CACHE_MOST_CHUNK, info->chunk) ||
        !take_integer(object, "warnings", 0, 9007199254740991.0, /* 2^53 - 1: whole in JSON */ &warnings))
        return false;
    layout->warnings = (amos_warnings)warnings;
    memcpy(layout->shape, layout->geometry.shape, sizeof layout->geometry.shape);
    layout->shape[3] = 1;
    for (int i = 0; i < 4; i++) {
        layout->strides[i] = bytes;
        if (__builtin_mul_overflow(bytes, layout->shape[i], &bytes))
            return false;
    }
    if ((uint64_t)bytes > SIZE_MAX / 2)
        return false;
    layout->bytes = (size_t)bytes;
    for (int i = 0; i < 3; i++) {
        chunk_bytes *= info->chunk[i];
        chunks *= (layout->shape[i] + info->chunk[i] - 1) / info->chunk[i];
        if (chunks > AMOSI_CACHE_MOST_CHUNKS)
            return false;
    }
    return (size_t)chunk_bytes <= AMOSI_CHUNK_MOST;
}

/* An entry of another version of libamos is no damage. */
static amos_status check_version(const cJSON *object, const char *path, amos_error *err)
{
    int64_t version;
    if (!take_integer(object, "version", 1, INT32_MAX, &version) || version == AMOSI_CACHE_VERSION)
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_INDEX, path,
                      "it is a cached case in format %lld, and this libamos reads format %d; the case has to be cached "
                      "again.",
                      (long long)version, AMOSI_CACHE_VERSION);
}

static bool take_all(const cJSON *object, struct amosi_cache_meta *meta)
{
    amos_cache_entry_info *info = &meta->info;
    int64_t version, max_label;
    int known;
    if (!take_integer(object, "version", AMOSI_CACHE_VERSION, AMOSI_CACHE_VERSION, &version) ||
        !take_text(object, "key", &meta->key) || !take_names(object, info) || !take_layout(object, info) ||
        !take_number(object, "slope", &info->slope) || !take_number(object, "inter", &info->inter) ||
        !take_geometry(object, "source", &info->source, &known) || !take_box(object, "crop", NULL, &info->crop) ||
        !take_integer(object, "max_label", 1, AMOSI_LABELS - 1, &max_label))
        return false;
    info->max_label = (int)max_label;
    return take_accepted(object, info) && take_intensity(object, "body", &info->body) &&
           take_intensity(object, "organs", &info->organs) && take_losses(object, info) && take_organs(object, meta);
}

amos_status amosi_cache_meta_parse(char *text, size_t bytes, const char *path, struct amosi_cache_meta *meta,
                                   amos_error *err)
{
    memset(meta, 0, sizeof *meta);
    if (amosi_json_check_own(text, bytes, MOST_NODES, path, NULL) != AMOS_OK)
        return amosi_fail(err, AMOS_E_INDEX, path, "its attributes are not JSON; the case has to be cached again.");
    meta->tree =
        cJSON_ParseWithLengthOpts(text, bytes + 1, NULL, 1); /* the length includes the NUL, as for dataset.json */
    if (!meta->tree)
        return amosi_fail_nomem(err, path);
    amos_status status = check_version(member(meta->tree, "amos"), path, err);
    if (!status && !take_all(member(meta->tree, "amos"), meta))
        status = amosi_fail(
            err, AMOS_E_INDEX, path,
            "its attributes are not those of a cached case of this version; the case has to be cached again.");
    if (status)
        amosi_cache_meta_free(meta);
    return status;
}

void amosi_cache_meta_free(struct amosi_cache_meta *meta)
{
    cJSON_Delete(meta->tree);
    meta->tree = NULL;
}
