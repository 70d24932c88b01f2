/* SPDX-License-Identifier: BSD-3-Clause */
/* amos convert: its reports. */
#ifndef CLI_CONVERT_REPORT_H
#define CLI_CONVERT_REPORT_H

#include "convert/plan.h"

/* A line for a file, and lines for what was lost or is a guess; failures go to stderr. */
void convert_print(const struct convert_job *job);

/* One JSON object, as a line. */
void convert_print_json(const struct convert_job *job);

#endif
