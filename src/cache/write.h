/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes a case in memory to the file of its entry. */
#ifndef AMOSI_CACHE_WRITE_H
#define AMOSI_CACHE_WRITE_H

#include "cache/cache.h"
#include "cache/metadata.h"
#include "prepare/case.h"

/* Where an entry is written. */
struct amosi_cache_place {
    const struct amosi_folder *folder;
    const struct amosi_cache_key *key; /* completed */
    struct amosi_readers readers;
    struct amosi_folder_placed *placed; /* to be settled by the caller; NULL: it is flushed to the disk at once */
    bool replace; /* there is an entry that cannot be used; else one that another process made meanwhile stays, */
    bool *late;   /* and this tells so */
};

/* Writes the entry `key->name` into the folder. Measures the image at the same time, while its voxels are in the
 * processor's cache. The caller sets all of `meta` except its key and what follows from `c`.
 * AMOS_E_LIMIT: too many voxels or chunks. */
amos_status amosi_cache_write(const amos_cache *cache, const struct amosi_cache_place *place,
                              const struct amosi_prepare_case *c, const struct amosi_prepare_positions *positions,
                              struct amosi_cache_meta *meta, amos_error *err);

#endif
