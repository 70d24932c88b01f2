/* SPDX-License-Identifier: BSD-3-Clause */
/* A cache seen from inside: a folder, and what is kept in it and how. */
#ifndef AMOSI_CACHE_CACHE_H
#define AMOSI_CACHE_CACHE_H

#include <amos/cache.h>

#include "io/folder.h"
#include "io/source.h"
#include "cache/scratch.h"

#define AMOSI_CACHE_SUFFIX ".zarr.zip"
#define AMOSI_CACHE_NAME 128
#define AMOSI_CACHE_SETTINGS 256
#define AMOSI_CACHE_POSITIONS 1024 /* of each organ, where the options say nothing */

struct amos_cache {
    char *folder;
    uint32_t flags;
    char orientation[4]; /* "": as stored */
    double spacing[3];
    amos_interpolation interpolation;
    int64_t chunk[3];
    int positions;
    int max_label;
    amos_volume_options volume; /* its pointers are to the two below */
    amos_limits limits;
    char *index_folder;
    char settings[AMOSI_CACHE_SETTINGS]; /* what of the above has to do with what is kept, in words for people */
    struct amosi_scratch_pool *scratch;  /* its own, which users of a const cache take from and give back to */
};

/* Which files an entry was made from and how: the fields as text, and the name of the entry's file. */
struct amosi_cache_key {
    const char *case_id; /* the case's own */
    char text[768];
    char name[AMOSI_CACHE_NAME];
};

/* `label` NULL: the case has none. Fails like reading the sources. */
amos_status amosi_cache_key_of(const amos_cache *cache, const amos_case *c, const struct amosi_source *image,
                               const struct amosi_source *label, struct amosi_cache_key *key, amos_error *err);

/* Opens the entry that the key names, and notes that it was used. AMOS_E_INDEX: damaged, or with another key. */
amos_status amosi_cache_open_keyed(const amos_cache *cache, const struct amosi_folder *folder,
                                   const struct amosi_cache_key *key, amos_cache_entry **out, amos_error *err);

/* Opens an entry again, by its file's name. AMOS_E_CHANGED: it is of another case, or has another key. */
amos_status amosi_cache_open_again(const amos_cache *cache, const char *name, const char *key, const char *case_id,
                                   amos_cache_entry **out, amos_error *err);

/* Removes what builds that were killed left behind. */
amos_status amosi_cache_sweep(const struct amosi_folder *folder, amos_error *err);

#endif
