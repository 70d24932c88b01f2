/* SPDX-License-Identifier: BSD-3-Clause */
/* Solves far points in blocks, each with only those words of the other surface that may be nearest to its points. */
#ifndef AMOSI_SCORE_DISTANCE_DIVIDE_H
#define AMOSI_SCORE_DISTANCE_DIVIDE_H

#include "score/distance/far.h"

/* Adds the distances from the points of words[0..*count) to the nearest point of `to`, which must not be empty. The
 * words are reordered. After about `budget` steps, the unsolved words remain as words[0..*count). False: out of
 * memory. */
bool amosi_divide(struct amosi_far_word *words, size_t *count, const struct amosi_surface *to,
                  const struct amosi_steps *steps, uint64_t budget, struct amosi_distances *out);

#endif
