/* SPDX-License-Identifier: BSD-3-Clause */
/* The voxels of an element, put where they belong and changed on the way: parts of the volume as they come, padding, and
 * rows of an element that is rotated. */
#ifndef AMOSI_LOADER_FILL_VOXELS_H
#define AMOSI_LOADER_FILL_VOXELS_H

#include "loader/fill/sample.h"

#define AMOSI_LABEL_PIECE 32

/* An element while it is made. */
struct amosi_making {
    const struct amosi_maker *maker;
    const struct amosi_loader_case *c;
    struct amosi_element_scratch *scratch;
    struct amosi_frame frame;
    struct amosi_change change;
    struct amosi_tone_scale scale;
    bool scales;
    struct amosi_source_of_chance chance;
    void *image, *label;   /* label may be NULL */
    float *values;         /* the image as float32; NULL: only rows of it are, and become float16 */
    bool finishes;         /* values get their last changes at once; else amosi_making_finish() is called for them */
    /* The largest labels that came, allowed or not, of each place in a piece of a row; see below. What is too large for
     * one-hot labels is not written. */
    uint8_t largest_labels[AMOSI_LABEL_PIECE];
    uint64_t copy_ns;
};

/* What comes before the first voxel. */
void amosi_making_begin(struct amosi_making *m);

/* An amosi_part_fn: part of frame.source. `making` is a struct amosi_making. */
void amosi_making_take(void *making, const struct amosi_view *part);

/* All that lies beyond the volume. */
void amosi_making_pad(const struct amosi_making *m);

/* All of it, where it is rotated or zoomed. */
void amosi_making_rotate(struct amosi_making *m, const struct amosi_view *view);

/* The largest label of all voxels that were stored, 0 if none were. */
int amosi_making_largest_label(const struct amosi_making *m);

/* The last changes of n values from (x, y, z) on, which need nothing but them: contrast about a known mean, brightness,
 * noise; then float16 where that is wanted. */
void amosi_making_finish(const struct amosi_making *m, float *values, const int64_t at[3], int64_t n, float mean);

#endif
