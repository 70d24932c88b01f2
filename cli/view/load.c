/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: reads files into a scene. */
#define _POSIX_C_SOURCE 200809L
#include "view/load.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kit/describe.h"
#include "kit/message.h"
#include "base/text/case_id.h"
#include "base/error/fail.h"
#include "base/text/utf8.h"
#include "base/text/volume_name.h"

enum { AIR_HU = -500, LARGEST_ORGAN = 15, NAME_LETTERS = 28 };

/* A smaller tilt is not visible in the picture. */
static const double oblique_from_degrees = 1;

static const char orientation[] = "RAS";

/* ---- voxels ---- */

static int64_t frame_of(const view_source *source, int64_t frames)
{
    return frames > 1 && source->accept && source->accept->frame > 0 ? source->accept->frame : 0;
}

static amos_read_options image_options(const view_source *source)
{
    return (amos_read_options){
        .size = sizeof(amos_read_options),
        .type = AMOS_TYPE_FLOAT32,
        .flags = AMOS_READ_SATURATE,
        .orientation = orientation,
        .progress = source->progress,
    };
}

static amos_status load_labelmap(const view_source *source, const amos_volume *volume, amos_labelmap **out,
                                 amos_error *err)
{
    const amos_labelmap_options options = {
        .size = sizeof options, .accept = source->accept, .orientation = orientation, .progress = source->progress};
    return amos_labelmap_load(volume, &options, out, err);
}

/* Whether all voxels are integers 0..15, or up to the largest label that is accepted, and at least one is not 0. */
static int looks_like_label(const view_source *source, const amos_array *image)
{
    const float largest =
        source->accept != NULL && source->accept->max_label ? (float)source->accept->max_label : (float)LARGEST_ORGAN;
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
    amos_read_options options = image_options(source);
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
    amos_status status =
        amos_volume_open(source->image != NULL ? source->image : source->label, source->volume, &volume, err);
    if (status != AMOS_OK) {
        return status;
    }
    *frames = amos_volume_get_info(volume)->frames;
    out->warnings = amos_volume_warnings(volume);
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
    const amos_pair_options pair_options = {
        .size = sizeof pair_options, .accept = source->accept, .volume = source->volume};
    amos_status status = amos_pair_open(source->image, source->label, &pair_options, &pair, err);
    if (status != AMOS_OK) {
        return status;
    }
    status = amos_volume_get_geometry(amos_pair_get_info(pair)->image, stored, err);
    if (status == AMOS_OK) {
        const amos_read_options options = image_options(source);
        const amos_labelmap_options label_options = {.size = sizeof label_options, .progress = source->progress};
        status = amos_pair_load(pair, &options, &label_options, &out->image, &out->label, err);
        out->warnings = amos_pair_get_info(pair)->warnings | amos_volume_warnings(amos_pair_get_info(pair)->image) |
                        amos_volume_warnings(amos_pair_get_info(pair)->label);
    }
    amos_pair_free(pair);
    return status;
}

static amos_status refuse_shape(const view_source *source, amos_error *err)
{
    return amosi_fail(err, AMOS_E_PAIR_SHAPE, source->prediction,
                      "the shape of the prediction differs from that of the label; equal shapes were expected.");
}

/* Reads the prediction in the order of the label's voxels, as scores compare them. */
static amos_status load_prediction(const view_source *source, view_loaded *out, amos_error *err)
{
    const amos_pair_options options = {
        .size = sizeof options, .flags = AMOS_PAIR_WARN_GEOMETRY, .accept = source->accept, .volume = source->volume};
    const char *order = out->label != NULL ? amos_labelmap_layout(out->label)->geometry.orientation : orientation;
    amos_pair *pair;
    amos_status status = amos_pair_open(source->label, source->prediction, &options, &pair, err);
    if (status == AMOS_E_DUP) { /* a file that is scored against itself */
        const amos_labelmap_options same = {
            .size = sizeof same, .accept = source->accept_prediction, .orientation = order};
        return amos_labelmap_open(source->prediction, source->volume, &same, &out->prediction, err);
    }
    if (status == AMOS_OK) {
        const amos_read_options read = {.size = sizeof read, .orientation = order};
        const amos_labelmap_options labels = {.size = sizeof labels, .accept = source->accept_prediction};
        status = amos_pair_load(pair, &read, &labels, NULL, &out->prediction, err);
        out->warnings |= amos_pair_get_info(pair)->warnings;
    } else if (status == AMOS_E_PAIR_SHAPE) {
        status = refuse_shape(source, err);
    }
    amos_pair_free(pair);
    return status;
}

/* Voxels are compared one by one, so shapes must be equal. A file may have changed between scoring and drawing. */
static amos_status check_prediction(const view_source *source, const view_loaded *loaded, amos_error *err)
{
    const amos_layout *label = amos_labelmap_layout(loaded->label),
                      *prediction = amos_labelmap_layout(loaded->prediction);
    if (label != NULL && memcmp(label->shape, prediction->shape, sizeof label->shape) == 0) {
        return AMOS_OK;
    }
    return refuse_shape(source, err);
}

/* ---- the modality ---- */

/* Whether values are Hounsfield units: only there is air that far below zero. */
static int has_air(const view_loaded *loaded)
{
    const float *voxels = amos_array_data(loaded->image);
    size_t count = amos_array_layout(loaded->image)->bytes / sizeof *voxels;
    for (size_t i = 0; i < count; i++) {
        if (voxels[i] < (float)AIR_HU) {
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

/* ---- texts ---- */

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
    if (modality != AMOS_MODALITY_UNKNOWN) {
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
    if (scene->grey != NULL) {
        add_detail(scene, "%s", scene->window);
    }
    if (scene->label == NULL) {
        add_detail(scene, "no label");
    } else if (scene->grey == NULL) {
        add_detail(scene, "label only");
    }
}

/* A long name is cut; the legend has room for some letters. */
static void name_organ(const amos_dataset *dataset, int label, view_organ *organ)
{
    const char *title = describe_label(dataset, label);
    size_t bytes = amosi_utf8_bytes(title, NAME_LETTERS);
    unsigned char rgb[3];
    snprintf(organ->title, sizeof organ->title, "%.*s%s", (int)bytes, title,
             title[bytes] != '\0' ? "\xE2\x80\xA6" : "");
    describe_label_color(dataset, label, rgb);
    organ->color = (view_color){rgb[0], rgb[1], rgb[2]};
}

static void set_organs(const amos_dataset *dataset, const amos_labelmap *map, view_scene *scene)
{
    scene->organ_count = amos_labelmap_max_label(map);
    for (int i = 0; i < scene->organ_count; i++) {
        const amos_organ_stats *stats = amos_labelmap_get_stats(map, i + 1);
        view_organ *organ = &scene->organs[i];
        name_organ(dataset, i + 1, organ);
        if (stats == NULL) { /* the labels end before it */
            continue;
        }
        organ->present = stats->present;
        organ->millilitres = stats->millilitres;
        organ->box = stats->box;
        memcpy(organ->centroid, stats->centroid_voxel, sizeof organ->centroid);
    }
}

/* ---- the window ---- */

/* The window is the user's, but what is air is known from the usual one. Returns 0, or -1 out of memory. */
static int set_window(const view_source *source, amos_modality modality, view_scene *scene)
{
    const view_window *wanted = &source->window, *usual = &view_window_abdomen;
    bool ct = modality == AMOS_MODALITY_CT;
    if (ct)
        view_scene_window_ct(scene, usual->level, usual->width);
    if (!ct || wanted->kind == VIEW_WINDOW_PERCENTILES) {
        double air = scene->air;
        if (view_scene_window_percentiles(scene) != 0)
            return -1;
        scene->air = ct ? air : scene->air;
    }
    if (wanted->kind == VIEW_WINDOW_LEVELS)
        view_scene_window_levels(scene, wanted->level, wanted->width, wanted->name,
                                 ct || wanted->name != NULL ? "HU" : "");
    return 0;
}

static amos_status check_window(const view_source *source, const view_loaded *loaded, amos_error *err)
{
    if (source->window.name == NULL || source->window.kind != VIEW_WINDOW_LEVELS || loaded->image == NULL ||
        loaded->modality != AMOS_MODALITY_MRI)
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_ARG, source->image,
                      "The window \"%s\" is in Hounsfield units, but this is MRI; give a level and a width of its own "
                      "values (--window 300,600), or --modality ct if it is CT.",
                      source->window.name);
}

/* ---- the scene ---- */

/* How the file counts its voxels along each axis of the scene. */
static void set_directions(const amos_geometry *stored, view_scene *scene)
{
    static const char backwards[] = "LPI";
    for (int axis = 0; axis < 3; axis++)
        scene->reversed[axis] = strchr(stored->orientation, backwards[axis]) != NULL;
}

static amos_modality find_modality(const view_source *source, const view_loaded *loaded)
{
    amos_modality modality = modality_of(source);
    bool guess = modality == AMOS_MODALITY_UNKNOWN && loaded->image != NULL;
    return guess && has_air(loaded) ? AMOS_MODALITY_CT : modality;
}

/* Returns 0, or -1 out of memory. */
static int set_scene(const view_source *source, const amos_geometry *stored, int64_t frames, view_loaded *loaded)
{
    view_scene *scene = &loaded->scene;
    const amos_layout *layout =
        loaded->image != NULL ? amos_array_layout(loaded->image) : amos_labelmap_layout(loaded->label);
    scene->geometry = layout->geometry;
    scene->oriented = stored->source != AMOS_AFFINE_SPACING;
    set_directions(stored, scene);
    scene->grey = amos_array_data(loaded->image);
    scene->label = amos_labelmap_voxels(loaded->label);
    scene->prediction = amos_labelmap_voxels(loaded->prediction);
    if (loaded->label != NULL) {
        set_organs(source->dataset, loaded->label, scene);
    }
    if (scene->grey != NULL && set_window(source, loaded->modality, scene) != 0) {
        return -1;
    }
    if (scene->prediction != NULL && view_scene_compare(scene) != 0) {
        return -1;
    }
    set_title(source, scene);
    describe_source(source, stored, frames, loaded->modality, scene);
    view_scene_aim(scene);
    return view_scene_trim(scene);
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
    if (status == AMOS_OK) {
        out->modality = find_modality(source, out);
        status = check_window(source, out, err);
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
