/* SPDX-License-Identifier: BSD-3-Clause */
/* Far points in blocks, each with only those words of the other surface that may be nearest to one of its points. */
#ifndef AMOSI_SCORE_DISTANCE_DIVIDE_H
#define AMOSI_SCORE_DISTANCE_DIVIDE_H

#include "score/distance/far.h"

/* Adds the distances of the points of words[0..*count) from the nearest point of `to`, which has some. The words change
 * places. When about so many steps have been done, the words that are not solved stay behind as words[0..*count). False:
 * no memory. */
bool amosi_divide(struct amosi_far_word *words, size_t *count, const struct amosi_surface *to,
                  const struct amosi_steps *steps, uint64_t budget, struct amosi_distances *out);

#endif
