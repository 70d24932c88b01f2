/* SPDX-License-Identifier: BSD-3-Clause */
/* amos score: which prediction belongs to which reference.
 *
 * The cases are the labels of a data set, or the *.nii.gz and *.nii files of a folder of volumes or of a ZIP archive;
 * see `place` in kit/resolve.h. Cases are matched by id. The id is amos_0018 for every file named amos_0018, amos_18 or
 * amos_0018_anything; otherwise it is the name without a trailing _0000. Where each case has a folder of its own, the
 * folder's name is the id if the file's name begins with it. */
#ifndef CLI_SCORE_PAIRS_H
#define CLI_SCORE_PAIRS_H

#include <amos/amos.h>

#include "open/dataset.h"
#include "folder.h"

struct score_pair {
    const char *id;
    amos_modality modality; /* ..._UNKNOWN: nothing says which */
    amos_split split;       /* ..._ANY: for a flat folder or a file */
    const char *reference;
    const char *prediction; /* NULL: none */
    const char *image;      /* NULL: none */
};

struct score_side; /* one of the two folders; owns what its pairs point to */

struct score_pairs {
    struct score_pair *items; /* in the order of the data set; for a flat folder, sorted by id */
    size_t count;
    size_t missing; /* pairs without a prediction */
    size_t unused;  /* predictions without a reference */
    int max_label;
    const amos_dataset *dataset; /* of the reference; NULL for flat folders and files */
    const amos_dataset *names; /* whose table names the labels: that, or the one in whose labelsTr they lie; or NULL */
    amos_dataset *around;      /* `names` if it is not `dataset` */
    enum folder_layout layouts[2]; /* of reference and prediction; FOLDER_NONE for data sets and files */
    struct score_side *sides[2];
};

struct score_question {
    const char *reference, *prediction; /* two folders, or two files */
    amos_split split;
    amos_modality modality;
    struct dataset_choice dataset;
};

/* Returns an enum cli_exit, with a failure reported. Release with score_pairs_free() in either case. */
int score_pairs_find(const struct score_question *question, struct score_pairs *out);

/* False if an output is one of the files that are read, which is reported as a usage error; see output_spares(). */
bool score_pairs_spare(const struct score_pairs *pairs, const char *output);

void score_pairs_free(struct score_pairs *pairs);

#endif
