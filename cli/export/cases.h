/* SPDX-License-Identifier: BSD-3-Clause */
/* amos export: the cases that are written, each of them checked before. */
#ifndef CLI_EXPORT_CASES_H
#define CLI_EXPORT_CASES_H

#include <amos/amos.h>

#include <stdbool.h>

#include "kit/args.h"

struct export_case {
    const amos_case_info *info;
    bool labelled;      /* image and label, else the image alone */
    int64_t shape[3];   /* of the image; 0 before it was opened */
    double spacing[3];  /* mm */
    amos_error fault;   /* status AMOS_OK: it can be exported */
    const char *ending; /* of the image's name in lower case: ".nii.gz" or ".nii" */
};

/* What happens if a case cannot be exported. */
enum export_fault { EXPORT_STOP, EXPORT_SKIP };

/* enum export_fault: "stop" or "skip". */
extern const struct args_type args_on_fault;

struct export_selection {
    amos_modality modality;        /* ..._ANY: all */
    const amos_verdicts *verdicts; /* NULL: they do not matter */
    uint32_t only;                 /* as amos_case_filter.only */
    bool copied;                   /* files are copied, so they may lie in an archive */
    bool one_folder; /* an id may not be in two splits: the target has the files of all in one name space */
};

/* What is asked of each case. */
struct shard;

struct export_checks {
    bool voxels;      /* all of them are read: labels are those of the table, images are finite */
    bool one_ending;  /* all files have the same ending, .nii.gz or .nii; `ending` is set to it */
    bool no_dollar;   /* a path may not hold "$", which the reader would expand */
    bool one_channel; /* further channels of an image would be lost */
    enum export_fault on_fault;
    int threads;
    amos_progress progress;
    struct shard *shard; /* which cases are checked, and where what was found is kept; NULL: all */
};

struct export_cases {
    const amos_dataset *dataset;
    struct export_case *items; /* sorted by id, those with a label first */
    size_t count, labelled;
    size_t skipped;     /* left out, because they have a fault */
    const char *ending; /* of all, with one_ending */
};

/* Selects cases: training and validation cases that name a label are `labelled`; all others are for prediction. False if
 * there is none, which is reported. Release with export_cases_free() in either case. */
bool export_cases_select(const amos_dataset *dataset, const struct export_selection *selection,
                         struct export_cases *out);

/* Checks each case, names those with a fault on stderr, and leaves them out or, with EXPORT_STOP, gives CLI_FAILED. The
 * same if none with a label is left although there were some. *go_on is true if the export can be written: not by a shard,
 * whose part is written here. Returns an enum cli_exit. */
int export_cases_check(struct export_cases *cases, const struct export_checks *checks, bool *go_on);

/* The facts of the labelled cases, for folds_make(); from malloc(), NULL if memory ran out, which is reported. */
const amos_case_info **export_cases_infos(const struct export_cases *cases);

void export_cases_free(struct export_cases *cases);

#endif
