/* SPDX-License-Identifier: BSD-3-Clause */
/* A cache as an internal struct: a folder, and the settings of its entries. */
#ifndef AMOSI_CACHE_CACHE_H
#define AMOSI_CACHE_CACHE_H

#include <amos/cache.h>

#include "io/folder.h"
#include "io/source.h"
#include "cache/scratch.h"
#include "volume/accept.h"

#define AMOSI_CACHE_SUFFIX ".zarr.zip"
#define AMOSI_CACHE_NAME 128
#define AMOSI_CACHE_SETTINGS 512
#define AMOSI_CACHE_POSITIONS 1024 /* default number for each organ */

struct amos_cache {
    char *folder;
    uint32_t flags;
    char orientation[4]; /* "": as stored */
    double spacing[3];
    amos_interpolation interpolation;
    int64_t chunk[3];
    int positions;
    struct amosi_accept accept; /* max_label 0: that of the case's data set */
    amos_volume_options volume; /* its pointers point to the next two members */
    amos_limits limits;
    char *index_folder;
    struct amosi_scratch_pool *scratch; /* owned; used by the readers of a const cache */
};

/* The files and settings an entry was made from, as text, and the name of the entry's file. */
struct amosi_cache_key {
    const char *case_id; /* borrowed from the case */
    char text[1024];
    char name[AMOSI_CACHE_NAME];
};

/* The largest label of a case in this cache. */
int amosi_cache_max_label(const amos_cache *cache, const amos_case *c);

/* The settings that affect an entry, for people. */
void amosi_cache_describe(const amos_cache *cache, int max_label, char text[AMOSI_CACHE_SETTINGS]);

/* Computes the key of a case; `label` is NULL if it has none. Statuses as for reading the sources. */
amos_status amosi_cache_key_of(const amos_cache *cache, const amos_case *c, const struct amosi_source *image,
                               const struct amosi_source *label, struct amosi_cache_key *key, amos_error *err);

/* Opens the entry that the key names, and records its use. AMOS_E_INDEX if it is damaged or has another key. */
amos_status amosi_cache_open_keyed(const amos_cache *cache, const struct amosi_folder *folder,
                                   const struct amosi_cache_key *key, amos_cache_entry **out, amos_error *err);

/* Reopens an entry by its file's name. AMOS_E_CHANGED if it belongs to another case or has another key. */
amos_status amosi_cache_open_again(const amos_cache *cache, const char *name, const char *key, const char *case_id,
                                   amos_cache_entry **out, amos_error *err);

/* Removes files that killed builds left behind. */
amos_status amosi_cache_sweep(const struct amosi_folder *folder, amos_error *err);

#endif
