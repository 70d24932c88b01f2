/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: the voxels of a label as integers by contract, with what is known of each organ. */
#ifndef AMOS_LABELMAP_H
#define AMOS_LABELMAP_H

#include <amos/organ.h>
#include <amos/volume.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Immutable after loading; any thread may use it. */
typedef struct amos_labelmap amos_labelmap;

/* One line of a table that gives another data set's label a number of ours. */
typedef struct amos_relabel {
    int64_t from;
    uint8_t to;
} amos_relabel;

#define AMOS_LABELMAP_STATS_ONLY 1u    /* keep no voxels: only the statistics, in the memory of a few tiles */
#define AMOS_LABELMAP_DROP_UNLISTED 2u /* with a table: a value that it does not list becomes background */

typedef struct amos_labelmap_options {
    size_t size;                /* sizeof(amos_labelmap_options) */
    uint32_t flags;             /* AMOS_LABEL_... */
    int max_label;              /* largest value allowed (after the table); 0: 15; at most 255 */
    double round_within;        /* 0: a fraction is an error. Up to 0.02: values that close to an integer become it */
    const amos_relabel *table;  /* NULL: values stay. Else every value but 0 must be listed; copied */
    size_t table_count;
    const char *orientation;    /* NULL: as stored; else three letters such as "RAS" */
    amos_progress progress;     /* units are voxel bytes as stored */
    amos_buffer_pool *pool;            /* where the voxels' memory comes from and goes back to; NULL: the system */
    uint8_t *buffer;            /* NULL, or the caller's memory for the voxels, which must outlive the label map */
    size_t buffer_bytes;        /* at least shape[0]*shape[1]*shape[2] */
    int threads;                /* as in amos_read_options */
} amos_labelmap_options;

/* The defaults, which NULL stands for too. */
#define AMOS_LABELMAP_OPTIONS_INIT \
    { \
        sizeof(amos_labelmap_options), 0, 0, 0, NULL, 0, NULL, {NULL, NULL}, NULL, NULL, 0, 0 \
    }

/* What a label map knows of one value. */
typedef struct amos_organ_stats {
    int label;                  /* 0..max_label */
    int present;                /* at least one voxel */
    uint64_t voxels;
    double millilitres;         /* voxels * |det(affine)| / 1000; 0 without geometry */
    amos_box box;               /* the smallest that holds it; stop is exclusive. All zero where absent */
    double centroid_voxel[3];   /* mean voxel index, x y z; NaN where absent */
    double centroid_mm[3];      /* the same in mm, RAS+; NaN where absent or without geometry */
    int touches_border;         /* it has voxels in the volume's first or last plane along any axis */
} amos_organ_stats;

/* Reads a label file. Whatever its stored type, voxels become uint8 and every one is checked after scaling: an integer
 * 0..max_label, or AMOS_E_LABEL with the first bad value, its voxel and how many there are. More than one frame is
 * AMOS_E_UNSUPPORTED. A file without usable geometry loads, with has_geometry 0. With an index and threads the result is
 * the same, bit for bit.
 * On success *out is the caller's, to be released by amos_labelmap_free(); it does not need the volume any more.
 * Returns as amos_volume_read(), or AMOS_E_LABEL. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_labelmap_load(const amos_volume *volume, const amos_labelmap_options *options,
                                                        amos_labelmap **out, amos_error *err);

/* Opens, loads and closes a file in one call. volume_options and options may be NULL.
 * Returns as amos_volume_open() and amos_labelmap_load(). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_labelmap_open(const char *path, const amos_volume_options *volume_options,
                                                             const amos_labelmap_options *options, amos_labelmap **out,
                                                             amos_error *err);

/* A label map of voxels in memory, such as a prediction, which are copied: of an integer type, one frame, with any strides
 * (all zero: packed), of any alignment; each must be 0..max_label (0: 15; at most 255). Geometry and warnings are those
 * of the layout. On success *out is the caller's, to be released by amos_labelmap_free().
 * Returns AMOS_OK, AMOS_E_ARG (a layout that does not fit `bytes` bytes, or a bad max_label), AMOS_E_NOMEM,
 * AMOS_E_PAIR_SHAPE (the geometry has another shape), AMOS_E_UNSUPPORTED (another type, or several frames) or
 * AMOS_E_LABEL. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_labelmap_make(const amos_layout *layout, const void *voxels, size_t bytes,
                                                        int max_label, amos_labelmap **out, amos_error *err);

/* Releases it; NULL is fine. */
AMOS_API void amos_labelmap_free(amos_labelmap *map);

/* The voxels, uint8, packed, x fastest; NULL for NULL and where AMOS_LABELMAP_STATS_ONLY was asked. Borrowed. */
AMOS_API const uint8_t *amos_labelmap_voxels(const amos_labelmap *map);

/* Shape, geometry and warnings (those of the volume and AMOS_W_EMPTY). Borrowed; NULL for NULL. */
AMOS_API const amos_layout *amos_labelmap_layout(const amos_labelmap *map);

/* The largest value that was allowed: statistics exist for 0..this. -1 for NULL. */
AMOS_API int amos_labelmap_max_label(const amos_labelmap *map);

/* What is known of one value; `label` may be an amos_organ. Borrowed; NULL where it is above max_label. */
AMOS_API const amos_organ_stats *amos_labelmap_get_stats(const amos_labelmap *map, int label);

/* Writes 1 where the voxel is `label` and 0 elsewhere: `bytes` must be at least shape[0]*shape[1]*shape[2].
 * Returns AMOS_OK or AMOS_E_ARG (also for a map without voxels). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_labelmap_write_mask(const amos_labelmap *map, int label, uint8_t *out, size_t bytes,
                                                        amos_error *err);

/* Writes `count` planes, one after the other, plane n being the mask of labels[n]; NULL labels mean 0..count-1.
 * `bytes` must be at least count*shape[0]*shape[1]*shape[2].
 * Returns AMOS_OK or AMOS_E_ARG. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_labelmap_write_onehot(const amos_labelmap *map, const int *labels, size_t count,
                                                          uint8_t *out, size_t bytes, amos_error *err);

/* A new map in which each voxel v is table[v] (max_label + 1 entries), with its own statistics: merges and renumbers.
 * Its max_label is the map's, or the largest number in the table where that is larger.
 * Returns AMOS_OK, AMOS_E_ARG or AMOS_E_NOMEM. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_labelmap_renumber(const amos_labelmap *map, const uint8_t *table,
                                                            size_t table_count, amos_labelmap **out, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
