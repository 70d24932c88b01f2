/* SPDX-License-Identifier: BSD-3-Clause */
/* Spine, ribs and pelvis. */
#include "phantom/body/anatomy.h"

/* L5 up to T7; r is the half width of the body. */
const struct phantom_point phantom_spine[PHANTOM_VERTEBRAE] = {
    {0, -16, 78, 25},    {0, -12, 113, 24.5}, {0, -11, 148, 24}, {0, -14, 183, 23},
    {0, -19, 216, 22},   {0, -25, 248, 20.5}, {0, -31, 278, 19}, {0, -36, 307, 18},
    {0, -40, 335, 17.5}, {0, -42, 362, 17},   {0, -43, 388, 17},
};

static void add_arch(struct phantom_body *body, const struct phantom_point *v, double side)
{
    double y = v->y, z = v->z;
    const struct phantom_point pedicle[] = {{13, y - 12, z + 5, 5.5}, {15, y - 30, z + 3, 5}, {4, y - 44, z - 6, 4.5}};
    double reach = v->r < 20 ? 55 : 66, fall = v->r < 20 ? 24 : 13;
    const struct phantom_point spine[] = {
        {0, y - 42, z - 4, 4.5}, {0, y - reach + 8, z - fall + 4, 4.5}, {0, y - reach, z - fall, 5}};
    const struct phantom_point transverse[] = {
        {15, y - 29, z + 3, 5.5}, {30, y - 34, z + 4, 4}, {41, y - 37, z + 5, 4}};
    const struct phantom_point facet[] = {{17, y - 33, z + 12, 6}, {17, y - 35, z - 14, 6.5}};
    phantom_add_tube(body, 2, side, pedicle, PHANTOM_COUNT(pedicle));
    phantom_add_tube(body, 2, side, spine, PHANTOM_COUNT(spine));
    phantom_add_tube(body, 2, side, transverse, PHANTOM_COUNT(transverse));
    phantom_add_tube(body, 1, side, facet, PHANTOM_COUNT(facet));
}

static void add_spine(struct phantom_body *body)
{
    for (int i = 0; i + 1 < PHANTOM_VERTEBRAE; i++) {
        const struct phantom_point *v = &phantom_spine[i], *up = &phantom_spine[i + 1];
        phantom_add_part(body, PHANTOM_KEEP, PHANTOM_DISC);
        phantom_add_drum(body, 0, 0.5 * (v->y + up->y), 0.5 * (v->z + up->z), v->r - 0.5, v->r * 0.72, 6);
        phantom_add_part(body, PHANTOM_KEEP, PHANTOM_CORTICAL);
        phantom_add_drum(body, 0, v->y, v->z, v->r, v->r * 0.73, 0.38 * (up->z - v->z));
        phantom_add_inside(body, PHANTOM_SPONGY, 1.6);
        phantom_add_part(body, PHANTOM_KEEP, PHANTOM_CORTICAL);
        add_arch(body, v, -1);
        add_arch(body, v, 1);
        phantom_add_cavity(body, -14);
        phantom_add_inside(body, PHANTOM_SPONGY, 2.2);
    }
    struct phantom_point canal[PHANTOM_VERTEBRAE];
    for (int i = 0; i < PHANTOM_VERTEBRAE; i++) {
        const struct phantom_point *v = &phantom_spine[i];
        canal[i] = (struct phantom_point){0, v->y - 0.73 * v->r - 9.5, v->z, 9.5};
    }
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_CANAL);
    phantom_add_tube(body, 0, 1, canal, PHANTOM_VERTEBRAE);
    phantom_add_inside(body, PHANTOM_CORD, 4.0);
}

/* The point of a circle with half-angle tangent t; needs no sine. */
static void on_circle(double t, double *cosine, double *sine)
{
    *cosine = (1 - t * t) / (1 + t * t);
    *sine = 2 * t / (1 + t * t);
}

#define RIB_POINTS 12

/* A rib runs from its head at the spine along the chest wall to the front, always downwards. */
static void add_rib(struct phantom_body *body, int vertebra, double side, double end, double drop)
{
    const struct phantom_point *v = &phantom_spine[vertebra];
    struct phantom_point points[RIB_POINTS + 1] = {{v->r + 2, v->y - 14, v->z + 6, 4.5}};
    for (int i = 0; i < RIB_POINTS; i++) {
        double way = (double)i / (RIB_POINTS - 1);
        double cosine, sine;
        on_circle(-0.70 + (end + 0.70) * way, &cosine, &sine);
        struct phantom_point *p = &points[i + 1];
        p->z = v->z + 2 - drop * way * (1.3 - 0.3 * way);
        int step = (int)p->z - PHANTOM_TORSO_LOW;
        const struct phantom_outline *o = &body->torso[step];
        double depth = body->patient.fat + 9.0;
        p->x = (1.0 / o->side - depth) * cosine * (1 + 0.05 * sine * sine);
        p->y = PHANTOM_TORSO_Y + (sine < 0 ? 1.0 / o->back - depth + 3 : 1.0 / o->front - depth) * sine;
        p->r = 4.8;
    }
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_CORTICAL);
    phantom_add_tube(body, 0, side, points, RIB_POINTS + 1);
    phantom_add_inside(body, PHANTOM_SPONGY, 1.8);
}

static void add_cartilage(struct phantom_body *body, double side)
{
    const struct phantom_point arch[] = {{112, 72, 262, 6}, {82, 96, 262, 7}, {45, 106, 285, 7}, {18, 106, 300, 7}};
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_CARTILAGE);
    phantom_add_tube(body, 2, side, arch, PHANTOM_COUNT(arch));
    phantom_add_cavity(body, -9);
}

static void add_chest(struct phantom_body *body)
{
    static const struct phantom_point sternum[] = {{0, 103, 282, 4}, {0, 104, 305, 8}, {0, 106, 360, 10}};
    for (int side = -1; side <= 1; side += 2) {
        add_rib(body, 5, side, -0.22, 42);
        add_rib(body, 6, side, 0.02, 58);
        add_rib(body, 7, side, 0.34, 72);
        add_rib(body, 8, side, 0.42, 76);
        add_rib(body, 9, side, 0.46, 74);
        add_rib(body, 10, side, 0.50, 70);
        add_cartilage(body, side);
    }
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_CORTICAL);
    phantom_add_tube(body, 2, 1, sternum, PHANTOM_COUNT(sternum));
    phantom_add_cavity(body, -9);
    phantom_add_inside(body, PHANTOM_SPONGY, 2);
}

static void add_hip(struct phantom_body *body, double side)
{
    const struct phantom_point column[] = {{66, -18, 42, 13}, {76, -4, 22, 17}, {78, -2, 4, 18}};
    const struct phantom_point pubis[] = {{66, 24, 6, 10}, {40, 46, 0, 7.5}, {12, 60, -10, 8}, {10, 60, -22, 8}};
    const struct phantom_point ischium[] = {{76, -22, 4, 15}, {68, -38, -16, 14}, {64, -40, -34, 15}};
    const struct phantom_point femur[] = {
        {90, 2, 2, 23}, {92, 1, 1, 22}, {112, -6, -14, 15}, {128, -12, -22, 17}, {130, -8, -60, 15}};
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_CORTICAL);
    phantom_add_ball(body, PHANTOM_JOIN, 3, (double[]){side * 82, -10, 66}, (double[]){side * 0.80, -0.52, -0.30},
                     (double[]){side * 0.55, 0.84, 0}, (double[]){6.5, 58, 46});
    phantom_add_tube(body, 6, side, column, PHANTOM_COUNT(column));
    phantom_add_tube(body, 4, side, ischium, PHANTOM_COUNT(ischium));
    phantom_add_tube(body, 3, side, pubis, PHANTOM_COUNT(pubis));
    phantom_add_egg(body, PHANTOM_CUT, 1, side * 91, 2, 2, 26, 26, 26);
    phantom_add_inside(body, PHANTOM_SPONGY, 2.4);
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_CORTICAL);
    phantom_add_tube(body, 3, side, femur, PHANTOM_COUNT(femur));
    phantom_add_inside(body, PHANTOM_SPONGY, 2.4);
}

static void add_sacrum(struct phantom_body *body)
{
    static const struct phantom_point middle[] = {
        {0, -24, 54, 22}, {0, -44, 34, 17}, {0, -60, 12, 12}, {0, -58, -8, 7}, {0, -50, -22, 5}};
    static const struct phantom_point canal[] = {{0, -52, 62, 8}, {0, -64, 40, 6}, {0, -72, 20, 4}};
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_CORTICAL);
    phantom_add_tube(body, 4, 1, middle, PHANTOM_COUNT(middle));
    for (int side = -1; side <= 1; side += 2)
        phantom_add_ball(body, PHANTOM_JOIN, 6, (double[]){side * 30, -44, 46}, (double[]){1, 0.3 * side, 0},
                         (double[]){0, 1, 0.6}, (double[]){20, 17, 27});
    phantom_add_inside(body, PHANTOM_SPONGY, 2.2);
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_CANAL);
    phantom_add_tube(body, 0, 1, canal, PHANTOM_COUNT(canal));
}

void phantom_add_skeleton(struct phantom_body *body)
{
    add_spine(body);
    add_sacrum(body);
    add_hip(body, -1);
    add_hip(body, 1);
    add_chest(body);
}
