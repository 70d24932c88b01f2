/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "loader/fill/affine.h"

/* The value of a voxel; beyond the volume the pad value. Adding 0 makes a stored -0 a 0. */
static float value_at(const struct amosi_frame *f, const struct amosi_view *v, const int64_t at[3])
{
    for (int i = 0; i < 3; i++)
        if (at[i] < 0 || at[i] >= f->shape[i])
            return f->pad;
    int64_t offset = 0;
    for (int i = 0; i < 3; i++)
        offset += (at[i] - v->box.start[i]) * v->image_step[i];
    if (v->type == AMOS_TYPE_INT16)
        return (float)((const int16_t *)v->image)[offset];
    return ((const float *)v->image)[offset] + 0.0f;
}

static float mix(float a, float b, float share)
{
    return a + (b - a) * share;
}

/* Trilinear interpolation between the eight voxels around a position. If the position is exactly on a plane of voxels,
 * the next plane is not used, so a NaN there, or the end of the volume, has no effect. */
static float interpolate(const struct amosi_frame *f, const struct amosi_view *v, const double place[3])
{
    int64_t low[3], next[3];
    float share[3];
    for (int i = 0; i < 3; i++) {
        double whole = floor(place[i]);
        low[i] = (int64_t)whole;
        share[i] = (float)(place[i] - whole);
        next[i] = low[i] + (share[i] > 0.0f);
    }
    float planes[2];
    for (int z = 0; z < 2; z++) {
        float rows[2];
        for (int y = 0; y < 2; y++) {
            const int64_t a[3] = {low[0], y ? next[1] : low[1], z ? next[2] : low[2]};
            const int64_t b[3] = {next[0], a[1], a[2]};
            rows[y] = mix(value_at(f, v, a), value_at(f, v, b), share[0]);
        }
        planes[z] = mix(rows[0], rows[1], share[1]);
    }
    return mix(planes[0], planes[1], share[2]);
}

static void image_run(const struct amosi_affine *a, const struct amosi_line *line, int64_t first, int64_t n, float *to)
{
    for (int64_t x = first; x < first + n; x++) {
        double place[3];
        for (int i = 0; i < 3; i++)
            place[i] = line->step[i] * (double)x + line->from[i];
        to[x] = interpolate(a->frame, a->view, place);
    }
}

static void label_run(const struct amosi_affine *a, const struct amosi_line *line, int64_t first, int64_t n,
                      uint8_t *to)
{
    for (int64_t x = first; x < first + n; x++) {
        int64_t offset = 0;
        bool within = true;
        for (int i = 0; i < 3; i++) {
            int64_t at = (int64_t)floor(line->step[i] * (double)x + line->from[i] + 0.5);
            within = within && at >= 0 && at < a->frame->shape[i];
            offset += (at - a->view->box.start[i]) * a->view->label_step[i];
        }
        to[x] = within ? a->view->label[offset] : 0;
    }
}

const struct amosi_affine_kernels amosi_affine_plain = {image_run, label_run};
