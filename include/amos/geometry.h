/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: where voxels lie in the patient: shape, affine, orientation, boxes.
 *
 * World coordinates are millimetres, RAS+: x grows to the patient's right, y to the front (anterior), z to the head
 * (superior), as NIfTI-1 defines them (nifti1.h, "3D IMAGE (VOLUME) ORIENTATION AND LOCATION IN SPACE").
 * Voxel (i,j,k) has its centre at affine * (i,j,k,1). Voxel arrays have x (i) fastest. */
#ifndef AMOS_GEOMETRY_H
#define AMOS_GEOMETRY_H

#include <amos/enum.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which of the header's three ways gave the affine (nifti1.h, methods 3, 2 and 1). */
typedef enum amos_affine_source {
    AMOS_AFFINE_SPACING = 0, /* neither form: spacing along the axes, no known place or orientation */
    AMOS_AFFINE_QFORM = 1,   /* sform_code is 0 and qform_code is not: quaternion, offset and spacing */
    AMOS_AFFINE_SFORM = 2    /* sform_code > 0: the matrix srow_x, srow_y, srow_z */
} amos_affine_source;

/* A box of voxels: start <= index < stop along x, y and z. All zero means the whole volume. */
typedef struct amos_box {
    int64_t start[3];
    int64_t stop[3];
} amos_box;

typedef struct amos_geometry {
    int64_t shape[3];          /* voxels along x, y and z */
    double spacing[3];         /* mm between voxel centres along each axis */
    double affine[4][4];       /* voxel index -> mm, RAS+; row-major; the last row is 0 0 0 1 */
    amos_affine_source source; /* where the affine comes from */
    char orientation[4];       /* axis codes: "LAS" means x grows to the left, y to the front, z to the head */
} amos_geometry;

/* "spacing", "qform", "sform". As amos_enum_name(). */
static inline const char *amos_affine_source_name(amos_affine_source source)
{
    return amos_enum_name(AMOS_ENUM_AFFINE_SOURCE, (int)source);
}

/* The millimetre position (RAS+) of a voxel index; fractions are fine. Both arrays hold x, y, z. Any thread. */
AMOS_API void amos_geometry_to_mm(const amos_geometry *geometry, const double voxel[3], double mm[3]);

/* The geometry that the same voxels have after their axes are permuted and flipped to `orientation`, three letters
 * such as "RAS" or "LPS" (either case): one of L/R, one of A/P and one of S/I. `out` may be `geometry`.
 * Returns AMOS_OK or AMOS_E_ARG. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_geometry_reorient(const amos_geometry *geometry, const char *orientation,
                                                            amos_geometry *out, amos_error *err);

/* How far apart two geometries put the same voxel: the largest displacement in mm of the eight corner voxels of the
 * volume, written to *displacement_mm. It does not judge; amos_pair_open_case() allows 1 % of the smallest spacing.
 * Returns AMOS_OK, AMOS_E_ARG, or AMOS_E_PAIR_SHAPE where the shapes differ. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_geometry_get_displacement(const amos_geometry *a, const amos_geometry *b,
                                                                double *displacement_mm, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
