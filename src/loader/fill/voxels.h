/* SPDX-License-Identifier: BSD-3-Clause */
/* The voxels of a sample, put where they belong and changed on the way: parts of the volume as they come, padding, and
 * rows of a sample that is rotated. */
#ifndef AMOSI_LOADER_FILL_VOXELS_H
#define AMOSI_LOADER_FILL_VOXELS_H

#include "loader/fill/sample.h"

#define AMOSI_LABEL_PIECE 32

/* A sample while it is made. */
struct amosi_fill {
    const struct amosi_maker *maker;
    const struct amosi_loader_case *c;
    struct amosi_sample_scratch *scratch;
    struct amosi_frame frame;
    struct amosi_change change;
    struct amosi_tone_scale scale;
    bool scales;
    struct amosi_source_of_chance chance;
    void *image, *label;   /* label may be NULL */
    float *values;         /* the image as float32; NULL: only rows of it are, and become float16 */
    bool finishes;         /* values get their last changes at once; else amosi_fill_finish() is called for them */
    /* The largest labels that came, allowed or not, of each place in a piece of a row; see below. What is too large for
     * one-hot labels is not written. */
    uint8_t largest_labels[AMOSI_LABEL_PIECE];
    uint64_t copy_ns;
};

/* What comes before the first voxel. */
void amosi_fill_begin(struct amosi_fill *m);

/* The voxels of a part of frame.source. */
void amosi_fill_part(struct amosi_fill *fill, const struct amosi_view *part);

/* All that lies beyond the volume. */
void amosi_fill_pad(const struct amosi_fill *m);

/* All of it, where it is rotated or zoomed. */
void amosi_fill_rotate(struct amosi_fill *m, const struct amosi_view *view);

/* The largest label of all voxels that were stored, 0 if none were. */
int amosi_fill_largest_label(const struct amosi_fill *m);

/* The last changes of n values from (x, y, z) on, which need nothing but them: contrast about a known mean, brightness,
 * noise; then float16 where that is wanted. */
void amosi_fill_finish(const struct amosi_fill *m, float *values, const int64_t at[3], int64_t n, float mean);

#endif
