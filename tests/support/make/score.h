/* SPDX-License-Identifier: BSD-3-Clause */
/* Random pairs of small label maps, for tests of scores, with surfaces of every shape, including some that no organ
 * has. */
#ifndef TESTS_SCORE_MAKE_H
#define TESTS_SCORE_MAKE_H

#include <amos/labelmap.h>

#define SCORE_FORMS 11
#define SCORE_FORM_BOXES 2
#define SCORE_FORM_SHELL 10 /* a ball and the shell around it: large, with many equidistant points */

struct score_pair {
    int64_t shape[3];
    double spacing[3];
    uint8_t *reference, *prediction; /* from malloc(), labels 0..3 */
    size_t voxels;
};

/* The form, 0..SCORE_FORMS-1, is the kind of volumes; the seed determines everything else. */
void score_pair_make(int form, uint64_t seed, struct score_pair *pair);
void score_pair_free(struct score_pair *pair);

/* A label map loaded from a file in memory, with an orientation such as "RAS". */
amos_labelmap *score_map(const uint8_t *voxels, const int64_t shape[3], const double spacing[3],
                         const char *orientation);

#endif
