/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "cache/stage/entries.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error/fail.h"
#include "cache/entry.h"
#include "cache/metadata.h"
#include "cache/stage/stage.h"
#include "cache/stage/upstream.h"
#include "io/zip/member.h"
#include "masks/merge.h"

#define TRIES 5 /* of opening what was just brought: it can be removed in between to make room for others */

/* Which entry is wanted: by the key of a case, or one that was opened before. One of the two is NULL. */
struct wish {
    const amos_cache *cache;
    const struct amosi_folder *folder;
    const struct amosi_cache_key *key;
    const struct amosi_cache_known *known;
    const atomic_bool *stop;
};

static const char *name_of(const struct wish *w)
{
    return w->known ? w->known->name : w->key->name;
}

static amos_status open_here(const struct wish *w, amos_cache_entry **out, amos_error *err)
{
    const struct amosi_cache_known *known = w->known;
    return known ? amosi_cache_open_same(w->cache, w->folder, known->name, known->key, known->case_id, out, err)
                 : amosi_cache_open_local(w->cache, w->folder, w->key, out, err);
}

static amos_status check_wish(const struct wish *w, const amos_cache_entry *entry, amos_error *err)
{
    return w->known ? amosi_cache_check_same(entry, w->known->key, w->known->case_id, err)
                    : amosi_cache_check_keyed(entry, w->key, err);
}

/* ---- bringing ---- */

static bool is_missing(amos_status status, const amos_error *err)
{
    return status == AMOS_E_OPEN && err->sys_errno == ENOENT;
}

static amos_status check_copy(void *user, struct amosi_source *copy, amos_error *err)
{
    const struct wish *w = user;
    amos_cache_entry *entry;
    amos_status status = amosi_cache_entry_open(copy, w->cache->scratch, &entry, err);
    if (!status)
        status = check_wish(w, entry, err);
    if (!status)
        status = amosi_cache_entry_check(entry, err);
    amos_cache_entry_free(entry);
    return status;
}

/* The file that is there, and cannot be used. */
static ino_t inode_of(const struct wish *w)
{
    struct stat state;
    return fstatat(w->folder->fd, name_of(w), &state, AT_SYMLINK_NOFOLLOW) == 0 ? state.st_ino : 0;
}

static amos_status bring(const struct wish *w, bool replace, int *held, amos_error *err)
{
    const struct amosi_staging staging = {.upstream = w->cache->upstream,
                                          .max_bytes = w->cache->max_bytes,
                                          .folder = w->folder,
                                          .name = name_of(w),
                                          .bad = replace ? inode_of(w) : 0,
                                          .stop = w->stop,
                                          .check = check_copy,
                                          .user = (void *)(uintptr_t)w};
    if (w->folder->writable && !atomic_exchange(&w->cache->state->swept, true))
        (void)amosi_folder_sweep(w->folder, NULL);
    return amosi_stage_bring(&staging, held, err);
}

static bool is_wanting(amos_status status, const amos_error *err)
{
    return is_missing(status, err) || status == AMOS_E_INDEX;
}

/* Copied by others, and gone again each time. */
static amos_status fail_removed(const struct wish *w, amos_error *err)
{
    amos_status status = amosi_fail(err, AMOS_E_LIMIT, w->folder->path,
                                    "%s was removed %d times to make room for others before it could be opened; allow "
                                    "more (max_bytes).",
                                    name_of(w), TRIES);
    err->sys_errno = EAGAIN;
    return status;
}

static void let_go(int *held)
{
    if (*held >= 0)
        close(*held);
    *held = -1;
}

/* Opens what is here; if it is missing or cannot be used, brings it. If upstream has none, what was wrong here counts. */
static amos_status open_wish(const struct wish *w, amos_cache_entry **out, bool *copied, amos_error *err)
{
    amos_error here, there;
    int held = -1;
    amos_status status = open_here(w, out, &here), brought = AMOS_OK;
    *copied = false;
    for (int i = 0; i < TRIES && w->cache->upstream && is_wanting(status, &here) && !brought; i++) {
        brought = bring(w, status == AMOS_E_INDEX, &held, &there);
        *copied |= held >= 0;
        if (!brought)
            status = open_here(w, out, &here);
        let_go(&held);
    }
    if (brought && !is_missing(brought, &there)) {
        status = brought;
        here = there;
    } else if (w->cache->upstream && !brought && is_missing(status, &here)) {
        status = fail_removed(w, &here);
    }
    if (status && err)
        *err = here;
    return status;
}

amos_status amosi_cache_open_keyed(const amos_cache *cache, const struct amosi_folder *folder,
                                   const struct amosi_cache_key *key, amos_cache_entry **out, bool *copied,
                                   amos_error *err)
{
    const struct wish w = {.cache = cache, .folder = folder, .key = key};
    *out = NULL;
    return open_wish(&w, out, copied, err);
}

/* ---- entries that are known ---- */

amos_status amosi_cache_open_again(const amos_cache *cache, const struct amosi_cache_known *known,
                                   const atomic_bool *stop, amos_cache_entry **out, amos_error *err)
{
    struct amosi_folder folder;
    const struct wish w = {.cache = cache, .folder = &folder, .known = known, .stop = stop};
    amos_error why;
    bool copied;
    *out = NULL;
    amos_status status = amosi_folder_open(&folder, cache->folder, cache->upstream != NULL, &why);
    folder.temporaries = cache->volume.temporaries;
    if (!status)
        status = open_wish(&w, out, &copied, &why);
    amosi_folder_close(&folder);
    if (is_missing(status, &why)) /* pruned, or its files have another content now */
        status = amosi_fail(&why, AMOS_E_CHANGED, cache->folder, "the cached case %s has been removed.", known->name);
    if (status && err)
        *err = why;
    return status;
}

amos_status amosi_cache_bring(const amos_cache *cache, const struct amosi_cache_known *known, const atomic_bool *stop,
                              amos_error *err)
{
    struct amosi_folder folder;
    const struct wish w = {.cache = cache, .folder = &folder, .known = known, .stop = stop};
    int held = -1;
    if (!cache->upstream)
        return AMOS_OK;
    amos_status status = amosi_folder_open(&folder, cache->folder, true, err);
    folder.temporaries = cache->volume.temporaries;
    if (!status && faccessat(folder.fd, known->name, F_OK, 0) != 0)
        status = bring(&w, false, &held, err);
    let_go(&held);
    amosi_folder_close(&folder);
    return status;
}

/* ---- the entry of a case ---- */

static amos_status open_sources(const amos_case *c, struct amosi_source sources[2], amos_error *err)
{
    memset(sources, 0, 2 * sizeof *sources);
    const amos_case_info *info = amos_case_get_info(c);
    amos_status status = amosi_path_open(&sources[0], info->image_path, NULL, err);
    if (!status && info->has_label)
        status = amosi_masks_open_content(&sources[1], info->label_path, err);
    return status;
}

/* In the words of somebody who has not built the cache yet, or has with other settings or an older libamos. */
static amos_status explain_no_entry(amos_status status, const amos_cache *cache, const struct amosi_folder *folder,
                                    const struct amosi_cache_key *key, amos_error *err)
{
    if (!is_missing(status, err))
        return status;
    char path[sizeof err->path];
    memcpy(path, err->path, sizeof path);
    if (folder->fd >= 0 && amosi_cache_has_older_format(folder, key))
        amosi_fail(err, status, path,
                   "the cache has an entry for this case in format %d, and this libamos reads format %d; "
                   "amos_cache_build() makes it again (amos cache build).",
                   AMOSI_CACHE_VERSION - 1, AMOSI_CACHE_VERSION);
    else
        amosi_fail(err, status, path,
                   "%s no entry for this case with these settings; amos_cache_build() makes it "
                   "(amos cache build).",
                   cache->upstream ? "neither the cache nor its upstream has" : "the cache has");
    err->sys_errno = ENOENT;
    return status;
}

typedef amos_status (*use_key_fn)(const struct wish *w, void *user, amos_error *err);

/* Calls a function with the key of a case, while its files are open. Of a folder that is missing fd is negative. */
static amos_status with_key(const amos_cache *cache, const amos_case *c, use_key_fn use, void *user, amos_error *err)
{
    struct amosi_source sources[2];
    struct amosi_folder folder = {.fd = -1};
    struct amosi_cache_key key;
    amos_error why;
    amos_status status = open_sources(c, sources, &why);
    if (!status)
        status = amosi_cache_key_of(cache, c, &sources[0], amos_case_get_info(c)->has_label ? &sources[1] : NULL, &key,
                                    &why);
    if (!status) {
        const struct wish w = {.cache = cache, .folder = &folder, .key = &key};
        status = amosi_folder_open(&folder, cache->folder, cache->upstream != NULL, &why);
        folder.temporaries = cache->volume.temporaries;
        if (!status)
            status = use(&w, user, &why);
        status = explain_no_entry(status, cache, &folder, &key, &why);
        amosi_folder_close(&folder);
    }
    amosi_source_close(&sources[1]);
    amosi_source_close(&sources[0]);
    if (status)
        amosi_fail_case(&why, amos_case_get_info(c)->id);
    if (status && err)
        *err = why;
    return status;
}

/* What with_key() is to open. */
struct opening {
    amos_cache_entry **out;
    bool copied;
    char *name; /* of AMOSI_CACHE_NAME bytes */
};

static amos_status open_one(const struct wish *w, void *user, amos_error *err)
{
    struct opening *o = user;
    return open_wish(w, o->out, &o->copied, err);
}

amos_status amos_cache_entry_open(const amos_cache *cache, const amos_case *c, amos_cache_entry **out, amos_error *err)
{
    struct opening o = {.out = out};
    if (out)
        *out = NULL;
    if (!cache || !c || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_cache_entry_open needs a cache, a case and a place for the entry.");
    return with_key(cache, c, open_one, &o, err);
}

amos_status amos_cache_stage_case(const amos_cache *cache, const amos_case *c, amos_cache_outcome *outcome,
                                  amos_error *err)
{
    amos_cache_entry *entry = NULL;
    struct opening o = {.out = &entry};
    if (outcome)
        *outcome = AMOS_CACHE_FAILED;
    if (!cache || !c)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_cache_stage_case needs a cache and a case.");
    amos_status status = with_key(cache, c, open_one, &o, err);
    amos_cache_entry_free(entry);
    if (outcome && !status)
        *outcome = o.copied ? AMOS_CACHE_STAGED : AMOS_CACHE_KEPT;
    return status;
}

/* ---- looking ---- */

static amos_status peek(const struct wish *w, void *user, amos_error *err)
{
    struct opening *o = user;
    struct amosi_source source;
    memcpy(o->name, w->key->name, sizeof w->key->name);
    amos_status status = open_here(w, o->out, err);
    if (!w->cache->upstream || !is_wanting(status, err))
        return status;
    amos_error there;
    amos_status upstream = amosi_upstream_open(w->cache->upstream, w->key->name, &source, &there);
    if (is_missing(upstream, &there))
        return status;
    if (!upstream)
        upstream = amosi_cache_entry_open(&source, w->cache->scratch, o->out, &there);
    if (!upstream)
        upstream = check_wish(w, *o->out, &there);
    if (!upstream)
        return AMOS_OK;
    amos_cache_entry_free(*o->out);
    *o->out = NULL;
    *err = there;
    return upstream;
}

amos_status amosi_cache_entry_peek(const amos_cache *cache, const amos_case *c, char name[AMOSI_CACHE_NAME],
                                   amos_cache_entry **out, amos_error *err)
{
    struct opening o = {.out = out, .name = name};
    *out = NULL;
    return with_key(cache, c, peek, &o, err);
}
