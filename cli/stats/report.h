/* SPDX-License-Identifier: BSD-3-Clause */
/* amos stats: its two reports. */
#ifndef CLI_STATS_REPORT_H
#define CLI_STATS_REPORT_H

#include "kit/json.h"
#include "stats/summary.h"

/* For people: the title, one line and the summary of a data set; all of a single case or label file. */
bool stats_print_title(const struct target *target);
void stats_print_line(const struct subject *subject);
void stats_print_notes(const struct subject *subject); /* below the line: why a label's place is wrong or not known */
bool stats_print_summary(const struct target *target, const struct stats_summary *summary);
bool stats_print_detail(const struct subject *subject);

/* For programs. */
cJSON *stats_subject_json(const struct subject *subject);
/* Its member "cases" is added by the caller. */
cJSON *stats_dataset_json(const struct target *target);
void stats_put_summary(cJSON *object, const struct target *target, const struct stats_summary *summary);

#endif
