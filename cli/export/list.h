/* SPDX-License-Identifier: BSD-3-Clause */
/* amos export: lists of cases, for MONAI and as CSV. */
#ifndef CLI_EXPORT_LIST_H
#define CLI_EXPORT_LIST_H

#include <stdio.h>

#include "export/cases.h"
#include "export/folds.h"
#include "export/place.h"

enum list_format { LIST_DECATHLON, LIST_AUTO3DSEG, LIST_CSV };

/* enum list_format: "decathlon" or "auto3dseg". */
extern const struct args_type args_list_format;

struct list_export {
    const amos_dataset *dataset;
    const char *output; /* a file; "-": stdout, where paths are absolute */
    enum list_format format;
    amos_modality modality; /* ..._ANY: all */
    bool has_folds;         /* `folds` were asked for; else the splits of the data set stand */
    struct fold_choice folds;
    size_t fold_count;
    enum export_paths paths;
    enum export_fault on_fault;
    bool force;
    int threads;
    const amos_verdicts *verdicts; /* NULL: they do not matter */
    uint32_t only;                 /* as amos_case_filter.only */
    amos_progress progress;
    struct shard *shard; /* NULL: all cases */
};

struct list_exported {
    size_t training, validation, test, skipped, folds;
};

/* Checks headers and writes. Returns an enum cli_exit, with failures reported. */
int list_export_write(const struct list_export *given, struct list_exported *out);

/* ---- parts ---- */

struct list_content {
    const struct list_export *given;
    const struct export_cases *cases;
    const struct folds *folds;
    const char *folder; /* absolute: that of the output */
};

/* Which list a case is in: ..._TRAINING, ..._VALIDATION or ..._TEST. */
amos_split list_split(const struct list_content *content, size_t index);

/* The path of a file as the list names it; "" for NULL. From malloc(); NULL if memory ran out, which is reported. */
char *list_path(const struct list_content *content, const char *file);

/* Write the whole file. False if memory ran out, which is reported. */
bool list_write_json(FILE *out, const struct list_content *content);
bool list_write_csv(FILE *out, const struct list_content *content);

#endif
