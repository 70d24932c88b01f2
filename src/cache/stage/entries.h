/* SPDX-License-Identifier: BSD-3-Clause */
/* Entries of a cache, brought from upstream if the folder lacks them. Without upstream they are those of the folder. */
#ifndef AMOSI_CACHE_STAGE_ENTRIES_H
#define AMOSI_CACHE_STAGE_ENTRIES_H

#include <stdatomic.h>

#include "cache/cache.h"

/* Opens the entry that the key names. *copied: it was copied by this call. AMOS_E_OPEN with ENOENT if it is nowhere;
 * AMOS_E_INDEX if it is damaged or stale; else as amosi_stage_bring(). */
amos_status amosi_cache_open_keyed(const amos_cache *cache, const struct amosi_folder *folder,
                                   const struct amosi_cache_key *key, amos_cache_entry **out, bool *copied,
                                   amos_error *err);

/* An entry that was opened before. */
struct amosi_cache_known {
    const char *name, *key, *case_id;
};

/* Reopens it. AMOS_E_CHANGED if its file belongs to another case or has another key, or if it is nowhere. `stop` (may
 * be NULL) cancels copying. */
amos_status amosi_cache_open_again(const amos_cache *cache, const struct amosi_cache_known *known,
                                   const atomic_bool *stop, amos_cache_entry **out, amos_error *err);

/* Brings it into the folder, for later. Does nothing if it is there, or there is no upstream. */
amos_status amosi_cache_bring(const amos_cache *cache, const struct amosi_cache_known *known, const atomic_bool *stop,
                              amos_error *err);

/* Opens the entry of a case to look at its tables: where it is, which may be upstream. `name` gets that of its file. As
 * amos_cache_entry_open(). */
amos_status amosi_cache_entry_peek(const amos_cache *cache, const amos_case *c, char name[AMOSI_CACHE_NAME],
                                   amos_cache_entry **out, amos_error *err);

#endif
