/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: reads files into a scene. */
#define _POSIX_C_SOURCE 200809L
#include "view/load.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kit/message.h"
#include "kit/progress.h"
#include "base/text/case_id.h"
#include "base/error/fail.h"
#include "base/text/utf8.h"
#include "base/text/volume_name.h"

enum { CT_LEVEL = 40, CT_WIDTH = 400, AIR_HU = -500 };

/* A smaller tilt is not visible in the picture. */
static const double oblique_from_degrees = 1;

static const char orientation[] = "RAS";

/* ---- voxels ---- */

static int64_t frame_of(const view_source *source, int64_t frames)
{
    return frames > 1 && source->accept && source->accept->frame > 0 ? source->accept->frame : 0;
}

static amos_read_options image_options(void)
{
    return (amos_read_options){
        .size = sizeof(amos_read_options),
        .type = AMOS_TYPE_FLOAT32,
        .flags = AMOS_READ_SATURATE,
        .orientation = orientation,
        .progress = {progress_show, NULL},
    };
}

static amos_status load_labelmap(const view_source *source, const amos_volume *volume, amos_labelmap **out,
                                 amos_error *err)
{
    const amos_labelmap_options options = {.size = sizeof options,
                                           .accept = source->accept,
                                           .orientation = orientation,
                                           .progress = {progress_show, NULL}};
    return amos_labelmap_load(volume, &options, out, err);
}

/* Whether all voxels are integers 0..15, or up to the largest label that is accepted, and at least one is not 0. */
static int looks_like_label(const view_source *source, const amos_array *image)
{
    const float largest =
        source->accept != NULL && source->accept->max_label ? (float)source->accept->max_label : VIEW_ORGANS;
    const float *voxels = amos_array_data(image);
    size_t count = amos_array_layout(image)->bytes / sizeof *voxels;
    float most = 0;
    for (size_t i = 0; i < count; i++) {
        if (!(voxels[i] >= 0 && voxels[i] <= largest) || voxels[i] != floorf(voxels[i])) {
            return 0;
        }
        most = fmaxf(most, voxels[i]);
    }
    return most > 0;
}

static amos_status load_one(const view_source *source, const amos_volume *volume, view_loaded *out, amos_error *err)
{
    if (source->image == NULL) {
        return load_labelmap(source, volume, &out->label, err);
    }
    amos_read_options options = image_options();
    options.frame = frame_of(source, amos_volume_get_info(volume)->frames);
    amos_status status = amos_volume_load(volume, &options, &out->image, err);
    int alone = source->c == NULL && amos_volume_get_info(volume)->frames == 1;
    if (status == AMOS_OK && alone && looks_like_label(source, out->image)) {
        amos_array_free(out->image);
        out->image = NULL;
        status = load_labelmap(source, volume, &out->label, err);
    }
    return status;
}

/* *stored gets the geometry of the file as stored, *frames its number of frames. */
static amos_status load_single(const view_source *source, view_loaded *out, amos_geometry *stored, int64_t *frames,
                               amos_error *err)
{
    amos_volume *volume;
    amos_status status = amos_volume_open(source->image != NULL ? source->image : source->label, NULL, &volume, err);
    if (status != AMOS_OK) {
        return status;
    }
    *frames = amos_volume_get_info(volume)->frames;
    status = amos_volume_get_geometry(volume, stored, err);
    if (status == AMOS_OK) {
        status = load_one(source, volume, out, err);
    }
    amos_volume_free(volume);
    return status;
}

static amos_status load_pair(const view_source *source, view_loaded *out, amos_geometry *stored, amos_error *err)
{
    amos_pair *pair;
    const amos_pair_options pair_options = {.size = sizeof pair_options, .accept = source->accept};
    amos_status status = amos_pair_open(source->image, source->label, &pair_options, &pair, err);
    if (status != AMOS_OK) {
        return status;
    }
    status = amos_volume_get_geometry(amos_pair_get_info(pair)->image, stored, err);
    if (status == AMOS_OK) {
        const amos_read_options options = image_options();
        const amos_labelmap_options label_options = {.size = sizeof label_options, .progress = {progress_show, NULL}};
        status = amos_pair_load(pair, &options, &label_options, &out->image, &out->label, err);
    }
    amos_pair_free(pair);
    return status;
}

static amos_status load_prediction(const view_source *source, view_loaded *out, amos_error *err)
{
    const amos_labelmap_options options = {
        .size = sizeof options, .accept = source->accept_prediction, .orientation = orientation};
    return amos_labelmap_open(source->prediction, NULL, &options, &out->prediction, err);
}

/* Voxels are compared one by one, so shapes must be equal. A file may have changed between scoring and drawing. */
static amos_status check_prediction(const view_source *source, const view_loaded *loaded, amos_error *err)
{
    const amos_layout *label = amos_labelmap_layout(loaded->label),
                      *prediction = amos_labelmap_layout(loaded->prediction);
    if (label != NULL && memcmp(label->shape, prediction->shape, sizeof label->shape) == 0) {
        return AMOS_OK;
    }
    return amosi_fail(err, AMOS_E_PAIR_SHAPE, source->prediction,
                      "the shape of the prediction differs from that of the label; equal shapes were expected.");
}

/* ---- the modality ---- */

/* Whether values are Hounsfield units: only there is air that far below zero. */
static int has_air(const view_loaded *loaded)
{
    const float *voxels = amos_array_data(loaded->image);
    size_t count = amos_array_layout(loaded->image)->bytes / sizeof *voxels;
    for (size_t i = 0; i < count; i++) {
        if (voxels[i] < AIR_HU) {
            return 1;
        }
    }
    return 0;
}

static amos_modality modality_of(const view_source *source)
{
    if (source->modality != AMOS_MODALITY_ANY) {
        return source->modality;
    }
    if (source->c != NULL) {
        return amos_case_get_info(source->c)->modality;
    }
    return amosi_modality_of_name(amosi_base_name(source->image != NULL ? source->image : source->label));
}

/* ---- the scene ---- */

static void set_title(const view_source *source, view_scene *scene)
{
    const char *name = source->c != NULL ? amos_case_get_info(source->c)->id
                                         : amosi_base_name(source->image != NULL ? source->image : source->label);
    size_t length = source->c != NULL ? strlen(name) : amosi_volume_name_id_length(name);
    snprintf(scene->title, sizeof scene->title, "%.*s", (int)amosi_utf8_cut(name, length, 40), name);
}

/* Appends an item to the line of details. */
static void add_detail(view_scene *scene, const char *format, ...) CLI_PRINTF(2, 3);

static void add_detail(view_scene *scene, const char *format, ...)
{
    size_t used = strlen(scene->details), size = sizeof scene->details;
    used += (size_t)snprintf(scene->details + used, size - used, "%s", used > 0 ? " \xC2\xB7 " : "");
    if (used < size) {
        va_list values;
        va_start(values, format);
        vsnprintf(scene->details + used, size - used, format, values);
        va_end(values);
    }
}

static void describe_source(const view_source *source, const amos_geometry *stored, int64_t frames,
                            amos_modality modality, view_scene *scene)
{
    if (modality != AMOS_MODALITY_ANY) {
        add_detail(scene, "%s", amos_modality_name(modality));
    }
    if (source->c != NULL) {
        add_detail(scene, "%s", amos_split_name(amos_case_get_info(source->c)->split));
    }
    add_detail(scene, "%" PRId64 " \xC3\x97 %" PRId64 " \xC3\x97 %" PRId64 " voxels", stored->shape[0],
               stored->shape[1], stored->shape[2]);
    add_detail(scene, "%.2f \xC3\x97 %.2f \xC3\x97 %.2f mm", stored->spacing[0], stored->spacing[1],
               stored->spacing[2]);
    if (frames > 1) {
        const int64_t frame = frame_of(source, frames);
        if (frame == 0)
            add_detail(scene, "first of %" PRId64 " frames", frames);
        else
            add_detail(scene, "frame %" PRId64 " of %" PRId64, frame, frames);
    }
    if (!scene->oriented) {
        add_detail(scene, "orientation unknown");
    } else {
        add_detail(scene, "stored %s", stored->orientation);
    }
    double tilt = view_scene_obliquity(scene);
    if (scene->oriented && tilt >= oblique_from_degrees) {
        add_detail(scene, "oblique by %.0f\xC2\xB0", tilt);
    }
    if (scene->label == NULL) {
        add_detail(scene, "no label");
    } else if (scene->grey == NULL) {
        add_detail(scene, "label only");
    }
}

static void set_organs(const amos_labelmap *map, view_scene *scene)
{
    for (int i = 0; i < VIEW_ORGANS; i++) {
        const amos_organ_info *info = amos_organ_get(i + 1);
        const amos_organ_stats *stats = amos_labelmap_get_stats(map, i + 1);
        view_organ *organ = &scene->organs[i];
        organ->title = info->title;
        organ->color = (view_color){info->rgb[0], info->rgb[1], info->rgb[2]};
        if (stats == NULL) { /* the labels end before it */
            continue;
        }
        organ->present = stats->present;
        organ->millilitres = stats->millilitres;
        organ->box = stats->box;
        memcpy(organ->centroid, stats->centroid_voxel, sizeof organ->centroid);
    }
}

/* Returns 0, or -1 out of memory. */
static int set_scene(const view_source *source, const amos_geometry *stored, int64_t frames, view_loaded *loaded)
{
    view_scene *scene = &loaded->scene;
    const amos_layout *layout =
        loaded->image != NULL ? amos_array_layout(loaded->image) : amos_labelmap_layout(loaded->label);
    scene->geometry = layout->geometry;
    scene->oriented = stored->source != AMOS_AFFINE_SPACING;
    scene->grey = amos_array_data(loaded->image);
    scene->label = amos_labelmap_voxels(loaded->label);
    scene->prediction = amos_labelmap_voxels(loaded->prediction);
    if (loaded->label != NULL) {
        set_organs(loaded->label, scene);
    }
    amos_modality modality = modality_of(source);
    int rc = 0;
    if (scene->grey != NULL) {
        if (modality == AMOS_MODALITY_ANY && has_air(loaded)) {
            modality = AMOS_MODALITY_CT;
        }
        if (modality == AMOS_MODALITY_CT) {
            view_scene_window_ct(scene, CT_LEVEL, CT_WIDTH);
        } else {
            rc = view_scene_window_percentiles(scene);
        }
    }
    set_title(source, scene);
    describe_source(source, stored, frames, modality, scene);
    view_scene_aim(scene);
    return rc != 0 ? rc : view_scene_trim(scene);
}

static amos_status out_of_memory(amos_error *err)
{
    *err = (amos_error){.status = AMOS_E_NOMEM, .offset = -1, .message = "Memory ran out while the picture was drawn."};
    return err->status;
}

amos_status view_load(const view_source *source, view_loaded *out, amos_error *err)
{
    amos_geometry stored;
    int64_t frames = 1;
    memset(out, 0, sizeof *out);
    amos_status status = source->image != NULL && source->label != NULL
                             ? load_pair(source, out, &stored, err)
                             : load_single(source, out, &stored, &frames, err);
    if (status == AMOS_OK && source->prediction != NULL) {
        status = load_prediction(source, out, err);
        if (status == AMOS_OK) {
            status = check_prediction(source, out, err);
        }
    }
    if (status == AMOS_OK && set_scene(source, &stored, frames, out) != 0) {
        status = out_of_memory(err);
    }
    return status;
}

void view_unload(view_loaded *loaded)
{
    amos_labelmap_free(loaded->prediction);
    amos_labelmap_free(loaded->label);
    amos_array_free(loaded->image);
    loaded->prediction = loaded->label = NULL;
    loaded->image = NULL;
}
