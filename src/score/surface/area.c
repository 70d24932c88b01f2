/* SPDX-License-Identifier: BSD-3-Clause */
#include "score/surface/area.h"

#include <stdbool.h>

#include "base/math/twofold.h"

/* The triangles are those of marching cubes: their corners are the middles of the cube's edges that have one end in the
 * organ. A code and its complement have the same surface, so at most four voxels are considered. Voxels that share no
 * edge are cut off separately; each connected part is one of six shapes. The triangles' normals, half the cross product
 * of two sides, have components of 1 to 4 eighths on the unit cube. */

typedef struct amosi_twofold twofold;

/* The square of one component of a normal: a number of eighths times two spacings. */
static twofold square_of(int eighths, double a, double b)
{
    twofold n = amosi_twofold_times(amosi_twofold_product(a, b), (twofold){eighths / 8.0, 0});
    return amosi_twofold_times(n, n);
}

/* The area of a triangle whose normal on the unit cube is (x, y, z) / 8. */
static twofold triangle(const double s[3], int x, int y, int z)
{
    twofold sum = amosi_twofold_add(square_of(x, s[1], s[2]), square_of(y, s[0], s[2]));
    return amosi_twofold_root(amosi_twofold_add(sum, square_of(z, s[0], s[1])));
}

/* Two triangles of one area. */
static twofold twice(twofold area)
{
    return (twofold){2 * area.high, 2 * area.low};
}

/* The same for a normal with `along` eighths on one axis and `across` eighths on the two others. */
static twofold triangle_on(const double s[3], int axis, int along, int across)
{
    return triangle(s, axis == 0 ? along : across, axis == 1 ? along : across, axis == 2 ? along : across);
}

static bool has(unsigned set, unsigned corner)
{
    return set >> corner & 1;
}

/* The number of neighbours of a corner (along cube edges) that are in the set. */
static int neighbours(unsigned set, unsigned corner)
{
    return has(set, corner ^ 1) + has(set, corner ^ 2) + has(set, corner ^ 4);
}

/* The corners that can be reached from a corner along edges between corners of the set. */
static unsigned part_of(unsigned set, unsigned corner)
{
    unsigned part = 1u << corner, before = 0;
    while (part != before) {
        before = part;
        for (unsigned c = 0; c < 8; c++)
            for (int a = 0; a < 3; a++)
                if (has(before, c) && has(set, c ^ 1u << a))
                    part |= 1u << (c ^ 1u << a);
    }
    return part;
}

/* Bit a: the part has corners on both sides of axis a. */
static unsigned extent_of(unsigned part)
{
    unsigned low = 7, high = 0;
    for (unsigned c = 0; c < 8; c++)
        if (has(part, c)) {
            low &= c;
            high |= c;
        }
    return high & ~low;
}

static int only_axis(unsigned axes)
{
    return axes == 1 ? 0 : axes == 2 ? 1 : 2;
}

/* The axis of the middle edge of a path of four corners: this edge joins the two that have two neighbours. */
static int middle_axis(unsigned path)
{
    for (unsigned c = 0; c < 8; c++)
        for (int a = 0; a < 3; a++)
            if (has(path, c) && has(path, c ^ 1u << a) && neighbours(path, c) == 2 &&
                neighbours(path, c ^ 1u << a) == 2)
                return a;
    return 0;
}

static twofold sum_of(twofold a, twofold b, twofold c)
{
    return amosi_twofold_add(amosi_twofold_add(a, b), c);
}

/* Four corners that are not in one plane: a corner with its three neighbours, or a path that leaves its plane. */
static twofold area_of_four(const double s[3], unsigned part)
{
    for (unsigned c = 0; c < 8; c++)
        if (has(part, c) && neighbours(part, c) == 3)
            return twice(amosi_twofold_add(triangle(s, 1, 1, 1), triangle(s, 2, 2, 2)));
    twofold area = amosi_twofold_add(triangle(s, 3, 3, 3), triangle(s, 1, 1, 1));
    for (int a = 0; a < 3; a++)
        if (a != middle_axis(part))
            area = amosi_twofold_add(area, triangle_on(s, a, 0, 2));
    return area;
}

static twofold area_of_part(const double s[3], unsigned part)
{
    unsigned extent = extent_of(part);
    switch (__builtin_popcount(part)) {
    case 1:
        return triangle(s, 1, 1, 1);
    case 2:
        return twice(triangle_on(s, only_axis(extent), 0, 2));
    case 3:
        return sum_of(triangle_on(s, only_axis(7 & ~extent), 4, 0), triangle(s, 2, 2, 2), triangle(s, 1, 1, 1));
    default:
        return extent == 7 ? area_of_four(s, part) : twice(triangle_on(s, only_axis(7 & ~extent), 4, 0));
    }
}

static twofold area_of(const double s[3], unsigned code)
{
    unsigned left = __builtin_popcount(code) > 4 ? ~code & 255u : code;
    twofold area = {0, 0};
    for (unsigned c = 0; c < 8; c++)
        if (has(left, c)) {
            unsigned part = part_of(left, c);
            area = amosi_twofold_add(area, area_of_part(s, part));
            left &= ~part;
        }
    return area;
}

void amosi_areas_make(const double spacing[3], struct amosi_areas *areas)
{
    *areas = (struct amosi_areas){.kinds = 1};
    for (unsigned code = 1; code < 255; code++) {
        twofold area = area_of(spacing, code);
        int kind = 1;
        while (kind < areas->kinds && (areas->mm2[kind] != area.high || areas->rest[kind] != area.low))
            kind++;
        if (kind == areas->kinds) {
            areas->mm2[kind] = area.high;
            areas->rest[kind] = area.low;
            areas->kinds++;
        }
        areas->kind[code] = (uint8_t)kind;
    }
}
