/* SPDX-License-Identifier: BSD-3-Clause */
#include "loader/fill/frame.h"

#include <math.h>
#include <string.h>

#include "base/math/exact.h"

/* ---- from the sample to the patch ---- */

/* Sample axes after quarter turns in the x-y plane, then flips. One turn maps the patch's x to the sample's y. */
static void turn(struct amosi_frame *f, const struct amosi_change *change)
{
    bool odd = change->quarter_turns & 1;
    f->axis[0] = odd ? 1 : 0;
    f->axis[1] = odd ? 0 : 1;
    f->axis[2] = 2;
    f->reversed[0] = change->quarter_turns == 2 || change->quarter_turns == 3;
    f->reversed[1] = change->quarter_turns == 1 || change->quarter_turns == 2;
    f->reversed[2] = false;
    for (int i = 0; i < 3; i++)
        if (change->flips >> i & 1)
            f->reversed[i] = !f->reversed[i];
}

/* The rotation matrix [row][column] about the patient's axes: x first, then y, then z. */
static void rotate(const double degrees[3], double rotation[3][3])
{
    double c[3], s[3];
    for (int i = 0; i < 3; i++) {
        c[i] = amosi_cos_degrees(degrees[i]);
        s[i] = amosi_sin_degrees(degrees[i]);
    }
    const double r[3][3] = {
        {c[2] * c[1], c[2] * s[1] * s[0] - s[2] * c[0], c[2] * s[1] * c[0] + s[2] * s[0]},
        {s[2] * c[1], s[2] * s[1] * s[0] + c[2] * c[0], s[2] * s[1] * c[0] - c[2] * s[0]},
        {-s[1], c[1] * s[0], c[1] * c[0]},
    };
    memcpy(rotation, r, sizeof r);
}

/* The linear map of voxel offsets from the centre: the sample's voxel at q shows the patch at the inverse rotation of
 * q, divided by the zoom. The inverse of a rotation is its transpose. */
static void make_linear(const struct amosi_change *change, const double spacing[3], double linear[3][3])
{
    double rotation[3][3];
    rotate(change->degrees, rotation);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            linear[i][j] = rotation[j][i] * spacing[j] / spacing[i] / change->zoom;
}

static void set_matrix(struct amosi_frame *f, const struct amosi_place *place, double linear[3][3])
{
    double centre[3];
    for (int i = 0; i < 3; i++)
        centre[i] = (double)(place->size[i] - 1) / 2.0;
    for (int i = 0; i < 3; i++) {
        f->to_volume[i][3] = (double)place->start[i] + centre[i];
        for (int j = 0; j < 3; j++) {
            /* sample axis j runs along patch axis `along`: from -centre up, or from +centre down */
            int along = f->axis[j];
            double way = f->reversed[j] ? -1.0 : 1.0;
            f->to_volume[i][j] = linear[i][along] * way;
            f->to_volume[i][3] -= linear[i][along] * way * centre[along];
        }
    }
}

/* ---- the part of the volume that is needed ---- */

static void clip_source(struct amosi_frame *f, int64_t low[3], int64_t high[3])
{
    for (int i = 0; i < 3; i++) {
        f->source.start[i] = low[i] < 0 ? 0 : low[i];
        f->source.stop[i] = high[i] > f->shape[i] ? f->shape[i] : high[i];
    }
    for (int i = 0; i < 3; i++)
        if (f->source.start[i] >= f->source.stop[i]) {
            memset(&f->source, 0, sizeof f->source);
            return;
        }
}

static void find_source(struct amosi_frame *f, const struct amosi_place *place)
{
    int64_t low[3], high[3];
    for (int i = 0; i < 3; i++) {
        low[i] = place->start[i];
        high[i] = place->start[i] + place->size[i];
    }
    for (int i = 0; i < 3 && f->affine; i++) {
        double least = f->to_volume[i][3], most = least;
        for (int j = 0; j < 3; j++) {
            double way = f->to_volume[i][j] * (double)(f->size[j] - 1);
            least += way < 0.0 ? way : 0.0;
            most += way > 0.0 ? way : 0.0;
        }
        low[i] = (int64_t)floor(least) - 1;
        high[i] = (int64_t)floor(most) + 3;
    }
    clip_source(f, low, high);
}

void amosi_frame_make(struct amosi_frame *frame, const struct amosi_loader_case *c, const struct amosi_place *place,
                      const struct amosi_change *change, double pad)
{
    double linear[3][3] = {{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}};
    turn(frame, change);
    for (int i = 0; i < 3; i++) {
        frame->size[i] = place->size[frame->axis[i]];
        frame->start[i] = place->start[i];
        frame->shape[i] = c->geometry.shape[i];
    }
    frame->affine = change->affine;
    if (frame->affine)
        make_linear(change, c->geometry.spacing, linear);
    set_matrix(frame, place, linear);
    find_source(frame, place);
    frame->pad = (float)pad;
    frame->replaces = false;
}

void amosi_frame_largest(const struct amosi_loader_case *c, const struct amosi_loader_settings *s, int64_t size[3])
{
    const int64_t *shape = c->geometry.shape;
    const double *spacing = c->geometry.spacing;
    const int64_t *patch = s->o.draw == AMOS_SAMPLING_WHOLE ? shape : s->o.patch;
    bool rotates = s->augment.rotate_degrees[0] + s->augment.rotate_degrees[1] + s->augment.rotate_degrees[2] > 0.0;
    double side[3];
    for (int i = 0; i < 3; i++) {
        side[i] = (double)patch[i];
        if (s->augment.affine_share > 0.0) {
            for (int j = 0; j < 3; j++)
                side[i] += j != i && rotates ? (double)patch[j] * spacing[j] / spacing[i] : 0.0;
            side[i] = side[i] / s->augment.zoom_low + 4.0;
        }
        size[i] = side[i] < (double)shape[i] ? (int64_t)side[i] : shape[i];
    }
}

/* ---- without rotation ---- */

void amosi_frame_block(const struct amosi_frame *f, const struct amosi_view *v, struct amosi_block *b)
{
    int64_t image = 0, label = 0;
    for (int i = 0; i < 3; i++) {
        int a = f->axis[i];
        int64_t start = v->box.start[a], stop = v->box.stop[a], way = f->reversed[i] ? -1 : 1;
        b->first[i] = f->reversed[i] ? f->start[a] + f->size[i] - stop : start - f->start[a];
        b->count[i] = stop - start;
        b->image_step[i] = way * v->image_step[a];
        b->label_step[i] = way * v->label_step[a];
        image += f->reversed[i] ? (stop - start - 1) * v->image_step[a] : 0;
        label += f->reversed[i] ? (stop - start - 1) * v->label_step[a] : 0;
    }
    b->image = v->image ? (const char *)v->image + image * (int64_t)amos_type_bytes(v->type) : NULL;
    b->label = v->label ? v->label + label : NULL;
}
