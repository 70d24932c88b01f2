/* SPDX-License-Identifier: BSD-3-Clause */
/* The cases that `amos report` and `amos serve` show: those of a data set, each with its prediction if there is one.
 *
 *   struct review_set set;
 *   int code = review_set_open(&question, &set);
 *   ... set.items[0 .. set.count - 1] ...
 *   review_set_close(&set);
 */
#ifndef CLI_REVIEW_SET_H
#define CLI_REVIEW_SET_H

#include <amos/amos.h>

#include <stdbool.h>

#include "accept/accept.h"
#include "open/dataset.h"
#include "score/side.h"

struct review_question {
    const char *root;       /* the data set */
    const char *prediction; /* a folder of volumes, a ZIP archive or a data set; NULL: none */
    const char *cases;      /* "18,508-510,word_0001"; NULL: all */
    amos_split split;
    amos_modality modality;
    struct dataset_choice dataset;
    struct accept_options accept;
};

/* The rows of these options in a command's table; `member` is its struct review_question. */
#define OPTIONS_REVIEW(values, member) \
    ARGS_VALUE('p', "prediction", "DIR", "predictions: a folder of volumes, or a ZIP archive", args_file, values, \
               member.prediction), \
        ARGS_VALUE(0, "cases", "ID,N-N", "only these cases, such as 18,508-510", args_file, values, member.cases), \
        OPTION_SPLIT(values, member.split), OPTION_MODALITY(values, member.modality), \
        OPTIONS_ACCEPT(values, member.accept), OPTIONS_DATASET(values, member.dataset)

/* One case. */
struct review_item {
    const amos_case_info *info;
    const char *reference;  /* the label's path; NULL: the case names none */
    const char *prediction; /* NULL: none */
    char *id;               /* that of the case; "amos_0001 (validation)" if two cases of the data set have it */
    char *
        name; /* for a file: the id if it has only letters, digits and "-._", else such letters and a digest. Of no two cases
                 * of a data set the same, whichever of them are selected, nor the same but for case */
};

struct review_set {
    amos_dataset *dataset;
    struct score_side *predictions; /* NULL: none were given */
    struct accepting accepting;
    struct review_item *items; /* in the order of the data set */
    size_t count;
    size_t unused; /* predictions of other cases */
    int max_label;
};

/* Returns an enum cli_exit, with a failure reported: also if no case is left. Release with review_set_close() in either
 * case. `question` must outlive the set. */
int review_set_open(const struct review_question *question, struct review_set *out);
void review_set_close(struct review_set *set);

#endif
