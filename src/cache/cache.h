/* SPDX-License-Identifier: BSD-3-Clause */
/* A cache as an internal struct: a folder, and the settings of its entries. */
#ifndef AMOSI_CACHE_CACHE_H
#define AMOSI_CACHE_CACHE_H

#include <stdatomic.h>
#include <string.h>

#include <amos/cache.h>

#include "io/folder.h"
#include "io/source.h"
#include "cache/scratch.h"
#include "volume/accept.h"

#define AMOSI_CACHE_NAME 128
#define AMOSI_CACHE_SETTINGS 512
#define AMOSI_CACHE_POSITIONS 1024 /* default number for each organ */

struct amosi_cache_state {
    atomic_bool swept; /* what killed builds left in the folder was removed */
};

struct amos_cache {
    char *folder;
    uint32_t flags;            /* without AMOS_CACHE_ALLOW_MISSING_LABELS */
    bool allow_missing_labels; /* not in the key, which says whether an entry has labels */
    char orientation[4];       /* "": as stored */
    double spacing[3];
    amos_interpolation interpolation;
    int64_t chunk[3];
    int positions;
    struct amosi_accept accept; /* max_label 0: that of the case's data set */
    amos_volume_options volume; /* its pointers point to the next two members */
    amos_limits limits;
    char *index_folder;
    char *upstream;                     /* NULL: none */
    uint64_t max_bytes;                 /* of the folder, if there is one; 0: no limit */
    struct amosi_scratch_pool *scratch; /* owned; used by the readers of a const cache */
    struct amosi_cache_state *state;    /* the same */
};

/* The settings and the content of the files that an entry is made from, as text, and the name of the entry's file. The
 * key that an entry holds also says of each file what its two ends do not: see amosi_cache_key_complete(). */
struct amosi_cache_key {
    const char *case_id;                 /* borrowed from the case */
    const struct amosi_source *files[2]; /* image and label (NULL: none), borrowed */
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

/* Completes a key for an entry that is made. For each file it adds a digest of all bytes, unless `is_covered` says that
 * the trailer, which is in the key, has the CRC-32 of all that the file holds; and inode and times, by which a later run
 * sees that it need not read the file again. Fails like reading the files; AMOS_E_CHANGED if one changed meanwhile. */
amos_status amosi_cache_key_complete(struct amosi_cache_key *key, const bool is_covered[2], amos_error *err);

/* Whether an entry is of this case, with this key. AMOS_E_INDEX if it is stale; fails like reading the files. */
amos_status amosi_cache_check_keyed(const amos_cache_entry *entry, const struct amosi_cache_key *key, amos_error *err);

/* Whether an entry is the one with this key. AMOS_E_CHANGED if it is another. */
amos_status amosi_cache_check_same(const amos_cache_entry *entry, const char *key, const char *case_id,
                                   amos_error *err);

/* Each opens an entry of the folder, records its use if the folder may be written, and checks it as above. An entry of
 * a cache with upstream is in use until it is closed; see stage/room.h. */
amos_status amosi_cache_open_local(const amos_cache *cache, const struct amosi_folder *folder,
                                   const struct amosi_cache_key *key, amos_cache_entry **out, amos_error *err);
amos_status amosi_cache_open_same(const amos_cache *cache, const struct amosi_folder *folder, const char *name,
                                  const char *key, const char *case_id, amos_cache_entry **out, amos_error *err);

/* Whether this is the name of an entry. */
static inline bool amosi_cache_is_name(const char *name)
{
    size_t bytes = strlen(name), suffix = strlen(AMOSI_CACHE_SUFFIX);
    return bytes > suffix && strcmp(name + bytes - suffix, AMOSI_CACHE_SUFFIX) == 0;
}

/* The name that this entry had in the format before this one; false if the key is invalid. */
bool amosi_cache_older_name(const struct amosi_cache_key *key, char name[AMOSI_CACHE_NAME]);

/* Whether the folder has the same entry in the format before this one; and removes it, if it has. */
bool amosi_cache_has_older_format(const struct amosi_folder *folder, const struct amosi_cache_key *key);
bool amosi_cache_drop_older_format(const struct amosi_folder *folder, const struct amosi_cache_key *key);

/* The names of the entries in a folder. */
struct amosi_cache_names {
    char (*names)[AMOSI_CACHE_NAME];
    size_t count, room;
};

/* Lists them. Release them with amosi_cache_names_free(), also on failure. As amosi_folder_list(). */
amos_status amosi_cache_names_load(const struct amosi_folder *folder, struct amosi_cache_names *names, amos_error *err);
void amosi_cache_names_free(struct amosi_cache_names *names);

/* Removes those of the named entries that were made of an older content of the image at this path, with the settings of
 * the key. Returns whether there were any. */
bool amosi_cache_drop_older(const amos_cache *cache, const struct amosi_folder *folder,
                            const struct amosi_cache_names *names, const struct amosi_cache_key *key,
                            const char *image_path);

#endif
