/* SPDX-License-Identifier: BSD-3-Clause */
/* The areas of the surface between voxels, and shares of them, by means that share nothing with the library. */
#ifndef TESTS_AREA_MODEL_H
#define TESTS_AREA_MODEL_H

#include <stdint.h>

/* The area between eight voxels; bit x + 2*y + 4*z of the code is a voxel. */
double score_model_area(unsigned code, const double spacing[3]);

/* Whether the points of these codes (`within`, a part of `all`) have at least `percent` of the area: 1, 0, or 2 if they
 * have exactly that. Percents are multiples of 1/1000. Exact for spacings that are multiples of 1/8 up to 8; for others
 * sums of doubles, in which shares closer than 1e-13 count as equal. */
int score_model_reaches(const uint64_t within[256], const uint64_t all[256], double percent, const double spacing[3]);

#endif
