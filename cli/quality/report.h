/* SPDX-License-Identifier: BSD-3-Clause */
/* Findings of label quality, and the facts that they are made from, for people and for programs. */
#ifndef CLI_QUALITY_REPORT_H
#define CLI_QUALITY_REPORT_H

#include <amos/amos.h>

#include "kit/json.h"

/* A finding as an object: "kind": "quality", "finding", "case", "label", "organ", "voxel", "mm", "value", "low", "high",
 * "unit", "expected", "message". */
cJSON *quality_finding_json(const amos_quality_finding *finding);

/* Prints a line for each finding, for people. */
void quality_print(const amos_quality_findings *findings);

/* Prints how many findings of each kind there are. */
void quality_print_summary(const amos_quality_findings *findings, size_t cases);

/* Prints JSON, one object a line: the facts of a case, as "kind": "facts", and all findings. */
void quality_print_facts(const amos_quality *facts);
void quality_print_json(const amos_quality_findings *findings);

#endif
