/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: connected components of a label map, of all organs at once.
 *
 * Two voxels are connected if they have the same label, and their faces (6), their faces or edges (18), or also their
 * corners (26) touch. Background has no components; holes are the parts of it that an organ encloses.
 *
 * Components are numbered from 0: smaller labels first, within a label the largest first, and of equal sizes the one
 * whose first voxel comes first in memory. The numbers, and everything else, are the same for any number of threads. */
#ifndef AMOS_COMPONENTS_H
#define AMOS_COMPONENTS_H

#include <amos/labelmap.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The components of a label map. The caller owns them and releases them with amos_components_free(). They do not use
 * the label map after the call that found them. Immutable: any thread may use them. */
typedef struct amos_components amos_components;

/* Flag of amos_components_options: find holes too; takes about as long again. */
#define AMOS_COMPONENTS_HOLES 1u

/* How to find components. Start from AMOS_COMPONENTS_OPTIONS_INIT. */
typedef struct amos_components_options {
    size_t size;      /* sizeof(amos_components_options) */
    uint32_t flags;   /* AMOS_COMPONENTS_... */
    int connectivity; /* 6, 18 or 26 neighbours; 0: 26 */
    int threads;      /* 0: one for each processor that this process may use; 1: the caller's thread alone */
} amos_components_options;

/* The defaults; NULL options mean the same: amos_components_options o = AMOS_COMPONENTS_OPTIONS_INIT; */
#define AMOS_COMPONENTS_OPTIONS_INIT \
    { \
        sizeof(amos_components_options), 0, 0, 0 \
    }

/* One component, or one hole. */
typedef struct amos_component {
    size_t size;              /* sizeof(amos_component), set by the caller */
    int label;                /* of the component; of a hole, the label that encloses it */
    int touches_border;       /* 1 if it has voxels in the first or last plane of the volume along any axis, else 0 */
    uint64_t voxels;          /* number of voxels, at least 1 */
    double mm3;               /* voxels * |det(affine)|; 0 without geometry */
    double millilitres;       /* mm3 / 1000 */
    amos_box box;             /* bounding box; stop is exclusive */
    double centroid_voxel[3]; /* mean voxel index, x y z; it may lie outside of the component */
    double centroid_mm[3];    /* the same in mm, RAS+; NaN without geometry */
    int64_t first[3];         /* its first voxel in memory, x y z */
} amos_component;

/* The components of one label. The library owns them. Later versions may add members at the end. */
typedef struct amos_component_organ {
    int label;
    uint64_t first;   /* the number of its first component, which is its largest; meaningless if count is 0 */
    uint64_t count;   /* how many components it has; 0: the label is absent */
    uint64_t voxels;  /* of all of them */
    uint64_t largest; /* voxels of the largest; 0 if absent */
    uint64_t holes;   /* how many holes it encloses; 0 without AMOS_COMPONENTS_HOLES */
} amos_component_organ;

/* The facts of a handle. The library owns them. Later versions may add members at the end. */
typedef struct amos_components_info {
    int connectivity; /* 6, 18 or 26 */
    int max_label;    /* that of the label map */
    uint64_t count;   /* components of all labels */
    uint64_t holes;   /* holes of all labels; 0 without AMOS_COMPONENTS_HOLES */
    int64_t shape[3]; /* of the label map */
} amos_components_info;

/* Finds the components of all labels above 0, by runs of equal labels along x, which are joined by union-find (Rosenfeld
 * and Pfaltz 1966; He, Chao and Suzuki 2008 for runs). Needs up to 44 bytes for each run and 72 for each component; with
 * flags, as much for the background.
 * A hole is a component of the background that does not reach the border of the volume and touches, by faces, one label
 * only. Background is connected by the other kind of neighbours: 6 if organs are connected by 18 or 26, else 26.
 *   amos_components *components;
 *   amos_status status = amos_components_find(map, NULL, &components, &err);
 * On success the caller owns *out and releases it with amos_components_free(); the map may be freed earlier.
 * Returns AMOS_OK, AMOS_E_ARG (a bad option, or a map without voxels), AMOS_E_LIMIT (2^32 - 1 runs or more) or
 * AMOS_E_NOMEM. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_components_find(const amos_labelmap *map,
                                                          const amos_components_options *options, amos_components **out,
                                                          amos_error *err);

/* Releases components. Does nothing for NULL. No other thread may be using them. */
AMOS_API void amos_components_free(amos_components *components);

/* Numbers of components and holes. Valid until the components are freed; NULL for NULL. Any thread. */
AMOS_API const amos_components_info *amos_components_get_info(const amos_components *components);

/* The components of one label. NULL if it is not 1..max_label, or for NULL. Valid until the components are freed. Any
 * thread. */
AMOS_API const amos_component_organ *amos_components_get_organ(const amos_components *components, int label);

/* Fills *out, whose size is set, with component number `index`, 0..count-1.
 *   amos_component component = {.size = sizeof component};
 * Returns AMOS_OK or AMOS_E_ARG. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_components_get(const amos_components *components, uint64_t index,
                                                         amos_component *out, amos_error *err);

/* The same for hole number `index`, 0..holes-1, in the same order.
 * Returns AMOS_OK or AMOS_E_ARG. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_components_get_hole(const amos_components *components, uint64_t index,
                                                              amos_component *out, amos_error *err);

/* Writes for each voxel the number of its component plus 1, and 0 for background; packed, x fastest. `bytes` must be at
 * least 4*shape[0]*shape[1]*shape[2].
 * Returns AMOS_OK or AMOS_E_ARG. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_components_write_numbers(const amos_components *components, uint32_t *out,
                                                                   size_t bytes, amos_error *err);

/* Flag of amos_drop_options: of each organ, only the largest component stays. */
#define AMOS_DROP_ALL_BUT_LARGEST 1u

/* Which components are dropped: those that one of the rules names, but never the largest of an organ, so that no organ
 * is lost. Start from AMOS_DROP_OPTIONS_INIT. */
typedef struct amos_drop_options {
    size_t size;         /* sizeof(amos_drop_options) */
    uint32_t flags;      /* AMOS_DROP_... */
    uint64_t min_voxels; /* components of fewer voxels are dropped; 0: no such rule */
    double min_mm3;      /* components of a smaller volume are dropped; needs a geometry; 0: no such rule */
} amos_drop_options;

/* The defaults: no rule, so that nothing is dropped. NULL options mean the same. */
#define AMOS_DROP_OPTIONS_INIT \
    { \
        sizeof(amos_drop_options), 0, 0, 0 \
    }

/* What was dropped. */
typedef struct amos_dropped {
    size_t size;         /* sizeof(amos_dropped), set by the caller */
    uint64_t components; /* how many components */
    uint64_t voxels;     /* and how many voxels of them, which became background */
    int labels;          /* of how many labels */
} amos_dropped;

/* Makes a new label map without small components. `components` are those of `map`. The new map has its own statistics;
 * the rest of it is as that of `map`. dropped may be NULL; else its size is set.
 *   amos_drop_options options = AMOS_DROP_OPTIONS_INIT;
 *   options.min_mm3 = 100;
 *   amos_status status = amos_components_drop(components, map, &options, &clean, NULL, &err);
 * On success the caller owns *out and releases it with amos_labelmap_free().
 * Returns AMOS_OK, AMOS_E_ARG (a bad option, or components of another map), AMOS_E_GEOM (min_mm3 without geometry) or
 * AMOS_E_NOMEM. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_components_drop(const amos_components *components, const amos_labelmap *map,
                                                          const amos_drop_options *options, amos_labelmap **out,
                                                          amos_dropped *dropped, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
