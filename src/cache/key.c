/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "cache/cache.h"
#include "cache/entry.h"
#include "cache/steps.h"
#include "io/crc32.h"
#include "io/identity.h"
#include "io/inflate/inflate.h"

/* ---- keys ---- */

/* What an entry depends on in addition to the settings of its cache. */
struct kind {
    int version;
    int modality;
    int labelled;
    int max_label;
};
static const struct amosi_field kind_fields[] = {AMOSI_FIELD(struct kind, version, AMOSI_FIELD_INT),
                                                 AMOSI_FIELD(struct kind, modality, AMOSI_FIELD_INT),
                                                 AMOSI_FIELD(struct kind, labelled, AMOSI_FIELD_INT),
                                                 AMOSI_FIELD(struct kind, max_label, AMOSI_FIELD_INT), AMOSI_FIELDS_END};

/* What distinguishes one file from another; see io/identity.h. */
static const struct amosi_field file_fields[] = {
    AMOSI_FIELD(struct amosi_file_key, inode, AMOSI_FIELD_UINT64),
    AMOSI_FIELD(struct amosi_file_key, size, AMOSI_FIELD_UINT64),
    AMOSI_FIELD(struct amosi_file_key, mtime_ns, AMOSI_FIELD_INT64),
    AMOSI_FIELD(struct amosi_file_key, ctime_ns, AMOSI_FIELD_INT64),
    AMOSI_FIELD_ARRAY(struct amosi_file_key, trailer, AMOSI_FIELD_BYTES, 8),
    AMOSI_FIELDS_END};

/* Precede the fields of the files in a key; no earlier field has such a name. */
#define IMAGE_MARK "image;inode="
#define LABEL_MARK "label;"

/* Builds the name of an entry from the image's inode and the settings, so that the entry of a modified file replaces
 * the old one. The case id precedes them for people. */
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

static void write_file(struct amosi_fields_text *text, const char *mark, const struct amosi_file_key *file)
{
    amosi_fields_to_text(text, mark, strcspn(mark, ";") + 1);
    amosi_fields_write(file_fields, file, amosi_fields_to_text, text);
}

amos_status amosi_cache_key_of(const amos_cache *cache, const amos_case *c, const struct amosi_source *image,
                               const struct amosi_source *label, struct amosi_cache_key *key, amos_error *err)
{
    const struct kind kind = {AMOSI_CACHE_VERSION, (int)amos_case_get_info(c)->modality, label != NULL,
                              amosi_cache_max_label(cache, c)};
    struct amosi_fields_text text = {key->text, sizeof key->text, 0, false};
    struct amosi_file_key files[2];
    amos_status status = amosi_file_key_of(image, &files[0], err);
    if (!status && label)
        status = amosi_file_key_of(label, &files[1], err);
    if (status)
        return status;
    amosi_fields_write(kind_fields, &kind, amosi_fields_to_text, &text);
    amosi_steps_write(cache, false, amosi_fields_to_text, &text);
    key->case_id = amos_case_get_info(c)->id;
    name_entry(key->case_id, files[0].inode, amosi_crc32(0, key->text, text.length), key->name);
    write_file(&text, IMAGE_MARK, &files[0]);
    if (label)
        write_file(&text, LABEL_MARK, &files[1]);
    return text.full ? amosi_fail(err, AMOS_E_LIMIT, image->path, "the key of its cache entry is too long.") : AMOS_OK;
}

/* ---- opening entries ---- */

/* Sets the access time for amos_cache_prune(): file systems update it in different ways, or not at all. */
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

/* The same, but opens the cache's folder first. */
static amos_status open_in_folder(const amos_cache *cache, const char *name, amos_cache_entry **out, amos_error *err)
{
    struct amosi_folder folder;
    amos_status status = amosi_folder_open(&folder, cache->folder, false, err);
    if (!status)
        status = open_named(cache, &folder, name, out, err);
    amosi_folder_close(&folder);
    return status;
}

/* Fuzzers do not check keys, because they could never guess one. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define KEYS 0
#else
#define KEYS 1
#endif

static bool matches_key(const amos_cache_entry *entry, const char *key, const char *case_id)
{
    return !KEYS || (strcmp(entry->meta.key, key) == 0 && strcmp(entry->meta.info.case_id, case_id) == 0);
}

/* Closes an entry and clears the pointer. */
static void drop_entry(amos_cache_entry **entry)
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
    if (matches_key(*out, key->text, key->case_id))
        return AMOS_OK;
    status = amosi_fail(err, AMOS_E_INDEX, (*out)->source.path,
                        "the cached case is stale, because its files have changed; it has to be cached again.");
    drop_entry(out);
    return status;
}

amos_status amosi_cache_open_again(const amos_cache *cache, const char *name, const char *key, const char *case_id,
                                   amos_cache_entry **out, amos_error *err)
{
    amos_status status = open_in_folder(cache, name, out, err);
    if (!status && !matches_key(*out, key, case_id)) {
        status = amosi_fail(err, AMOS_E_CHANGED, (*out)->source.path, "the cached case has been replaced by another.");
        drop_entry(out);
    }
    return status;
}

/* Reads the inode from a key; false if the text is not a key. */
static bool parse_inode(const char *key, const char **image, uint64_t *inode)
{
    *image = strstr(key, IMAGE_MARK);
    *inode = *image ? strtoull(*image + strlen(IMAGE_MARK), NULL, 10) : 0;
    return *image != NULL;
}

/* The name that an entry's file should have by its content; false if its key is invalid. */
static bool name_by_content(const amos_cache_entry *entry, char name[AMOSI_CACHE_NAME])
{
    const char *key = entry->meta.key, *image;
    uint64_t inode;
    if (!parse_inode(key, &image, &inode))
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
                      "this is an entry of case %s under a wrong name; the case has to be cached again.",
                      entry->meta.info.case_id);
}

static amos_status open_sources(const amos_case *c, struct amosi_source sources[2], amos_error *err)
{
    memset(sources, 0, 2 * sizeof *sources);
    const amos_case_info *info = amos_case_get_info(c);
    amos_status status = amosi_source_open_file(&sources[0], info->image_path, err);
    if (!status && info->has_label)
        status = amosi_source_open_file(&sources[1], info->label_path, err);
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
        status =
            amosi_cache_key_of(cache, c, &sources[0], amos_case_get_info(c)->has_label ? &sources[1] : NULL, &key, err);
    if (!status) {
        status = amosi_folder_open(&folder, cache->folder, false, err);
        if (!status)
            status = amosi_cache_open_keyed(cache, &folder, &key, out, err);
        amosi_folder_close(&folder);
    }
    amosi_source_close(&sources[1]);
    amosi_source_close(&sources[0]);
    if (status)
        amosi_fail_case(err, amos_case_get_info(c)->id);
    return status;
}

amos_status amos_cache_entry_open_name(const amos_cache *cache, const char *name, amos_cache_entry **out, amos_error *err)
{
    if (out)
        *out = NULL;
    if (!cache || !name || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_cache_entry_open_name needs a cache, a name and a place for the entry.");
    if (strchr(name, '/'))
        return amosi_fail(err, AMOS_E_ARG, NULL, "\"%s\" is not the name of a file in the cache's folder.", name);
    amos_status status = open_in_folder(cache, name, out, err);
    if (!status) {
        status = check_name(*out, name, err);
        if (status)
            drop_entry(out);
    }
    return status;
}
