/* SPDX-License-Identifier: BSD-3-Clause */
/* Fine structures, and what some patients have and others have not: vessels of the bowel, calcium in the aorta, cysts,
 * stones, lesions, an accessory spleen. Except for that one, they are within an organ and keep its label, or have none. */
#include "phantom/body/anatomy.h"

#include "phantom/body/noise.h"

#define ARCADES 11
#define MOST 12 /* of one kind in one patient */

/* 0..1 of the patient, the same for all that asks with the same key and number. */
static double share_of(const struct phantom_body *body, uint64_t key, uint64_t n)
{
    return 0.5 + 0.5 * phantom_even(random_bits(body->patient.seed, key), n);
}

/* A fan of vessels of 2 to 3 mm from the root of the mesentery to the bowel, an artery beside each vein. */
void phantom_add_arcades(struct phantom_body *body)
{
    for (int kind = 0; kind < 2; kind++) {
        phantom_add_part(body, PHANTOM_KEEP, kind == 0 ? PHANTOM_PORTAL_VEIN : PHANTOM_ARTERY);
        for (uint64_t i = 0; i < ARCADES; i++) {
            double way = (double)i / (ARCADES - 1) * 2 - 1, aside = kind == 0 ? 3 : -3;
            double out = 12 * share_of(body, 0x617263u, 2 * i), down = 20 * share_of(body, 0x617263u, 2 * i + 1);
            double root = kind == 0 ? 7 : -6, r = kind == 0 ? 1.5 : 1.1;
            const struct phantom_point vessel[] = {
                {root, 42, 146 - 6 * way * way, r + 0.5},
                {root + 26 * way + aside, 50, 132 - 16 * (1 - way * way), r},
                {root + (56 + out) * way + aside, 52, 116 - down - 22 * (1 - way * way), r - 0.3}};
            phantom_add_tube(body, 1, 1, vessel, PHANTOM_COUNT(vessel));
        }
    }
}

/* Where eggs lie: a box in the frame of an organ, and their size. */
struct cluster {
    int organ;
    double pivot[3]; /* of the organ, as in organs.c */
    double low[3], high[3];
    double least, most; /* radius in mm */
};

/* Adds so many eggs within an organ. */
static void add_eggs(struct phantom_body *body, const struct cluster *c, enum phantom_tissue tissue, uint64_t key,
                     int count)
{
    if (count <= 0 || body->patient.missing >> c->organ & 1)
        return;
    phantom_begin_organ(body, c->organ, c->pivot[0], c->pivot[1], c->pivot[2]);
    phantom_add_part(body, PHANTOM_KEEP, tissue)->within = c->organ;
    for (int i = 0; i < count && i < MOST; i++) {
        double at[3];
        uint64_t n = 5 * (uint64_t)i;
        for (int axis = 0; axis < 3; axis++)
            at[axis] = c->low[axis] + share_of(body, key, n + (uint64_t)axis) * (c->high[axis] - c->low[axis]);
        double share = share_of(body, key, n + 3), r = c->least + share * share * (c->most - c->least);
        phantom_add_egg(body, PHANTOM_JOIN, 0, at[0], at[1], at[2], r, r * (0.8 + 0.4 * share), r);
    }
    phantom_end_organ(body);
}

/* Plaques of calcium: along the wall of the aorta, more from year to year. */
static void add_plaques(struct phantom_body *body)
{
    static const struct cluster wall = {AMOS_ORGAN_AORTA, {-12, 10, 200}, {-20, 3, 118}, {-4, 22, 190}, 1.2, 3.4};
    double years = body->patient.age - 45;
    add_eggs(body, &wall, PHANTOM_CALCIUM, 0x706c6171u,
             years > 0 ? (int)(years / 4 * share_of(body, 0x706c61u, 0)) : 0);
}

static void add_cysts(struct phantom_body *body)
{
    static const struct cluster right = {AMOS_ORGAN_RIGHT_KIDNEY, {70, -20, 164}, {68, -36, 130}, {88, -8, 200}, 3, 15};
    static const struct cluster left = {
        AMOS_ORGAN_LEFT_KIDNEY, {-72, -18, 178}, {-90, -34, 144}, {-70, -6, 214}, 3, 15};
    static const struct cluster liver = {AMOS_ORGAN_LIVER, {60, 20, 222}, {50, -30, 180}, {110, 50, 262}, 3, 11};
    double years = body->patient.age - 40;
    int most = years > 0 ? (int)(years / 10) : 0;
    add_eggs(body, &right, PHANTOM_BILE, 0x72637973u, (int)(most * share_of(body, 0x637973u, 0)));
    add_eggs(body, &left, PHANTOM_BILE, 0x6c637973u, (int)(most * share_of(body, 0x637973u, 1)));
    add_eggs(body, &liver, PHANTOM_BILE, 0x68637973u, (int)(0.7 * most * share_of(body, 0x637973u, 2)));
}

static void add_stones_and_lesions(struct phantom_body *body)
{
    static const struct cluster stones = {AMOS_ORGAN_GALL_BLADDER, {64, 64, 182}, {58, 62, 166}, {74, 76, 178}, 1.5, 5};
    static const struct cluster lesions = {AMOS_ORGAN_LIVER, {60, 20, 222}, {30, -40, 176}, {120, 60, 270}, 4, 20};
    double stone = share_of(body, 0x73746f6eu, 77), lesion = share_of(body, 0x6c657369u, 77);
    add_eggs(body, &stones, PHANTOM_CALCIUM, 0x73746f6eu, stone > 0.8 ? 1 + (int)(30 * (stone - 0.8)) : 0);
    add_eggs(body, &lesions, PHANTOM_LESION, 0x6c657369u, lesion > 0.75 ? 2 + (int)(32 * (lesion - 0.75)) : 0);
}

/* One in six has a second, small spleen beside the first. */
static void add_accessory_spleen(struct phantom_body *body)
{
    double share = share_of(body, 0x61636373u, 0), r = 5 + 4 * share_of(body, 0x61636373u, 1);
    if (share > 1.0 / 6 || body->patient.missing >> AMOS_ORGAN_SPLEEN & 1)
        return;
    phantom_add_part(body, AMOS_ORGAN_SPLEEN, PHANTOM_SPLEEN);
    phantom_add_egg(body, PHANTOM_JOIN, 0, -70, 20 + 10 * share_of(body, 0x61636373u, 2), 172, r, r, r);
}

void phantom_add_findings(struct phantom_body *body)
{
    add_plaques(body);
    add_cysts(body);
    add_stones_and_lesions(body);
    add_accessory_spleen(body);
}
