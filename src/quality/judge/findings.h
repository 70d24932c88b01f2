/* SPDX-License-Identifier: BSD-3-Clause */
/* The list of findings: the internal side of amos_quality_findings. */
#ifndef AMOSI_QUALITY_JUDGE_FINDINGS_H
#define AMOSI_QUALITY_JUDGE_FINDINGS_H

#include "quality/judge/judge.h"

/* A finding, followed by its texts. */
struct amosi_found {
    amos_quality_finding finding;
    size_t order; /* in which it was found */
};

struct amos_quality_findings {
    struct amosi_found **items;
    size_t count, room;
};

/* Sorts by case, kind, label, and then as found. */
void amosi_findings_sort(amos_quality_findings *findings);

#endif
