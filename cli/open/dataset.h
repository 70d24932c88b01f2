/* SPDX-License-Identifier: BSD-3-Clause */
/* How the commands open a data set: with the options that all of them have, and with its warnings on stderr. */
#ifndef CLI_OPEN_DATASET_H
#define CLI_OPEN_DATASET_H

#include <amos/amos.h>

#include <stdbool.h>

#include "kit/args.h"

/* What the options of a command say about the data sets that it opens. All zero: nothing. */
struct dataset_choice {
    const char *json_name;
    const char *modality_table;
    const char *modality_of; /* "amos_0500=ct,0501=mri", as args_modality_of checked it */
    bool absolute_paths;
    bool quiet; /* no warnings: the command reports them itself */
};

/* const char * */
extern const struct args_type args_modality_of;

/* The rows of these options in a command's table; `member` is its struct dataset_choice. */
#define OPTIONS_DATASET(values, member) \
    ARGS_VALUE(0, "dataset-json", "NAME", "use this file of the data set in place of dataset.json", args_file, values, \
               member.json_name), \
        ARGS_FLAG("absolute-paths", "let dataset.json name files by absolute paths, or by paths that begin with ..", \
                  values, member.absolute_paths), \
        ARGS_VALUE(0, "modality-table", "FILE", \
                   "a CSV with the columns id and modality, or JSON, that says which cases are ct, mri or unknown", \
                   args_file, values, member.modality_table), \
        ARGS_VALUE(0, "modality-of", "ID=MODALITY,...", \
                   "the modality of single cases, such as 500=ct; '*=ct' is that of all others", args_modality_of, \
                   values, member.modality_of)

/* Whether the command line says something about the data sets. */
bool dataset_chosen(const struct dataset_choice *choice);

/* Opens a data set. Prints what was noticed on stderr, the first lines of much. As amos_dataset_open(). */
amos_status dataset_open(const char *path, const struct dataset_choice *choice, amos_dataset **out, amos_error *err);

/* Whether it has labels, and not one image, as after amos fetch --labels-only. */
bool dataset_has_labels_alone(const amos_dataset *dataset);

/* False if an output is dataset.json, the metadata, or the table of modalities, which is reported as a usage error; see
 * output_spares(). `dataset` and `choice` may be NULL. */
bool dataset_spares(const char *command, const char *output, const amos_dataset *dataset,
                    const struct dataset_choice *choice);

#endif
