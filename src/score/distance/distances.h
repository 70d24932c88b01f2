/* SPDX-License-Identifier: BSD-3-Clause */
/* How often each distance occurs: the result of one direction, from which every measure is computed. */
#ifndef AMOSI_SCORE_DISTANCE_DISTANCES_H
#define AMOSI_SCORE_DISTANCE_DISTANCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Points of one kind, all of the same area, at one distance. Counts are integers, so that the order of the points and
 * the number of threads do not matter. */
struct amosi_bin {
    double square; /* of the distance in mm, as summed in double */
    uint64_t count;
    uint32_t kind;
};

struct amosi_distances {
    struct amosi_bin *bins;
    size_t used, capacity;
    uint32_t *slots; /* hash table of bin numbers + 1; 0: free */
    size_t slot_count;
    bool failed;       /* memory ran out; points added since are lost */
    double *cumulated; /* after amosi_distances_finish(): weight of bins 0..n */
};

/* Adds `count` points. */
void amosi_distances_add(struct amosi_distances *d, double square, uint32_t kind, uint64_t count);

/* Sorts the bins by distance and sums their weights; weights[kind] is the weight of a point. False: no memory. */
bool amosi_distances_finish(struct amosi_distances *d, const double *weights);

void amosi_distances_free(struct amosi_distances *d);

/* After finishing: */

/* The weight of all points, and of those within a distance (mm). */
double amosi_distances_total(const struct amosi_distances *d);
double amosi_distances_within(const struct amosi_distances *d, double mm);

/* The sum of distance times weight. */
double amosi_distances_sum(const struct amosi_distances *d, const double *weights);

/* The largest distance. Needs at least one point, as do the others below. */
double amosi_distances_max(const struct amosi_distances *d);

/* The quantile (0..1) of the single points of `a` and `b` (may be NULL) together, interpolated linearly. */
double amosi_distances_quantile(const struct amosi_distances *a, const struct amosi_distances *b, double quantile);

#endif
