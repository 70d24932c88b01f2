/* The rows of operations.c that are about the cache. */
#ifndef TESTS_OPERATIONS_CACHE_H
#define TESTS_OPERATIONS_CACHE_H

#include "fault/operations.h"

/* Makes the world's cache and entry; the data set is open. Without LZ4 they stay NULL. */
void world_make_cache(struct world *world, const char *name);
void world_free_cache(struct world *world);

amos_status cache_build(struct world *world, uint64_t *digest, amos_error *err);
amos_status cache_build_prepared(struct world *world, uint64_t *digest, amos_error *err);
amos_status cache_keep(struct world *world, uint64_t *digest, amos_error *err);
amos_status cache_open_case(struct world *world, uint64_t *digest, amos_error *err);
amos_status cache_read(struct world *world, uint64_t *digest, amos_error *err);
amos_status cache_list(struct world *world, uint64_t *digest, amos_error *err);
amos_status cache_fingerprint(struct world *world, uint64_t *digest, amos_error *err);

#endif
