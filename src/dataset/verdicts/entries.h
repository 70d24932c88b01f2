/* SPDX-License-Identifier: BSD-3-Clause */
/* The entries of a file of verdicts, and what they say about each case. */
#ifndef AMOSI_DATASET_VERDICTS_ENTRIES_H
#define AMOSI_DATASET_VERDICTS_ENTRIES_H

#include <amos/verdicts.h>
#include <stdbool.h>

#include "dataset/arena.h"

/* What the entries of a case come to. */
struct amosi_judged {
    const char *id;
    amos_verdict verdict;
};

struct amos_verdicts {
    amos_verdicts_info info;
    amos_verdict_entry *entries; /* info.count of them */
    size_t capacity;
    struct amosi_judged *cases; /* by id */
    size_t case_count;
    struct amosi_arena texts;
};

/* Appends an entry and copies its texts. False: memory ran out. */
bool amosi_verdicts_add(amos_verdicts *verdicts, const amos_verdict_entry *entry);

/* Once all entries are there: what they come to for each case. False: memory ran out. */
bool amosi_verdicts_judge(amos_verdicts *verdicts);

#endif
