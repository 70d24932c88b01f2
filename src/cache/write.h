/* SPDX-License-Identifier: BSD-3-Clause */
/* From a case in memory to the file of its entry. */
#ifndef AMOSI_CACHE_WRITE_H
#define AMOSI_CACHE_WRITE_H

#include "cache/cache.h"
#include "cache/metadata.h"
#include "prepare/case.h"

/* Writes the entry `key->name` into the folder, and measures its image on the way, while that is near. `meta` is complete
 * but for its key and what follows from `c`.
 * AMOS_E_LIMIT: too many voxels or chunks. */
amos_status amosi_cache_write(const amos_cache *cache, const struct amosi_folder *folder, const struct amosi_cache_key *key,
                              const struct amosi_cache_case *c, const struct amosi_cache_positions *positions,
                              struct amosi_cache_meta *meta, amos_error *err);

#endif
