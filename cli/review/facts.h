/* SPDX-License-Identifier: BSD-3-Clause */
/* The numbers of a case, which stay when its voxels are released. */
#ifndef CLI_REVIEW_FACTS_H
#define CLI_REVIEW_FACTS_H

#include "review/load.h"

/* A slice of a canonical volume across one axis. */
struct review_slice {
    int axis;      /* 0 sagittal, 1 coronal, 2 axial */
    int64_t index; /* -1: none */
};

struct review_facts {
    int max_label;               /* arrays have an item for each label from 1 on */
    double *volumes, *predicted; /* ml; NaN: absent, or not known */
    double *scores[REVIEW_SCORES];
    struct review_slice *worst;      /* of each label the axial slice in which most voxels disagree */
    bool measured, foretold, scored; /* whether volumes, predicted and scores are known */
    double mean_dice;                /* of the organs, as amos score has it; NaN: none */
    bool has_header;                 /* the image could be opened: */
    amos_geometry stored, canonical;
    amos_type type;
    amos_accepted accepted[2]; /* in the reference and in the prediction */
    char *fault;               /* a sentence; NULL: nothing is wrong */
};

/* Takes the facts of a loaded case; NULL maps and scores have none. False if memory ran out. Release with
 * review_facts_free() in either case. Any thread. */
bool review_facts_take(const struct review_set *set, const struct review_case *c, struct review_facts *out);
void review_facts_free(struct review_facts *facts);

#endif
