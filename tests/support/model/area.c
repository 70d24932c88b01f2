/* SPDX-License-Identifier: BSD-3-Clause */
#include "support/model/area.h"

#include <math.h>

/* One code of each marching-cubes class up to rotation, mirroring and complement, with the normals of its triangles
 * on the unit cube in eighths. */
static const struct class
{
    unsigned code;
    int triangles, normals[4][3];
} classes[] = {
    {0x01, 1, {{1, 1, 1}}},
    {0x03, 2, {{0, 2, 2}, {0, 2, 2}}},
    {0x09, 2, {{1, 1, 1}, {1, 1, 1}}},
    {0x81, 2, {{1, 1, 1}, {1, 1, 1}}},
    {0x07, 3, {{0, 0, 4}, {2, 2, 2}, {1, 1, 1}}},
    {0x83, 3, {{0, 2, 2}, {0, 2, 2}, {1, 1, 1}}},
    {0x29, 3, {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}}},
    {0x0f, 2, {{0, 0, 4}, {0, 0, 4}}},
    {0x17, 4, {{1, 1, 1}, {2, 2, 2}, {2, 2, 2}, {1, 1, 1}}},
    {0x27, 4, {{3, 3, 3}, {1, 1, 1}, {2, 2, 0}, {2, 0, 2}}},
    {0x87, 4, {{0, 0, 4}, {2, 2, 2}, {1, 1, 1}, {1, 1, 1}}},
    {0xc3, 4, {{0, 2, 2}, {0, 2, 2}, {0, 2, 2}, {0, 2, 2}}},
    {0x69, 4, {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}}},
};

#define CLASSES ((int)(sizeof classes / sizeof classes[0]))

static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

/* The code after mirroring along the axes in `flips` and moving axis order[a] to axis a. */
static unsigned turned(unsigned code, const int order[3], unsigned flips)
{
    unsigned result = 0;
    for (unsigned corner = 0; corner < 8; corner++) {
        unsigned from = 0;
        for (int a = 0; a < 3; a++)
            from |= (corner >> a & 1) << order[a];
        if (code >> (from ^ flips) & 1)
            result |= 1u << corner;
    }
    return result;
}

static double area_of_class(const struct class *class, const int order[3], const double spacing[3])
{
    double area = 0;
    for (int t = 0; t < class->triangles; t++) {
        double sum = 0;
        for (int a = 0; a < 3; a++) {
            double n = class->normals[t][order[a]] / 8.0 * spacing[(a + 1) % 3] * spacing[(a + 2) % 3];
            sum += n * n;
        }
        area += sqrt(sum);
    }
    return area;
}

static int has_class(unsigned code, const struct class *class, const int order[3])
{
    for (unsigned flips = 0; flips < 8; flips++) {
        unsigned same = turned(class->code, order, flips);
        if (code == same || code == (~same & 255u))
            return 1;
    }
    return 0;
}

/* The class of a code and the order of its axes; NULL for 0 and 255, which have no surface. */
static const struct class *class_of(unsigned code, const int **order)
{
    static signed char classes_of[256], orders_of[256]; /* plus 1; found at the first call */
    for (int c = 0; c < CLASSES && !classes_of[code]; c++)
        for (int o = 0; o < 6 && !classes_of[code]; o++)
            if (has_class(code, &classes[c], orders[o])) {
                classes_of[code] = (signed char)(c + 1);
                orders_of[code] = (signed char)(o + 1);
            }
    if (!classes_of[code])
        return 0;
    *order = orders[orders_of[code] - 1];
    return &classes[classes_of[code] - 1];
}

double score_model_area(unsigned code, const double spacing[3])
{
    const int *order;
    const struct class *class = class_of(code, &order);
    return class ? area_of_class(class, order, spacing) : 0;
}

/* ---- exact shares ----
 *
 * With spacings in eighths of a millimetre, 64 * 8 times the area of a triangle is the root of an integer, m * sqrt(q)
 * with q free of squares. Roots of different q are linearly independent over the rational numbers (Besicovitch 1940),
 * so a sum of integer multiples of them is 0 only if every multiple is. */

#define ROOTS 256

struct roots {
    int64_t q[ROOTS], times[ROOTS];
    int count;
};

static void add_root(struct roots *roots, int64_t square, int64_t times)
{
    int64_t m = 1, q = square;
    for (int64_t d = 2; d * d <= q; d++)
        for (; q % (d * d) == 0; q /= d * d)
            m *= d;
    int i = 0;
    while (i < roots->count && roots->q[i] != q)
        i++;
    if (i == roots->count) {
        roots->q[i] = q;
        roots->times[roots->count++] = 0;
    }
    roots->times[i] += m * times;
}

static void add_code(struct roots *roots, unsigned code, const int64_t eighths[3], int64_t times)
{
    const int *order;
    const struct class *class = class_of(code, &order);
    for (int t = 0; class && t < class->triangles; t++) {
        int64_t sum = 0;
        for (int a = 0; a < 3; a++) {
            int64_t n = class->normals[t][order[a]] * eighths[(a + 1) % 3] * eighths[(a + 2) % 3];
            sum += n * n;
        }
        add_root(roots, sum, times);
    }
}

static int sign_of(const struct roots *roots)
{
    double sum = 0;
    int zero = 1;
    for (int i = 0; i < roots->count; i++) {
        sum += (double)roots->times[i] * sqrt((double)roots->q[i]);
        zero = zero && roots->times[i] == 0;
    }
    return zero ? 0 : sum > 0 ? 1 : -1;
}

static int reaches_nearly(const uint64_t within[256], const uint64_t all[256], double percent, const double spacing[3])
{
    double some = 0, total = 0;
    for (unsigned code = 0; code < 256; code++) {
        double area = score_model_area(code, spacing);
        some += (double)within[code] * area;
        total += (double)all[code] * area;
    }
    double apart = some / total - percent / 100;
    return fabs(apart) <= 1e-13 ? 2 : apart > 0;
}

int score_model_reaches(const uint64_t within[256], const uint64_t all[256], double percent, const double spacing[3])
{
    struct roots roots = {.count = 0};
    int64_t eighths[3], part = (int64_t)(percent * 1000 + 0.5);
    for (int a = 0; a < 3; a++) {
        eighths[a] = (int64_t)(spacing[a] * 8);
        if ((double)eighths[a] != spacing[a] * 8 || eighths[a] > 64)
            return reaches_nearly(within, all, percent, spacing);
    }
    for (unsigned code = 1; code < 255; code++)
        if (all[code])
            add_code(&roots, code, eighths, 100000 * (int64_t)within[code] - part * (int64_t)all[code]);
    int sign = sign_of(&roots);
    return sign == 0 ? 2 : sign > 0;
}
