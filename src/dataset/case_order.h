/* SPDX-License-Identifier: BSD-3-Clause */
/* The order of cases, and what follows from it: duplicates, leaks between splits, finding by id. */
#ifndef AMOSI_DATASET_CASE_ORDER_H
#define AMOSI_DATASET_CASE_ORDER_H

#include <amos/dataset.h>

/* Sorts the cases by number, id and split and numbers them. A case that stands in two splits is noted; twice in one
 * split, or one label for two images, is AMOS_E_DUP. Or AMOS_E_NOMEM. */
amos_status amosi_case_order_make(amos_dataset *dataset, amos_error *err);

/* The first of the cases that "amos_0018", "0018" or "18" means; *count says how many they are. */
size_t amosi_case_order_find(const amos_dataset *dataset, const char *id, size_t *count);

#endif
