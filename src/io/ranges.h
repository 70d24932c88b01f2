/* SPDX-License-Identifier: BSD-3-Clause */
/* The lengths and distances of matches in DEFLATE (RFC 1951, 3.2.5): each symbol stands for a range of them, of which
 * extra bits choose one. */
#ifndef AMOSI_IO_RANGES_H
#define AMOSI_IO_RANGES_H

#include <stdint.h>

enum {
    AMOSI_LENGTHS = 29, /* symbols of each */
    AMOSI_DISTANCES = 30,
    AMOSI_MATCH_LEAST = 3,
    AMOSI_MATCH_MOST = 258
};

struct amosi_range {
    uint16_t least;
    uint8_t extra_bits;
};
extern const struct amosi_range amosi_lengths[AMOSI_LENGTHS];
extern const struct amosi_range amosi_distances[AMOSI_DISTANCES];

/* The number in amosi_lengths of a length from AMOSI_MATCH_LEAST to AMOSI_MATCH_MOST. */
int amosi_length_symbol(int length);

#endif
