/* SPDX-License-Identifier: BSD-3-Clause */
/* What is known of the places of organs in a body: tables for the rules of judge.h. */
#ifndef AMOSI_QUALITY_JUDGE_ANATOMY_H
#define AMOSI_QUALITY_JUDGE_ANATOMY_H

#include <stdbool.h>

#include <amos/organ.h>

/* Whether two organs may touch; either order. */
bool amosi_anatomy_may_touch(int organ, int other);

/* The first organ lies on the right of the other. */
struct amosi_anatomy_side {
    int right, left;
};

/* The first organ lies further to the head (axis 2) or to the front (axis 1) than the other. */
struct amosi_anatomy_order {
    int axis;
    int more, less;
    bool whole; /* known only if neither is cut off at the head or the feet */
};

#define AMOSI_NOT_CUT_ABOVE 1 /* the field of view holds its upper end */
#define AMOSI_NOT_CUT_BELOW 2

/* An organ that is expected if others are there. */
struct amosi_anatomy_expected {
    int organ;
    struct {
        int organ, whole; /* AMOSI_NOT_CUT_... */
    } if_there[2];
    double below_mm; /* the field of view reaches so far below the first of them */
};

/* The last row of each table is all zero. */
extern const struct amosi_anatomy_side amosi_anatomy_sides[];
extern const struct amosi_anatomy_order amosi_anatomy_orders[];
extern const struct amosi_anatomy_expected amosi_anatomy_expected[];

#endif
