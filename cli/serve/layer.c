/* SPDX-License-Identifier: BSD-3-Clause */
#include "serve/layer.h"

#include <string.h>

#include "base/error/fail.h"
#include "base/math/bytes.h"

static const char shown_orientation[] = "RAS";

amos_status layer_open(const struct layer_source *source, amos_volume **out, amos_error *err)
{
    return amos_volume_open(source->path, source->volume, out, err);
}

struct layer_form layer_form_of(const amos_volume *image)
{
    const amos_volume_info *info = amos_volume_get_info(image);
    bool plain = info->slope == 1 && info->inter == 0;
    if (info->type == AMOS_TYPE_INT16)
        return (struct layer_form){AMOS_TYPE_INT16, info->slope, info->inter};
    if (plain && (info->type == AMOS_TYPE_UINT8 || info->type == AMOS_TYPE_INT8))
        return (struct layer_form){AMOS_TYPE_INT16, 1, 0};
    return (struct layer_form){AMOS_TYPE_FLOAT32, 1, 0};
}

/* The voxels of a file without usable geometry are shown as they are stored. */
static const char *orientation_of(const amos_volume *volume)
{
    amos_geometry geometry;
    return amos_volume_get_geometry(volume, &geometry, NULL) == AMOS_OK ? shown_orientation : NULL;
}

static amos_read_options options_of(const struct layer_source *source, const amos_volume *volume)
{
    amos_read_options options = AMOS_READ_OPTIONS_INIT;
    struct layer_form form = layer_form_of(volume);
    bool stored = form.type == AMOS_TYPE_INT16 && amos_volume_get_info(volume)->type == AMOS_TYPE_INT16;
    options.type = source->is_label ? AMOS_TYPE_UINT8 : stored ? AMOS_TYPE_STORED : form.type;
    options.orientation = orientation_of(volume);
    options.flags = AMOS_READ_SATURATE * (options.type != AMOS_TYPE_STORED && !source->is_label);
    options.frame = source->accept && source->accept->frame > 0 && amos_volume_get_info(volume)->frames > 1
                        ? source->accept->frame
                        : 0;
    options.threads = 1;
    return options;
}

amos_status layer_measure(const struct layer_source *source, const amos_volume *volume, int64_t shape[3], size_t *item,
                          amos_error *err)
{
    amos_layout layout;
    amos_read_options options = options_of(source, volume);
    amos_status status = amos_volume_get_layout(volume, &options, &layout, err);
    if (status)
        return status;
    memcpy(shape, layout.shape, 3 * sizeof *shape);
    *item = amos_type_bytes(layout.type);
    return AMOS_OK;
}

/* ---- all of it ---- */

static void take_array(amos_array *array, struct layer_voxels *out)
{
    const amos_layout *layout = amos_array_layout(array);
    memcpy(out->shape, layout->shape, sizeof out->shape);
    *out = (struct layer_voxels){amos_array_data(array),
                                 {layout->shape[0], layout->shape[1], layout->shape[2]},
                                 amos_type_bytes(layout->type),
                                 array,
                                 NULL};
}

static void take_map(amos_labelmap *map, struct layer_voxels *out)
{
    const int64_t *shape = amos_labelmap_layout(map)->shape;
    *out = (struct layer_voxels){amos_labelmap_voxels(map), {shape[0], shape[1], shape[2]}, 1, NULL, map};
}

static amos_status load_image(const struct layer_source *source, const amos_volume *volume, int threads,
                              const amos_progress *progress, struct layer_voxels *out, amos_error *err)
{
    amos_array *array;
    amos_read_options options = options_of(source, volume);
    options.threads = threads;
    options.progress = *progress;
    amos_status status = amos_volume_load(volume, &options, &array, err);
    if (!status)
        take_array(array, out);
    return status;
}

static amos_status load_label_alone(const struct layer_source *source, const amos_labelmap_options *given,
                                    amos_labelmap **out, amos_error *err)
{
    amos_volume *volume;
    amos_labelmap_options options = *given;
    amos_status status = layer_open(source, &volume, err);
    if (status)
        return status;
    options.orientation = orientation_of(volume);
    status = amos_labelmap_load(volume, &options, out, err);
    amos_volume_free(volume);
    return status;
}

static amos_status load_label_of(const struct layer_source *source, const amos_labelmap_options *options,
                                 amos_labelmap **out, amos_error *err)
{
    amos_pair *pair;
    const amos_pair_options opening = {.size = sizeof opening, .accept = source->accept, .volume = source->volume};
    amos_status status = amos_pair_open(source->image, source->path, &opening, &pair, err);
    if (status)
        return status;
    amos_read_options read = AMOS_READ_OPTIONS_INIT;
    read.orientation = orientation_of(amos_pair_get_info(pair)->image);
    status = amos_pair_load(pair, &read, options, NULL, out, err);
    amos_pair_free(pair);
    return status;
}

static amos_status load_label(const struct layer_source *source, int threads, const amos_progress *progress,
                              struct layer_voxels *out, amos_error *err)
{
    amos_labelmap *map;
    amos_labelmap_options options = AMOS_LABELMAP_OPTIONS_INIT;
    options.accept = source->accept;
    options.threads = threads;
    options.progress = *progress;
    amos_status status =
        source->image ? load_label_of(source, &options, &map, err) : load_label_alone(source, &options, &map, err);
    if (!status)
        take_map(map, out);
    return status;
}

amos_status layer_load(const struct layer_source *source, const amos_volume *volume, int threads,
                       const amos_progress *progress, struct layer_voxels *out, amos_error *err)
{
    *out = (struct layer_voxels){.bytes = NULL};
    return source->is_label ? load_label(source, threads, progress, out, err)
                            : load_image(source, volume, threads, progress, out, err);
}

void layer_drop(struct layer_voxels *voxels)
{
    amos_array_free(voxels->array);
    amos_labelmap_free(voxels->map);
    *voxels = (struct layer_voxels){.bytes = NULL};
}

/* ---- a plane ---- */

void layer_plane_size(const int64_t shape[3], enum request_plane plane, int64_t size[2])
{
    size[0] = shape[plane == REQUEST_SAGITTAL ? 1 : 0];
    size[1] = shape[plane == REQUEST_AXIAL ? 1 : 2];
}

/* A row of voxels that lie `step` bytes apart. */
static unsigned char *copy_row(unsigned char *out, const unsigned char *from, size_t step, int64_t count, size_t item)
{
    if (step == item) {
        memcpy(out, from, (size_t)count * item);
        return out + (size_t)count * item;
    }
    for (int64_t i = 0; i < count; i++, out += item, from += step)
        memcpy(out, from, item);
    return out;
}

static void swap_items(unsigned char *bytes, size_t count, size_t item)
{
    for (size_t i = 0; i < count; i++, bytes += item)
        for (size_t k = 0; k < item / 2; k++) {
            unsigned char kept = bytes[k];
            bytes[k] = bytes[item - 1 - k];
            bytes[item - 1 - k] = kept;
        }
}

void layer_make_little(unsigned char *bytes, size_t count, size_t item)
{
    if (amosi_host_is_big_endian() && item > 1)
        swap_items(bytes, count, item);
}

void layer_cut(const struct layer_voxels *voxels, enum request_plane plane, int64_t index, unsigned char *out)
{
    size_t steps[3] = {voxels->item, voxels->item * (size_t)voxels->shape[0], 0};
    int64_t size[2];
    steps[2] = steps[1] * (size_t)voxels->shape[1];
    layer_plane_size(voxels->shape, plane, size);
    size_t across = steps[plane == REQUEST_SAGITTAL ? 1 : 0], down = steps[plane == REQUEST_AXIAL ? 1 : 2];
    const unsigned char *from = voxels->bytes + steps[plane] * (size_t)index;
    unsigned char *to = out;
    for (int64_t row = 0; row < size[1]; row++)
        to = copy_row(to, from + down * (size_t)row, across, size[0], voxels->item);
    layer_make_little(out, (size_t)(size[0] * size[1]), voxels->item);
}

size_t layer_sample(const struct layer_form *form, const unsigned char *bytes, size_t count, float *out, size_t most)
{
    size_t step = count / most + 1, taken = 0;
    for (size_t i = 0; i < count; i += step) {
        int16_t number;
        if (form->type == AMOS_TYPE_INT16) {
            memcpy(&number, bytes + i * sizeof number, sizeof number);
            out[taken++] = (float)(form->slope * number + form->inter);
        } else {
            memcpy(&out[taken++], bytes + i * sizeof *out, sizeof *out);
        }
    }
    return taken;
}

amos_status layer_read(const struct layer_source *source, const amos_volume *volume, enum request_plane plane,
                       int64_t index, unsigned char *out, size_t bytes, amos_error *err)
{
    int64_t shape[3];
    size_t item;
    amos_status status = layer_measure(source, volume, shape, &item, err);
    if (status)
        return status;
    amos_read_options options = options_of(source, volume);
    for (int i = 0; i < 3; i++)
        options.box.stop[i] = shape[i];
    options.box.start[plane] = index;
    options.box.stop[plane] = index + 1;
    status = amos_volume_read(volume, &options, out, bytes, err);
    if (!status)
        layer_make_little(out, bytes / item, item);
    return status;
}
