/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: an image and its label, opened together and known to fit. */
#ifndef AMOS_PAIR_H
#define AMOS_PAIR_H

#include <amos/dataset.h>
#include <amos/labelmap.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Immutable after opening; any number of threads may read through it. */
typedef struct amos_pair amos_pair;

#define AMOS_PAIR_WARN_GEOMETRY 1u /* a displacement beyond the tolerance is AMOS_W_GEOM instead of AMOS_E_PAIR_GEOM */

typedef struct amos_pair_options {
    size_t size;                        /* sizeof(amos_pair_options) */
    uint32_t flags;                     /* AMOS_PAIR_... */
    double tolerance;                   /* largest displacement allowed, in units of the smallest spacing; 0: none */
    const amos_volume_options *volume;  /* for both files; NULL: the defaults */
} amos_pair_options;

/* The defaults, which NULL stands for too. */
#define AMOS_PAIR_OPTIONS_INIT \
    { \
        sizeof(amos_pair_options), 0, 0.01, NULL \
    }

/* Opens the image and the label of a case, headers only, and holds their geometry against each other: equal or within
 * the tolerance is fine; if one of them has no known orientation only the shapes count (AMOS_W_NOORIENT).
 * options may be NULL. On success *out is the caller's, to be released by amos_pair_free(); it does not need the data
 * set any more.
 * Returns as amos_volume_open(), or AMOS_E_PAIR_SHAPE, AMOS_E_PAIR_GEOM (with the displacement in mm), AMOS_E_GEOM,
 * AMOS_E_DUP (both are one file), AMOS_E_UNSUPPORTED (more than one frame; a case without a label). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_pair_open_case(const amos_case *c, const amos_pair_options *options,
                                                    amos_pair **out, amos_error *err);

/* The same for any two files. */
AMOS_API AMOS_MUST_CHECK amos_status amos_pair_open(const char *image_path, const char *label_path,
                                                          const amos_pair_options *options, amos_pair **out,
                                                          amos_error *err);

/* Releases it; NULL is fine. */
AMOS_API void amos_pair_free(amos_pair *pair);

/* The two volumes. Borrowed; NULL for NULL. */
AMOS_API const amos_volume *amos_pair_image(const amos_pair *pair);
AMOS_API const amos_volume *amos_pair_label(const amos_pair *pair);

/* How far apart image and label lie, in mm; 0 where it is unknown. And AMOS_W_... of the pair itself. */
AMOS_API double amos_pair_displacement(const amos_pair *pair);
AMOS_API amos_warnings amos_pair_warnings(const amos_pair *pair);

/* Reads both, in one orientation and with the same voxel indices: the image as `image_options` say (box, strides and
 * offset must be zero, its orientation is used for both), the label as `label_options` say (NULL: the defaults; its
 * orientation must be NULL). On success both are the caller's, released by amos_array_free(), amos_labelmap_free().
 * Returns as amos_volume_load() and amos_labelmap_load(). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_pair_load(const amos_pair *pair, const amos_read_options *image_options,
                                                    const amos_labelmap_options *label_options, amos_array **image,
                                                    amos_labelmap **label, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
