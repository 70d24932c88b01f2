/* SPDX-License-Identifier: BSD-3-Clause */
/* How often each value of 16 bits comes. */
#ifndef AMOSI_PREPARE_COUNT_H
#define AMOSI_PREPARE_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AMOSI_COUNT_VALUES 65536

/* Working memory: a voxel and its neighbours are counted in tables of their own, because a number that was just written
 * cannot be read again at once. Zero at first and once they are collected. */
struct amosi_count_tables {
    uint32_t count[4][AMOSI_COUNT_VALUES];
    size_t counted;
};

/* Counts how often each comes among n: at its own place, or, where they have a sign, at that of the value plus 32768. It
 * stands in `count` when they have been collected. */
void amosi_count_u16(uint64_t *count, struct amosi_count_tables *tables, const uint16_t *from, size_t n);
void amosi_count_i16(uint64_t *count, struct amosi_count_tables *tables, const int16_t *from, size_t n);

/* The same, but of values up to `most` only some are counted, or none. */
void amosi_count_i16_above(uint64_t *count, struct amosi_count_tables *tables, const int16_t *from, size_t n,
                           int16_t most);

/* Adds what stands in the tables. */
void amosi_count_collect(uint64_t *count, struct amosi_count_tables *tables);

#endif
