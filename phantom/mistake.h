/* SPDX-License-Identifier: BSD-3-Clause */
/* Mistakes of one organ that segmentation programs make. */
#ifndef PHANTOM_MISTAKE_H
#define PHANTOM_MISTAKE_H

#include "phantom/phantom.h"

enum phantom_mistake_kind {
    PHANTOM_MISSED,  /* the organ is not there */
    PHANTOM_CUT_OFF, /* its lower half is not there */
    PHANTOM_SWAPPED, /* in its lower half it has the label of the other organ, and the other its */
    PHANTOM_SHIFTED, /* it lies 7 mm beside its place */
    PHANTOM_SPECKS,  /* there are some balls of it elsewhere */
    PHANTOM_LEAKED   /* at some places it spreads 9 mm into what is beside it */
};

struct phantom_mistake {
    enum phantom_mistake_kind kind;
    int organ;
    int other; /* of PHANTOM_SWAPPED */
};

/* The mistakes of a case, from a table. */
#define PHANTOM_MISTAKES 3
const struct phantom_mistake *phantom_mistakes(const struct phantom_case *c, size_t *count);

/* Makes a mistake in a prediction; nothing happens if the case lacks the organ. Both arrays have the size of the case. */
void phantom_make_mistake(const struct phantom_case *c, const struct phantom_mistake *mistake, const uint8_t *label,
                          uint8_t *prediction);

#endif
