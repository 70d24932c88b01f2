/* SPDX-License-Identifier: BSD-3-Clause */
#include "phantom/body/body.h"

#include <string.h>

#include "phantom/body/anatomy.h"
#include "phantom/body/parts.h"

struct outline_at {
    double z, side, front, back; /* mm from the axis */
};

static const struct outline_at outlines[] = {
    {-160, 180, 96, 106}, {-40, 180, 98, 106},  {20, 178, 104, 108},  {80, 170, 110, 104},  {130, 160, 110, 100},
    {180, 159, 110, 98},  {230, 164, 110, 100}, {280, 166, 112, 102}, {340, 160, 112, 103}, {480, 150, 108, 100},
};

static double interpolate(double from, double to, double t)
{
    return from + (to - from) * t;
}

static void make_torso(struct phantom_body *body)
{
    size_t k = 0;
    /* The outlines are those of a patient with 16 mm of fat. */
    double more = body->patient.fat - 16.0;
    for (int i = 0; i < PHANTOM_TORSO_STEPS; i++) {
        double z = PHANTOM_TORSO_LOW + i;
        while (k + 2 < PHANTOM_COUNT(outlines) && z > outlines[k + 1].z)
            k++;
        const struct outline_at *a = &outlines[k], *b = &outlines[k + 1];
        double t = (z - a->z) / (b->z - a->z);
        t = t > 1 ? 1 : t * t * (3 - 2 * t);
        double side = interpolate(a->side, b->side, t) + more, front = interpolate(a->front, b->front, t) + more;
        double back = interpolate(a->back, b->back, t) + 0.5 * more;
        body->torso[i] = (struct phantom_outline){1.0 / side, 1.0 / front, 1.0 / back};
        body->side = side > body->side ? side : body->side;
        body->front = front > body->front ? front : body->front;
        body->back = back > body->back ? back : body->back;
    }
}

/* The box of a part is that of its joined shapes. */
static void bound_part(struct phantom_body *body, struct phantom_part *part)
{
    if (part->inside) {
        memcpy(part->low, part[-1].low, sizeof part->low);
        memcpy(part->high, part[-1].high, sizeof part->high);
        return;
    }
    for (int axis = 0; axis < 3; axis++) {
        part->low[axis] = 1e9;
        part->high[axis] = -1e9;
    }
    for (size_t i = 0; i < part->count; i++) {
        const struct phantom_shape *shape = &body->shapes[part->first + i];
        for (int axis = 0; axis < 3 && shape->operation == PHANTOM_JOIN; axis++) {
            if (shape->low[axis] < part->low[axis])
                part->low[axis] = shape->low[axis];
            if (shape->high[axis] > part->high[axis])
                part->high[axis] = shape->high[axis];
        }
    }
}

void phantom_body_make(struct phantom_body *body, const struct phantom_patient *patient)
{
    memset(body, 0, sizeof *body);
    body->patient = *patient;
    phantom_looks(patient, body->looks);
    make_torso(body);
    phantom_end_organ(body);
    phantom_add_surroundings(body);
    phantom_add_skeleton(body);
    phantom_add_organs(body);
    for (size_t i = 0; i < body->part_count; i++)
        bound_part(body, &body->parts[i]);
}
