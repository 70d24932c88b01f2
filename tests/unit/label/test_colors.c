/* SPDX-License-Identifier: BSD-3-Clause */
/* The colours of organs can be told apart, by readers who lack a kind of cones too. The formulas are written here from
 * their sources: CIEDE2000 from Sharma, Wu and Dalal, Color Research and Application 30 (2005), with their test data;
 * colour blindness from Machado, Oliveira and Fernandes, IEEE TVCG 15 (2009), severity 1. */
#include <amos/organ.h>

#include <math.h>
#include <string.h>

#include "support/main.h"

static const double degree = 0.017453292519943295;

enum vision { NORMAL, PROTANOPIA, DEUTERANOPIA, TRITANOPIA, VISIONS };

static const char *const vision_names[VISIONS] = {"normal", "without red cones", "without green cones",
                                                  "without blue cones"};

static const double seen[VISIONS][3][3] = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
    {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
};

static void multiply(const double m[3][3], const double in[3], double out[3])
{
    for (int i = 0; i < 3; i++)
        out[i] = m[i][0] * in[0] + m[i][1] * in[1] + m[i][2] * in[2];
}

static double compress(double t)
{
    return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

/* CIELAB (D65) of a colour as a kind of vision has it. */
static void lab_of(const uint8_t rgb[3], enum vision vision, double lab[3])
{
    static const double xyz_of[3][3] = {
        {0.4124564, 0.3575761, 0.1804375}, {0.2126729, 0.7151522, 0.0721750}, {0.0193339, 0.1191920, 0.9503041}};
    double linear[3], shown[3], xyz[3];
    for (int i = 0; i < 3; i++) {
        double c = rgb[i] / 255.0;
        linear[i] = c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
    }
    multiply(seen[vision], linear, shown);
    for (int i = 0; i < 3; i++)
        shown[i] = fmin(fmax(shown[i], 0), 1);
    multiply(xyz_of, shown, xyz);
    double x = compress(xyz[0] / 0.95047), y = compress(xyz[1]), z = compress(xyz[2] / 1.08883);
    lab[0] = 116 * y - 16;
    lab[1] = 500 * (x - y);
    lab[2] = 200 * (y - z);
}

static double hue_of(double a, double b)
{
    double h = a == 0 && b == 0 ? 0 : atan2(b, a) / degree;
    return h < 0 ? h + 360 : h;
}

static double seventh(double c)
{
    return sqrt(pow(c, 7) / (pow(c, 7) + 6103515625.0));
}

/* The mean of two hues, on the shorter way. */
static double mean_hue(double h1, double h2, double chroma_product)
{
    if (chroma_product == 0)
        return h1 + h2;
    if (fabs(h1 - h2) <= 180)
        return (h1 + h2) / 2;
    return h1 + h2 < 360 ? (h1 + h2 + 360) / 2 : (h1 + h2 - 360) / 2;
}

static double ciede2000(const double p[3], const double q[3])
{
    double half = 0.5 * (1 - seventh((hypot(p[1], p[2]) + hypot(q[1], q[2])) / 2));
    double a1 = p[1] * (1 + half), a2 = q[1] * (1 + half), c1 = hypot(a1, p[2]), c2 = hypot(a2, q[2]);
    double h1 = hue_of(a1, p[2]), h2 = hue_of(a2, q[2]), turn = c1 * c2 == 0 ? 0 : h2 - h1;
    turn += turn > 180 ? -360 : turn < -180 ? 360 : 0;
    double dl = q[0] - p[0], dc = c2 - c1, dh = 2 * sqrt(c1 * c2) * sin(turn * degree / 2);
    double l = (p[0] + q[0]) / 2 - 50, c = (c1 + c2) / 2, h = mean_hue(h1, h2, c1 * c2);
    double t = 1 - 0.17 * cos((h - 30) * degree) + 0.24 * cos(2 * h * degree) + 0.32 * cos((3 * h + 6) * degree) -
               0.20 * cos((4 * h - 63) * degree);
    double sl = 1 + 0.015 * l * l / sqrt(20 + l * l), sc = 1 + 0.045 * c, sh = 1 + 0.015 * c * t;
    double turned = 30 * exp(-pow((h - 275) / 25, 2)), rt = -2 * seventh(c) * sin(2 * turned * degree);
    return sqrt(pow(dl / sl, 2) + pow(dc / sc, 2) + pow(dh / sh, 2) + rt * dc / sc * dh / sh);
}

/* Some rows of the test data of Sharma et al. */
START_TEST(the_formula_is_that_of_its_authors)
{
    static const double rows[][7] = {
        {50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425},
        {50, -1.3802, -84.2814, 50, 0, -82.7485, 1.0000},
        {50, 2.5, 0, 50, 0, -2.5, 4.3065},
        {50, 2.5, 0, 73, 25, -18, 27.1492},
        {50, 2.5, 0, 58, 24, 15, 19.4535},
        {60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644},
        {6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377},
        {2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082},
    };
    ck_assert_double_eq_tol(ciede2000(rows[_i], rows[_i] + 3), rows[_i][6], 0.00005);
}
END_TEST

/* Organs that touch in labels of AMOS, or lie so close that they touch in some people or slices. */
static const int touching[][2] = {
    {1, 3},  {1, 6},  {1, 7},  {1, 10}, {1, 12}, {2, 3},  {2, 4},  {2, 6},   {2, 8},   {2, 9},  {2, 11}, {2, 13},
    {3, 7},  {3, 10}, {3, 12}, {3, 13}, {4, 6},  {4, 7},  {4, 10}, {4, 13},  {5, 6},   {5, 7},  {5, 8},  {5, 9},
    {5, 12}, {6, 7},  {6, 8},  {6, 9},  {6, 10}, {6, 11}, {6, 13}, {7, 10},  {7, 12},  {7, 13}, {8, 9},  {8, 10},
    {8, 11}, {8, 12}, {8, 13}, {9, 10}, {9, 11}, {9, 12}, {9, 13}, {10, 12}, {10, 13}, {14, 15}};

static const double apart_touching[VISIONS] = {20, 11, 11, 9}, apart_any[VISIONS] = {14, 7, 7, 6};

static double difference(int a, int b, enum vision vision)
{
    uint8_t rgb[2][3];
    double lab[2][3];
    amos_organ_color(a, rgb[0]);
    amos_organ_color(b, rgb[1]);
    lab_of(rgb[0], vision, lab[0]);
    lab_of(rgb[1], vision, lab[1]);
    return ciede2000(lab[0], lab[1]);
}

START_TEST(organs_that_touch_differ_clearly)
{
    for (int vision = 0; vision < VISIONS; vision++) {
        double d = difference(touching[_i][0], touching[_i][1], (enum vision)vision);
        ck_assert_msg(d >= apart_touching[vision], "%s and %s differ by %.1f for vision %s",
                      amos_organ_get(touching[_i][0])->title, amos_organ_get(touching[_i][1])->title, d,
                      vision_names[vision]);
    }
}
END_TEST

START_TEST(any_two_organs_differ)
{
    for (int other = 1; other < _i; other++)
        for (int vision = 0; vision < VISIONS; vision++) {
            double d = difference(_i, other, (enum vision)vision);
            ck_assert_msg(d >= apart_any[vision], "%s and %s differ by %.1f for vision %s", amos_organ_get(_i)->title,
                          amos_organ_get(other)->title, d, vision_names[vision]);
        }
}
END_TEST

/* Neither a grey of the image nor lost in the dark background of the legend. */
START_TEST(colours_show_on_a_picture)
{
    uint8_t rgb[3];
    double lab[3];
    amos_organ_color(_i, rgb);
    lab_of(rgb, NORMAL, lab);
    ck_assert_msg(lab[0] > 45 && lab[0] < 95, "label %d has lightness %.1f", _i, lab[0]);
    ck_assert_msg(hypot(lab[1], lab[2]) > 20, "label %d has chroma %.1f", _i, hypot(lab[1], lab[2]));
}
END_TEST

START_TEST(other_labels_have_colours_of_their_own)
{
    uint8_t rgb[3] = {1, 2, 3}, again[3];
    amos_organ_color(0, rgb);
    ck_assert(rgb[0] == 0 && rgb[1] == 0 && rgb[2] == 0);
    amos_organ_color(6, rgb);
    ck_assert_mem_eq(rgb, amos_organ_get(6)->rgb, 3);
    for (int label = AMOS_ORGAN_COUNT; label < 256; label++) {
        amos_organ_color(label, rgb);
        for (int other = 1; other < label; other++) {
            amos_organ_color(other, again);
            ck_assert_msg(memcmp(rgb, again, 3) != 0, "labels %d and %d have one colour", label, other);
        }
        for (int near = 1; near <= 4 && label - near >= AMOS_ORGAN_COUNT; near++)
            ck_assert_msg(difference(label, label - near, NORMAL) > 8, "labels %d and %d differ by %.1f", label,
                          label - near, difference(label, label - near, NORMAL));
    }
    amos_organ_color(-7, rgb); /* any number is allowed */
    amos_organ_color(INT32_MAX, rgb);
    amos_organ_color(3, NULL);
}
END_TEST

/* A data set with organs of its own shows them beside AMOS's: BTCV's portal vein lies at the stomach. */
START_TEST(first_other_labels_differ_from_organs)
{
    static const double apart[VISIONS] = {8.5, 4.4, 4.4, 3.6};
    for (int other = 1; other < _i; other++)
        for (int vision = 0; vision < VISIONS; vision++) {
            double d = difference(_i, other, (enum vision)vision);
            ck_assert_msg(d >= apart[vision], "labels %d and %d differ by %.1f for vision %s", _i, other, d,
                          vision_names[vision]);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("colors");
    TCase *colors = add_case(suite, "colors", 20);
    tcase_add_loop_test(colors, the_formula_is_that_of_its_authors, 0, 8);
    tcase_add_loop_test(colors, organs_that_touch_differ_clearly, 0, (int)(sizeof touching / sizeof touching[0]));
    tcase_add_loop_test(colors, any_two_organs_differ, 2, AMOS_ORGAN_COUNT);
    tcase_add_loop_test(colors, colours_show_on_a_picture, 1, 256);
    tcase_add_loop_test(colors, first_other_labels_differ_from_organs, AMOS_ORGAN_COUNT, AMOS_ORGAN_COUNT + 32);
    tcase_add_test(colors, other_labels_have_colours_of_their_own);
    return run_suite(suite);
}
