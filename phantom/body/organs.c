/* SPDX-License-Identifier: BSD-3-Clause */
/* The 15 organs, in painting order: a later one wins where two overlap. Vessels and other details that have no label
 * of their own are painted within an organ or beside it. */
#include "phantom/body/anatomy.h"

#define JOIN PHANTOM_JOIN
#define CUT PHANTOM_CUT

static const double axis_x[3] = {1, 0, 0}, axis_y[3] = {0, 1, 0}, axis_z[3] = {0, 0, 1};

static bool has_organ(const struct phantom_body *body, int organ)
{
    return !(body->patient.missing >> organ & 1);
}

/* A thin tube that is painted only within an organ and keeps the organ's label. */
static void add_vessel(struct phantom_body *body, int organ, const struct phantom_point *points, size_t count,
                       enum phantom_tissue tissue)
{
    phantom_add_part(body, PHANTOM_KEEP, tissue)->within = organ;
    phantom_add_tube(body, 1, 1, points, count);
}

static void add_liver_vessels(struct phantom_body *body)
{
    static const struct phantom_point right[] = {{26, 20, 266, 4.5}, {58, 2, 250, 3.5}, {96, -12, 226, 2}};
    static const struct phantom_point middle[] = {{24, 24, 266, 4}, {40, 46, 246, 3.3}, {52, 66, 218, 2}};
    static const struct phantom_point left[] = {{18, 26, 266, 4}, {-4, 46, 258, 3}, {-30, 58, 246, 1.8}};
    static const struct phantom_point portal[] = {
        {30, 38, 206, 6}, {46, 28, 222, 5.5}, {72, 18, 232, 4}, {98, 24, 240, 2.4}};
    static const struct phantom_point lower[] = {{60, 24, 228, 4}, {82, -8, 210, 3}, {96, -20, 190, 2}};
    static const struct phantom_point front[] = {{62, 24, 229, 3.5}, {72, 46, 216, 2.6}, {84, 58, 204, 1.8}};
    static const struct phantom_point umbilical[] = {
        {46, 28, 222, 4.5}, {18, 48, 232, 3.6}, {4, 66, 236, 3.2}, {-24, 66, 240, 1.8}};
    const int organ = AMOS_ORGAN_LIVER;
    add_vessel(body, organ, right, PHANTOM_COUNT(right), PHANTOM_VEIN);
    add_vessel(body, organ, middle, PHANTOM_COUNT(middle), PHANTOM_VEIN);
    add_vessel(body, organ, left, PHANTOM_COUNT(left), PHANTOM_VEIN);
    add_vessel(body, organ, portal, PHANTOM_COUNT(portal), PHANTOM_PORTAL_VEIN);
    add_vessel(body, organ, lower, PHANTOM_COUNT(lower), PHANTOM_PORTAL_VEIN);
    add_vessel(body, organ, front, PHANTOM_COUNT(front), PHANTOM_PORTAL_VEIN);
    add_vessel(body, organ, umbilical, PHANTOM_COUNT(umbilical), PHANTOM_PORTAL_VEIN);
}

/* Right lobe, its lower tip, left lobe and caudate lobe; hollowed from below, split by the fissure. */
static void add_liver(struct phantom_body *body)
{
    static const double left_axis[3] = {-1, -0.15, -0.18};
    phantom_begin_organ(body, AMOS_ORGAN_LIVER, 60, 20, 222);
    phantom_add_part(body, AMOS_ORGAN_LIVER, PHANTOM_LIVER);
    phantom_add_egg(body, JOIN, 0, 74, 8, 222, 70, 86, 66);
    phantom_add_egg(body, JOIN, 14, 98, 2, 176, 32, 54, 42);
    phantom_add_ball(body, JOIN, 16, (double[]){-4, 64, 240}, left_axis, axis_y, (double[]){64, 36, 33});
    phantom_add_egg(body, JOIN, 6, 12, 26, 240, 18, 14, 24);
    phantom_add_egg(body, CUT, 10, 8, 26, 160, 60, 62, 54);
    phantom_add_egg(body, CUT, 8, 46, -58, 174, 50, 54, 58);
    phantom_add_egg(body, CUT, 3, 6, 98, 214, 3.5, 34, 26);
    phantom_add_egg(body, CUT, 4, 30, 46, 206, 12, 16, 10);
    phantom_add_cavity(body, 1.5);
    add_liver_vessels(body);
    phantom_end_organ(body);
}

/* Fundus under the left dome, body, antrum, pylorus; gas in front, since the patient lies on the back. */
static void add_stomach(struct phantom_body *body)
{
    static const struct phantom_point path[] = {{-62, -4, 262, 29}, {-72, 16, 248, 32}, {-76, 38, 226, 29},
                                                {-62, 56, 202, 24}, {-38, 66, 186, 20}, {-8, 68, 181, 18},
                                                {14, 62, 184, 14},  {26, 54, 188, 10}};
    phantom_begin_organ(body, AMOS_ORGAN_STOMACH, -50, 40, 215);
    phantom_add_part(body, AMOS_ORGAN_STOMACH, PHANTOM_STOMACH_WALL);
    phantom_add_tube(body, 14, 1, path, PHANTOM_COUNT(path));
    phantom_add_cavity(body, 2);
    phantom_add_inside(body, PHANTOM_STOMACH_FLUID, 4.5);
    phantom_add_inside(body, PHANTOM_GAS, 5);
    phantom_add_halfspace(body, PHANTOM_CLIP, 0, -1, 0, -52);
    phantom_end_organ(body);
}

static void add_spleen(struct phantom_body *body)
{
    static const double rib[3] = {-0.42, 0.78, -0.46};
    phantom_begin_organ(body, AMOS_ORGAN_SPLEEN, -100, -22, 226);
    phantom_add_part(body, AMOS_ORGAN_SPLEEN, PHANTOM_SPLEEN);
    phantom_add_ball(body, JOIN, 0, (double[]){-100, -24, 226}, rib, axis_z, (double[]){57, 40, 27});
    phantom_add_egg(body, CUT, 8, -58, 10, 232, 36, 38, 46);
    phantom_add_egg(body, CUT, 8, -62, -22, 186, 36, 34, 40);
    phantom_add_cavity(body, 2);
    phantom_end_organ(body);
}

/* Eight pyramids around the sinus: they show while the cortex is brighter than the medulla. */
static void add_pyramids(struct phantom_body *body, int organ, double side, const double center[3])
{
    static const double ring[8][2] = {{0.9, 0.3},  {0.9, -0.35}, {0.55, 0.75}, {0.5, -0.75},
                                      {0.95, 0.0}, {0.1, 0.9},   {0.1, -0.9},  {0.7, 0.55}};
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_MEDULLA)->within = organ;
    for (int i = 0; i < 8; i++) {
        double out = ring[i][0] * 13, up = ring[i][1] * 36;
        double lean = -0.15 * up;
        double front = i % 2 ? 8 : -8;
        phantom_add_egg(body, JOIN, 0, center[0] + side * (out + lean), center[1] + front - 0.3 * out - 0.1 * up,
                        center[2] + up, 7, 7, 8);
    }
}

/* A bean: long axis nearly upright with the upper pole turned in and back, hilum inwards and to the front. */
static void add_kidney(struct phantom_body *body, int organ, double side, double x, double y, double z)
{
    const double length[3] = {-side * 0.24, -0.20, 0.95}, hilum[3] = {-side * 0.86, 0.50, 0};
    const double center[3] = {side * x, y, z};
    double sinus[3], pelvis[3];
    for (int i = 0; i < 3; i++) {
        sinus[i] = center[i] + 25 * hilum[i];
        pelvis[i] = center[i] + 20 * hilum[i];
    }
    phantom_begin_organ(body, organ, center[0], center[1], center[2]);
    phantom_add_part(body, organ, PHANTOM_CORTEX);
    phantom_add_ball(body, JOIN, 0, center, length, hilum, (double[]){56, 31, 27});
    phantom_add_ball(body, CUT, 5, sinus, length, hilum, (double[]){18, 21, 11});
    add_pyramids(body, organ, side, center);
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_PELVIS);
    phantom_add_ball(body, JOIN, 0, pelvis, length, hilum, (double[]){9, 12, 5});
    const struct phantom_point ureter[] = {{side * pelvis[0], pelvis[1], pelvis[2], 4},
                                           {side * pelvis[0] - 8, pelvis[1] + 12, pelvis[2] - 40, 2.2},
                                           {40, 14, 100, 2},
                                           {44, 8, 60, 2},
                                           {40, 0, 28, 2},
                                           {14, 10, 22, 2}};
    phantom_add_tube(body, 2, side, ureter, PHANTOM_COUNT(ureter));
    phantom_end_organ(body);
}

/* Two thin limbs that meet at a ridge: an upside-down V or Y, standing on the kidney's upper pole. */
static void add_adrenal(struct phantom_body *body, int organ, double side, double x, double y, double z)
{
    const double inner[3] = {-side * 0.15, -0.95, -0.2}, outer[3] = {side * 0.62, -0.75, -0.2};
    const double ridge[3] = {side * x, y, z};
    double middle[2][3];
    for (int i = 0; i < 3; i++) {
        middle[0][i] = ridge[i] + 12 * inner[i];
        middle[1][i] = ridge[i] + 12 * outer[i];
    }
    phantom_begin_organ(body, organ, ridge[0], ridge[1], ridge[2]);
    phantom_add_part(body, organ, PHANTOM_ADRENAL);
    phantom_add_ball(body, JOIN, 0, ridge, axis_y, axis_z, (double[]){8, 14, 3.6});
    phantom_add_ball(body, JOIN, 2, middle[0], inner, axis_z, (double[]){15, 15, 3});
    phantom_add_ball(body, JOIN, 2, middle[1], outer, axis_z, (double[]){15, 13, 3});
    phantom_end_organ(body);
}

static void add_duodenum(struct phantom_body *body)
{
    static const struct phantom_point loop[] = {{28, 53, 189, 10},    {44, 44, 190, 12.5}, {54, 32, 176, 12.5},
                                                {55, 26, 148, 12},    {44, 28, 130, 11.5}, {18, 37, 124, 10.5},
                                                {-12, 36, 128, 10.5}, {-28, 34, 146, 10},  {-30, 42, 158, 9}};
    phantom_begin_organ(body, AMOS_ORGAN_DUODENUM, 40, 35, 150);
    phantom_add_part(body, AMOS_ORGAN_DUODENUM, PHANTOM_BOWEL_WALL);
    phantom_add_tube(body, 5, 1, loop, PHANTOM_COUNT(loop));
    phantom_add_inside(body, PHANTOM_CHYME, 3.2);
    phantom_add_inside(body, PHANTOM_GAS, 3.4);
    phantom_add_halfspace(body, PHANTOM_CLIP, 0, -1, 0, -44);
    phantom_end_organ(body);
}

static void add_pancreas(struct phantom_body *body)
{
    static const struct phantom_point head[] = {{36, 32, 152, 12},  {34, 36, 168, 15},  {18, 43, 182, 9.5},
                                                {-4, 47, 191, 9.5}, {-30, 36, 197, 10}, {-56, 18, 204, 10},
                                                {-80, 0, 211, 9}};
    static const struct phantom_point uncinate[] = {{32, 32, 158, 12}, {14, 30, 156, 7}};
    phantom_begin_organ(body, AMOS_ORGAN_PANCREAS, 0, 40, 188);
    phantom_add_part(body, AMOS_ORGAN_PANCREAS, PHANTOM_PANCREAS);
    phantom_add_tube(body, 6, 1, head, PHANTOM_COUNT(head));
    phantom_add_tube(body, 6, 1, uncinate, PHANTOM_COUNT(uncinate));
    phantom_end_organ(body);
}

static void add_gall_bladder(struct phantom_body *body)
{
    static const struct phantom_point pear[] = {
        {50, 42, 202, 4}, {56, 52, 194, 9}, {64, 66, 182, 14.5}, {70, 76, 170, 15}};
    phantom_begin_organ(body, AMOS_ORGAN_GALL_BLADDER, 64, 64, 182);
    phantom_add_part(body, AMOS_ORGAN_GALL_BLADDER, PHANTOM_BOWEL_WALL);
    phantom_add_tube(body, 8, 1, pear, PHANTOM_COUNT(pear));
    phantom_add_cavity(body, 2);
    phantom_add_inside(body, PHANTOM_BILE, 1.4);
    phantom_end_organ(body);
}

/* Vessels between the organs: portal, splenic and mesenteric veins, mesenteric and celiac arteries, renal vessels. */
static void add_branches(struct phantom_body *body)
{
    static const struct phantom_point mesenteric[] = {{8, 44, 110, 4},  {7, 42, 150, 5},  {9, 36, 182, 5.5},
                                                      {20, 36, 194, 6}, {30, 38, 206, 6}, {44, 28, 221, 5}};
    static const struct phantom_point splenic[] = {
        {10, 35, 184, 4.5}, {-26, 26, 198, 4}, {-56, 8, 206, 4}, {-84, -14, 216, 3.5}};
    static const struct phantom_point superior[] = {
        {-10, 14, 202, 4}, {-8, 28, 194, 3.8}, {-7, 34, 172, 3.5}, {-6, 44, 108, 3}};
    static const struct phantom_point celiac[] = {
        {-10, 12, 214, 4}, {-9, 26, 216, 3.5}, {14, 36, 208, 2.8}, {32, 44, 206, 2.4}};
    static const struct phantom_point left_vein[] = {
        {-50, -4, 178, 4.5}, {-24, 16, 181, 4.5}, {-6, 25, 184, 3.5}, {18, 18, 186, 5}};
    static const struct phantom_point right_vein[] = {{48, -6, 168, 4.5}, {22, 12, 176, 5}};
    static const struct phantom_point left_artery[] = {{-50, -8, 180, 2.6}, {-12, 8, 187, 3}};
    static const struct phantom_point right_artery[] = {{50, -10, 170, 2.6}, {20, 0, 180, 2.8}, {-8, 8, 187, 3}};
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_PORTAL_VEIN);
    phantom_add_tube(body, 2, 1, mesenteric, PHANTOM_COUNT(mesenteric));
    phantom_add_tube(body, 2, 1, splenic, PHANTOM_COUNT(splenic));
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_VEIN);
    phantom_add_tube(body, 2, 1, left_vein, PHANTOM_COUNT(left_vein));
    phantom_add_tube(body, 0, 1, right_vein, PHANTOM_COUNT(right_vein));
    phantom_add_part(body, PHANTOM_KEEP, PHANTOM_ARTERY);
    phantom_add_tube(body, 1, 1, superior, PHANTOM_COUNT(superior));
    phantom_add_tube(body, 0, 1, celiac, PHANTOM_COUNT(celiac));
    phantom_add_tube(body, 0, 1, left_artery, PHANTOM_COUNT(left_artery));
    phantom_add_tube(body, 0, 1, right_artery, PHANTOM_COUNT(right_artery));
}

static void add_great_vessels(struct phantom_body *body)
{
    static const struct phantom_point cava[] = {{10, 8, 96, 10},   {20, 13, 125, 10.5}, {22, 14, 165, 11},
                                                {23, 14, 200, 12}, {24, 18, 235, 12.5}, {24, 24, 265, 13},
                                                {20, 32, 296, 13}};
    static const struct phantom_point aorta[] = {{-4, 11, 112, 8},      {-8, 14, 126, 8.5},    {-10, 14, 165, 9.2},
                                                 {-11, 12, 195, 9.8},   {-13, 4, 228, 10.5},   {-17, -4, 258, 11},
                                                 {-21, -12, 292, 11.5}, {-23, -18, 330, 11.5}, {-22, -22, 400, 12}};
    phantom_begin_organ(body, AMOS_ORGAN_POSTCAVA, 20, 15, 190);
    phantom_add_part(body, AMOS_ORGAN_POSTCAVA, PHANTOM_POSTCAVA);
    phantom_add_tube(body, 6, 1, cava, PHANTOM_COUNT(cava));
    phantom_begin_organ(body, AMOS_ORGAN_AORTA, -12, 10, 200);
    phantom_add_part(body, AMOS_ORGAN_AORTA, PHANTOM_AORTA);
    phantom_add_tube(body, 6, 1, aorta, PHANTOM_COUNT(aorta));
    phantom_end_organ(body);
}

static void add_esophagus(struct phantom_body *body)
{
    static const struct phantom_point path[] = {
        {-4, -6, 340, 7.5}, {-6, 2, 310, 8}, {-11, 10, 288, 8.5}, {-20, 16, 270, 8.5}, {-36, 14, 258, 9}};
    phantom_begin_organ(body, AMOS_ORGAN_ESOPHAGUS, -12, 8, 290);
    phantom_add_part(body, AMOS_ORGAN_ESOPHAGUS, PHANTOM_ESOPHAGUS);
    phantom_add_tube(body, 4, 1, path, PHANTOM_COUNT(path));
    phantom_add_inside(body, PHANTOM_GAS, 6.2);
    phantom_end_organ(body);
}

static void add_uterus(struct phantom_body *body)
{
    static const double forward[3] = {0, 0.85, 0.55};
    static const struct phantom_point cervix[] = {{2, -12, 38, 14}, {0, -16, 14, 12}};
    phantom_begin_organ(body, AMOS_ORGAN_PROSTATE_UTERUS, 2, 0, 48);
    phantom_add_part(body, AMOS_ORGAN_PROSTATE_UTERUS, PHANTOM_UTERUS);
    phantom_add_ball(body, JOIN, 0, (double[]){2, 4, 54}, forward, axis_x, (double[]){36, 26, 20});
    phantom_add_tube(body, 10, 1, cervix, PHANTOM_COUNT(cervix));
    phantom_add_inside(body, PHANTOM_UTERUS_CAVITY, 15);
    phantom_end_organ(body);
}

static void add_prostate(struct phantom_body *body)
{
    phantom_begin_organ(body, AMOS_ORGAN_PROSTATE_UTERUS, 0, 8, 4);
    phantom_add_part(body, AMOS_ORGAN_PROSTATE_UTERUS, PHANTOM_PROSTATE);
    phantom_add_egg(body, JOIN, 0, 0, 8, 2, 25, 18, 19);
    phantom_add_egg(body, CUT, 4, 0, -14, 4, 8, 8, 20);
    static const struct phantom_point vesicle[] = {{6, -8, 20, 6}, {28, -10, 28, 6}};
    for (int side = -1; side <= 1; side += 2)
        phantom_add_tube(body, 3, side, vesicle, PHANTOM_COUNT(vesicle));
    phantom_end_organ(body);
}

static void add_bladder(struct phantom_body *body)
{
    double z = body->patient.female ? 26 : 42;
    phantom_begin_organ(body, AMOS_ORGAN_BLADDER, 0, 28, z);
    phantom_add_part(body, AMOS_ORGAN_BLADDER, PHANTOM_BLADDER_WALL);
    phantom_add_egg(body, JOIN, 0, 0, 28, z, 43, 34, 28);
    phantom_add_egg(body, JOIN, 12, 0, 38, z + 8, 34, 26, 22);
    if (body->patient.female)
        phantom_add_egg(body, CUT, 10, 2, 4, 58, 30, 36, 24);
    phantom_add_inside(body, PHANTOM_URINE, 2.8);
    phantom_end_organ(body);
}

static void add_pelvic_organs(struct phantom_body *body)
{
    if (has_organ(body, AMOS_ORGAN_PROSTATE_UTERUS) && !body->patient.female)
        add_prostate(body);
    if (has_organ(body, AMOS_ORGAN_PROSTATE_UTERUS) && body->patient.female)
        add_uterus(body);
    if (has_organ(body, AMOS_ORGAN_BLADDER))
        add_bladder(body);
}

void phantom_add_organs(struct phantom_body *body)
{
    add_liver(body);
    add_stomach(body);
    if (has_organ(body, AMOS_ORGAN_SPLEEN))
        add_spleen(body);
    add_branches(body);
    phantom_add_arcades(body);
    if (has_organ(body, AMOS_ORGAN_RIGHT_KIDNEY))
        add_kidney(body, AMOS_ORGAN_RIGHT_KIDNEY, 1, 70, -20, 164);
    if (has_organ(body, AMOS_ORGAN_LEFT_KIDNEY))
        add_kidney(body, AMOS_ORGAN_LEFT_KIDNEY, -1, 72, -18, 178);
    if (has_organ(body, AMOS_ORGAN_GALL_BLADDER))
        add_gall_bladder(body);
    add_pancreas(body);
    add_duodenum(body);
    add_great_vessels(body);
    add_esophagus(body);
    if (has_organ(body, AMOS_ORGAN_RIGHT_ADRENAL_GLAND))
        add_adrenal(body, AMOS_ORGAN_RIGHT_ADRENAL_GLAND, 1, 31, 2, 214);
    if (has_organ(body, AMOS_ORGAN_LEFT_ADRENAL_GLAND))
        add_adrenal(body, AMOS_ORGAN_LEFT_ADRENAL_GLAND, -1, 36, 10, 211);
    add_pelvic_organs(body);
    phantom_add_findings(body);
}
