/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fail.h"
#include "cache/cache.h"
#include "cache/entry.h"
#include "cache/steps.h"
#include "io/crc32.h"
#include "io/gzip/index.h"
#include "io/inflate/inflate.h"

/* ---- keys ---- */

/* What an entry depends on beside the settings of its cache. */
struct kind {
    int version;
    int modality;
    int labelled;
};
static const struct amosi_field kind_fields[] = {AMOSI_FIELD(struct kind, version, AMOSI_FIELD_INT),
                                                 AMOSI_FIELD(struct kind, modality, AMOSI_FIELD_INT),
                                                 AMOSI_FIELD(struct kind, labelled, AMOSI_FIELD_INT), AMOSI_FIELDS_END};

/* What tells one file from another; see io/index.h. */
static const struct amosi_field file_fields[] = {
    AMOSI_FIELD(struct amosi_index_key, inode, AMOSI_FIELD_UINT64),
    AMOSI_FIELD(struct amosi_index_key, size, AMOSI_FIELD_UINT64),
    AMOSI_FIELD(struct amosi_index_key, mtime_ns, AMOSI_FIELD_INT64),
    AMOSI_FIELD(struct amosi_index_key, ctime_ns, AMOSI_FIELD_INT64),
    AMOSI_FIELD_ARRAY(struct amosi_index_key, trailer, AMOSI_FIELD_BYTES, 8),
    AMOSI_FIELDS_END};

/* Stand in a key before the fields of the files; no field before them has such a name. */
#define IMAGE_MARK "image;inode="
#define LABEL_MARK "label;"

/* Named after the image's inode and the settings, so that the entry of a file that was touched takes the place of the old
 * one; the case stands before it for people. */
static void name_entry(const char *case_id, uint64_t inode, uint32_t settings, char name[AMOSI_CACHE_NAME])
{
    char id[49] = {0};
    snprintf(id, sizeof id, "%s", case_id);
    for (char *p = id; *p; p++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", *p))
            *p = '_';
    snprintf(name, AMOSI_CACHE_NAME, "%s-%016llx-%08lx" AMOSI_CACHE_SUFFIX, id, (unsigned long long)inode,
             (unsigned long)settings);
}

static void write_file(struct amosi_fields_text *text, const char *mark, const struct amosi_index_key *file)
{
    amosi_fields_to_text(text, mark, strcspn(mark, ";") + 1);
    amosi_fields_write(file_fields, file, amosi_fields_to_text, text);
}

amos_status amosi_cache_key_of(const amos_cache *cache, const amos_case *c, const struct amosi_source *image,
                               const struct amosi_source *label, struct amosi_cache_key *key, amos_error *err)
{
    const struct kind kind = {AMOSI_CACHE_VERSION, (int)amos_case_modality(c), label != NULL};
    struct amosi_fields_text text = {key->text, sizeof key->text, 0, false};
    struct amosi_index_key files[2];
    amos_status status = amosi_index_key_of(image, &files[0], err);
    if (!status && label)
        status = amosi_index_key_of(label, &files[1], err);
    if (status)
        return status;
    amosi_fields_write(kind_fields, &kind, amosi_fields_to_text, &text);
    amosi_steps_write(cache, false, amosi_fields_to_text, &text);
    key->case_id = amos_case_id(c);
    name_entry(key->case_id, files[0].inode, amosi_crc32(0, key->text, text.length), key->name);
    write_file(&text, IMAGE_MARK, &files[0]);
    if (label)
        write_file(&text, LABEL_MARK, &files[1]);
    return text.full ? amosi_fail(err, AMOS_E_LIMIT, image->path, "the key of its cache entry is too long.") : AMOS_OK;
}

/* ---- opening entries ---- */

/* Files keep when they were last read in their own way, or not at all; this is for amos_cache_prune(). */
static void note_use(int fd)
{
    const struct timespec now[2] = {{0, UTIME_NOW}, {0, UTIME_OMIT}};
    (void)futimens(fd, now);
}

static amos_status open_entry(const amos_cache *cache, int fd, const char *full, amos_cache_entry **out, amos_error *err)
{
    struct amosi_source source;
    amos_status status = amosi_source_adopt(&source, fd, full, err);
    if (status)
        return status;
    return amosi_cache_entry_open(&source, cache->scratch, out, err);
}

static amos_status open_named(const amos_cache *cache, const struct amosi_folder *folder, const char *name,
                              amos_cache_entry **out, amos_error *err)
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
    amosi_free(full);
    return status;
}

/* The same in the cache's folder, which is opened for it. */
static amos_status open_in_folder(const amos_cache *cache, const char *name, amos_cache_entry **out, amos_error *err)
{
    struct amosi_folder folder;
    amos_status status = amosi_folder_open(&folder, cache->folder, false, err);
    if (!status)
        status = open_named(cache, &folder, name, out, err);
    amosi_folder_close(&folder);
    return status;
}

/* A fuzzer that had to find keys would never get past them. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define KEYS 0
#else
#define KEYS 1
#endif

static bool is_of(const amos_cache_entry *entry, const char *key, const char *case_id)
{
    return !KEYS || (strcmp(entry->meta.key, key) == 0 && strcmp(entry->meta.info.case_id, case_id) == 0);
}

/* Gives up an entry that was opened. */
static void refuse(amos_cache_entry **entry)
{
    amos_cache_entry_free(*entry);
    *entry = NULL;
}

amos_status amosi_cache_open_keyed(const amos_cache *cache, const struct amosi_folder *folder,
                                   const struct amosi_cache_key *key, amos_cache_entry **out, amos_error *err)
{
    amos_status status = open_named(cache, folder, key->name, out, err);
    if (status)
        return status;
    note_use((*out)->source.fd);
    if (is_of(*out, key->text, key->case_id))
        return AMOS_OK;
    status = amosi_fail(err, AMOS_E_INDEX, (*out)->source.path,
                        "the cached case is stale: its files were changed since; it has to be cached again.");
    refuse(out);
    return status;
}

amos_status amosi_cache_open_again(const amos_cache *cache, const char *name, const char *key, const char *case_id,
                                   amos_cache_entry **out, amos_error *err)
{
    amos_status status = open_in_folder(cache, name, out, err);
    if (!status && !is_of(*out, key, case_id)) {
        status = amosi_fail(err, AMOS_E_CHANGED, (*out)->source.path, "the cached case is another than before.");
        refuse(out);
    }
    return status;
}

/* The inode that a key names; false: it is no key. */
static bool find_inode(const char *key, const char **image, uint64_t *inode)
{
    *image = strstr(key, IMAGE_MARK);
    *inode = *image ? strtoull(*image + strlen(IMAGE_MARK), NULL, 10) : 0;
    return *image != NULL;
}

/* The name that an entry's file has by what the entry says of itself; false: its key is none. */
static bool name_by_content(const amos_cache_entry *entry, char name[AMOSI_CACHE_NAME])
{
    const char *key = entry->meta.key, *image;
    uint64_t inode;
    if (!find_inode(key, &image, &inode))
        return false;
    name_entry(entry->meta.info.case_id, inode, amosi_crc32(0, key, (size_t)(image - key)), name);
    return true;
}

static amos_status check_name(const amos_cache_entry *entry, const char *name, amos_error *err)
{
    char own[AMOSI_CACHE_NAME];
    if (name_by_content(entry, own) && strcmp(own, name) == 0)
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_INDEX, entry->source.path,
                      "this is an entry of case %s under a name that is not its own; the case has to be cached again.",
                      entry->meta.info.case_id);
}

static amos_status open_sources(const amos_case *c, struct amosi_source sources[2], amos_error *err)
{
    memset(sources, 0, 2 * sizeof *sources);
    amos_status status = amosi_source_open_file(&sources[0], amos_case_image_path(c), err);
    if (!status && amos_case_has_label(c))
        status = amosi_source_open_file(&sources[1], amos_case_label_path(c), err);
    return status;
}

amos_status amos_cache_entry_open(const amos_cache *cache, const amos_case *c, amos_cache_entry **out, amos_error *err)
{
    if (out)
        *out = NULL;
    if (!cache || !c || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_cache_entry_open needs a cache, a case and a place for the entry.");
    struct amosi_source sources[2];
    struct amosi_folder folder;
    struct amosi_cache_key key;
    amos_status status = open_sources(c, sources, err);
    if (!status)
        status = amosi_cache_key_of(cache, c, &sources[0], amos_case_has_label(c) ? &sources[1] : NULL, &key, err);
    if (!status) {
        status = amosi_folder_open(&folder, cache->folder, false, err);
        if (!status)
            status = amosi_cache_open_keyed(cache, &folder, &key, out, err);
        amosi_folder_close(&folder);
    }
    amosi_source_close(&sources[1]);
    amosi_source_close(&sources[0]);
    if (status)
        amosi_fail_case(err, amos_case_id(c));
    return status;
}

amos_status amos_cache_entry_open_name(const amos_cache *cache, const char *name, amos_cache_entry **out, amos_error *err)
{
    if (out)
        *out = NULL;
    if (!cache || !name || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_cache_entry_open_name needs a cache, a name and a place for the entry.");
    if (strchr(name, '/'))
        return amosi_fail(err, AMOS_E_ARG, NULL, "\"%s\" is no name of a file in the cache's folder.", name);
    amos_status status = open_in_folder(cache, name, out, err);
    if (!status) {
        status = check_name(*out, name, err);
        if (status)
            refuse(out);
    }
    return status;
}
