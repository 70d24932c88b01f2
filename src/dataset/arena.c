/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataset/arena.h"

#include <string.h>

#include "base/system/alloc.h"

#define SMALLEST_CHUNK ((size_t)4096)
#define LARGEST_CHUNK ((size_t)1 << 20)

struct amosi_arena_chunk {
    struct amosi_arena_chunk *before;
    size_t used;
    size_t capacity;
    char data[];
};

/* Chunks double in size, so that a small data set needs little memory and a large one few chunks. */
static struct amosi_arena_chunk *add_chunk(struct amosi_arena *arena, size_t bytes)
{
    size_t capacity = arena->last ? arena->last->capacity * 2 : SMALLEST_CHUNK;
    if (capacity > LARGEST_CHUNK)
        capacity = LARGEST_CHUNK;
    if (capacity < bytes)
        capacity = bytes;
    size_t total;
    if (__builtin_add_overflow(capacity, sizeof(struct amosi_arena_chunk), &total))
        return NULL;
    struct amosi_arena_chunk *chunk = amosi_alloc(total);
    if (!chunk)
        return NULL;
    chunk->before = arena->last;
    chunk->used = 0;
    chunk->capacity = capacity;
    arena->last = chunk;
    return chunk;
}

char *amosi_arena_bytes(struct amosi_arena *arena, size_t bytes)
{
    struct amosi_arena_chunk *chunk = arena->last;
    if (!chunk || chunk->capacity - chunk->used < bytes)
        chunk = add_chunk(arena, bytes);
    if (!chunk)
        return NULL;
    char *start = chunk->data + chunk->used;
    chunk->used += bytes;
    return start;
}

char *amosi_arena_text(struct amosi_arena *arena, const char *text, size_t length)
{
    size_t bytes;
    if (__builtin_add_overflow(length, (size_t)1, &bytes))
        return NULL;
    char *copy = amosi_arena_bytes(arena, bytes);
    if (!copy)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

void amosi_arena_free(struct amosi_arena *arena)
{
    while (arena->last) {
        struct amosi_arena_chunk *before = arena->last->before;
        amosi_free(arena->last);
        arena->last = before;
    }
}
