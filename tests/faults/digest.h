/* SPDX-License-Identifier: BSD-3-Clause */
/* What a row of operations.c gives, as one number, and the promises of the headers that it looks after. */
#ifndef TESTS_DIGEST_H
#define TESTS_DIGEST_H

#include "faults/operations.h"

void digest_add(uint64_t *digest, const void *data, size_t bytes);
void digest_text(uint64_t *digest, const char *text);
void digest_array(uint64_t *digest, const amos_array *array);
void digest_volume(uint64_t *digest, const amos_volume *volume); /* of which nothing is read */
void digest_map(uint64_t *digest, const amos_labelmap *map);

/* Notes the first promise that was not kept. */
void promise(struct world *world, int kept, const char *what);

/* What a function promises of the handle that it gives: NULL unless it succeeded. */
void give(struct world *world, amos_status status, const void *handle);

/* Where *out is before a call, so that a NULL is the library's. */
#define UNSET(world) ((void *)(world))

#endif
