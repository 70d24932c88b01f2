/* SPDX-License-Identifier: BSD-3-Clause */
/* The geometry of a sample in its volume. */
#ifndef AMOSI_LOADER_FILL_FRAME_H
#define AMOSI_LOADER_FILL_FRAME_H

#include "loader/store/store.h"

/* The mapping from a sample to its volume. Sizes and positions are in voxels, in the order x, y, z. */
struct amosi_frame {
    int64_t size[3];        /* of the sample */
    int axis[3];            /* without `affine`, sample axis i runs along this axis of the volume */
    bool reversed[3];       /* and whether it runs backwards */
    int64_t start[3];       /* of the patch, in the volume */
    int64_t shape[3];       /* of the volume */
    bool affine;            /* rotated by any angle, or zoomed */
    double to_volume[3][4]; /* sample voxel (x, y, z, 1) -> voxel index in the volume */
    amos_box source;        /* the part of the volume that is needed; all zero: none, the sample is beyond the volume */
    float pad;              /* value beyond the volume, before scaling */
    bool replaces;          /* voxels that are not finite have this value too */
};

/* Computes the frame of a place in a case after a change. `pad` is the value beyond the volume. */
void amosi_frame_make(struct amosi_frame *frame, const struct amosi_loader_case *c, const struct amosi_place *place,
                      const struct amosi_change *change, double pad);

/* An upper bound, along each axis, on the source box of any frame of this case with these settings. */
void amosi_frame_largest(const struct amosi_loader_case *c, const struct amosi_loader_settings *s, int64_t size[3]);

/* Whether the sample is entirely beyond the volume. */
static inline bool amosi_frame_is_beyond(const struct amosi_frame *frame)
{
    return frame->source.stop[0] == 0;
}

/* A box of a sample without `affine`: its position in the sample, and the first voxel and the steps along the sample's
 * axes within the voxels of a view. Steps are in voxels. */
struct amosi_block {
    int64_t first[3], count[3];
    const void *image;
    const uint8_t *label;
    int64_t image_step[3], label_step[3];
};

/* Computes the block of a sample that a view of a part of frame->source fills. Not for `affine`. */
void amosi_frame_block(const struct amosi_frame *frame, const struct amosi_view *view, struct amosi_block *block);

#endif
