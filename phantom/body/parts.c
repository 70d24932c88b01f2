/* SPDX-License-Identifier: BSD-3-Clause */
#include "phantom/body/parts.h"

void phantom_begin_organ(struct phantom_body *body, int organ, double x, double y, double z)
{
    body->pivot[0] = x;
    body->pivot[1] = y;
    body->pivot[2] = z;
    body->variant = body->patient.organs[organ];
}

void phantom_end_organ(struct phantom_body *body)
{
    body->variant = (struct phantom_variant){1, 1, {0, 0, 0}};
}

/* Maps a point of the average organ to this patient. */
static void place_point(const struct phantom_body *body, const double at[3], double out[3])
{
    const struct phantom_variant *v = &body->variant;
    for (int i = 0; i < 3; i++)
        out[i] = body->pivot[i] + (at[i] - body->pivot[i]) * v->size + v->shift[i];
}

struct phantom_part *phantom_add_part(struct phantom_body *body, int label, enum phantom_tissue tissue)
{
    struct phantom_part *part = &body->parts[body->part_count++];
    *part = (struct phantom_part){.first = body->shape_count, .label = label, .within = PHANTOM_KEEP};
    part->tissue = (int)tissue;
    return part;
}

void phantom_add_inside(struct phantom_body *body, enum phantom_tissue tissue, double shrink)
{
    const struct phantom_part *outer = &body->parts[body->part_count - 1];
    struct phantom_part *part = phantom_add_part(body, PHANTOM_KEEP, tissue);
    part->inside = true;
    part->shrink = shrink;
    part->within = outer->inside ? outer->within : outer->label;
}

/* Appends a shape to the last part. */
static struct phantom_shape *next_shape(struct phantom_body *body)
{
    body->parts[body->part_count - 1].count++;
    return &body->shapes[body->shape_count++];
}

static void set_operation(struct phantom_shape *shape, enum phantom_operation operation, double blend)
{
    shape->operation = operation;
    shape->blend = blend;
    if (operation == PHANTOM_CLIP)
        return;
    phantom_widen(shape->low, shape->high, blend);
}

void phantom_add_ball(struct phantom_body *body, enum phantom_operation operation, double blend, const double center[3],
                      const double axis_a[3], const double axis_b[3], const double radii[3])
{
    struct phantom_shape *shape = next_shape(body);
    double at[3], r[3];
    place_point(body, center, at);
    for (int i = 0; i < 3; i++)
        r[i] = radii[i] * body->variant.size;
    phantom_ellipsoid(shape, at, axis_a, axis_b, r);
    set_operation(shape, operation, blend);
}

void phantom_add_egg(struct phantom_body *body, enum phantom_operation operation, double blend, double x, double y,
                     double z, double rx, double ry, double rz)
{
    phantom_add_ball(body, operation, blend, (double[]){x, y, z}, (double[]){1, 0, 0}, (double[]){0, 1, 0},
                     (double[]){rx, ry, rz});
}

void phantom_add_drum(struct phantom_body *body, double x, double y, double z, double rx, double ry, double rz)
{
    struct phantom_shape *shape = next_shape(body);
    phantom_cylinder(shape, (double[]){x, y, z}, (double[]){rx, ry, rz});
    set_operation(shape, PHANTOM_JOIN, 0);
}

void phantom_add_tube(struct phantom_body *body, double blend, double side, const struct phantom_point *points,
                      size_t count)
{
    double thick = body->variant.size * body->variant.girth;
    for (size_t i = 0; i + 1 < count; i++) {
        const struct phantom_point *p = &points[i], *q = &points[i + 1];
        struct phantom_shape *shape = next_shape(body);
        double from[3], to[3];
        place_point(body, (double[]){side * p->x, p->y, p->z}, from);
        place_point(body, (double[]){side * q->x, q->y, q->z}, to);
        phantom_capsule(shape, from, p->r * thick, to, q->r * thick);
        set_operation(shape, PHANTOM_JOIN, blend);
    }
}

void phantom_add_halfspace(struct phantom_body *body, enum phantom_operation operation, double nx, double ny, double nz,
                           double offset)
{
    struct phantom_shape *shape = next_shape(body);
    phantom_halfspace(shape, (double[]){nx, ny, nz}, offset);
    shape->operation = operation;
}

void phantom_add_cavity(struct phantom_body *body, double margin)
{
    struct phantom_shape *shape = next_shape(body);
    phantom_cavity(shape, margin);
    set_operation(shape, PHANTOM_CLIP, 4.0);
}
