/* SPDX-License-Identifier: BSD-3-Clause */
/* Every allocation of the library goes through here, so that sizes are checked and tests can make it fail. */
#ifndef AMOSI_BASE_SYSTEM_ALLOC_H
#define AMOSI_BASE_SYSTEM_ALLOC_H

#include <stddef.h>

/* All return NULL when memory ran out or n * size overflows; size 0 gives a pointer that may be freed.
 * errno stays as it is. */
void *amosi_alloc(size_t size);
void *amosi_zalloc(size_t size);
void *amosi_alloc_array(size_t count, size_t size);
void *amosi_zalloc_array(size_t count, size_t size);
void *amosi_realloc_array(void *old, size_t count, size_t size);
char *amosi_strdup(const char *text);
char *amosi_strndup(const char *text, size_t length);
void amosi_free(void *memory);

/* For large voxel buffers: aligned to 64 bytes, contents undefined; released by amosi_free(). The kernel is asked for
 * huge pages, because touching fresh memory 4 KiB at a time costs as much as inflating into it. */
void *amosi_alloc_voxels(size_t bytes);

/* The same filled with zeros, which costs nothing where the memory is fresh; aligned as malloc() does. */
void *amosi_zalloc_voxels(size_t bytes);

/* Grows an array so that it holds at least `need` items: doubles *capacity. 0 when memory ran out (the array stays). */
int amosi_grow(void **array, size_t *capacity, size_t need, size_t size);

#endif
