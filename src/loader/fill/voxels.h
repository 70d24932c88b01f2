/* SPDX-License-Identifier: BSD-3-Clause */
/* Fills the voxels of a sample and augments them in the same pass: from parts of the volume in any order, from padding,
 * or row by row if the sample is rotated. */
#ifndef AMOSI_LOADER_FILL_VOXELS_H
#define AMOSI_LOADER_FILL_VOXELS_H

#include "loader/fill/sample.h"

/* The number of labels of a row that are processed together. */
#define AMOSI_LABEL_PIECE 32

/* A sample in progress. */
struct amosi_fill {
    const struct amosi_maker *maker;
    const struct amosi_loader_case *c;
    struct amosi_sample_scratch *scratch;
    struct amosi_frame frame;
    struct amosi_change change;
    struct amosi_tone_scale scale;
    bool scales; /* `scale` applies */
    struct amosi_source_of_chance chance;
    void *image, *label; /* label may be NULL */
    float *values;       /* the whole image as float32; NULL: each row becomes float16 immediately */
    bool finishes;       /* each row is finished immediately; else the caller calls amosi_fill_finish() */
    /* The largest label seen, valid or not, for each position in a piece of a row; amosi_fill_largest_label() combines
     * them. Labels too large for one-hot planes are noted here but not written. */
    uint8_t largest_labels[AMOSI_LABEL_PIECE];
    bool mirrored;       /* left and right are exchanged */
    uint64_t not_finite; /* voxels of the volume seen that are NaN or infinite */
    uint64_t copy_ns;    /* time spent on filling */
};

/* Prepares the sample; call it before the first voxel: the keys of the noise, and zeros for one-hot labels. */
void amosi_fill_begin(struct amosi_fill *m);

/* Fills the voxels that a part of frame.source covers. */
void amosi_fill_part(struct amosi_fill *m, const struct amosi_view *part);

/* Fills all voxels beyond the volume. Not for frame.affine, unless the whole sample is beyond the volume. */
void amosi_fill_pad(const struct amosi_fill *m);

/* Fills a whole sample with frame.affine. `view` covers frame.source; amosi_affine_is_direct(). */
void amosi_fill_rotate(struct amosi_fill *m, const struct amosi_view *view);

/* The largest label of all voxels filled so far; 0 if none. */
int amosi_fill_largest_label(const struct amosi_fill *m);

/* Applies the last changes to n values of a row that starts at sample voxel `at`: contrast about `mean`, brightness,
 * noise; then converts to float16 if the loader requests it. */
void amosi_fill_finish(const struct amosi_fill *m, float *values, const int64_t at[3], int64_t n, float mean);

#endif
