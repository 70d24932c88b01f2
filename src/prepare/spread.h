/* SPDX-License-Identifier: BSD-3-Clause */
/* How often each value occurs among the voxels with a label above 0. */
#ifndef AMOSI_PREPARE_SPREAD_H
#define AMOSI_PREPARE_SPREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <amos/type.h>

#define AMOSI_SPREAD_BINS 65536

/* Types of up to 16 bits have a bin for each stored value. Others have bins of equal width over the range of these
 * voxels, and the value of a bin is the mean of its voxels. */
struct amosi_spread {
    uint64_t *count;
    double *sum;         /* of the stored values in a bin; NULL if a bin is one value */
    double low, step;    /* the smallest stored value of the first bin, and the width of a bin */
    double slope, inter; /* value = slope * stored + inter */
    uint64_t voxels;     /* of all bins; voxels that are not finite are in none */
};

/* Prepares for stored values of a type, with the range min..max of the scaled ones. *spread must be freed, also on
 * failure; false if memory runs out. */
bool amosi_spread_begin(struct amosi_spread *spread, amos_type type, double slope, double inter, double min,
                        double max);

/* Counts the stored values of n voxels that have a label above 0. */
void amosi_spread_add(struct amosi_spread *spread, const double *stored, const uint8_t *labels, size_t n);

/* The number of bins that are not empty. */
size_t amosi_spread_distinct(const struct amosi_spread *spread);

/* The value of a bin that is not empty, scaled. */
double amosi_spread_value(const struct amosi_spread *spread, size_t bin);

void amosi_spread_free(struct amosi_spread *spread);

#endif
