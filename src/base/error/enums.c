/* SPDX-License-Identifier: BSD-3-Clause */
/* The names of every public enum whose values are printed or parsed. Enums with more facts than a name (statuses, voxel
 * types, organs, measures) have tables of their own. */
#include <amos/cache.h>
#include <amos/enum.h>
#include <amos/geometry.h>
#include <amos/loader.h>
#include <amos/quality.h>
#include <amos/score.h>
#include <amos/stitcher.h>
#include <amos/verdicts.h>
#include <amos/volume.h>

#include "base/error/fail.h"
#include "base/error/names.h"
#include "base/text/words.h"

struct item {
    int value;
    const char *name;       /* as it is printed */
    const char *aliases[4]; /* other spellings that are understood; NULL after the last */
};

struct names {
    const char *noun; /* for messages: "... is no split" */
    const struct item *items;
    size_t count;
};

static const struct item inflate_items[] = {
    {AMOS_INFLATE_AUTO, "auto", {NULL}},
    {AMOS_INFLATE_ZLIB, "zlib", {NULL}},
    {AMOS_INFLATE_OWN, "own", {NULL}},
};
static const struct item index_use_items[] = {
    {AMOS_INDEX_NEVER, "never", {NULL}},
    {AMOS_INDEX_USE, "use", {NULL}},
    {AMOS_INDEX_BUILD, "build", {NULL}},
};
static const struct item affine_source_items[] = {
    {AMOS_AFFINE_SPACING, "spacing", {NULL}},
    {AMOS_AFFINE_QFORM, "qform", {NULL}},
    {AMOS_AFFINE_SFORM, "sform", {NULL}},
};
static const struct item split_items[] = {
    {AMOS_SPLIT_ANY, "any", {NULL}},
    {AMOS_SPLIT_TRAINING, "training", {"train", "tr"}},
    {AMOS_SPLIT_VALIDATION, "validation", {"valid", "val", "va"}},
    {AMOS_SPLIT_TEST, "test", {"testing", "ts"}},
};
static const struct item modality_items[] = {
    {AMOS_MODALITY_ANY, "any", {NULL}},
    {AMOS_MODALITY_CT, "CT", {NULL}},
    {AMOS_MODALITY_MRI, "MRI", {"MR"}},
    {AMOS_MODALITY_UNKNOWN, "unknown", {NULL}},
};
static const struct item convention_items[] = {
    {AMOS_CONVENTION_DEEPMIND, "deepmind", {NULL}},
    {AMOS_CONVENTION_MEDPY, "medpy", {NULL}},
    {AMOS_CONVENTION_MONAI, "monai", {NULL}},
    {AMOS_CONVENTION_MEDPY_0_4, "medpy-0.4", {NULL}},
};
static const struct item absent_items[] = {
    {AMOS_ABSENT_NAN, "nan", {NULL}},
    {AMOS_ABSENT_ONE, "one", {NULL}},
};
static const struct item level_items[] = {
    {AMOS_LEVEL_NONE, "none", {NULL}},
    {AMOS_LEVEL_TOLERANCE, "tolerance", {NULL}},
    {AMOS_LEVEL_PERCENTILE, "percentile", {NULL}},
};
static const struct item interpolation_items[] = {
    {AMOS_INTERPOLATION_LINEAR, "linear", {NULL}},
    {AMOS_INTERPOLATION_CUBIC, "cubic", {NULL}},
    {AMOS_INTERPOLATION_NEAREST, "nearest", {NULL}},
    {AMOS_INTERPOLATION_BSPLINE, "bspline", {NULL}},
};
static const struct item cache_outcome_items[] = {
    {AMOS_CACHE_FAILED, "failed", {NULL}},     {AMOS_CACHE_KEPT, "kept", {NULL}},
    {AMOS_CACHE_BUILT, "built", {NULL}},       {AMOS_CACHE_REBUILT, "rebuilt", {NULL}},
    {AMOS_CACHE_NO_IMAGE, "no_image", {NULL}}, {AMOS_CACHE_NO_LABEL, "no_label", {NULL}},
    {AMOS_CACHE_STAGED, "staged", {NULL}},
};
static const struct item sampling_items[] = {
    {AMOS_SAMPLING_PATCHES, "patches", {NULL}},
    {AMOS_SAMPLING_WHOLE, "whole", {NULL}},
    {AMOS_SAMPLING_TILES, "tiles", {NULL}},
};
static const struct item image_type_items[] = {
    {AMOS_IMAGE_TYPE_FLOAT32, "float32", {NULL}},
    {AMOS_IMAGE_TYPE_FLOAT16, "float16", {NULL}},
};
static const struct item label_type_items[] = {
    {AMOS_LABEL_TYPE_UINT8, "uint8", {NULL}},
    {AMOS_LABEL_TYPE_INT64, "int64", {NULL}},
    {AMOS_LABEL_TYPE_ONEHOT, "onehot", {NULL}},
    {AMOS_LABEL_TYPE_NONE, "none", {NULL}},
};
static const struct item scaling_method_items[] = {
    {AMOS_SCALING_NONE, "none", {NULL}},
    {AMOS_SCALING_RANGE, "range", {NULL}},
    {AMOS_SCALING_ZSCORE, "zscore", {NULL}},
    {AMOS_SCALING_CASE_ZSCORE, "case_zscore", {NULL}},
    {AMOS_SCALING_CASE_RANGE, "case_range", {NULL}},
};
static const struct item mirror_items[] = {
    {AMOS_MIRROR_REFUSE, "refuse", {NULL}},
    {AMOS_MIRROR_EXCHANGE, "exchange", {NULL}},
    {AMOS_MIRROR_KEEP, "keep", {NULL}},
};
static const struct item omission_items[] = {
    {AMOS_OMISSION_NO_IMAGE, "no_image", {NULL}},     {AMOS_OMISSION_NO_LABEL, "no_label", {NULL}},
    {AMOS_OMISSION_UNLABELLED, "unlabelled", {NULL}}, {AMOS_OMISSION_FILTER, "filter", {NULL}},
    {AMOS_OMISSION_ORGANS, "organs", {NULL}},         {AMOS_OMISSION_DAMAGED, "damaged", {NULL}},
};
static const struct item tile_type_items[] = {
    {AMOS_TILE_TYPE_FLOAT32, "float32", {NULL}},
    {AMOS_TILE_TYPE_FLOAT16, "float16", {NULL}},
    {AMOS_TILE_TYPE_BFLOAT16, "bfloat16", {NULL}},
};
static const struct item quality_kind_items[] = {
    {AMOS_QUALITY_UNREADABLE, "unreadable", {NULL}},
    {AMOS_QUALITY_EMPTY, "empty", {NULL}},
    {AMOS_QUALITY_SPECKS, "specks", {NULL}},
    {AMOS_QUALITY_PART, "part", {NULL}},
    {AMOS_QUALITY_HOLE, "hole", {"holes"}},
    {AMOS_QUALITY_BORDER, "border", {NULL}},
    {AMOS_QUALITY_CONTACT, "contact", {NULL}},
    {AMOS_QUALITY_SIDE, "side", {NULL}},
    {AMOS_QUALITY_ORDER, "order", {NULL}},
    {AMOS_QUALITY_MISSING, "missing", {NULL}},
    {AMOS_QUALITY_SHIFT, "shift", {NULL}},
    {AMOS_QUALITY_CONSTANT, "constant", {NULL}},
    {AMOS_QUALITY_REPEATED, "repeated", {NULL}},
    {AMOS_QUALITY_NONFINITE, "nonfinite", {NULL}},
    {AMOS_QUALITY_RANGE, "range", {NULL}},
    {AMOS_QUALITY_VOLUME, "volume", {NULL}},
    {AMOS_QUALITY_INTENSITY, "intensity", {NULL}},
    {AMOS_QUALITY_SPACING, "spacing", {NULL}},
    {AMOS_QUALITY_SIZE, "size", {NULL}},
    {AMOS_QUALITY_DUPLICATE_IMAGE, "duplicate_image", {NULL}},
    {AMOS_QUALITY_DUPLICATE_LABEL, "duplicate_label", {NULL}},
};
static const struct item verdict_items[] = {
    {AMOS_VERDICT_NONE, "none", {NULL}},
    {AMOS_VERDICT_PASS, "pass", {NULL}},
    {AMOS_VERDICT_FAIL, "fail", {NULL}},
    {AMOS_VERDICT_UNSURE, "unsure", {NULL}},
};

#define ROW(noun, items) \
    { \
        noun, items, sizeof(items) / sizeof((items)[0]) \
    }
static const struct names enums[] = {
    [AMOS_ENUM_INFLATE] = ROW("inflate library", inflate_items),
    [AMOS_ENUM_INDEX_USE] = ROW("use of an index", index_use_items),
    [AMOS_ENUM_AFFINE_SOURCE] = ROW("source of an affine", affine_source_items),
    [AMOS_ENUM_SPLIT] = ROW("split", split_items),
    [AMOS_ENUM_MODALITY] = ROW("modality", modality_items),
    [AMOS_ENUM_CONVENTION] = ROW("convention", convention_items),
    [AMOS_ENUM_ABSENT] = ROW("rule for absent organs", absent_items),
    [AMOS_ENUM_LEVEL] = ROW("level of a measure", level_items),
    [AMOS_ENUM_INTERPOLATION] = ROW("interpolation", interpolation_items),
    [AMOS_ENUM_CACHE_OUTCOME] = ROW("outcome of building a case", cache_outcome_items),
    [AMOS_ENUM_SAMPLING] = ROW("way to draw", sampling_items),
    [AMOS_ENUM_IMAGE_TYPE] = ROW("type of images in a batch", image_type_items),
    [AMOS_ENUM_LABEL_TYPE] = ROW("type of labels in a batch", label_type_items),
    [AMOS_ENUM_SCALING_METHOD] = ROW("scaling", scaling_method_items),
    [AMOS_ENUM_MIRROR] = ROW("way to treat mirrored labels", mirror_items),
    [AMOS_ENUM_OMISSION] = ROW("reason to leave out a case", omission_items),
    [AMOS_ENUM_TILE_TYPE] = ROW("type of tiles", tile_type_items),
    [AMOS_ENUM_QUALITY_KIND] = ROW("kind of finding", quality_kind_items),
    [AMOS_ENUM_VERDICT] = ROW("verdict", verdict_items),
};

/* NULL if there is no such enum. */
static const struct names *find_names(amos_enum which)
{
    const size_t i = (size_t)which;
    return i < sizeof enums / sizeof enums[0] ? &enums[i] : NULL;
}

const char *amos_enum_name(amos_enum which, int value)
{
    const struct names *names = find_names(which);
    for (size_t i = 0; names && i < names->count; i++)
        if (names->items[i].value == value)
            return names->items[i].name;
    return "?";
}

static bool is_called(const struct item *item, const char *name)
{
    bool found = amosi_words_equal(item->name, name);
    for (size_t i = 0; !found && i < sizeof item->aliases / sizeof item->aliases[0] && item->aliases[i]; i++)
        found = amosi_words_equal(item->aliases[i], name);
    return found;
}

static const char *name_at(const void *table, size_t i)
{
    return ((const struct names *)table)->items[i].name;
}

amos_status amos_enum_parse(amos_enum which, const char *name, int *out, amos_error *err)
{
    const struct names *names = find_names(which);
    if (out)
        *out = names ? names->items[0].value : 0;
    if (!names)
        return amosi_fail(err, AMOS_E_ARG, NULL, "There is no enum number %d.", (int)which);
    if (!out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "Parsing the name of a %s needs a place for the result.", names->noun);
    for (size_t i = 0; name && i < names->count; i++)
        if (is_called(&names->items[i], name)) {
            *out = names->items[i].value;
            return AMOS_OK;
        }
    return amosi_name_refuse(names->noun, name, name_at, names, names->count, err);
}
