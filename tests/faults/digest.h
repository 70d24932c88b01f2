/* SPDX-License-Identifier: BSD-3-Clause */
/* Digests the results of a row of operations.c into one number, and checks promises of the headers. */
#ifndef TESTS_DIGEST_H
#define TESTS_DIGEST_H

#include "faults/operations.h"

void digest_add(uint64_t *digest, const void *data, size_t bytes);
void digest_text(uint64_t *digest, const char *text);
void digest_array(uint64_t *digest, const amos_array *array);
void digest_volume(uint64_t *digest, const amos_volume *volume); /* without reading voxels */
void digest_map(uint64_t *digest, const amos_labelmap *map);

/* Notes the first promise that was not kept. */
void promise(struct world *world, int kept, const char *what);

/* Checks the promise about an output handle: NULL unless the function succeeded. */
void give(struct world *world, amos_status status, const void *handle);

/* The value of *out before a call, so that a NULL is known to come from the library. */
#define UNSET(world) ((void *)(world))

#endif
