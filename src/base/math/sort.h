/* SPDX-License-Identifier: BSD-3-Clause */
/* Sorting of lists that are usually sorted already. */
#ifndef AMOSI_BASE_MATH_SORT_H
#define AMOSI_BASE_MATH_SORT_H

#include <stddef.h>

/* Like qsort(), but first checks whether the list is already sorted. */
void amosi_sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *));

#endif
