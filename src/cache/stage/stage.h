/* SPDX-License-Identifier: BSD-3-Clause */
/* Copies whole entries from upstream into the folder of a cache. */
#ifndef AMOSI_CACHE_STAGE_STAGE_H
#define AMOSI_CACHE_STAGE_STAGE_H

#include <stdatomic.h>

#include "io/folder.h"
#include "io/source.h"

/* Whether the bytes of a copy are the entry that is wanted: takes over the source, also on failure. Its path is that of
 * the entry upstream. */
typedef amos_status (*amosi_stage_check_fn)(void *user, struct amosi_source *copy, amos_error *err);

struct amosi_staging {
    const char *upstream;
    uint64_t max_bytes; /* 0: no limit */
    const struct amosi_folder *folder;
    const char *name;
    ino_t bad;               /* of a file of that name that is to be replaced; 0: none */
    const atomic_bool *stop; /* cancels; NULL: nothing does */
    amosi_stage_check_fn check;
    void *user;
};

/* Brings an entry: it is there, whole and checked, when this returns AMOS_OK. *held is not negative if this call copied
 * it, not another thread or process: a descriptor that keeps it from being removed, to be closed by the caller. AMOS_E_OPEN with ENOENT: it is not upstream; AMOS_E_INDEX: it is damaged there, or another; AMOS_E_LIMIT as
 * amosi_room_take(); else as reading upstream and writing. Errors of upstream that may pass are tried again once, with
 * the file opened anew. */
amos_status amosi_stage_bring(const struct amosi_staging *staging, int *held, amos_error *err);

#endif
