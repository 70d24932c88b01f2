/* SPDX-License-Identifier: BSD-3-Clause */
/* A case on its way into the cache: its voxels in memory, and what is done to them. */
#ifndef AMOSI_PREPARE_CASE_H
#define AMOSI_PREPARE_CASE_H

#include <amos/cache.h>

#include "label/labelmap.h"
#include "volume/array.h"

/* Voxels along an axis. */
#define AMOSI_CACHE_MOST_VOXELS ((int64_t)1 << 24)

struct amosi_cache_case {
    const char *path; /* of the image, for messages */
    amos_modality modality;
    amos_buffer_pool *pool;   /* where memory for voxels comes from; may be NULL */
    amos_array *image; /* stored values; packed, x fastest */
    double slope, inter;
    amos_labelmap *labels; /* NULL: none. Of the same shape */
};

/* Keeps only a box. On failure the case is as it was. */
amos_status amosi_cache_crop(struct amosi_cache_case *c, const amos_box *box, amos_error *err);

/* Puts voxels `spacing` mm apart (0: as they are), the middle of the volume staying where it is. Beyond the outermost
 * voxels the image goes on with their values. AMOS_E_GEOM where the image has no geometry. */
amos_status amosi_cache_resample(struct amosi_cache_case *c, const double spacing[3], amos_interpolation interpolation,
                                 amos_error *err);

/* The image's values: over what all of them range, those above the threshold of the body, and those with a label above 0.
 * Types of up to 16 bits are counted exactly; of others, all but mean and standard deviation are exact to 1/65536 of the
 * image's range. */
struct amosi_measuring;
amos_status amosi_measuring_begin(const struct amosi_cache_case *c, struct amosi_measuring **out, amos_error *err);
void amosi_measuring_free(struct amosi_measuring *measuring);

/* Takes some rows, whole ones, from y[0] to y[1] of the slices from z[0] to z[1]. In the end each row must have been taken
 * once, in any order. */
void amosi_measuring_take(struct amosi_measuring *measuring, const int64_t y[2], const int64_t z[2]);
void amosi_measuring_end(struct amosi_measuring *measuring, double *threshold, amos_intensity *body,
                         amos_intensity *organs);

/* The same for all rows at once. */
amos_status amosi_cache_measure(const struct amosi_cache_case *c, double *threshold, amos_intensity *body,
                                amos_intensity *organs, amos_error *err);

/* The smallest box that holds the body: the largest set of voxels above the threshold that touch face to face. Everything
 * where there are none. */
amos_status amosi_cache_body_box(const struct amosi_cache_case *c, double threshold, amos_box *box, amos_error *err);

/* Sampled voxels of each label above 0, at most `most`: all labels one after the other. */
struct amosi_cache_positions {
    int32_t (*voxels)[3];
    float *values; /* of the image there, scaled */
    size_t count;
};

/* positions[label] gets how many each label has. On success *out is to be freed. */
amos_status amosi_cache_sample(const struct amosi_cache_case *c, int most, uint32_t positions[AMOSI_LABELS],
                               struct amosi_cache_positions *out, amos_error *err);
void amosi_cache_positions_free(struct amosi_cache_positions *positions);

/* The smallest box that holds all voxels with a label above 0, by the label map's counts; empty where there are none. */
void amosi_cache_labelled_box(const struct amosi_cache_case *c, amos_box *box);

/* Gives a label map other voxels; the old are released. */
void amosi_cache_replace_labels(amos_labelmap *map, const struct amosi_buffer *buffer);

/* The scaled value of n stored voxels. */
void amosi_cache_scale(const struct amosi_cache_case *c, double *to, const void *from, size_t n);

#endif
