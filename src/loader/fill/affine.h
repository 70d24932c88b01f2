/* SPDX-License-Identifier: BSD-3-Clause */
/* The voxels of samples that are rotated or zoomed: the image by linear interpolation, the label by the nearest voxel.
 * The plain C code and the vector code give identical bits. */
#ifndef AMOSI_LOADER_FILL_AFFINE_H
#define AMOSI_LOADER_FILL_AFFINE_H

#include "loader/fill/frame.h"

/* What all rows of a sample have in common. `view` covers frame->source; amosi_affine_is_direct(). */
struct amosi_affine {
    const struct amosi_frame *frame;
    const struct amosi_view *view;
    int64_t image_ahead,
        label_ahead; /* about how many voxels of the view the same row of a later plane is away: what it
                                       * needs is fetched into the processor's cache meanwhile */
};

struct amosi_affine amosi_affine_make(const struct amosi_frame *frame, const struct amosi_view *view);

/* The voxels of a sample's row are on a straight line in the volume: position = from + x * step, in voxel indices. */
struct amosi_line {
    double from[3], step[3];
};

static inline struct amosi_line amosi_line_make(const struct amosi_frame *f, int64_t y, int64_t z)
{
    struct amosi_line line;
    for (int i = 0; i < 3; i++) {
        line.from[i] = f->to_volume[i][1] * (double)y + f->to_volume[i][2] * (double)z + f->to_volume[i][3];
        line.step[i] = f->to_volume[i][0];
    }
    return line;
}

/* A set of kernels: voxels first..first+n-1 of a row, to to[first].. . Values are not scaled by amos_scaling yet. */
struct amosi_affine_kernels {
    void (*image)(const struct amosi_affine *a, const struct amosi_line *line, int64_t first, int64_t n, float *to);
    void (*label)(const struct amosi_affine *a, const struct amosi_line *line, int64_t first, int64_t n, uint8_t *to);
};

/* The kernels in plain C. */
extern const struct amosi_affine_kernels amosi_affine_plain;

/* The fastest kernels for this processor and this view. */
const struct amosi_affine_kernels *amosi_affine_choose(const struct amosi_view *view);

/* Whether the kernels take the image of a view with these properties as it is: int16 or float32 without scaling.
 * `replaces`: voxels that are not finite are replaced. Others are made float32 first. */
bool amosi_affine_is_direct(amos_type type, double slope, double inter, bool replaces);

/* The voxels of a view that are not finite. */
uint64_t amosi_affine_count_not_finite(const struct amosi_view *view);

/* Copies the image of a view to `to`, packed, as float32 values; *view becomes a view of the copy. With `replaces`,
 * voxels that are not finite become `pad`. */
void amosi_affine_make_direct(struct amosi_view *view, bool replaces, float pad, float *to);

#endif
