/* SPDX-License-Identifier: BSD-3-Clause */
/* The surroundings of the organs, without labels: muscles, lungs, heart and bowel. */
#include "phantom/body/anatomy.h"

#include "phantom/body/noise.h"

static void add_back_muscles(struct phantom_body *body, double side)
{
    struct phantom_point erector[PHANTOM_VERTEBRAE], outer[PHANTOM_VERTEBRAE];
    for (int i = 0; i < PHANTOM_VERTEBRAE; i++) {
        const struct phantom_point *v = &phantom_spine[i];
        double thin = i > 5 ? 0.8 : 1.0;
        erector[i] = (struct phantom_point){21, v->y - 53, v->z, 17 * thin};
        outer[i] = (struct phantom_point){45, v->y - 50, v->z, 16 * thin};
    }
    static const struct phantom_point quadratus[] = {{72, -40, 95, 9}, {64, -40, 140, 11}, {50, -42, 205, 8}};
    static const struct phantom_point psoas[] = {{30, -16, 212, 6}, {37, -14, 180, 13}, {43, -11, 145, 18},
                                                 {48, -4, 105, 21}, {58, 12, 55, 18},   {70, 28, 10, 14},
                                                 {80, 20, -30, 14}};
    static const struct phantom_point crus[] = {
        {14, 6, 180, 3}, {16, 2, 215, 4.5}, {20, -2, 255, 3.5}, {30, 0, 285, 2.5}};
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_MUSCLE);
    phantom_add_tube(body, 0, side, erector, PHANTOM_VERTEBRAE);
    phantom_add_tube(body, 0, side, outer, PHANTOM_VERTEBRAE);
    phantom_add_tube(body, 3, side, quadratus, PHANTOM_COUNT(quadratus));
    phantom_add_cavity(body, -8);
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_MUSCLE);
    phantom_add_tube(body, 4, side, psoas, PHANTOM_COUNT(psoas));
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_MUSCLE);
    phantom_add_tube(body, 2, side, crus, PHANTOM_COUNT(crus));
}

static void add_hip_muscles(struct phantom_body *body, double s)
{
    static const double forward[3] = {0, 1, 0}, up[3] = {0, 0, 1};
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_MUSCLE);
    phantom_add_ball(body, PHANTOM_JOIN, 2, (double[]){s * 74, -62, 22}, (double[]){s * 0.9, 0.45, 0}, up,
                     (double[]){56, 60, 24});
    phantom_add_ball(body, PHANTOM_JOIN, 0, (double[]){s * 108, -8, 58}, (double[]){s * 0.55, 0.84, 0}, up,
                     (double[]){46, 48, 15});
    phantom_add_ball(body, PHANTOM_JOIN, 2, (double[]){s * 76, 6, 72}, (double[]){s * 0.55, 0.84, 0}, up,
                     (double[]){44, 40, 11});
    phantom_add_ball(body, PHANTOM_JOIN, 2, (double[]){s * 57, -4, 6}, forward, up, (double[]){40, 32, 12});
    phantom_add_ball(body, PHANTOM_JOIN, 4, (double[]){s * 92, 52, -22}, forward, up, (double[]){36, 44, 40});
    phantom_add_ball(body, PHANTOM_JOIN, 4, (double[]){s * 132, 12, -6}, forward, up, (double[]){36, 50, 18});
    static const struct phantom_point levator[] = {
        {12, 44, -16, 4}, {22, 16, -16, 4.5}, {24, -18, -10, 4.5}, {8, -46, -4, 4}};
    phantom_add_tube(body, 4, s, levator, PHANTOM_COUNT(levator));
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_ARTERY);
    static const struct phantom_point iliac[] = {
        {4, 13, 112, 6}, {30, -4, 82, 5.5}, {48, 4, 52, 5}, {60, 34, 18, 4.5}, {64, 66, -20, 4.5}};
    phantom_add_tube(body, 0, s, iliac, PHANTOM_COUNT(iliac));
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_VEIN);
    static const struct phantom_point vein[] = {
        {-8, 8, 98, 8}, {30, -14, 80, 6.5}, {46, -6, 52, 6}, {52, 30, 16, 5.5}, {54, 60, -20, 5.5}};
    phantom_add_tube(body, 0, s, vein, PHANTOM_COUNT(vein));
}

/* The domes of the diaphragm are cut out; the organs below them are painted later. */
static void add_lung(struct phantom_body *body, double side)
{
    const struct phantom_part *lung = phantom_add_part(body, PHANTOM_KEEP, PHANTOM_LUNG);
    phantom_add_egg(body, PHANTOM_JOIN, 0, side * 82, -2, 350, 66, 100, 170);
    phantom_add_cavity(body, 3);
    if (side > 0)
        phantom_add_egg(body, PHANTOM_CUT, 4, 75, 9, 220, 73, 88, 68);
    else
        phantom_add_egg(body, PHANTOM_CUT, 6, -78, 10, 212, 68, 90, 74);
    uint64_t key = random_bits(body->patient.seed, side > 0 ? 0x6c756e6772u : 0x6c756e676cu);
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_LUNG_VESSEL);
    for (uint64_t i = 0; i < 14; i++) {
        double x = 70 + 55 * phantom_even(key, 4 * i), y = -15 + 70 * phantom_even(key, 4 * i + 1);
        struct phantom_point branch[] = {{35 + 0.3 * x, 0.3 * y, 350, 4},
                                         {0.5 * x + 30, 0.6 * y, 325, 2.6},
                                         {x, y, 290 + 14 * phantom_even(key, 4 * i + 2), 1.2}};
        phantom_add_tube(body, 0, side, branch, PHANTOM_COUNT(branch));
    }
    for (size_t i = 1; i < lung->count; i++) {
        body->shapes[body->shape_count++] = body->shapes[lung->first + i];
        body->parts[body->part_count - 1].count++;
    }
}

static void add_heart(struct phantom_body *body)
{
    static const double apex[3] = {-0.75, 0.6, -0.25}, up[3] = {0, 0, 1};
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_MUSCLE);
    phantom_add_ball(body, PHANTOM_JOIN, 8, (double[]){-32, 46, 330}, apex, up, (double[]){64, 46, 48});
    phantom_add_egg(body, PHANTOM_JOIN, 8, 22, 36, 334, 26, 28, 38);
    phantom_add_cavity(body, 2);
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_HEART);
    phantom_add_ball(body, PHANTOM_JOIN, 2, (double[]){-42, 44, 334}, apex, up, (double[]){44, 27, 30});
    phantom_add_egg(body, PHANTOM_JOIN, 2, 16, 40, 336, 26, 27, 36);
}

#define TUBE_PIECES 96

/* Cuts a tube into pieces of about `pitch` mm with alternating radius: the haustra of the colon. */
static size_t make_haustra(const struct phantom_point *points, size_t count, double pitch, struct phantom_point *out)
{
    size_t made = 0;
    for (size_t i = 0; i + 1 < count; i++) {
        const struct phantom_point *p = &points[i], *q = &points[i + 1];
        double dx = q->x - p->x, dy = q->y - p->y, dz = q->z - p->z;
        double span = dx < 0 ? -dx : dx;
        span += (dy < 0 ? -dy : dy) + (dz < 0 ? -dz : dz);
        int pieces = 1 + (int)(span / pitch);
        for (int k = 0; k < pieces && made + 1 < TUBE_PIECES; k++) {
            double t = (double)k / pieces, squeeze = made % 2 ? 0.80 : 1.04;
            out[made++] = (struct phantom_point){p->x + t * dx, p->y + t * dy, p->z + t * dz,
                                                 (p->r + t * (q->r - p->r)) * squeeze};
        }
    }
    out[made++] = points[count - 1];
    return made;
}

/* Adds a piece of bowel: wall, contents, and gas above the height `level` (the patient lies on the back). */
static void add_bowel(struct phantom_body *body, const struct phantom_point *points, size_t count, double pitch,
                      enum phantom_tissue contents, double level)
{
    struct phantom_point pieces[TUBE_PIECES];
    size_t made = make_haustra(points, count, pitch, pieces);
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_BOWEL_WALL);
    phantom_add_tube(body, 3, 1, pieces, made);
    phantom_add_cavity(body, 1);
    phantom_add_inside(body, contents, 2.4);
    phantom_add_inside(body, PHANTOM_GAS, 2.8);
    phantom_add_halfspace(body, PHANTOM_CLIP, 0, -1, 0, -level);
}

static void add_colon(struct phantom_body *body)
{
    static const struct phantom_point right[] = {
        {80, 34, 62, 20}, {92, 26, 84, 26}, {100, 8, 112, 23}, {101, -2, 146, 22}, {92, 14, 164, 20}};
    static const struct phantom_point across[] = {{84, 48, 156, 18},  {52, 76, 142, 18},  {4, 84, 128, 18},
                                                  {-44, 80, 142, 18}, {-84, 58, 172, 18}, {-104, 26, 196, 18}};
    static const struct phantom_point left[] = {{-106, 20, 192, 16}, {-112, -4, 160, 14}, {-110, -6, 120, 13},
                                                {-100, 8, 84, 13},   {-78, 24, 62, 14},   {-46, 34, 66, 14},
                                                {-22, 6, 72, 14},    {4, -18, 62, 14},    {6, -34, 40, 16},
                                                {0, -38, 16, 18},    {0, -30, -10, 15},   {0, -26, -40, 12}};
    add_bowel(body, right, PHANTOM_COUNT(right), 14, PHANTOM_FECES, 24);
    add_bowel(body, left, PHANTOM_COUNT(left), 13, PHANTOM_FECES, 34);
    add_bowel(body, across, PHANTOM_COUNT(across), 14, PHANTOM_FECES, 78);
}

#define LOOP_POINTS 15

/* Adds loops that run to and fro between the sides, layer above layer. */
static void add_small_bowel(struct phantom_body *body)
{
    uint64_t key = random_bits(body->patient.seed, 0x6c6f6f7073u);
    for (uint64_t layer = 0; layer < 8; layer++) {
        struct phantom_point points[LOOP_POINTS];
        double y = layer % 2 ? 68 : 40;
        uint64_t storey = layer / 2;
        double z = 72 + 24 * (double)storey - (layer % 2 ? 0 : 5);
        for (uint64_t i = 0; i < LOOP_POINTS; i++) {
            uint64_t n = 4 * (layer * LOOP_POINTS + i);
            double way = (double)i / (LOOP_POINTS - 1) * 2 - 1;
            points[i].x = (storey % 2 ? -1 : 1) * way * (layer > 5 ? 60 : 74) + 5 * phantom_even(key, n);
            points[i].y = y + 15 * phantom_even(key, n + 1);
            points[i].z = z + 14 * phantom_even(key, n + 2);
            points[i].r = 10.5 + 1.6 * phantom_even(key, n + 3);
        }
        double level = layer % 3 == 1 ? y + 7 : y + 40;
        add_bowel(body, points, LOOP_POINTS, 60, PHANTOM_CHYME, level);
    }
}

void phantom_add_surroundings(struct phantom_body *body)
{
    for (int side = -1; side <= 1; side += 2) {
        add_back_muscles(body, side);
        add_hip_muscles(body, side);
        add_lung(body, side);
    }
    add_heart(body);
    add_small_bowel(body);
    add_colon(body);
}
