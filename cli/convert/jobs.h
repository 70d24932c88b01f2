/* SPDX-License-Identifier: BSD-3-Clause */
/* amos convert: which files are converted, and where to. */
#ifndef CLI_CONVERT_JOBS_H
#define CLI_CONVERT_JOBS_H

#include "convert/plan.h"
#include "kit/resolve.h"

struct convert_jobs {
    struct convert_job *items;
    size_t count, room;
    char *folder; /* that outputs go to; NULL: one output with a name of its own */
};

/* Lists the files of all targets, and their outputs: `output` itself for one file, else files below it. `want_label` is
 * for cases: the label instead of the image. Returns an enum cli_exit, with failures reported. Release with jobs_free()
 * in either case. */
int jobs_make(const struct targets *targets, const char *output, enum convert_role role, bool want_label,
              struct convert_jobs *jobs);
void jobs_free(struct convert_jobs *jobs);

/* CLI_USAGE if an output is an input of this run, or would be made of two; CLI_FAILED if memory ran out. Both are
 * reported. */
int jobs_check(const struct convert_jobs *jobs, const struct convert_plan *plan);

/* Makes the folders of all outputs. False after a failure, which is reported. */
bool jobs_make_folders(const struct convert_jobs *jobs);

#endif
