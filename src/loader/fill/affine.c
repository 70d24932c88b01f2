/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include "loader/fill/frame.h"
#include "nifti/convert.h"

/* The voxels of a sample's row are on a straight line in the volume: position = from + x * step, in voxel indices. */
struct line {
    double from[3], step[3];
};

static struct line find_line(const struct amosi_frame *f, int64_t y, int64_t z)
{
    struct line line;
    for (int i = 0; i < 3; i++) {
        line.from[i] = f->to_volume[i][1] * (double)y + f->to_volume[i][2] * (double)z + f->to_volume[i][3];
        line.step[i] = f->to_volume[i][0];
    }
    return line;
}

/* The unscaled value of a voxel; beyond the volume, and for a voxel that is replaced, the pad value. */
static float value_at(const struct amosi_frame *f, const struct amosi_view *v, const int64_t at[3])
{
    for (int i = 0; i < 3; i++)
        if (at[i] < 0 || at[i] >= f->shape[i])
            return f->pad;
    int64_t offset = 0;
    for (int i = 0; i < 3; i++)
        offset += (at[i] - v->box.start[i]) * v->image_step[i];
    if (v->type == AMOS_TYPE_INT16)
        return (float)(v->slope * (double)((const int16_t *)v->image)[offset] + v->inter);
    double value;
    amosi_convert_to_double(v->type, &value, (const char *)v->image + offset * (int64_t)amos_type_bytes(v->type), 1);
    return f->replaces && !isfinite(value) ? f->pad : (float)(v->slope * value + v->inter);
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

void amosi_affine_image_row(const struct amosi_frame *f, const struct amosi_view *view, int64_t y, int64_t z,
                            float *row)
{
    struct line line = find_line(f, y, z);
    for (int64_t x = 0; x < f->size[0]; x++) {
        double place[3];
        for (int i = 0; i < 3; i++)
            place[i] = line.step[i] * (double)x + line.from[i];
        row[x] = interpolate(f, view, place);
    }
}

void amosi_affine_label_row(const struct amosi_frame *f, const struct amosi_view *view, int64_t y, int64_t z,
                            uint8_t *row)
{
    struct line line = find_line(f, y, z);
    for (int64_t x = 0; x < f->size[0]; x++) {
        int64_t offset = 0;
        bool within = true;
        for (int i = 0; i < 3; i++) {
            int64_t at = (int64_t)floor(line.step[i] * (double)x + line.from[i] + 0.5);
            within = within && at >= 0 && at < f->shape[i];
            offset += (at - view->box.start[i]) * view->label_step[i];
        }
        row[x] = within ? view->label[offset] : 0;
    }
}
