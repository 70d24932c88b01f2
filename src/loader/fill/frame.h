/* SPDX-License-Identifier: BSD-3-Clause */
/* How a sample lies in its volume. */
#ifndef AMOSI_LOADER_FILL_FRAME_H
#define AMOSI_LOADER_FILL_FRAME_H

#include "loader/store/store.h"

struct amosi_frame {
    int64_t size[3];  /* of the sample */
    int axis[3];      /* sample axis i runs along this axis of the volume, */
    bool reversed[3]; /* backwards or not, where nothing is rotated by other angles */
    int64_t start[3]; /* of the patch, in the volume */
    int64_t shape[3]; /* of the volume */
    bool affine;
    double to_volume[3][4]; /* sample voxel (x, y, z, 1) -> voxel index in the volume */
    amos_box source;        /* what is needed of the volume; all zero: nothing, the sample lies beyond it */
    float pad;              /* value beyond the volume */
};

void amosi_frame_make(struct amosi_frame *frame, const struct amosi_loader_case *c, const struct amosi_place *place,
                      const struct amosi_change *change, double pad);

/* The largest box that a frame may need of this case, with these settings. */
void amosi_frame_largest(const struct amosi_loader_case *c, const struct amosi_loader_settings *s, int64_t size[3]);

static inline bool amosi_frame_is_beyond(const struct amosi_frame *frame)
{
    return frame->source.stop[0] == 0;
}

/* A box of a sample, where nothing is rotated by other angles: where it lies in the sample, and its first voxel and the
 * steps along the sample's axes in the voxels of a view. */
struct amosi_block {
    int64_t first[3], count[3];
    const void *image;
    const uint8_t *label;
    int64_t image_step[3], label_step[3];
};

/* The block that a view of a part of frame->source is. */
void amosi_frame_block(const struct amosi_frame *frame, const struct amosi_view *view, struct amosi_block *block);

/* Row (y, z) of a sample that is rotated or zoomed, not scaled yet: affine.c. */
void amosi_affine_image_row(const struct amosi_frame *frame, const struct amosi_view *view, int64_t y, int64_t z,
                            float *row);
void amosi_affine_label_row(const struct amosi_frame *frame, const struct amosi_view *view, int64_t y, int64_t z,
                            uint8_t *row);

#endif
