/* SPDX-License-Identifier: BSD-3-Clause */
/* amos pack: the cases that a submission has, and their predictions. */
#ifndef CLI_PACK_CASES_H
#define CLI_PACK_CASES_H

#include <amos/amos.h>

#include <stdbool.h>

#include "score/side.h"

struct pack_case {
    const amos_case_info *info;
    const char *prediction; /* NULL: there is none */
    bool empty;             /* no voxel has an organ */
    char turned_from[4];    /* its stored orientation, if it differs from the image's; else "" */
    amos_error fault;       /* status AMOS_OK: it fits its image, and each voxel is a label */
};

struct pack_question {
    const char *reference, *prediction; /* the data set, and a folder or ZIP archive of predictions */
    amos_split split;
    amos_modality modality; /* ..._ANY: all */
    struct dataset_choice dataset;
};

struct pack_cases {
    amos_dataset *dataset;
    struct score_side *side; /* owns the paths */
    struct pack_case *items; /* in the order of the data set */
    size_t count, unused;    /* predictions of other cases */
};

/* Opens both, and finds the prediction of each case. A case without one is named and gives false, as does a data set without
 * such cases. Release with pack_cases_free() in either case. */
bool pack_cases_find(const struct pack_question *question, struct pack_cases *out);
void pack_cases_free(struct pack_cases *cases);

/* Reads a prediction on the grid of its image. On failure fills c->fault. Free *image and *map, also after a failure. */
amos_status pack_case_read(const struct pack_cases *cases, struct pack_case *c, amos_pair **pair, amos_labelmap **map);

#endif
