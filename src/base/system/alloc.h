/* SPDX-License-Identifier: BSD-3-Clause */
/* Every allocation of the library goes through here, so that sizes are checked and tests can make it fail. */
#ifndef AMOSI_BASE_SYSTEM_ALLOC_H
#define AMOSI_BASE_SYSTEM_ALLOC_H

#include <stddef.h>

/* All return NULL if memory runs out or count * size overflows; size 0 returns a pointer that may be freed.
 * errno is unchanged. */
void *amosi_alloc(size_t size);
void *amosi_zalloc(size_t size);
void *amosi_alloc_array(size_t count, size_t size);
void *amosi_zalloc_array(size_t count, size_t size);
void *amosi_realloc_array(void *old, size_t count, size_t size);
char *amosi_strdup(const char *text);
char *amosi_strndup(const char *text, size_t length);
void amosi_free(void *memory);

/* For large voxel buffers: aligned to 64 bytes, contents undefined; released by amosi_free(). Huge pages are
 * requested from the kernel: touching fresh memory 4 KiB at a time costs as much as inflating into it. What is as large as
 * a huge page begins at one: else 1 MiB or so in front of the first one would be small pages. */
void *amosi_alloc_voxels(size_t bytes);

/* The same, filled with zeros. */
void *amosi_zalloc_voxels(size_t bytes);

/* Grows an array to hold at least `need` items: doubles *capacity. Returns 0 if memory runs out (array unchanged). */
int amosi_grow(void **array, size_t *capacity, size_t need, size_t size);

#endif
