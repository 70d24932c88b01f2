/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: the position of voxels in the patient: shape, affine, orientation, boxes.
 *
 * World coordinates are in millimetres, RAS+: x increases to the patient's right, y to the front (anterior), z to the
 * head (superior), as NIfTI-1 defines them (nifti1.h, "3D IMAGE (VOLUME) ORIENTATION AND LOCATION IN SPACE").
 * The centre of voxel (i,j,k) is affine * (i,j,k,1). In voxel arrays, x (i) is the fastest axis. */
#ifndef AMOS_GEOMETRY_H
#define AMOS_GEOMETRY_H

#include <amos/enum.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The source of the affine in the header. The values are methods 1, 2 and 3 of nifti1.h, in this order. */
typedef enum amos_affine_source {
    AMOS_AFFINE_SPACING = 0, /* neither form: spacing along the axes; position and orientation are unknown */
    AMOS_AFFINE_QFORM = 1,   /* sform_code is 0 and qform_code > 0: quaternion, offset and spacing */
    AMOS_AFFINE_SFORM = 2    /* sform_code > 0: the matrix srow_x, srow_y, srow_z */
} amos_affine_source;

/* A box of voxels: start <= index < stop along x, y and z. All zero means the whole volume. */
typedef struct amos_box {
    int64_t start[3]; /* first voxel index */
    int64_t stop[3];  /* exclusive */
} amos_box;

/* Axes that are reversed; they can be combined with |. */
#define AMOS_FLIP_X 1u
#define AMOS_FLIP_Y 2u
#define AMOS_FLIP_Z 4u

/* The position of a volume in the patient. The caller owns it; it has no pointers. */
typedef struct amos_geometry {
    int64_t shape[3];          /* voxels along x, y and z */
    double spacing[3];         /* mm between voxel centres along each axis */
    double affine[4][4];       /* voxel index -> mm, RAS+; row-major; the last row is 0 0 0 1 */
    amos_affine_source source; /* source of the affine in the header */
    char orientation[4];       /* axis codes: "LAS" means that x increases to the left, y to the front, z to the head */
} amos_geometry;

/* Names: "spacing", "qform", "sform". See amos_enum_name(). Any thread. */
static inline const char *amos_affine_source_name(amos_affine_source source)
{
    return amos_enum_name(AMOS_ENUM_AFFINE_SOURCE, (int)source);
}

/* Converts a voxel index, which may be fractional, to a position in mm, RAS+. Both arrays hold x, y, z. Any thread. */
AMOS_API void amos_geometry_to_mm(const amos_geometry *geometry, const double voxel[3], double mm[3]);

/* Computes the geometry of the same voxels after their axes are permuted and flipped to `orientation`: three letters
 * such as "RAS" or "LPS" (either case), one of L/R, one of A/P and one of S/I. `out` may be the same as `geometry`.
 * Returns AMOS_OK or AMOS_E_ARG. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_geometry_reorient(const amos_geometry *geometry, const char *orientation,
                                                            amos_geometry *out, amos_error *err);

/* Computes the distance between the positions of the same voxel in two geometries: *displacement_mm is the largest
 * displacement, in mm, of the eight corner voxels of the volume. No tolerance is applied here; amos_pair_open_case()
 * allows AMOS_TOLERANCE_VOXELS.
 * Returns AMOS_OK, AMOS_E_ARG, or AMOS_E_PAIR_SHAPE if the shapes differ. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_geometry_get_displacement(const amos_geometry *a, const amos_geometry *b,
                                                                    double *displacement_mm, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
