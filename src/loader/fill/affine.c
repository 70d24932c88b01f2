/* SPDX-License-Identifier: BSD-3-Clause */
#include "loader/fill/affine.h"

#include <math.h>

#include "base/system/cpu.h"
#include "loader/fill/affine_avx2.h"
#include "nifti/convert.h"

struct amosi_affine amosi_affine_make(const struct amosi_frame *frame, const struct amosi_view *view)
{
    const double planes = 4.0;
    struct amosi_affine affine = {frame, view, 0, 0};
    for (int i = 0; i < 3; i++) {
        double way = frame->to_volume[i][2] * planes;
        int64_t voxels = way < 1e6 && way > -1e6 ? (int64_t)way : 0;
        affine.image_ahead += voxels * view->image_step[i];
        affine.label_ahead += voxels * view->label_step[i];
    }
    return affine;
}

/* ---- other types than the kernels take ---- */

bool amosi_affine_is_direct(amos_type type, double slope, double inter, bool replaces)
{
    bool unscaled = slope == 1.0 && inter == 0.0;
    return unscaled && (type == AMOS_TYPE_INT16 || (type == AMOS_TYPE_FLOAT32 && !replaces));
}

uint64_t amosi_affine_count_not_finite(const struct amosi_view *v)
{
    double block[256];
    const int64_t side[3] = {v->box.stop[0] - v->box.start[0], v->box.stop[1] - v->box.start[1],
                             v->box.stop[2] - v->box.start[2]};
    const int64_t item = (int64_t)amos_type_bytes(v->type), room = sizeof block / sizeof block[0];
    uint64_t found = 0;
    for (int64_t row = 0; row < side[1] * side[2]; row++)
        for (int64_t x = 0; x < side[0]; x += room) {
            int64_t n = side[0] - x < room ? side[0] - x : room;
            int64_t first = x + row % side[1] * v->image_step[1] + row / side[1] * v->image_step[2];
            amosi_convert_to_double(v->type, block, (const char *)v->image + first * item, (size_t)n);
            for (int64_t i = 0; i < n; i++)
                found += isfinite(block[i]) ? 0 : 1;
        }
    return found;
}

static void convert_row(const struct amosi_view *v, const char *from, bool replaces, float pad, float *to, int64_t n)
{
    double block[256];
    const int64_t room = sizeof block / sizeof block[0], item = (int64_t)amos_type_bytes(v->type);
    for (int64_t x = 0; x < n; x += room) {
        int64_t count = n - x < room ? n - x : room;
        amosi_convert_to_double(v->type, block, from + x * item, (size_t)count);
        for (int64_t i = 0; i < count; i++)
            to[x + i] = replaces && !isfinite(block[i]) ? pad : (float)(v->slope * block[i] + v->inter);
    }
}

void amosi_affine_make_direct(struct amosi_view *view, bool replaces, float pad, float *to)
{
    const int64_t *start = view->box.start, *stop = view->box.stop, item = (int64_t)amos_type_bytes(view->type);
    const int64_t side[3] = {stop[0] - start[0], stop[1] - start[1], stop[2] - start[2]};
    for (int64_t row = 0; row < side[1] * side[2]; row++) {
        int64_t offset = row % side[1] * view->image_step[1] + row / side[1] * view->image_step[2];
        convert_row(view, (const char *)view->image + offset * item, replaces, pad, to + row * side[0], side[0]);
    }
    view->type = AMOS_TYPE_FLOAT32;
    view->slope = 1.0;
    view->inter = 0.0;
    view->image = to;
    view->image_step[0] = 1;
    view->image_step[1] = side[0];
    view->image_step[2] = side[0] * side[1];
}

/* ---- choosing ---- */

#ifdef AMOSI_HAVE_AFFINE_AVX2
/* Whether the voxels along x are neighbours, and the steps from the first voxel to any other fit the 32 bits of an
 * index. */
static bool is_near(const struct amosi_view *v, const int64_t step[3])
{
    double farthest = 0.0;
    for (int i = 0; i < 3; i++)
        farthest += (double)(v->box.stop[i] - v->box.start[i]) * (double)(step[i] < 0 ? -step[i] : step[i]);
    return step[0] == 1 && farthest < 0x1p30;
}
#endif

const struct amosi_affine_kernels *amosi_affine_choose(const struct amosi_view *view)
{
#ifdef AMOSI_HAVE_AFFINE_AVX2
    if (amosi_cpu_has(AMOSI_CPU_AVX2) && is_near(view, view->image_step) &&
        (!view->label || is_near(view, view->label_step)))
        return &amosi_affine_avx2;
#else
    (void)view;
#endif
    return &amosi_affine_plain;
}
