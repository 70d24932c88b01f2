/* SPDX-License-Identifier: BSD-3-Clause */
/* amos check: checks one file, or the files of one case. */
#include "check_item.h"

/* What is required of a file. */
struct expected {
    bool label;
    int max_label;
    const amos_volume_options *options;
};

/* Reads every voxel of an open file, as a label or as an image. */
static amos_status read_all(const amos_volume *volume, const struct expected *expected, struct finding *finding,
                            amos_error *err)
{
    amos_accept accept = AMOS_ACCEPT_INIT;
    accept.max_label = expected->max_label;
    const amos_labelmap_options options = {
        .size = sizeof options, .flags = AMOS_LABELMAP_STATS_ONLY, .accept = &accept, .threads = 1};
    amos_labelmap *map;
    if (!expected->label)
        return amos_volume_verify(volume, NULL, &finding->nonfinite, err);
    amos_status status = amos_labelmap_load(volume, &options, &map, err);
    if (!status)
        finding->warnings |= amos_labelmap_layout(map)->warnings;
    amos_labelmap_free(map);
    return status;
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
    amos_status status = amos_pair_open_case(item->c, &pair_options, &pair, &item->pair_error);
    item->pair.kind = "pair";
    item->pair.path = item->label.path;
    item->pair.status = status;
    item->pair.message = status ? item->pair_error.message : NULL;
    if (!status)
        item->pair.warnings = amos_pair_get_info(pair)->warnings & ~(item->image.warnings | item->label.warnings);
    amos_pair_free(pair);
}

static void check_case(struct check_item *item, const amos_volume_options *options)
{
    const amos_case_info *info = amos_case_get_info(item->c);
    const char *image = info->image_path, *label = info->label_path;
    const struct expected an_image = {false, 0, options}, a_label = {true, item->max_label, options};
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
    const struct expected an_image = {false, 0, options};
    if (item->c)
        check_case(item, options);
    else
        check_file(item->path, &an_image, &item->image, &item->image_error);
}

void check_item_read_ahead(const struct check_item *item)
{
    const amos_case_info *info = amos_case_get_info(item->c); /* NULL for a file */
    amos_file_read_ahead(info ? info->image_path : item->path);
    amos_file_read_ahead(info ? info->label_path : NULL);
}
