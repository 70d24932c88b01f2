/* SPDX-License-Identifier: BSD-3-Clause */
/* The commands of amos export. */
#ifndef CLI_EXPORT_PARTS_H
#define CLI_EXPORT_PARTS_H

#include "kit/command.h"

extern const struct command command_export_nnunet;
extern const struct command command_export_monai;
extern const struct command command_export_csv;
extern const struct command command_export_labelmaps;

/* Options that they share. `values` is the command's struct. */
#define OPTION_FOLDS_BY(help, values, member) ARGS_VALUE(0, "split", "RULE|FILE", help, args_folds, values, member)

#define OPTION_FOLDS(values, member) \
    ARGS_RANGE(0, "folds", "N", "the number of folds (default: 5)", args_integer, values, member, 2, FOLDS_MOST)

#define OPTION_REPLACE(values, member) ARGS_FLAG("force", "replace an earlier export of that name", values, member)

#define OPTION_ON_FAULT(values, member) \
    ARGS_VALUE(0, "on-fault", "RULE", \
               "a case with a fault stops the export (stop, the default) or is left out (skip)", args_on_fault, \
               values, member)

#define OPTION_PATHS(help, values, member) ARGS_VALUE(0, "paths", "KIND", help, args_paths, values, member)

#endif
