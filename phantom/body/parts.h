/* SPDX-License-Identifier: BSD-3-Clause */
/* Functions that add parts and their shapes to a body. A part ends when the next one is added. */
#ifndef PHANTOM_BODY_PARTS_H
#define PHANTOM_BODY_PARTS_H

#include "phantom/body/body.h"

#define PHANTOM_COUNT(array) (sizeof(array) / sizeof *(array))

struct phantom_point {
    double x, y, z, r;
};
void phantom_begin_organ(struct phantom_body *body, int organ, double x, double y, double z);
void phantom_end_organ(struct phantom_body *body);
struct phantom_part *phantom_add_part(struct phantom_body *body, int label, enum phantom_tissue tissue);
/* Adds a part within the last one: the same shapes, `shrink` mm deeper and within its label, with another tissue.
 * Shapes added to it limit it further. */
void phantom_add_inside(struct phantom_body *body, enum phantom_tissue tissue, double shrink);
void phantom_add_ball(struct phantom_body *body, enum phantom_operation operation, double blend, const double center[3],
                      const double axis_a[3], const double axis_b[3], const double radii[3]);
/* An ellipsoid whose axes are x, y and z. */
void phantom_add_egg(struct phantom_body *body, enum phantom_operation operation, double blend, double x, double y,
                     double z, double rx, double ry, double rz);
void phantom_add_drum(struct phantom_body *body, double x, double y, double z, double rx, double ry, double rz);
/* Capsules from point to point; `side` -1 mirrors x. */
void phantom_add_tube(struct phantom_body *body, double blend, double side, const struct phantom_point *points,
                      size_t count);
void phantom_add_halfspace(struct phantom_body *body, enum phantom_operation operation, double nx, double ny, double nz,
                           double offset);
void phantom_add_cavity(struct phantom_body *body, double margin);

#endif
