/* SPDX-License-Identifier: BSD-3-Clause */
/* The options that several commands share. `values` is the command's struct. The member has the option's name unless
 * `member` names it. */
#ifndef CLI_KIT_OPTIONS_H
#define CLI_KIT_OPTIONS_H

#include "kit/args.h"

/* bool json. `help` describes the output: "print a JSON array of objects". */
#define OPTION_JSON(help, values) ARGS_FLAG("json", help, values, json)

/* int64_t threads; 0, the default: one for each processor. */
#define OPTION_THREADS(values) \
    ARGS_RANGE('j', "threads", "N", "use N threads (default: one for each processor)", args_integer, values, threads, \
               1, 1024)

/* bool: files are opened with AMOS_OPEN_LENIENT. */
#define OPTION_LENIENT(values, member) \
    ARGS_FLAG("lenient", "take a negative pixdim by its absolute value, as nibabel does", values, member)

/* amos_split and amos_modality, which select cases. */
#define OPTION_SPLIT(values, member) \
    ARGS_VALUE(0, "split", "SPLIT", "only cases of this split: training, validation or test", args_split, values, \
               member)
#define OPTION_MODALITY(values, member) \
    ARGS_VALUE(0, "modality", "MODALITY", "only cases of this modality: ct, mri or unknown", args_modality, values, \
               member)

/* const char *, the letters of the axes; NULL: as stored. */
#define OPTION_ORIENT(values, member) \
    ARGS_VALUE(0, "orient", "AXES", "reorient voxels to RAS, LPS, ...; stored (default): as in the file", \
               args_orientation, values, member)

/* const char *. `help` describes what is written, and where without the option. */
#define OPTION_OUTPUT(help, values, member) ARGS_VALUE('o', "output", "OUT", help, args_file, values, member)

/* bool force. */
#define OPTION_FORCE(values) \
    ARGS_FLAG("force", "write the output although its name is that of another format", values, force)

/* struct args_list, 3 numbers. */
#define OPTION_SPACING(help, values) ARGS_RANGE(0, "spacing", "X,Y,Z", help, args_numbers, values, spacing, 3, 3)

/* int64_t seed. */
#define OPTION_SEED(help, values) ARGS_RANGE(0, "seed", "N", help, args_integer, values, seed, 0, INT64_MAX)

#endif
