/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "cache/cache.h"
#include "cache/entry.h"
#include "cache/stage/room.h"
#include "cache/steps.h"
#include "io/crc32.h"
#include "io/identity.h"
#include "io/inflate/inflate.h"
#include "io/zip/member.h"

/* ---- keys ---- */

/* What an entry depends on in addition to the settings of its cache. */
struct kind {
    int version;
    int modality;
    int labelled;
    int max_label;
};
static const struct amosi_field kind_fields[] = {
    AMOSI_FIELD(struct kind, version, AMOSI_FIELD_INT), AMOSI_FIELD(struct kind, modality, AMOSI_FIELD_INT),
    AMOSI_FIELD(struct kind, labelled, AMOSI_FIELD_INT), AMOSI_FIELD(struct kind, max_label, AMOSI_FIELD_INT),
    AMOSI_FIELDS_END};

/* What a copy of a file has too; see io/identity.h. */
static const struct amosi_field content_fields[] = {
    AMOSI_FIELD(struct amosi_content_id, size, AMOSI_FIELD_UINT64),
    AMOSI_FIELD(struct amosi_content_id, head, AMOSI_FIELD_UINT64),
    AMOSI_FIELD_ARRAY(struct amosi_content_id, trailer, AMOSI_FIELD_BYTES, 8), AMOSI_FIELDS_END};

/* Whether a file was touched since the entry was made. */
static const struct amosi_field state_fields[] = {AMOSI_FIELD(struct amosi_file_key, inode, AMOSI_FIELD_UINT64),
                                                  AMOSI_FIELD(struct amosi_file_key, mtime_ns, AMOSI_FIELD_INT64),
                                                  AMOSI_FIELD(struct amosi_file_key, ctime_ns, AMOSI_FIELD_INT64),
                                                  AMOSI_FIELDS_END};

/* These precede the content of the files in a key, and what an entry's key says of each file beyond that. No field
 * has such a name. */
#define IMAGE_MARK "image;"
#define LABEL_MARK "label;"
#define FILE_MARK "file;digest="
#define COVERED "covered"

static uint64_t hash_text(const char *text, size_t bytes)
{
    uint64_t hash = AMOSI_FIELDS_HASH;
    amosi_fields_to_hash(&hash, text, bytes);
    return hash;
}

/* The part of an entry's name after the case id, from the content and the settings in its key. `image` is where the
 * content begins in the key. */
static void end_name(const char *key, const char *image, char end[AMOSI_CACHE_NAME])
{
    const char *files = strstr(image, FILE_MARK);
    size_t bytes = files ? (size_t)(files - image) : strlen(image);
    snprintf(end, AMOSI_CACHE_NAME, "-%016llx-%08lx" AMOSI_CACHE_SUFFIX, (unsigned long long)hash_text(image, bytes),
             (unsigned long)amosi_crc32(0, key, (size_t)(image - key)));
}

/* The case id in the name is for people. */
static void name_entry(const char *case_id, const char *key, const char *image, char name[AMOSI_CACHE_NAME])
{
    char id[49] = {0}, end[AMOSI_CACHE_NAME];
    snprintf(id, sizeof id, "%s", case_id);
    for (char *p = id; *p; p++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", *p))
            *p = '_';
    end_name(key, image, end);
    snprintf(name, AMOSI_CACHE_NAME, "%s%.79s", id, end);
}

#define VERSION_MARK "version="

bool amosi_cache_older_name(const struct amosi_cache_key *key, char name[AMOSI_CACHE_NAME])
{
    char text[sizeof key->text + 1];
    const char *rest = strchr(key->text, ';');
    if (!rest || strncmp(key->text, VERSION_MARK, strlen(VERSION_MARK)) != 0)
        return false;
    snprintf(text, sizeof text, VERSION_MARK "%d%s", AMOSI_CACHE_VERSION - 1, rest);
    const char *image = strstr(text, IMAGE_MARK);
    if (image)
        name_entry(key->case_id, text, image, name);
    return image != NULL;
}

static amos_status write_content(struct amosi_fields_text *text, const char *mark, const struct amosi_source *source,
                                 amos_error *err)
{
    struct amosi_content_id content;
    amos_status status = amosi_content_id_of(source, &content, err);
    amosi_fields_to_text(text, mark, strlen(mark));
    amosi_fields_write(content_fields, &content, amosi_fields_to_text, text);
    return status;
}

static amos_status check_length(const struct amosi_fields_text *text, const char *path, amos_error *err)
{
    return text->full ? amosi_fail(err, AMOS_E_LIMIT, path, "the key of its cache entry is too long.") : AMOS_OK;
}

amos_status amosi_cache_key_of(const amos_cache *cache, const amos_case *c, const struct amosi_source *image,
                               const struct amosi_source *label, struct amosi_cache_key *key, amos_error *err)
{
    const struct kind kind = {AMOSI_CACHE_VERSION, (int)amos_case_get_info(c)->modality, label != NULL,
                              amosi_cache_max_label(cache, c)};
    struct amosi_fields_text text = {key->text, sizeof key->text, 0, false};
    key->case_id = amos_case_get_info(c)->id;
    key->files[0] = image;
    key->files[1] = label;
    amosi_fields_write(kind_fields, &kind, amosi_fields_to_text, &text);
    amosi_steps_write(cache, false, amosi_fields_to_text, &text);
    size_t settings = text.length;
    amos_status status = write_content(&text, IMAGE_MARK, image, err);
    if (!status && label)
        status = write_content(&text, LABEL_MARK, label, err);
    if (!status)
        status = check_length(&text, image->path, err);
    if (!status)
        name_entry(key->case_id, key->text, key->text + settings, key->name);
    return status;
}

/* ---- files beyond the content of a key ---- */

static amos_status write_state(struct amosi_fields_text *text, const struct amosi_source *source, amos_error *err)
{
    struct amosi_file_key state;
    amos_status status = amosi_file_key_of(source, &state, err);
    amosi_fields_write(state_fields, &state, amosi_fields_to_text, text);
    return status;
}

static amos_status write_digest(const struct amosi_source *file, char *said, size_t bytes, amos_error *err)
{
    uint64_t digest = 0;
    amos_status status = amosi_content_digest(file, &digest, err);
    if (!status)
        status = amosi_source_check(file, err);
    snprintf(said, bytes, FILE_MARK "%016llx;", (unsigned long long)digest);
    return status;
}

amos_status amosi_cache_key_complete(struct amosi_cache_key *key, const bool is_covered[2], amos_error *err)
{
    struct amosi_fields_text text = {key->text, sizeof key->text, strlen(key->text), false};
    amos_status status = AMOS_OK;
    for (int i = 0; i < 2 && !status && (i == 0 || key->files[i]); i++) {
        const struct amosi_source *file = key->files[i];
        char said[64] = FILE_MARK COVERED ";";
        if (!is_covered[i])
            status = write_digest(file, said, sizeof said, err);
        amosi_fields_to_text(&text, said, strlen(said));
        if (!status)
            status = write_state(&text, file, err);
    }
    return status ? status : check_length(&text, key->files[0]->path, err);
}

/* Sets *same to whether a file is the one that `said`, a part of an entry's key, describes. A file that was not touched
 * need not be read. Fails like reading the file. */
static amos_status compare_file(const struct amosi_source *file, const char *said, bool *same, amos_error *err)
{
    char state[160], now[64];
    struct amosi_fields_text text = {state, sizeof state, 0, false};
    const char *end = strchr(said + strlen(FILE_MARK), ';');
    *same = end && strncmp(said, FILE_MARK COVERED ";", sizeof FILE_MARK COVERED) == 0;
    if (!end || *same)
        return AMOS_OK;
    amos_status status = write_state(&text, file, err);
    *same = !status && strncmp(end + 1, state, text.length) == 0;
    if (status || *same)
        return status;
    status = write_digest(file, now, sizeof now, err);
    *same = !status && strncmp(said, now, strlen(now)) == 0;
    return status;
}

/* Sets *same to whether an entry's key is a complete key of the same settings, content and files. */
static amos_status compare_key(const struct amosi_cache_key *key, const char *entry_key, bool *same, amos_error *err)
{
    size_t bytes = strlen(key->text);
    const char *said = entry_key + bytes;
    amos_status status = AMOS_OK;
    *same = strncmp(entry_key, key->text, bytes) == 0;
    for (int i = 0; i < 2 && key->files[i] && *same && !status; i++) {
        *same = strncmp(said, FILE_MARK, strlen(FILE_MARK)) == 0;
        if (*same)
            status = compare_file(key->files[i], said, same, err);
        const char *next = *same ? strstr(said + 1, FILE_MARK) : NULL;
        said = next ? next : "";
    }
    return status;
}

/* ---- opening entries ---- */

/* Sets the access time for amos_cache_prune(): file systems update it in different ways, or not at all. */
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
    if (!status && cache->upstream && !amosi_room_use(fd)) {
        close(fd);
        status = amosi_fail_errno(err, AMOS_E_OPEN, full, ENOENT, "the file has just been removed");
    }
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

static bool is_of_case(const amos_cache_entry *entry, const char *case_id)
{
    return strcmp(entry->meta.info.case_id, case_id) == 0;
}

/* Closes an entry and clears the pointer. */
static void drop_entry(amos_cache_entry **entry)
{
    amos_cache_entry_free(*entry);
    *entry = NULL;
}

amos_status amosi_cache_check_keyed(const amos_cache_entry *entry, const struct amosi_cache_key *key, amos_error *err)
{
    bool same = !KEYS;
    amos_status status = AMOS_OK;
    if (KEYS && is_of_case(entry, key->case_id))
        status = compare_key(key, entry->meta.key, &same, err);
    if (status || same)
        return status;
    return amosi_fail(err, AMOS_E_INDEX, entry->source.path,
                      "the cached case is stale, because its files have changed; it has to be cached again.");
}

amos_status amosi_cache_check_same(const amos_cache_entry *entry, const char *key, const char *case_id, amos_error *err)
{
    if (!KEYS || (is_of_case(entry, case_id) && strcmp(entry->meta.key, key) == 0))
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_CHANGED, entry->source.path, "the cached case has been replaced by another.");
}

amos_status amosi_cache_open_local(const amos_cache *cache, const struct amosi_folder *folder,
                                   const struct amosi_cache_key *key, amos_cache_entry **out, amos_error *err)
{
    amos_status status = open_named(cache, folder, key->name, out, err);
    if (status)
        return status;
    if (folder->writable)
        note_use((*out)->source.fd);
    status = amosi_cache_check_keyed(*out, key, err);
    if (status)
        drop_entry(out);
    return status;
}

amos_status amosi_cache_open_same(const amos_cache *cache, const struct amosi_folder *folder, const char *name,
                                  const char *key, const char *case_id, amos_cache_entry **out, amos_error *err)
{
    amos_status status = open_named(cache, folder, name, out, err);
    if (status)
        return status;
    if (cache->upstream && folder->writable)
        note_use((*out)->source.fd);
    status = amosi_cache_check_same(*out, key, case_id, err);
    if (status)
        drop_entry(out);
    return status;
}

/* The name that an entry's file should have by its content; false if its key is invalid. */
static bool name_by_content(const amos_cache_entry *entry, char name[AMOSI_CACHE_NAME])
{
    const char *key = entry->meta.key, *image = strstr(key, IMAGE_MARK);
    if (image)
        name_entry(entry->meta.info.case_id, key, image, name);
    return image != NULL;
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

amos_status amos_cache_entry_open_name(const amos_cache *cache, const char *name, amos_cache_entry **out,
                                       amos_error *err)
{
    if (out)
        *out = NULL;
    if (!cache || !name || !out)
        return amosi_fail(err, AMOS_E_ARG, NULL,
                          "amos_cache_entry_open_name needs a cache, a name and a place for the entry.");
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
