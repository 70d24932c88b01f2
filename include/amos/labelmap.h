/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: label maps, with statistics of each organ. Every voxel is a checked integer label. */
#ifndef AMOS_LABELMAP_H
#define AMOS_LABELMAP_H

#include <amos/accept.h>
#include <amos/organ.h>
#include <amos/volume.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A label map. The caller owns it and releases it with amos_labelmap_free(). Immutable after loading: any thread may
 * use it. */
typedef struct amos_labelmap amos_labelmap;

/* Flag of amos_labelmap_options: keep only the statistics, not the voxels; needs the memory of a few tiles. */
#define AMOS_LABELMAP_STATS_ONLY 1u

/* How to load a label map. Start from AMOS_LABELMAP_OPTIONS_INIT. */
typedef struct amos_labelmap_options {
    size_t size;               /* sizeof(amos_labelmap_options) */
    uint32_t flags;            /* AMOS_LABELMAP_... */
    const amos_accept *accept; /* what is accepted: largest label, rounding, ignored values, a table, a frame. NULL: the
                                * defaults; copied */
    const char *orientation;   /* NULL: as stored; else three letters such as "RAS" */
    amos_progress progress;    /* units are voxel bytes as stored */
    amos_buffer_pool *pool;    /* the memory of the voxels is taken from and returned to this pool; NULL: the system */
    uint8_t *buffer;           /* NULL, or the caller's memory for the voxels; it must outlive the label map */
    size_t buffer_bytes;       /* size of buffer; at least shape[0]*shape[1]*shape[2] */
    int threads;               /* as in amos_read_options */
} amos_labelmap_options;

/* The defaults; NULL options mean the same: amos_labelmap_options o = AMOS_LABELMAP_OPTIONS_INIT; */
#define AMOS_LABELMAP_OPTIONS_INIT \
    { \
        sizeof(amos_labelmap_options), 0, NULL, NULL, {NULL, NULL}, NULL, NULL, 0, 0 \
    }

/* Statistics of one label. The label map owns them. */
typedef struct amos_organ_stats {
    int label;                /* 0..max_label */
    int present;              /* 1 if the map has at least one voxel of it, else 0 */
    uint64_t voxels;          /* number of voxels */
    double millilitres;       /* voxels * |det(affine)| / 1000; 0 without geometry */
    amos_box box;             /* bounding box; stop is exclusive. All zero if absent */
    double centroid_voxel[3]; /* mean voxel index, x y z; NaN if absent */
    double centroid_mm[3];    /* the same in mm, RAS+; NaN if absent or without geometry */
    int touches_border;       /* 1 if it has voxels in the first or last plane of the volume along any axis, else 0 */
} amos_organ_stats;

/* The facts of a label map. The label map owns them. Later versions may add members at the end. */
typedef struct amos_labelmap_info {
    int max_label;          /* the largest label allowed: statistics exist for 0..max_label */
    amos_accepted accepted; /* what was accepted in the voxels */
} amos_labelmap_info;

/* Reads the voxels of an open label file. Voxels of every stored type become uint8, and every voxel is checked after
 * scaling: it must be an integer 0..max_label, or accepted by options->accept. Otherwise the status is AMOS_E_LABEL, and
 * the message gives the first bad value, its voxel, the number of bad voxels and what would accept it. Several frames
 * give AMOS_E_UNSUPPORTED unless accept->frame selects one of them. A file without usable geometry is loaded; the
 * layout's has_geometry is then 0. With an index and threads the result is the same, bit for bit.
 *   amos_labelmap_options options = AMOS_LABELMAP_OPTIONS_INIT;
 *   options.orientation = "RAS";
 *   amos_labelmap *map;
 *   amos_status status = amos_labelmap_load(volume, &options, &map, &err);
 * On success the caller owns *out and releases it with amos_labelmap_free(); the volume may be freed earlier.
 * Returns the statuses of amos_volume_read(), or AMOS_E_LABEL. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_labelmap_load(const amos_volume *volume, const amos_labelmap_options *options,
                                                        amos_labelmap **out, amos_error *err);

/* Opens, loads and closes a label file in one call. volume_options and options may be NULL.
 * On success the caller owns *out and releases it with amos_labelmap_free().
 * Returns the statuses of amos_volume_open() and amos_labelmap_load(). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_labelmap_open(const char *path, const amos_volume_options *volume_options,
                                                        const amos_labelmap_options *options, amos_labelmap **out,
                                                        amos_error *err);

/* Makes a label map from voxels in memory, such as a prediction. The voxels are copied. They have an integer or floating
 * type, any strides (all zero: packed) and any alignment, and are checked as those of a file. accept may be NULL: the
 * defaults. The map gets the geometry and warnings of the layout.
 * On success the caller owns *out and releases it with amos_labelmap_free().
 * Returns AMOS_OK, AMOS_E_ARG (a layout that does not fit in `bytes` bytes, or a bad field of accept), AMOS_E_NOMEM,
 * AMOS_E_PAIR_SHAPE (the geometry has another shape), AMOS_E_UNSUPPORTED (another type, or several frames of which
 * accept->frame selects none) or AMOS_E_LABEL. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_labelmap_make(const amos_layout *layout, const void *voxels, size_t bytes,
                                                        const amos_accept *accept, amos_labelmap **out,
                                                        amos_error *err);

/* Releases a label map. Does nothing for NULL. No other thread may be using the map. */
AMOS_API void amos_labelmap_free(amos_labelmap *map);

/* The voxels: uint8, packed, x fastest. NULL for NULL and for a map loaded with AMOS_LABELMAP_STATS_ONLY. Valid until
 * the map is freed. Any thread. */
AMOS_API const uint8_t *amos_labelmap_voxels(const amos_labelmap *map);

/* The largest label and what was accepted. Valid until the map is freed; NULL for NULL. Any thread. */
AMOS_API const amos_labelmap_info *amos_labelmap_get_info(const amos_labelmap *map);

/* Shape, geometry and warnings (those of the volume, AMOS_W_EMPTY, _ROUNDED, _IGNORED and _RELABELLED). Valid until the map is freed; NULL for NULL.
 * Any thread. */
AMOS_API const amos_layout *amos_labelmap_layout(const amos_labelmap *map);

/* The largest label allowed in the map: statistics exist for 0..max_label. -1 for NULL. Any thread. */
AMOS_API int amos_labelmap_max_label(const amos_labelmap *map);

/* The statistics of one label; `label` may be an amos_organ. NULL if it is not 0..max_label, or for a NULL map. Valid
 * until the map is freed. Any thread. */
AMOS_API const amos_organ_stats *amos_labelmap_get_stats(const amos_labelmap *map, int label);

/* Writes the mask of a label: 1 for voxels of that label and 0 for all others, uint8, packed, x fastest. `bytes` must
 * be at least shape[0]*shape[1]*shape[2].
 * Returns AMOS_OK or AMOS_E_ARG (also for a label outside 0..max_label and for a map without voxels). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_labelmap_write_mask(const amos_labelmap *map, int label, uint8_t *out,
                                                              size_t bytes, amos_error *err);

/* Writes `count` masks one after the other: mask n is that of labels[n]. NULL labels mean 0..count-1. `bytes` must be
 * at least count*shape[0]*shape[1]*shape[2].
 * Returns AMOS_OK or AMOS_E_ARG (also for a label outside 0..max_label and for a map without voxels). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_labelmap_write_onehot(const amos_labelmap *map, const int *labels,
                                                                size_t count, uint8_t *out, size_t bytes,
                                                                amos_error *err);

/* Makes a new map that replaces each label v by table[v], to merge or renumber labels. table_count must be
 * max_label + 1. The new map has its own statistics. Its max_label is that of the old map, or the largest number in the
 * table if that is larger. Ignored voxels stay ignored, and the counts of what was accepted stay. On success the caller owns *out and releases it with amos_labelmap_free().
 * Returns AMOS_OK, AMOS_E_ARG (also for a map without voxels) or AMOS_E_NOMEM. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_labelmap_renumber(const amos_labelmap *map, const uint8_t *table,
                                                            size_t table_count, amos_labelmap **out, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
