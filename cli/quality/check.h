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

/* Whether an item, which was inspected, is measured: a case, or a file that is a label. */
bool quality_concerns(const struct check_item *item);

/* Measures the items, as far as they are measured and a part of a shard has not done it. False after a failure, which is
 * reported; a case that cannot be read is none. */
bool quality_measure_items(struct check_item *items, size_t count, const struct quality_request *request);

/* Whether each of them could be read: a case that was whole when it was checked may not be so any more. */
bool quality_could_read(const struct check_item *items, size_t count);

/* Judges and reports those that were measured. Findings are no faults: false only after a failure, which is reported. */
bool quality_report(const struct check_item *items, size_t count, const struct quality_request *request);

#endif
