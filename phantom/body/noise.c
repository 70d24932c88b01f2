/* SPDX-License-Identifier: BSD-3-Clause */
#include "phantom/body/noise.h"

/* The random bits of one lattice point: three numbers of 21 bits. */
static uint64_t lattice_bits(uint64_t key, int64_t x, int64_t y, int64_t z)
{
    uint64_t point = ((uint64_t)x & 0x1fffff) | ((uint64_t)y & 0x1fffff) << 21 | ((uint64_t)z & 0x1fffff) << 42;
    return random_bits(key, point);
}

/* Splits a coordinate into its cell and a smooth weight of the cell's far side. */
static int64_t split_coordinate(double coordinate, double *weight)
{
    int64_t cell = (int64_t)coordinate;
    if (coordinate < (double)cell)
        cell--;
    double t = coordinate - (double)cell;
    *weight = t * t * (3.0 - 2.0 * t);
    return cell;
}

void phantom_field(uint64_t key, double cell, const double at[3], int count, double *out)
{
    double w[3], sum[3] = {0, 0, 0};
    int64_t base[3];
    for (int axis = 0; axis < 3; axis++)
        base[axis] = split_coordinate(at[axis] / cell, &w[axis]);
    for (int corner = 0; corner < 8; corner++) {
        int dx = corner & 1, dy = corner >> 1 & 1, dz = corner >> 2;
        double weight = (dx ? w[0] : 1 - w[0]) * (dy ? w[1] : 1 - w[1]) * (dz ? w[2] : 1 - w[2]);
        uint64_t bits = lattice_bits(key, base[0] + dx, base[1] + dy, base[2] + dz);
        for (int n = 0; n < 3 && n < count; n++)
            sum[n] += weight * (double)(int64_t)(bits >> (21 * n) & 0x1fffff);
    }
    for (int n = 0; n < 3 && n < count; n++)
        out[n] = sum[n] / 1048576.0 - 1.0;
}
