/* SPDX-License-Identifier: BSD-3-Clause */
#include "score/distance/share.h"

#include <math.h>
#include <stdbool.h>

#include "base/math/twofold.h"

/* Sums of doubles decide if they are farther from the share than this: more than all their rounding. */
#define CLEAR 1e-6

/* Sums to 106 bits that differ by less than this part of the area are equal numbers. */
#define EQUAL 0x1p-90

static const double whole = 1e11; /* 100 %, where percents have nine decimals */

static void count_points(const struct amosi_distances *d, uint64_t counts[AMOSI_AREA_KINDS])
{
    for (size_t i = 0; i < d->used; i++)
        counts[d->bins[i].kind] += d->bins[i].count;
}

/* Whether the points counted in `within` have at least `part` / `whole` of the area of those in `all`: the sign of
 * sum of (whole * within - part * all) * area. The numbers in brackets are integers below 2^90, so they are exact. */
static bool reaches(const uint64_t *within, const uint64_t *all, double part, const struct amosi_areas *areas)
{
    struct amosi_twofold sum = {0, 0};
    double size = 0;
    for (int kind = 0; kind < areas->kinds; kind++) {
        struct amosi_twofold area = {areas->mm2[kind], areas->rest[kind]};
        struct amosi_twofold points = amosi_twofold_add(amosi_twofold_product(whole, (double)within[kind]),
                                                        amosi_twofold_product(-part, (double)all[kind]));
        sum = amosi_twofold_add(sum, amosi_twofold_times(points, area));
        size += whole * (double)all[kind] * area.high;
    }
    return sum.high >= -EQUAL * size;
}

double amosi_distances_share(const struct amosi_distances *d, double percent, const struct amosi_areas *areas)
{
    uint64_t all[AMOSI_AREA_KINDS] = {0}, within[AMOSI_AREA_KINDS] = {0};
    double part = floor(percent * 1e9 + 0.5), share = part / whole, total = amosi_distances_total(d);
    count_points(d, all);
    for (size_t i = 0; i < d->used; i++) {
        within[d->bins[i].kind] += d->bins[i].count;
        if (d->cumulated[i] < (share - CLEAR) * total)
            continue;
        if (d->cumulated[i] > (share + CLEAR) * total || reaches(within, all, part, areas))
            return sqrt(d->bins[i].square);
    }
    return amosi_distances_max(d);
}
