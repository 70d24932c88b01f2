/* SPDX-License-Identifier: BSD-3-Clause */
/* libamos: voxels at other places: another spacing, or the grid of another volume.
 *
 * A new voxel lies at a position in millimetres; its index in the old grid, which is seldom a whole number, is
 * p = inverse(old affine) * new affine * (i, j, k, 1). Whole numbers of p are the centres of old voxels.
 *   nearest  the voxel at floor(p + 1/2) along each axis
 *   linear   weights 1 - t and t of the voxels at floor(p) and floor(p) + 1, t = p - floor(p), along each axis
 *   cubic    Catmull and Rom's spline through the voxels at floor(p) - 1 to floor(p) + 2 (R. G. Keys, Cubic convolution
 *            interpolation for digital image processing, IEEE Transactions ASSP-29, 1981, with a = -1/2)
 *   bspline  the cubic B-spline through all voxels (M. Unser, Splines: a perfect fit for signal and image processing, IEEE
 *            Signal Processing Magazine 16(6), 1999), which is mirrored at the centres of the outermost voxels; what
 *            SciPy calls order 3 with mode "mirror"
 * The first three extend the volume with its outermost voxels. A voxel is outside if its p lies more than half a voxel
 * beyond the outermost centres; docs/conventions.md has all of the rules.
 *
 * Two grids whose axes agree but for their order, directions, spacing and origin are resampled axis by axis, others point
 * by point. Axes agree if no voxel of the new grid moves by more than 1/1000 of an old voxel when what disagrees is left
 * out. The order of the axes is y, x, z if that takes fewer sums, else z, y, x: docs/conventions.md has the formula.
 *
 * Values are computed in float64, and rounded once, to nearest with ties to even. A voxel that gets no weight does not
 * count, be it NaN; but all voxels have some with bspline. Results are the same bits for any number of threads and on
 * every processor. */
#ifndef AMOS_RESAMPLE_H
#define AMOS_RESAMPLE_H

#include <amos/array.h>
#include <amos/context.h>
#include <amos/labelmap.h>
#include <amos/pool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How an image is resampled. */
typedef enum amos_interpolation {
    AMOS_INTERPOLATION_LINEAR = 0,
    AMOS_INTERPOLATION_CUBIC = 1, /* Catmull-Rom */
    AMOS_INTERPOLATION_NEAREST = 2,
    AMOS_INTERPOLATION_BSPLINE = 3 /* the cubic B-spline through the voxels */
} amos_interpolation;

/* "linear", "cubic", "nearest", "bspline". As amos_enum_name() and amos_enum_parse(). */
static inline const char *amos_interpolation_name(amos_interpolation interpolation)
{
    return amos_enum_name(AMOS_ENUM_INTERPOLATION, (int)interpolation);
}

static inline AMOS_MUST_CHECK amos_status amos_interpolation_parse(const char *name, amos_interpolation *out,
                                                                   amos_error *err)
{
    int value = 0;
    amos_status status = amos_enum_parse(AMOS_ENUM_INTERPOLATION, name, out ? &value : NULL, err);
    if (out)
        *out = (amos_interpolation)value;
    return status;
}

/* Flags of amos_resample_options. */
#define AMOS_RESAMPLE_MAJORITY \
    1u                          /* a voxel of a label map gets the label with the largest share of its box, not the
                                   * label at its centre. Of equal shares the label at the centre wins, else the
                                   * smallest. Overlaps are rounded to 2^-20 of the side
                                   * of the box; where axes do not agree, shares are counted at 4 x 4 x 4 points */
#define AMOS_RESAMPLE_EXTEND 2u /* voxels outside get the value of the outermost voxel next to them */

/* Where the new voxels are, and how their values are found. Start from AMOS_RESAMPLE_OPTIONS_INIT, and set `spacing` or
 * `like`. */
typedef struct amos_resample_options {
    size_t size;                      /* sizeof(amos_resample_options) */
    uint32_t flags;                   /* AMOS_RESAMPLE_... */
    double spacing[3];                /* mm along x, y, z, around the same centre; 0: that axis stays as it is */
    const amos_geometry *like;        /* NULL, or a grid: shape and affine of the result. `spacing` must be 0 then */
    amos_interpolation interpolation; /* of images */
    amos_type type;                   /* of the result; AMOS_TYPE_STORED: that of the voxels. Images only */
    double outside;                   /* value of voxels outside; for label maps a label, 0..max_label */
    amos_progress progress;           /* units are voxels of the result */
    amos_buffer_pool *pool; /* the memory of the result is taken from and returned to this pool; NULL: the system */
    int threads;            /* 0: all that this process may use; 1: the caller's alone */
} amos_resample_options;

/* The defaults: amos_resample_options o = AMOS_RESAMPLE_OPTIONS_INIT; */
#define AMOS_RESAMPLE_OPTIONS_INIT \
    { \
        sizeof(amos_resample_options), 0, {0, 0, 0}, NULL, AMOS_INTERPOLATION_LINEAR, AMOS_TYPE_STORED, 0, \
            {NULL, NULL}, NULL, 0 \
    }

/* What resampling did to the values: nothing is lost in silence. The caller owns it. */
typedef struct amos_resample_report {
    size_t size;        /* sizeof(amos_resample_report), set by the caller */
    int separable;      /* 1: the axes of both grids agree; 0: the result was computed point by point */
    int rounded;        /* 1: values were interpolated and are stored as integers, so they may be rounded */
    uint64_t outside;   /* voxels of the result that lie outside the old volume, and have the value for that */
    uint64_t saturated; /* voxels whose value the type cannot hold: they have its nearest value, 0 for NaN */
    uint32_t collapsed; /* bit d: one voxel is left of several along axis d (0 x, 1 y, 2 z) */
    int lost_count;     /* of a label map: labels above 0 that it had, and that no voxel of the result has */
    uint8_t lost[256];  /* these labels, increasing */
} amos_resample_report;

/* Sets the size: amos_resample_report report = AMOS_RESAMPLE_REPORT_INIT; */
#define AMOS_RESAMPLE_REPORT_INIT \
    { \
        sizeof(amos_resample_report), 0, 0, 0, 0, 0, 0, \
        { \
            0 \
        } \
    }

/* Computes the grid that `spacing` gives: mm along x, y, z; 0 keeps an axis, whose spacing is then that of `geometry`.
 * An axis of n voxels gets rint(n * old / new) of them, at least one, around the same centre, with exactly the new
 * spacing. `out` may be the same as `geometry`.
 * Returns AMOS_OK, AMOS_E_ARG (NULL, or a spacing that is negative or not finite) or AMOS_E_LIMIT (more than 2^24 voxels along an axis). Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_geometry_resample(const amos_geometry *geometry, const double spacing[3],
                                                            amos_geometry *out, amos_error *err);

/* Resamples an image: voxels in memory of one of the ten numeric types and one frame, with any strides (all zero:
 * packed) and any alignment. With an amos_array: amos_array_resample(amos_array_layout(a), amos_array_data(a),
 * amos_array_layout(a)->bytes, &options, &out, NULL, &err). Stored values may be resampled before they are scaled: all
 * rules are linear. options must not be NULL; report may be NULL.
 * On success the caller owns *out, packed, and releases it with amos_array_free(). A buffer of the pool is used for the
 * result; besides, memory is needed for a few rows for each thread. With bspline it is needed for the voxels as float64 too;
 * in the order y, x, z for the new planes of the old slices instead, and for one plane for each thread.
 * Returns AMOS_OK, AMOS_E_ARG (a layout that does not fit in `bytes` bytes, bad options), AMOS_E_GEOM (the voxels have no
 * geometry, or one of the affines cannot be inverted), AMOS_E_UNSUPPORTED (another type, or several frames), AMOS_E_LIMIT
 * (a result of more than 2^24 voxels along an axis, or larger than the address space), AMOS_E_NOMEM or AMOS_E_CANCEL. Any
 * thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_array_resample(const amos_layout *layout, const void *voxels, size_t bytes,
                                                         const amos_resample_options *options, amos_array **out,
                                                         amos_resample_report *report, amos_error *err);

/* Resamples a label map: every voxel of the result has a label of the map, or `outside`. options->interpolation and type
 * are not used. Statistics are those of the result; ignored voxels are forgotten, the counts of what was accepted stay.
 * On success the caller owns *out and releases it with amos_labelmap_free().
 * Returns what amos_array_resample() returns; AMOS_E_ARG also for a map without voxels. Any thread. */
AMOS_API AMOS_MUST_CHECK amos_status amos_labelmap_resample(const amos_labelmap *map,
                                                            const amos_resample_options *options, amos_labelmap **out,
                                                            amos_resample_report *report, amos_error *err);

#ifdef __cplusplus
}
#endif

#endif
