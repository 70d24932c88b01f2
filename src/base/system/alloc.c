/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "base/system/alloc.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/system/platform.h"

void *amosi_alloc(size_t size)
{
    int saved_errno = errno;
    void *memory = malloc(size ? size : 1);
    errno = saved_errno;
    return memory;
}

void *amosi_zalloc(size_t size)
{
    int saved_errno = errno;
    void *memory = calloc(1, size ? size : 1);
    errno = saved_errno;
    return memory;
}

void *amosi_alloc_array(size_t count, size_t size)
{
    return amosi_realloc_array(NULL, count, size);
}

void *amosi_zalloc_array(size_t count, size_t size)
{
    int saved_errno = errno;
    void *memory = calloc(count ? count : 1, size ? size : 1);
    errno = saved_errno;
    return memory;
}

void *amosi_realloc_array(void *old, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    int saved_errno = errno;
    void *memory = realloc(old, bytes ? bytes : 1);
    errno = saved_errno;
    return memory;
}

char *amosi_strdup(const char *text)
{
    return amosi_strndup(text, strlen(text));
}

char *amosi_strndup(const char *text, size_t length)
{
    if (length == SIZE_MAX)
        return NULL;
    char *copy = amosi_alloc(length + 1);
    if (copy) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

void amosi_free(void *memory)
{
    free(memory);
}

void *amosi_alloc_voxels(size_t bytes)
{
    int saved_errno = errno;
    void *memory = NULL;
    const size_t alignment = bytes < AMOSI_HUGE_PAGE ? 64 : AMOSI_HUGE_PAGE;
    int failed = posix_memalign(&memory, alignment, bytes ? bytes : 1);
    errno = saved_errno;
    if (failed)
        return NULL;
    amosi_advise_huge_pages(memory, bytes);
    return memory;
}

/* calloc() would touch memory before huge pages are asked for. */
void *amosi_zalloc_voxels(size_t bytes)
{
    void *memory = amosi_alloc_voxels(bytes);
    return memory ? memset(memory, 0, bytes) : NULL;
}

int amosi_grow(void **array, size_t *capacity, size_t need, size_t size)
{
    if (need <= *capacity)
        return 1;
    size_t wanted = *capacity < 8 ? 8 : *capacity;
    while (wanted < need) {
        if (wanted > SIZE_MAX / 2)
            return 0;
        wanted *= 2;
    }
    void *grown = amosi_realloc_array(*array, wanted, size);
    if (!grown)
        return 0;
    *array = grown;
    *capacity = wanted;
    return 1;
}
