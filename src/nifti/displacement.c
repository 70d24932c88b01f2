/* SPDX-License-Identifier: BSD-3-Clause */
/* Positions of voxels, and how far apart those of two geometries are. */
#include <math.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/math/rounding.h"
#include "nifti/geometry.h"

double amosi_geometry_smallest_spacing(const amos_geometry *geometry)
{
    const double *v = geometry->spacing;
    return fmin(v[0], fmin(v[1], v[2]));
}

void amos_geometry_to_mm(const amos_geometry *geometry, const double voxel[3], double mm[3])
{
    const double v[3] = {voxel[0], voxel[1], voxel[2]};
    int rounding = amosi_rounding_begin();
    for (int i = 0; i < 3; i++) {
        const double *row = geometry->affine[i];
        mm[i] = row[0] * v[0] + row[1] * v[1] + row[2] * v[2] + row[3];
    }
    amosi_rounding_end(rounding);
}

amos_status amos_geometry_get_displacement(const amos_geometry *a, const amos_geometry *b, double *displacement_mm,
                                           amos_error *err)
{
    if (!a || !b || !displacement_mm)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_geometry_get_displacement needs two geometries and a place.");
    *displacement_mm = 0;
    if (memcmp(a->shape, b->shape, sizeof a->shape) != 0)
        return amosi_fail(
            err, AMOS_E_PAIR_SHAPE, NULL, "The shapes differ: %lld x %lld x %lld and %lld x %lld x %lld voxels%s.",
            (long long)a->shape[0], (long long)a->shape[1], (long long)a->shape[2], (long long)b->shape[0],
            (long long)b->shape[1], (long long)b->shape[2], amosi_shape_hint(a->shape, b->shape));
    int rounding = amosi_rounding_begin();
    for (int corner = 0; corner < 8; corner++) {
        double voxel[3], p[3], q[3];
        for (int i = 0; i < 3; i++)
            voxel[i] = corner >> i & 1 ? (double)(a->shape[i] - 1) : 0;
        amos_geometry_to_mm(a, voxel, p);
        amos_geometry_to_mm(b, voxel, q);
        double d = sqrt((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]) + (p[2] - q[2]) * (p[2] - q[2]));
        if (!(d <= *displacement_mm))
            *displacement_mm = d;
    }
    amosi_rounding_end(rounding);
    return AMOS_OK;
}

/* ---- two readings of a qform ---- */

/* The geometry a share of the way from `a` to `other`. Both turns are so small that the way is straight. */
static double displacement_at(const amos_geometry *a, const amos_geometry *other, double share, const amos_geometry *b)
{
    amos_geometry between = *a;
    double displacement = INFINITY;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++)
            between.affine[i][j] += share * (other->affine[i][j] - a->affine[i][j]);
    return amos_geometry_get_displacement(&between, b, &displacement, NULL) ? INFINITY : displacement;
}

double amosi_geometry_displacement_between(const amos_geometry *a, const amos_geometry *other, const amos_geometry *b)
{
    double low = 0, high = 1;
    double best = fmin(displacement_at(a, other, low, b), displacement_at(a, other, high, b));
    for (int i = 0; i < 40; i++) { /* a convex function of the share: two thirds of the range stay */
        double left = low + (high - low) / 3, right = high - (high - low) / 3;
        double at_left = displacement_at(a, other, left, b), at_right = displacement_at(a, other, right, b);
        best = fmin(best, fmin(at_left, at_right));
        *(at_left < at_right ? &high : &low) = at_left < at_right ? right : left;
    }
    return best;
}
