/* SPDX-License-Identifier: BSD-3-Clause */
/* What a cache entry says of its case beside the voxels: the attributes of its Zarr group, JSON. */
#ifndef AMOSI_CACHE_METADATA_H
#define AMOSI_CACHE_METADATA_H

#include <amos/cache.h>
#include <cjson/cJSON.h>

#include "label/stats.h"
#include "prepare/case.h"

#define AMOSI_CACHE_VERSION 2

/* The greatest chunk along an axis, and the most chunks of an array. */
#define AMOSI_CACHE_MOST_CHUNK 1024
#define AMOSI_CACHE_MOST_CHUNKS ((int64_t)65536)
#define AMOSI_CACHE_MOST_POSITIONS 65536

struct amosi_cache_meta {
    const char *key; /* what it was made from and how */
    amos_cache_entry_info info;
    amos_organ_stats organs[AMOSI_LABELS];
    uint32_t positions[AMOSI_LABELS]; /* how many were sampled; 0 for the background */
    cJSON *tree;                      /* holds the texts of what was parsed; NULL: they are the maker's */
};

/* The attributes as JSON, the caller's (cJSON_free). NULL without memory. */
char *amosi_cache_meta_write(const struct amosi_cache_meta *meta);

/* Fills *meta from hostile text of `bytes` bytes that has a NUL behind. AMOS_E_INDEX where anything is not as it is
 * written; info.file_bytes is left alone. On success it is to be released. */
amos_status amosi_cache_meta_parse(char *text, size_t bytes, const char *path, struct amosi_cache_meta *meta,
                                   amos_error *err);
void amosi_cache_meta_free(struct amosi_cache_meta *meta);

/* What .zarray says of an array of this type, or NULL without memory. shape and chunk have `axes` numbers, slowest first.
 * The caller's (cJSON_Delete). */
cJSON *amosi_cache_zarray(amos_type type, int axes, const int64_t *shape, const int64_t *chunk);

#endif
