/* The rows of operations.c that are about loaders and tilings. */
#ifndef TESTS_OPERATIONS_LOADER_H
#define TESTS_OPERATIONS_LOADER_H

#include "fault/operations.h"

amos_status tiles_stitch(struct world *world, uint64_t *digest, amos_error *err);
amos_status loader_open(struct world *world, uint64_t *digest, amos_error *err);
amos_status loader_balanced(struct world *world, uint64_t *digest, amos_error *err);
amos_status loader_next(struct world *world, uint64_t *digest, amos_error *err);
amos_status loader_cached(struct world *world, uint64_t *digest, amos_error *err); /* with LZ4 only */

#endif
