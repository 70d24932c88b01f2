/* SPDX-License-Identifier: BSD-3-Clause */
/* Building the entry of one case. */
#ifndef AMOSI_CACHE_BUILD_H
#define AMOSI_CACHE_BUILD_H

#include "cache/cache.h"

/* What a build of many cases shares. All zero: the case is built alone. */
struct amosi_cache_build {
    amos_buffer_pool *pool;
    const struct amosi_cache_names *names; /* of the folder when the build began */
    struct amosi_folder_placed *placed;    /* of this case: gets the entry, to be settled */
};

/* As amos_cache_build_case(). */
amos_status amosi_cache_build_case(const amos_cache *cache, const amos_case *c, const struct amosi_cache_build *with,
                                   amos_cache_outcome *outcome, amos_error *err);

#endif
