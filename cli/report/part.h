/* SPDX-License-Identifier: BSD-3-Clause */
/* amos report: what the part of a shard has of each case: {"record": the line of the journal, "fault": what is wrong with the
 * case, or null, "fresh": whether it was not kept from an earlier run}. */
#ifndef CLI_REPORT_PART_H
#define CLI_REPORT_PART_H

#include "report/run.h"

/* Puts the cases that the shard holds. False after a failure, which is reported. */
bool report_part_put(const struct report_run *run);

/* Takes the records of all items from the parts, and reports their faults as the run that made them did. False after a
 * failure of its own, which it reports. */
bool report_part_take(struct report_run *run);

/* Whether the files of all records are there; else it is reported, with the shard that must run again. */
bool report_part_check_files(const struct report_run *run);

#endif
