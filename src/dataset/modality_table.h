/* SPDX-License-Identifier: BSD-3-Clause */
/* What tables and callers say about the modality of cases, as a list of rules. */
#ifndef AMOSI_DATASET_MODALITY_TABLE_H
#define AMOSI_DATASET_MODALITY_TABLE_H

#include <amos/dataset.h>
#include <stdbool.h>

/* What is said about the modality of one case. */
struct amosi_modality_rule {
    const char *id; /* as amos_modality_override.case_id */
    amos_modality modality;
};

struct amosi_modality_rules {
    struct amosi_modality_rule *items; /* the later count before the earlier; zeroed memory is an empty list */
    size_t count, capacity;
};

/* Appends a rule. False: memory ran out. */
bool amosi_modality_add(struct amosi_modality_rules *rules, const char *id, amos_modality modality);

/* Appends the rules of a table, a CSV or JSON file that the caller named; its texts go to the data set's arena.
 * AMOS_OK, AMOS_E_ARG (a line that is none), _JSON_SYNTAX, _JSON_SCHEMA, _NOMEM, or a status of amosi_text_read(). */
amos_status amosi_modality_read_table(amos_dataset *dataset, const char *path, struct amosi_modality_rules *rules,
                                      amos_error *err);

#endif
