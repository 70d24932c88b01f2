#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fail.h"
#include "io/index.h"
#include "io/crc32.h"
#include "loader/cache.h"
#include "loader/cache_entry.h"

/* ---- keys ---- */

/* A file in words, by what tells one from another; see io/index.h. */
static amos_status describe_source(const struct amosi_source *source, const char *what, char *out, size_t bytes,
                                   uint64_t *inode, amos_error *err)
{
    struct amosi_index_key key;
    out[0] = '\0';
    if (!source)
        return AMOS_OK;
    amos_status status = amosi_index_key_of(source, &key, err);
    if (status)
        return status;
    int n = snprintf(out, bytes, "; %s %llu %lld %lld %llu ", what, (unsigned long long)key.size,
                     (long long)key.mtime_ns, (long long)key.ctime_ns, (unsigned long long)key.inode);
    for (size_t i = 0; i < sizeof key.trailer; i++)
        n += snprintf(out + n, bytes - (size_t)n, "%02x", key.trailer[i]);
    *inode = key.inode;
    return AMOS_OK;
}

/* Named after the image's inode and the settings, so that the entry of a file that was touched takes the place of the old
 * one; the case stands before it for people. */
static void name_entry(const amos_case *c, uint64_t inode, uint32_t settings, char name[AMOSI_CACHE_NAME])
{
    char id[49] = {0};
    snprintf(id, sizeof id, "%s", amos_case_id(c));
    for (char *p = id; *p; p++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", *p))
            *p = '_';
    snprintf(name, AMOSI_CACHE_NAME, "%s-%016llx-%08lx" AMOSI_CACHE_SUFFIX, id, (unsigned long long)inode,
             (unsigned long)settings);
}

amos_status amosi_cache_key_of(const amos_cache *cache, const amos_case *c, const struct amosi_source *image,
                               const struct amosi_source *label, struct amosi_cache_key *key, amos_error *err)
{
    char images[160], labels[160];
    uint64_t inode, unused;
    amos_status status = describe_source(image, "image", images, sizeof images, &inode, err);
    if (!status)
        status = describe_source(label, "label", labels, sizeof labels, &unused, err);
    if (status)
        return status;
    int n = snprintf(key->text, sizeof key->text, "%d; %s; %s; %s", AMOSI_CACHE_VERSION,
                     amos_modality_name(amos_case_modality(c)), label ? "labelled" : "unlabelled", cache->settings);
    name_entry(c, inode, amosi_crc32(0, key->text, (size_t)n), key->name);
    snprintf(key->text + n, sizeof key->text - (size_t)n, "%s%s", images, labels);
    return AMOS_OK;
}

/* ---- opening entries ---- */

/* Files keep when they were last read in their own way, or not at all; this is for amos_cache_prune(). */
static void note_use(int fd)
{
    const struct timespec now[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}};
    (void)futimens(fd, now);
}

static amos_status open_entry(const amos_cache *cache, int fd, const char *full, amos_cache_entry **out,
                              amos_error *err)
{
    struct amosi_source source;
    amos_status status = amosi_source_adopt(&source, fd, full, err);
    if (status)
        return status;
    /* Scratch is what a const cache may still hand out. */
    return amosi_cache_entry_open(&source, (struct amosi_scratch_pool *)(uintptr_t)&cache->scratch, out, err);
}

amos_status amosi_cache_open_file(const amos_cache *cache, const struct amosi_folder *folder, const char *name,
                                  const char *key, amos_cache_entry **out, amos_error *err)
{
    int fd;
    uint64_t bytes;
    *out = NULL;
    char *full = amosi_folder_join(folder->path, name);
    if (!full)
        return amosi_fail_nomem(err, folder->path);
    amos_status status = amosi_folder_open_file(folder, name, full, &fd, &bytes, err);
    if (!status)
        status = open_entry(cache, fd, full, out, err);
    if (!status && key)
        note_use(fd);
    if (!status && key && strcmp((*out)->meta.key, key) != 0) {
        status = amosi_fail(err, AMOS_E_INDEX, full,
                            "the cached case is stale: its files were changed since; it has to be cached again.");
        amos_cache_entry_free(*out);
        *out = NULL;
    }
    amosi_free(full);
    return status;
}

static amos_status open_sources(const amos_case *c, struct amosi_source sources[2], amos_error *err)
{
    memset(sources, 0, 2 * sizeof *sources);
    amos_status status = amosi_source_open_file(&sources[0], amos_case_image_path(c), err);
    if (!status && amos_case_has_label(c))
        status = amosi_source_open_file(&sources[1], amos_case_label_path(c), err);
    return status;
}

amos_status amos_cache_open_case(const amos_cache *cache, const amos_case *c, amos_cache_entry **out, amos_error *err)
{
    if (out)
        *out = NULL;
    if (!cache || !c || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_cache_open_case needs a cache, a case and a place for the entry.");
    struct amosi_source sources[2];
    struct amosi_folder folder;
    struct amosi_cache_key key;
    int saved_errno = errno;
    amos_status status = open_sources(c, sources, err);
    if (!status)
        status = amosi_cache_key_of(cache, c, &sources[0], amos_case_has_label(c) ? &sources[1] : NULL, &key, err);
    if (!status) {
        status = amosi_folder_open(&folder, cache->folder, false, err);
        if (!status)
            status = amosi_cache_open_file(cache, &folder, key.name, key.text, out, err);
        amosi_folder_close(&folder);
    }
    amosi_source_close(&sources[1]);
    amosi_source_close(&sources[0]);
    errno = saved_errno;
    if (status)
        amosi_fail_case(err, amos_case_id(c));
    return status;
}

amos_status amos_cache_open_entry(const amos_cache *cache, const char *name, amos_cache_entry **out, amos_error *err)
{
    if (out)
        *out = NULL;
    if (!cache || !name || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_cache_open_entry needs a cache, a name and a place for the entry.");
    if (strchr(name, '/'))
        return amosi_fail(err, AMOS_E_ARG, NULL, "\"%s\" is no name of a file in the cache's folder.", name);
    struct amosi_folder folder;
    int saved_errno = errno;
    amos_status status = amosi_folder_open(&folder, cache->folder, false, err);
    if (!status)
        status = amosi_cache_open_file(cache, &folder, name, NULL, out, err);
    amosi_folder_close(&folder);
    errno = saved_errno;
    return status;
}
