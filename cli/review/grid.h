/* SPDX-License-Identifier: BSD-3-Clause */
/* The grid in which a case is shown: its voxels in RAS order, the nearest to the patient's axes, x fastest. In a report its
 * slices are at most `size` voxels wide and high; z is kept. A wider slice of n voxels becomes one of m: new voxel i is the
 * mean of what lies between n i / m and n (i + 1) / m, by the share of each old voxel. */
#ifndef CLI_REVIEW_GRID_H
#define CLI_REVIEW_GRID_H

#include <amos/amos.h>

#include <stdbool.h>

/* The geometry of a canonical one with slices of at most `size` voxels; 0: it stays as it is. Both axes of a slice shrink
 * alike. */
void review_grid_shrink(const amos_geometry *canonical, int64_t size, amos_geometry *out);

/* The voxel of the shown grid in which a voxel of a volume as stored lies. `orientation` has the letters of the stored axes; size
 * as above. */
void review_grid_place(const int64_t stored[3], const char orientation[4], int64_t size, const int64_t voxel[3],
                       int64_t out[3]);

/* Averages slices of packed float32 voxels. A mean is NaN or infinite if one of its voxels is. */
struct review_averaging {
    int64_t shape[3], shown[3];
    struct review_span *columns;
    double *row;
};

/* False if memory ran out. Release with review_averaging_free() in either case. */
bool review_averaging_make(const int64_t shape[3], const int64_t shown[3], struct review_averaging *out);
void review_averaging_free(struct review_averaging *averaging);

/* Writes slice `z` of the shown grid, packed. `voxels` is the whole volume. */
void review_average(const struct review_averaging *averaging, const float *voxels, int64_t z, double *out);

/* Label voxels in RAS order, whatever the order in memory. */
struct review_labels {
    const uint8_t *voxels; /* that of (0, 0, 0) */
    int64_t shape[3], step[3];
};

/* NULL voxels for a NULL map. As stored if the map has no geometry. */
struct review_labels review_labels_of(const amos_labelmap *map);

/* Copies one axial slice, packed. */
void review_labels_slice(const struct review_labels *labels, int64_t z, uint8_t *out);

/* The label map of a shown grid: each voxel has the label with the largest share of its box (AMOS_RESAMPLE_MAJORITY). *out is
 * NULL if nothing shrinks. `grid` is in RAS order, that of the map as stored. As amos_labelmap_resample(). */
amos_status review_labels_shrink(const amos_labelmap *map, const amos_geometry *grid, amos_buffer_pool *pool,
                                 amos_labelmap **out, amos_error *err);

#endif
