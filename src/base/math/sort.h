/* SPDX-License-Identifier: BSD-3-Clause */
/* Sorting of lists that mostly are in order. */
#ifndef AMOSI_BASE_MATH_SORT_H
#define AMOSI_BASE_MATH_SORT_H

#include <stddef.h>

/* qsort() that first checks whether there is anything to do. */
void amosi_sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *));

#endif
