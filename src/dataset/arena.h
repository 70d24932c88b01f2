/* SPDX-License-Identifier: BSD-3-Clause */
/* Many short texts in few allocations, all released at once. */
#ifndef AMOSI_DATASET_ARENA_H
#define AMOSI_DATASET_ARENA_H

#include <stddef.h>

struct amosi_arena {
    struct amosi_arena_chunk *last; /* NULL if empty; zeroed memory is a valid arena */
};

/* Allocates unaligned bytes; NULL if out of memory. */
char *amosi_arena_bytes(struct amosi_arena *arena, size_t bytes);

/* Copies a text and ends it with a NUL; NULL if out of memory. */
char *amosi_arena_text(struct amosi_arena *arena, const char *text, size_t length);

void amosi_arena_free(struct amosi_arena *arena);

#endif
