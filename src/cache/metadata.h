/* SPDX-License-Identifier: BSD-3-Clause */
/* The metadata of a cache entry: the attributes of its Zarr group, as JSON. */
#ifndef AMOSI_CACHE_METADATA_H
#define AMOSI_CACHE_METADATA_H

#include <amos/cache.h>
#include <cjson/cJSON.h>

#include "label/stats.h"
#include "prepare/case.h"

/* Of the format, which docs/cache-format.md describes; it is in the key of an entry and in its attributes. */
#define AMOSI_CACHE_VERSION 5

/* The greatest chunk along an axis, and the most chunks of an array. */
#define AMOSI_CACHE_MOST_CHUNK 1024
#define AMOSI_CACHE_MOST_CHUNKS ((int64_t)65536)
#define AMOSI_CACHE_MOST_POSITIONS 65536

struct amosi_cache_meta {
    const char *key; /* the files and settings it was made from */
    amos_cache_entry_info info;
    amos_organ_stats organs[AMOSI_LABELS];
    uint32_t positions[AMOSI_LABELS]; /* number of samples; 0 for the background */
    cJSON *tree;                      /* owns the texts if parsed; NULL if the creator owns them */
};

/* Writes the attributes as JSON; the caller owns the text (cJSON_free). NULL if out of memory. */
char *amosi_cache_meta_write(const struct amosi_cache_meta *meta);

/* Fills *meta from untrusted text of `bytes` bytes followed by a NUL. AMOS_E_INDEX if anything differs from what the
 * writer produces. info.file_bytes is not changed. On success *meta must be released. */
amos_status amosi_cache_meta_parse(char *text, size_t bytes, const char *path, struct amosi_cache_meta *meta,
                                   amos_error *err);
void amosi_cache_meta_free(struct amosi_cache_meta *meta);

/* The content of .zgroup, or NULL if out of memory. The caller owns it (cJSON_Delete). */
cJSON *amosi_cache_zgroup(void);

/* The content of .zarray for an array of this type, or NULL if out of memory. shape and chunk have `axes` numbers,
 * slowest first. The caller owns it (cJSON_Delete). */
cJSON *amosi_cache_zarray(amos_type type, int axes, const int64_t *shape, const int64_t *chunk);

#endif
