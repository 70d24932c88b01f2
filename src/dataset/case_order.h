/* SPDX-License-Identifier: BSD-3-Clause */
/* The order of cases, and what depends on it: duplicates, leaks between splits, search by id. */
#ifndef AMOSI_DATASET_CASE_ORDER_H
#define AMOSI_DATASET_CASE_ORDER_H

#include <amos/dataset.h>

/* Sorts the cases by number, id and split, and sets their indices. A case in two splits raises a warning.
 * AMOS_OK, AMOS_E_DUP (a case twice in one split, or one label for two images) or AMOS_E_NOMEM. */
amos_status amosi_case_order_make(amos_dataset *dataset, amos_error *err);

/* The index of the first case that "amos_0018", "0018" or "18" means; *count is the number of such cases. Takes the time
 * of two binary searches. */
size_t amosi_case_order_find(const amos_dataset *dataset, const char *id, size_t *count);

#endif
