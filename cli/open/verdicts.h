/* SPDX-License-Identifier: BSD-3-Clause */
/* The options by which a command takes only cases with some verdicts, as the viewer saved them. */
#ifndef CLI_OPEN_VERDICTS_H
#define CLI_OPEN_VERDICTS_H

#include <amos/amos.h>

#include "kit/args.h"
#include "open/dataset.h"

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

/* A data set, and the verdicts on its cases. */
struct judged_set {
    amos_dataset *dataset;
    amos_verdicts *verdicts; /* NULL if no file was given */
};

/* Opens the data set and the file, and says what is odd about it: a last line that is cut off, verdicts on cases that the
 * data set lacks. Returns an enum cli_exit, with a failure reported: one of the two options alone is a usage error.
 * Release it with judged_set_close(), after a failure too. */
int judged_set_open(const char *command, const char *path, const struct dataset_choice *dataset,
                    const struct verdict_choice *verdicts, struct judged_set *out);
void judged_set_close(struct judged_set *set);

#endif
