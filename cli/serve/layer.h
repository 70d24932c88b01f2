/* SPDX-License-Identifier: BSD-3-Clause */
/* amos serve: one file of a case, as the viewer shows it: turned to RAS, all planes. Stateless; see shelf.h. */
#ifndef CLI_SERVE_LAYER_H
#define CLI_SERVE_LAYER_H

#include <amos/amos.h>

#include <stdbool.h>

#include "serve/request.h"

/* The files of a case and how they are read. Borrowed. */
struct layer_source {
    const char *image; /* NULL: none; label and prediction are then read alone */
    const char *path;  /* of the layer itself: the image again, or a label */
    bool is_label;
    const amos_accept *accept;         /* of labels */
    const amos_volume_options *volume; /* with which files are opened */
};

/* Voxels in memory, packed, x fastest. All zero: none. */
struct layer_voxels {
    const unsigned char *bytes;
    int64_t shape[3];
    size_t item; /* bytes of a voxel: 1, 2 or 4 */
    amos_array *array;
    amos_labelmap *map;
};

/* How an image is sent: AMOS_TYPE_INT16 if that is exact, with a scale, else AMOS_TYPE_FLOAT32. */
struct layer_form {
    amos_type type;
    double slope, inter; /* value = slope * number + inter */
};

/* Opens the file of a layer, without an index built. */
amos_status layer_open(const struct layer_source *source, amos_volume **out, amos_error *err);

struct layer_form layer_form_of(const amos_volume *image);

/* Shape after turning, and bytes of a voxel. */
amos_status layer_measure(const struct layer_source *source, const amos_volume *volume, int64_t shape[3], size_t *item,
                          amos_error *err);

/* Decodes all of a layer. `volume` is that of an image; a label is opened together with its image, so that it lies as its
 * image does. Release with layer_drop(). */
amos_status layer_load(const struct layer_source *source, const amos_volume *volume, int threads,
                       const amos_progress *progress, struct layer_voxels *out, amos_error *err);
void layer_drop(struct layer_voxels *voxels);

/* Turns voxels from the order of the host to little-endian, or back. */
void layer_make_little(unsigned char *bytes, size_t count, size_t item);

/* Width and height of a plane of a volume. */
void layer_plane_size(const int64_t shape[3], enum request_plane plane, int64_t size[2]);

/* Copies a plane, little-endian; `out` has room for width * height voxels. */
void layer_cut(const struct layer_voxels *voxels, enum request_plane plane, int64_t index, unsigned char *out);

/* Values of at most `most` of `count` voxels, evenly spaced; returns how many. `bytes` are in the order of the host. */
size_t layer_sample(const struct layer_form *form, const unsigned char *bytes, size_t count, float *out, size_t most);

/* The same from the file: decodes no more than it must. */
amos_status layer_read(const struct layer_source *source, const amos_volume *volume, enum request_plane plane,
                       int64_t index, unsigned char *out, size_t bytes, amos_error *err);

#endif
