/* SPDX-License-Identifier: BSD-3-Clause */
/* The body of a phantom: its shapes in a reference frame in millimetres, RAS+, with the origin in the middle of the
 * small pelvis. It is an average adult; the raster scales and warps the frame, and the organs have
 * variants, so that patients differ. */
#ifndef PHANTOM_BODY_H
#define PHANTOM_BODY_H

#include "phantom/body/shape.h"
#include "phantom/body/tissue.h"

#define PHANTOM_MAX_SHAPES 2048
#define PHANTOM_MAX_PARTS 320
#define PHANTOM_TORSO_LOW (-160)
#define PHANTOM_TORSO_STEPS 640

/* The outline of the trunk at one height: 1 / mm from the axis x = 0, y = PHANTOM_TORSO_Y. */
struct phantom_outline {
    double side, front, back;
};
#define PHANTOM_TORSO_Y 5.0

struct phantom_body {
    struct phantom_patient patient;
    struct phantom_look looks[PHANTOM_TISSUES];
    struct phantom_outline torso[PHANTOM_TORSO_STEPS]; /* one per mm from PHANTOM_TORSO_LOW */
    struct phantom_shape shapes[PHANTOM_MAX_SHAPES];
    struct phantom_part parts[PHANTOM_MAX_PARTS]; /* in painting order */
    size_t shape_count, part_count;
    double side, front, back;       /* the largest extents of the trunk from its axis, mm */
    double pivot[3];                /* the middle of the organ that is being added */
    struct phantom_variant variant; /* and how it differs from the average */
};

/* Fills `body`, which is large: keep it off the stack. */
void phantom_body_make(struct phantom_body *body, const struct phantom_patient *patient);

#endif
