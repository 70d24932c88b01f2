/* SPDX-License-Identifier: BSD-3-Clause */
/* amos check: checks one file, or the files of one case. */
#define _XOPEN_SOURCE 700
#include "check_item.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "folder.h"

#define IMAGE_RANGE 1000

/* What is required of a file. */
struct expected {
    bool label;
    bool by_name; /* the folder's name says that it is a label: it may still be an image */
    const amos_accept *accept;
    const amos_volume_options *options;
};

/* ---- folders of labels ---- */

/* The first word of the name, without a split after it: "labelsTr", "preds_fold0", "Predictions-3d". */
bool check_is_label_folder(const char *name)
{
    static const char *const words[] = {"label", "labels",       "prediction",    "predictions", "pred",
                                        "preds", "segmentation", "segmentations", "seg",         "segs",
                                        "mask",  "masks",        "infer"};
    static const char *const splits[] = {"", "tr", "va", "ts", "val", "test", "train"};
    size_t length = strcspn(name, "_-. 0123456789");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t word = strlen(words[i]);
        if (length < word || strncasecmp(name, words[i], word) != 0)
            continue;
        for (size_t k = 0; k < sizeof splits / sizeof splits[0]; k++)
            if (length == word + strlen(splits[k]) && strncasecmp(name + word, splits[k], length - word) == 0)
                return true;
    }
    return false;
}

/* nnU-Net writes this file beside its predictions, whatever their folder is called. */
static bool has_nnunet_predictions(const char *folder)
{
    char *path = folder_join(folder, "predict_from_raw_data_args.json");
    bool there = path && access(path, F_OK) == 0;
    free(path);
    return there;
}

bool check_lies_among_labels(const char *path)
{
    char *real = realpath(path, NULL);
    char *end = real ? strrchr(real, '/') : NULL;
    bool is_one = false;
    if (end) {
        *end = '\0';
        const char *begin = strrchr(real, '/');
        is_one = check_is_label_folder(begin ? begin + 1 : real) || has_nnunet_predictions(real);
    }
    free(real);
    return is_one;
}

/* A label has at most 256 values, and those that go wrong lie near them; images range further. */
static bool looks_like_image(const amos_volume *volume)
{
    amos_value_range range = AMOS_VALUE_RANGE_INIT;
    return amos_volume_get_range(volume, NULL, &range, NULL) == AMOS_OK && range.max - range.min > IMAGE_RANGE;
}

/* ---- one file ---- */

static amos_status read_label(const amos_volume *volume, const struct expected *expected, struct finding *finding,
                              amos_error *err)
{
    const amos_labelmap_options options = {
        .size = sizeof options, .flags = AMOS_LABELMAP_STATS_ONLY, .accept = expected->accept, .threads = 1};
    amos_labelmap *map;
    amos_status status = amos_labelmap_load(volume, &options, &map, err);
    if (!status) {
        finding->warnings |= amos_labelmap_layout(map)->warnings;
        finding->accepted = amos_labelmap_get_info(map)->accepted;
    }
    amos_labelmap_free(map);
    return status;
}

/* Reads every voxel of an open file, as a label or as an image. */
static amos_status read_all(const amos_volume *volume, const struct expected *expected, struct finding *finding,
                            amos_error *err)
{
    if (!expected->label)
        return amos_volume_verify(volume, NULL, &finding->nonfinite, err);
    finding->is_label = true;
    amos_status status = read_label(volume, expected, finding, err);
    if (status != AMOS_E_LABEL || !expected->by_name || !looks_like_image(volume))
        return status;
    finding->is_label = false;
    return amos_volume_verify(volume, NULL, &finding->nonfinite, err);
}

/* True if the file can be compared with its partner: it was opened and has a geometry. */
static bool check_file(const char *path, const struct expected *expected, struct finding *finding, amos_error *err)
{
    amos_volume *volume;
    amos_geometry geometry;
    amos_error geometry_error;
    amos_status no_geometry = AMOS_E_GEOM;
    amos_status status = amos_volume_open(path, expected->options, &volume, err);
    if (!status) {
        status = read_all(volume, expected, finding, err);
        finding->warnings |= amos_volume_warnings(volume);
        no_geometry = amos_volume_get_geometry(volume, &geometry, &geometry_error);
        if (!status && no_geometry) {
            *err = geometry_error;
            status = no_geometry;
        }
    }
    amos_volume_free(volume);
    finding->kind = "file";
    finding->path = path;
    finding->status = status;
    finding->message = status ? err->message : NULL;
    return !no_geometry;
}

/* Warnings already given for a file are not repeated for the pair. */
static void check_pair(struct check_item *item, const amos_volume_options *options)
{
    amos_pair *pair;
    amos_pair_options pair_options = AMOS_PAIR_OPTIONS_INIT;
    pair_options.volume = options;
    pair_options.accept = &item->accept;
    amos_status status = amos_pair_open_case(item->c, &pair_options, &pair, &item->pair_error);
    item->pair.kind = "pair";
    item->pair.path = item->label.path;
    item->pair.status = status;
    item->pair.message = status ? item->pair_error.message : NULL;
    if (!status) {
        item->pair.displacement = amos_pair_get_info(pair)->displacement;
        memcpy(item->pair.turned_from, amos_pair_get_info(pair)->turned_from, sizeof item->pair.turned_from);
        item->pair.warnings = amos_pair_get_info(pair)->warnings & ~(item->image.warnings | item->label.warnings);
    }
    amos_pair_free(pair);
}

static void check_case(struct check_item *item, const amos_volume_options *options)
{
    const amos_case_info *info = amos_case_get_info(item->c);
    const char *image = info->image_path, *label = info->label_path;
    const struct expected an_image = {.options = options},
                          a_label = {.label = true, .accept = &item->accept, .options = options};
    bool image_usable = false, label_usable = false;
    item->image.case_id = item->label.case_id = item->pair.case_id = info->id;
    if (info->has_image || !item->validated)
        image_usable = check_file(image, &an_image, &item->image, &item->image_error);
    if (label && (info->has_label || !item->validated))
        label_usable = check_file(label, &a_label, &item->label, &item->label_error);
    if (image_usable && label_usable)
        check_pair(item, options);
}

void check_item_inspect(struct check_item *item, const amos_volume_options *options)
{
    if (item->c) {
        check_case(item, options);
        return;
    }
    struct expected expected = {.accept = &item->accept, .options = options};
    expected.by_name = item->role == CHECK_BY_NAME && check_lies_among_labels(item->path);
    expected.label = item->role == CHECK_LABELS || expected.by_name;
    check_file(item->path, &expected, &item->image, &item->image_error);
}

void check_item_read_ahead(const struct check_item *item)
{
    const amos_case_info *info = amos_case_get_info(item->c); /* NULL for a file */
    amos_file_read_ahead(info ? info->image_path : item->path);
    amos_file_read_ahead(info ? info->label_path : NULL);
}
