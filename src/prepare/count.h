/* SPDX-License-Identifier: BSD-3-Clause */
/* Histograms of 16-bit values. */
#ifndef AMOSI_PREPARE_COUNT_H
#define AMOSI_PREPARE_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AMOSI_COUNT_VALUES 65536

/* Working memory: four neighbouring voxels are counted in four tables, because a counter that was just written cannot
 * be read again at once. Zero at first and after amosi_count_collect(). */
struct amosi_count_tables {
    uint32_t count[4][AMOSI_COUNT_VALUES];
    size_t counted;
};

/* Counts n values: an unsigned value at its own index, a signed one at the value plus 32768. The counts are in `count`
 * only after amosi_count_collect(). */
void amosi_count_u16(uint64_t *count, struct amosi_count_tables *tables, const uint16_t *from, size_t n);
void amosi_count_i16(uint64_t *count, struct amosi_count_tables *tables, const int16_t *from, size_t n);

/* The same, but values up to `most` may be left out. */
void amosi_count_i16_above(uint64_t *count, struct amosi_count_tables *tables, const int16_t *from, size_t n,
                           int16_t most);

/* Adds the tables to `count` and clears them. */
void amosi_count_collect(uint64_t *count, struct amosi_count_tables *tables);

#endif
