/* SPDX-License-Identifier: BSD-3-Clause */
#include "phantom/body/shape.h"

#include <math.h>
#include <string.h>

#define FAR_AWAY 1e6

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void normalise_axis(double a[3])
{
    double length = sqrt(dot(a, a));
    for (int i = 0; i < 3; i++)
        a[i] /= length;
}

/* Computes three perpendicular unit vectors: the first along a, the second in the plane of a and b. */
static void make_orthonormal(const double a[3], const double b[3], double axes[3][3])
{
    memcpy(axes[0], a, sizeof axes[0]);
    normalise_axis(axes[0]);
    double along = dot(axes[0], b);
    for (int i = 0; i < 3; i++)
        axes[1][i] = b[i] - along * axes[0][i];
    normalise_axis(axes[1]);
    for (int i = 0; i < 3; i++) {
        int j = (i + 1) % 3, k = (i + 2) % 3;
        axes[2][i] = axes[0][j] * axes[1][k] - axes[0][k] * axes[1][j];
    }
}

static void set_frame(struct phantom_shape *shape, const double center[3], double axes[3][3], const double radii[3])
{
    shape->lowest = -radii[0];
    for (int i = 0; i < 3; i++) {
        shape->center[i] = center[i];
        shape->inverse_radius[i] = 1.0 / radii[i];
        if (-radii[i] > shape->lowest)
            shape->lowest = -radii[i];
        for (int j = 0; j < 3; j++)
            shape->frame[i][j] = axes[i][j] / radii[i];
    }
}

static void box_around(struct phantom_shape *shape, const double extent[3])
{
    for (int i = 0; i < 3; i++) {
        shape->low[i] = shape->center[i] - extent[i];
        shape->high[i] = shape->center[i] + extent[i];
    }
}

void phantom_ellipsoid(struct phantom_shape *shape, const double center[3], const double axis_a[3],
                       const double axis_b[3], const double radii[3])
{
    double axes[3][3], extent[3];
    *shape = (struct phantom_shape){.kind = PHANTOM_ELLIPSOID};
    make_orthonormal(axis_a, axis_b, axes);
    set_frame(shape, center, axes, radii);
    for (int j = 0; j < 3; j++) {
        double sum = 0;
        for (int i = 0; i < 3; i++)
            sum += axes[i][j] * radii[i] * axes[i][j] * radii[i];
        extent[j] = sqrt(sum);
    }
    box_around(shape, extent);
}

void phantom_cylinder(struct phantom_shape *shape, const double center[3], const double radii[3])
{
    double axes[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    *shape = (struct phantom_shape){.kind = PHANTOM_CYLINDER};
    set_frame(shape, center, axes, radii);
    box_around(shape, radii);
}

void phantom_capsule(struct phantom_shape *shape, const double from[3], double from_radius, const double to[3],
                     double to_radius)
{
    *shape = (struct phantom_shape){.kind = PHANTOM_CAPSULE, .radius = from_radius};
    shape->radius_step = to_radius - from_radius;
    for (int i = 0; i < 3; i++) {
        shape->center[i] = from[i];
        shape->along[i] = to[i] - from[i];
        double from_low = from[i] - from_radius, to_low = to[i] - to_radius;
        double from_high = from[i] + from_radius, to_high = to[i] + to_radius;
        shape->low[i] = from_low < to_low ? from_low : to_low;
        shape->high[i] = from_high > to_high ? from_high : to_high;
    }
    double length2 = dot(shape->along, shape->along);
    shape->inverse_length2 = length2 > 0 ? 1.0 / length2 : 0;
}

static void remove_bounds(struct phantom_shape *shape)
{
    for (int i = 0; i < 3; i++) {
        shape->low[i] = -FAR_AWAY;
        shape->high[i] = FAR_AWAY;
    }
}

void phantom_halfspace(struct phantom_shape *shape, const double normal[3], double offset)
{
    *shape = (struct phantom_shape){.kind = PHANTOM_HALFSPACE, .radius = offset};
    memcpy(shape->along, normal, sizeof shape->along);
    remove_bounds(shape);
}

void phantom_cavity(struct phantom_shape *shape, double margin)
{
    *shape = (struct phantom_shape){.kind = PHANTOM_CAVITY, .radius = margin};
    remove_bounds(shape);
}

void phantom_widen(double low[3], double high[3], double by)
{
    for (int i = 0; i < 3; i++) {
        low[i] -= by;
        high[i] += by;
    }
}

/* q is the point in units of the radii; the usual first-order estimate |q| (|q| - 1) / |gradient|. */
static double scaled_distance(const double *q, const double *inverse_radius, int count, double lowest)
{
    double sum = 0, slope = 0;
    for (int i = 0; i < count; i++) {
        double g = q[i] * inverse_radius[i];
        sum += q[i] * q[i];
        slope += g * g;
    }
    if (sum < 1e-6)
        return lowest;
    double length = sqrt(sum);
    return length * (length - 1.0) / sqrt(slope);
}

static double framed_distance(const struct phantom_shape *shape, double x, double y, double z)
{
    double q[3];
    x -= shape->center[0];
    y -= shape->center[1];
    z -= shape->center[2];
    for (int i = 0; i < 3; i++)
        q[i] = shape->frame[i][0] * x + shape->frame[i][1] * y + shape->frame[i][2] * z;
    if (shape->kind == PHANTOM_ELLIPSOID)
        return scaled_distance(q, shape->inverse_radius, 3, shape->lowest);
    double across = scaled_distance(q, shape->inverse_radius, 2, shape->lowest);
    double up = ((q[2] < 0 ? -q[2] : q[2]) - 1.0) / shape->inverse_radius[2];
    return across > up ? across : up;
}

static double capsule_distance(const struct phantom_shape *shape, double x, double y, double z)
{
    const double *d = shape->along;
    x -= shape->center[0];
    y -= shape->center[1];
    z -= shape->center[2];
    double t = (x * d[0] + y * d[1] + z * d[2]) * shape->inverse_length2;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    x -= t * d[0];
    y -= t * d[1];
    z -= t * d[2];
    return sqrt(x * x + y * y + z * z) - (shape->radius + t * shape->radius_step);
}

static double distance_of(const struct phantom_shape *shape, double x, double y, double z, double wall)
{
    switch (shape->kind) {
    case PHANTOM_CAPSULE:
        return capsule_distance(shape, x, y, z);
    case PHANTOM_HALFSPACE:
        return shape->along[0] * x + shape->along[1] * y + shape->along[2] * z - shape->radius;
    case PHANTOM_CAVITY:
        return wall + shape->radius;
    default:
        return framed_distance(shape, x, y, z);
    }
}

/* The minimum of two values, rounded off by a parabola if they differ by less than k. */
static double smooth_min(double a, double b, double k)
{
    double gap = a < b ? b - a : a - b;
    double least = a < b ? a : b;
    if (gap >= k)
        return least;
    double h = k - gap;
    return least - h * h / (4.0 * k);
}

void phantom_combine(const struct phantom_shape *shape, const struct phantom_points *points, size_t from, size_t to,
                     double *distances)
{
    for (size_t i = from; i < to; i++) {
        double d = distance_of(shape, points->x[i], points->y[i], points->z[i], points->wall[i]);
        if (shape->operation == PHANTOM_JOIN)
            distances[i] = smooth_min(distances[i], d, shape->blend);
        else
            distances[i] = -smooth_min(-distances[i], shape->operation == PHANTOM_CUT ? d : -d, shape->blend);
    }
}
