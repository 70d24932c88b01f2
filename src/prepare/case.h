/* SPDX-License-Identifier: BSD-3-Clause */
/* A case being prepared for the cache: its voxels in memory, and the functions that change or measure them. */
#ifndef AMOSI_PREPARE_CASE_H
#define AMOSI_PREPARE_CASE_H

#include <amos/cache.h>

#include "label/labelmap.h"
#include "volume/array.h"

/* Voxels along an axis. */
#define AMOSI_CACHE_MOST_VOXELS ((int64_t)1 << 24)

struct amosi_prepare_case {
    const char *path; /* of the image, for messages */
    amos_modality modality;
    amos_buffer_pool *pool; /* source of memory for voxels; may be NULL */
    amos_array *image;      /* stored values; packed, x fastest */
    double slope, inter;
    amos_labelmap *labels; /* NULL if none; of the same shape */
};

/* Crops the case to a box. On failure it is unchanged. */
amos_status amosi_prepare_crop(struct amosi_prepare_case *c, const amos_box *box, amos_error *err);

/* Resamples the case to `spacing` mm (0 keeps that of the axis) around the centre of the volume. Beyond the outermost
 * voxels the image is extended with their values. AMOS_E_GEOM if the image has no geometry. */
amos_status amosi_prepare_resample(struct amosi_prepare_case *c, const double spacing[3],
                                   amos_interpolation interpolation, amos_error *err);

/* Measures the intensities of the image: of all voxels, of those above the body's threshold, and of those with a label
 * above 0. Types of up to 16 bits are counted exactly; for others, all results but mean and standard deviation are
 * exact to 1/65536 of the image's range. */
struct amosi_measuring;
amos_status amosi_measuring_begin(const struct amosi_prepare_case *c, struct amosi_measuring **out, amos_error *err);
void amosi_measuring_free(struct amosi_measuring *measuring);

/* Counts whole rows, y[0] to y[1] of the slices z[0] to z[1]. Before the end each row must be counted once, in any
 * order. */
void amosi_measuring_add(struct amosi_measuring *measuring, const int64_t y[2], const int64_t z[2]);
void amosi_measuring_end(struct amosi_measuring *measuring, double *threshold, amos_intensity *body,
                         amos_intensity *organs);

/* After the end: the number of voxels that are NaN or infinite. */
uint64_t amosi_measuring_not_finite(const struct amosi_measuring *measuring);

/* Does the same for all rows at once. */
amos_status amosi_prepare_measure(const struct amosi_prepare_case *c, double *threshold, amos_intensity *body,
                                  amos_intensity *organs, amos_error *err);

/* The bounding box of the body: the largest set of face-connected voxels above the threshold. The whole volume if there
 * are none. */
amos_status amosi_prepare_body_box(const struct amosi_prepare_case *c, double threshold, amos_box *box,
                                   amos_error *err);

/* Sampled voxels, at most `most` of each label above 0: all labels one after the other. */
struct amosi_prepare_positions {
    int32_t (*voxels)[3];
    float *values; /* the image's scaled values there */
    size_t count;
};

/* Sets positions[label] to the number of samples of each label. On success *out must be freed. */
amos_status amosi_prepare_sample(const struct amosi_prepare_case *c, int most, uint32_t positions[AMOSI_LABELS],
                                 struct amosi_prepare_positions *out, amos_error *err);
void amosi_prepare_positions_free(struct amosi_prepare_positions *positions);

/* The bounding box of all voxels with a label above 0, from the label map's statistics; empty if there are none. */
void amosi_prepare_labelled_box(const struct amosi_prepare_case *c, amos_box *box);

/* Replaces the voxels of a label map; the old ones are released. */
void amosi_prepare_replace_labels(amos_labelmap *map, const struct amosi_buffer *buffer);

/* Converts n stored voxels to scaled values. */
void amosi_prepare_scale(const struct amosi_prepare_case *c, double *to, const void *from, size_t n);

#endif
