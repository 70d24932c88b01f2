/* SPDX-License-Identifier: BSD-3-Clause */
/* amos convert: what a change of type does to values. */
#ifndef CLI_CONVERT_LOSS_H
#define CLI_CONVERT_LOSS_H

#include "convert/plan.h"

/* Whether every value of one type is one of the other. */
bool loss_is_impossible(amos_type from, amos_type to);

/* Compares exact values with what they became, both packed: counts those that are no whole number, and those that the
 * type cannot hold. */
void loss_count(amos_type exact, const void *values, amos_type type, size_t count, struct convert_found *found);

/* Copies labels as another type. */
void loss_copy_labels(void *to, amos_type type, const uint8_t *labels, size_t count);

#endif
