/* SPDX-License-Identifier: BSD-3-Clause */
/* amos view: the three planes in display orientation.
 *
 * Radiological convention: axial seen from the feet and coronal from the front, so the patient's right is on the left
 * of the picture; sagittal with the front on the left. */
#include "view/plane.h"

#include <math.h>
#include <stdlib.h>

const view_plane view_planes[VIEW_PLANES] = {
    {"AXIAL", "axial", 2, 0, 1, "R", "L", "A", "P"},
    {"CORONAL", "coronal", 1, 0, 2, "R", "L", "S", "I"},
    {"SAGITTAL", "sagittal", 0, 1, 2, "A", "P", "S", "I"},
};

/* The steps through the voxels in the order of the screen. */
typedef struct walk {
    int64_t width, height;
    int64_t first;        /* voxel at the top left */
    int64_t across, down; /* voxels to step back */
} walk;

static walk plan(const view_scene *scene, const view_plane *plane, int64_t at)
{
    const int64_t *shape = scene->geometry.shape;
    const int64_t strides[3] = {1, shape[0], shape[0] * shape[1]};
    const amos_box *box = &scene->box;
    return (walk){
        .width = box->stop[plane->across] - box->start[plane->across],
        .height = box->stop[plane->down] - box->start[plane->down],
        .first = at * strides[plane->through] + (box->stop[plane->across] - 1) * strides[plane->across] +
                 (box->stop[plane->down] - 1) * strides[plane->down],
        .across = strides[plane->across],
        .down = strides[plane->down],
    };
}

float *view_plane_grey(const view_scene *scene, const view_plane *plane, int64_t at, int64_t *width, int64_t *height)
{
    walk w = plan(scene, plane, at);
    float *out = malloc((size_t)(w.width * w.height) * sizeof *out);
    for (int64_t y = 0; out != NULL && y < w.height; y++) {
        for (int64_t x = 0; x < w.width; x++) {
            float value = scene->grey[w.first - x * w.across - y * w.down];
            out[y * w.width + x] = isfinite(value) ? value : (float)scene->low;
        }
    }
    *width = w.width;
    *height = w.height;
    return out;
}

uint8_t *view_plane_label(const view_scene *scene, const uint8_t *voxels, const view_plane *plane, int64_t at,
                          int64_t *width, int64_t *height)
{
    walk w = plan(scene, plane, at);
    uint8_t *out = malloc((size_t)(w.width * w.height));
    for (int64_t y = 0; out != NULL && y < w.height; y++) {
        for (int64_t x = 0; x < w.width; x++) {
            out[y * w.width + x] = voxels[w.first - x * w.across - y * w.down];
        }
    }
    *width = w.width;
    *height = w.height;
    return out;
}
