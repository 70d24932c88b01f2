/* SPDX-License-Identifier: BSD-3-Clause */
/* Solid shapes in millimetres, each known by a signed distance (negative inside, about exact near the surface), and
 * the parts of a body that are made of them.
 *
 * A part is a list of shapes: the first ones joined, later ones may be cut away or limit what is left. Parts are
 * painted one over the other, so the order of parts is the rule for overlaps. */
#ifndef PHANTOM_BODY_SHAPE_H
#define PHANTOM_BODY_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

enum phantom_kind { PHANTOM_ELLIPSOID, PHANTOM_CAPSULE, PHANTOM_CYLINDER, PHANTOM_HALFSPACE, PHANTOM_CAVITY };

enum phantom_operation {
    PHANTOM_JOIN, /* union */
    PHANTOM_CUT,  /* taken away */
    PHANTOM_CLIP  /* only what is inside stays */
};

struct phantom_shape {
    enum phantom_kind kind;
    enum phantom_operation operation;
    double blend;     /* mm over which it melts into the shapes before it */
    double center[3]; /* capsule: its first end */
    double along[3];  /* capsule: from the first end to the second; half space: its outward normal */
    double inverse_length2;
    double radius, radius_step; /* capsule: at its first end, and how much more at the second; else an offset */
    double frame[3][3];         /* ellipsoid, cylinder: unit axes, each divided by its radius */
    double inverse_radius[3];
    double lowest;          /* the distance at the centre */
    double low[3], high[3]; /* box beyond which the distance exceeds `blend` */
};

#define PHANTOM_KEEP (-1)

struct phantom_part {
    size_t first, count; /* its shapes */
    bool inside;         /* it has the shapes of the part before it too, and its box */
    int label;           /* what its voxels become; PHANTOM_KEEP: only the picture changes */
    int within;          /* only voxels of this label are painted; PHANTOM_KEEP: all */
    int tissue;          /* enum phantom_tissue */
    double shrink;       /* mm that the surface lies deeper: linings and contents */
    double low[3], high[3];
};

/* They fill a shape; `axis_a` and `axis_b` need be neither unit nor perpendicular. */
void phantom_ellipsoid(struct phantom_shape *shape, const double center[3], const double axis_a[3],
                       const double axis_b[3], const double radii[3]);
void phantom_cylinder(struct phantom_shape *shape, const double center[3], const double radii[3]);
void phantom_capsule(struct phantom_shape *shape, const double from[3], double from_radius, const double to[3],
                     double to_radius);
/* Inside is where normal . p <= offset; `normal` is a unit vector. */
void phantom_halfspace(struct phantom_shape *shape, const double normal[3], double offset);
/* Inside is the body cavity, at least `margin` mm from its wall. */
void phantom_cavity(struct phantom_shape *shape, double margin);

/* Makes the box wider. */
void phantom_widen(double low[3], double high[3], double by);

/* Points in a line: their coordinates and their distance from the wall of the body cavity (negative inside). */
struct phantom_points {
    const double *x, *y, *z, *wall;
};

/* Adds one more shape of a part to the distances of points from <= i < to. */
void phantom_combine(const struct phantom_shape *shape, const struct phantom_points *points, size_t from, size_t to,
                     double *distances);

#endif
