/* SPDX-License-Identifier: BSD-3-Clause */
/* amos check --quality: what is done after the files were checked. */
#ifndef CLI_QUALITY_CHECK_H
#define CLI_QUALITY_CHECK_H

#include <amos/amos.h>

#include <stdbool.h>
#include <stddef.h>

#include "check_item.h"

struct quality_request {
    const amos_volume_options *volume;
    amos_quality_limits limits;
    bool json, facts; /* facts: with JSON, what was measured too */
    int threads;
};

/* Measures the cases among the items, which were inspected, and the files that are labels; judges and reports them.
 * Findings are no faults: false only after a failure, or if a case could not be read, which is reported. */
bool quality_check(const struct check_item *items, size_t count, const struct quality_request *request);

#endif
