/* SPDX-License-Identifier: BSD-3-Clause */
/* Solid shapes in millimetres, and the parts of a body that consist of them. Each shape is defined by a signed
 * distance, negative inside and nearly exact near the surface.
 *
 * A part is a list of shapes. The first ones are joined; later ones may be cut away or may limit the rest. Parts are
 * painted one over the other, so the order of parts is the rule for overlaps. */
#ifndef PHANTOM_BODY_SHAPE_H
#define PHANTOM_BODY_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

enum phantom_kind { PHANTOM_ELLIPSOID, PHANTOM_CAPSULE, PHANTOM_CYLINDER, PHANTOM_HALFSPACE, PHANTOM_CAVITY };

enum phantom_operation {
    PHANTOM_JOIN, /* union */
    PHANTOM_CUT,  /* difference */
    PHANTOM_CLIP  /* intersection */
};

struct phantom_shape {
    enum phantom_kind kind;
    enum phantom_operation operation;
    double blend;     /* mm over which it blends into the shapes before it */
    double center[3]; /* capsule: its first end */
    double along[3];  /* capsule: from the first end to the second; half space: its outward normal */
    double inverse_length2;
    double radius, radius_step; /* capsule: at its first end, and the increase to the second; else an offset */
    double frame[3][3];         /* ellipsoid, cylinder: unit axes, each divided by its radius */
    double inverse_radius[3];
    double lowest;          /* the distance at the centre */
    double low[3], high[3]; /* outside this box the distance exceeds `blend` */
};

#define PHANTOM_KEEP (-1)

struct phantom_part {
    size_t first, count; /* its shapes */
    bool inside;         /* it also has the shapes and the box of the part before it */
    int label;           /* label of its voxels; PHANTOM_KEEP: only the image changes */
    int within;          /* only voxels of this label are painted; PHANTOM_KEEP: all */
    int tissue;          /* enum phantom_tissue */
    double shrink;       /* mm by which the surface is deeper, for linings and contents */
    double low[3], high[3];
};

/* These fill a shape; `axis_a` and `axis_b` need not be unit vectors or perpendicular. */
void phantom_ellipsoid(struct phantom_shape *shape, const double center[3], const double axis_a[3],
                       const double axis_b[3], const double radii[3]);
void phantom_cylinder(struct phantom_shape *shape, const double center[3], const double radii[3]);
void phantom_capsule(struct phantom_shape *shape, const double from[3], double from_radius, const double to[3],
                     double to_radius);
/* A point p is inside if normal . p <= offset; `normal` is a unit vector. */
void phantom_halfspace(struct phantom_shape *shape, const double normal[3], double offset);
/* A point is inside if it is in the body cavity, at least `margin` mm from its wall. */
void phantom_cavity(struct phantom_shape *shape, double margin);

/* Widens a box on all sides. */
void phantom_widen(double low[3], double high[3], double by);

/* A row of points: their coordinates and distances from the wall of the body cavity (negative inside). */
struct phantom_points {
    const double *x, *y, *z, *wall;
};

/* Combines one more shape of a part with the distances of the points from <= i < to. */
void phantom_combine(const struct phantom_shape *shape, const struct phantom_points *points, size_t from, size_t to,
                     double *distances);

#endif
