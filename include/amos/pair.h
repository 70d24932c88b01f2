/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: an image and its label, opened together and checked to fit. */
#ifndef AMOS_PAIR_H
#define AMOS_PAIR_H

#include <amos/dataset.h>
#include <amos/labelmap.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Does not change after opening. Any number of threads may read through it at the same time. */
typedef struct amos_pair amos_pair;

#define AMOS_PAIR_WARN_GEOMETRY 1u /* a displacement beyond the tolerance is AMOS_W_GEOM instead of AMOS_E_PAIR_GEOM */

typedef struct amos_pair_options {
    size_t size;                       /* sizeof(amos_pair_options) */
    uint32_t flags;                    /* AMOS_PAIR_... */
    const amos_accept *accept;         /* NULL: the defaults; copied. The displacement, the frame of both files, and
                                         * the defaults of the label in amos_pair_load() */
    const amos_volume_options *volume; /* for both files; NULL: the defaults */
} amos_pair_options;

/* What is known about a pair once it is open. */
typedef struct amos_pair_info {
    const amos_volume *image; /* borrowed from the pair */
    const amos_volume *label; /* borrowed from the pair */
    double displacement; /* distance in mm between image and label, as amos_geometry_get_displacement(), after turning
                          * and by the reading that fits; 0: unknown */
    amos_warnings warnings; /* AMOS_W_... of the pair itself; see amos_volume_warnings() for those of each file */
    char turned_from[4];    /* AMOS_W_TURNED: the label's stored orientation, which differs from the image's; else "" */
} amos_pair_info;

/* The defaults, which NULL stands for too. */
#define AMOS_PAIR_OPTIONS_INIT \
    { \
        sizeof(amos_pair_options), 0, NULL, NULL \
    }

/* Opens the image and the label of a case, reads their headers only, and compares their geometry.
 *
 * They fit if the voxels are at the same positions within the tolerance: as stored, or after a permutation and flips of
 * the label's axes (AMOS_W_TURNED), with which amos_pair_load() then reads it. Nothing is resampled. A qform of nearly a
 * half turn counts by either of its readings (AMOS_W_READING if only the other one fits; docs/conventions.md). If one of
 * them has no known orientation, only the shapes are compared (AMOS_W_NOORIENT).
 *
 * options may be NULL. *out belongs to the caller; release it with amos_pair_free(). The pair does not need the data set
 * any more.
 * Returns as amos_volume_open(), or AMOS_E_PAIR_SHAPE, AMOS_E_PAIR_GEOM (the message gives the displacement in mm),
 * AMOS_E_GEOM, AMOS_E_DUP (both are one file), AMOS_E_UNSUPPORTED (a case without a label, or more than one frame of which
 * accept->frame selects none).
 * Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_pair_open_case(const amos_case *c, const amos_pair_options *options,
                                                         amos_pair **out, amos_error *err);

/* The same for any two files. */
AMOS_API AMOS_MUST_CHECK amos_status amos_pair_open(const char *image_path, const char *label_path,
                                                    const amos_pair_options *options, amos_pair **out, amos_error *err);

/* Releases a pair and its two volumes. NULL is allowed. No other thread may be using it. */
AMOS_API void amos_pair_free(amos_pair *pair);

/* Borrowed from the pair; NULL for NULL. Any thread. */
AMOS_API const amos_pair_info *amos_pair_get_info(const amos_pair *pair);

/* Reads image and label so that equal voxel indices mean the same place. `image` may be NULL: only the label is read, in
 * the order of the image's voxels. `image_options` may set neither box, strides nor offset; its orientation is used for
 * both. If it sets no frame, that of the pair is read. `label_options` may set no orientation; if its accept is NULL,
 * that of the pair is used, and a max_label of 0 is the data set's. Either may be NULL: the defaults.
 * The layout of the label has the warnings of the pair too. The results belong to the caller; release them with amos_array_free() and amos_labelmap_free().
 * Returns as amos_volume_load() and amos_labelmap_load(). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_pair_load(const amos_pair *pair, const amos_read_options *image_options,
                                                    const amos_labelmap_options *label_options, amos_array **image,
                                                    amos_labelmap **label, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
