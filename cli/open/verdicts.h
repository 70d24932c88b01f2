/* SPDX-License-Identifier: BSD-3-Clause */
/* The options by which a command takes only cases with some verdicts, as the viewer saved them. */
#ifndef CLI_OPEN_VERDICTS_H
#define CLI_OPEN_VERDICTS_H

#include <amos/amos.h>

#include "kit/args.h"

struct verdict_choice {
    const char *file; /* NULL: verdicts do not matter */
    uint32_t only;    /* as amos_case_filter.only */
};

extern const struct args_type args_only; /* uint32_t */

/* The rows of these options in a command's table; `member` is its struct verdict_choice. */
#define OPTIONS_VERDICTS(values, member) \
    ARGS_VALUE(0, "verdicts", "FILE", "verdicts on the cases, as amos serve or the viewer of amos report saves them", \
               args_file, values, member.file), \
        ARGS_VALUE(0, "only", "VERDICT,...", \
                   "with --verdicts: only cases with one of these: pass, fail, unsure or none", args_only, values, \
                   member.only)

/* Reads the file and says what is odd about it: a last line that is cut off, verdicts on cases that the data set lacks.
 * *out is NULL if no file was given. Returns an enum cli_exit, with a failure reported: one of the two options alone is a usage
 * error. Release it with amos_verdicts_free(). */
int verdicts_open(const char *command, const struct verdict_choice *choice, const amos_dataset *dataset,
                  amos_verdicts **out);

/* Whether the options stand together; else a usage error is reported. Before anything is opened. */
bool verdicts_make_sense(const char *command, const struct verdict_choice *choice);

#endif
