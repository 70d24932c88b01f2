/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/zip/directory.h"

#include <string.h>

#include "base/error/fail.h"
#include "base/math/bytes.h"
#include "base/system/alloc.h"

/* APPNOTE.TXT of PKWARE, version 6.3.10: sections 4.3.7 (local header), 4.3.12 (directory), 4.3.14 and 4.3.15 (ZIP64),
 * 4.3.16 (end), 4.5.3 (extra field of ZIP64). */
#define LOCAL_SIGNATURE 0x04034b50u
#define CENTRAL_SIGNATURE 0x02014b50u
#define CENTRAL_BYTES ((size_t)46)
#define END_SIGNATURE 0x06054b50u
#define END_BYTES ((size_t)22)
#define END64_SIGNATURE 0x06064b50u
#define END64_BYTES ((size_t)56)
#define LOCATOR_SIGNATURE 0x07064b50u
#define LOCATOR_BYTES ((size_t)20)
#define COMMENT_MOST ((size_t)65535)
#define EXTRA_ZIP64 1u
#define FLAG_ENCRYPTED 1u
#define IN_ZIP64 UINT32_MAX /* of a field of 32 bits: the value stands in the extra field */

#define DIRECTORY_MOST ((uint64_t)64 << 20)

/* What the end of an archive says of its directory. */
struct end {
    uint64_t at; /* where the directory begins */
    uint64_t bytes;
    uint64_t count;
    uint64_t limit; /* where the records of the end begin */
};

static amos_status fail_damaged(const struct amosi_source *source, const char *what, amos_error *err)
{
    return amosi_fail(err, AMOS_E_GZ_DATA, source->path, "the ZIP archive is damaged: %s; copy or download it again.",
                      what);
}

amos_status amosi_zip_look(const struct amosi_source *source, bool *is_zip, amos_error *err)
{
    unsigned char start[4] = {0};
    amos_status status = source->size < END_BYTES ? AMOS_OK : amosi_source_read(source, 0, start, sizeof start, err);
    uint32_t signature = amosi_get32(start, false);
    *is_zip = !status && (signature == LOCAL_SIGNATURE || signature == END_SIGNATURE);
    return status;
}

/* ---- the end ---- */

/* The last record whose comment ends where the file ends. -1: none. */
static int64_t find_end(const unsigned char *tail, size_t bytes)
{
    for (size_t at = bytes - END_BYTES + 1; at-- > 0;)
        if (amosi_get32(tail + at, false) == END_SIGNATURE &&
            amosi_get16(tail + at + 20, false) == bytes - at - END_BYTES)
            return (int64_t)at;
    return -1;
}

static amos_status fail_parts(const struct amosi_source *source, amos_error *err)
{
    return amosi_fail(err, AMOS_E_UNSUPPORTED, source->path,
                      "this ZIP archive is one of several parts; join and unpack them first.");
}

/* With ZIP64 a locator stands before the end, and says where the larger record is. */
static amos_status read_end64(const struct amosi_source *source, uint64_t end_at, struct end *end, amos_error *err)
{
    unsigned char locator[LOCATOR_BYTES], record[END64_BYTES];
    if (end_at < LOCATOR_BYTES + END64_BYTES)
        return AMOS_OK;
    amos_status status = amosi_source_read(source, end_at - LOCATOR_BYTES, locator, LOCATOR_BYTES, err);
    if (status || amosi_get32(locator, false) != LOCATOR_SIGNATURE)
        return status;
    uint64_t at = amosi_get64(locator + 8, false);
    if (at > end_at - LOCATOR_BYTES - END64_BYTES)
        return fail_damaged(source, "the record of ZIP64 is not where the archive says", err);
    status = amosi_source_read(source, at, record, END64_BYTES, err);
    if (status)
        return status;
    if (amosi_get32(record, false) != END64_SIGNATURE)
        return fail_damaged(source, "the record of ZIP64 is not where the archive says", err);
    if (amosi_get32(record + 16, false) || amosi_get32(record + 20, false))
        return fail_parts(source, err);
    *end = (struct end){amosi_get64(record + 48, false), amosi_get64(record + 40, false),
                        amosi_get64(record + 32, false), at};
    return AMOS_OK;
}

static amos_status parse_end(const struct amosi_source *source, const unsigned char *tail, size_t bytes,
                             struct end *end, amos_error *err)
{
    int64_t found = find_end(tail, bytes);
    if (found < 0)
        return amosi_fail(err, AMOS_E_GZ_TRUNC, source->path,
                          "the ZIP archive has no directory at its end, so it is cut off; copy or download it again.");
    const unsigned char *record = tail + found;
    uint64_t end_at = source->size - bytes + (uint64_t)found;
    unsigned disk = amosi_get16(record + 4, false), disks = amosi_get16(record + 6, false);
    if ((disk || disks) && disk != 0xffff)
        return fail_parts(source, err);
    *end = (struct end){amosi_get32(record + 16, false), amosi_get32(record + 12, false),
                        amosi_get16(record + 10, false), end_at};
    amos_status status = read_end64(source, end_at, end, err);
    if (!status && (end->bytes > end->limit || end->at != end->limit - end->bytes))
        status = fail_damaged(source, "its directory is not where its end says", err);
    return status;
}

static amos_status read_end(const struct amosi_source *source, struct end *end, amos_error *err)
{
    size_t bytes = source->size < END_BYTES + COMMENT_MOST ? (size_t)source->size : END_BYTES + COMMENT_MOST;
    if (bytes < END_BYTES)
        return amosi_fail(err, AMOS_E_GZ_TRUNC, source->path,
                          "the file is too short for a ZIP archive; copy or download it again.");
    unsigned char *tail = amosi_alloc(bytes);
    if (!tail)
        return amosi_fail_nomem(err, source->path);
    amos_status status = amosi_source_read(source, source->size - bytes, tail, bytes, err);
    if (!status)
        status = parse_end(source, tail, bytes, end, err);
    amosi_free(tail);
    return status;
}

/* ---- the members ---- */

/* Takes a field from the extra field of ZIP64, which holds only those that do not fit in 32 bits, in this order. */
static bool take_wide(const unsigned char **wide, size_t *left, uint64_t *value)
{
    if (*value != IN_ZIP64)
        return true;
    if (*left < 8)
        return false;
    *value = amosi_get64(*wide, false);
    *wide += 8;
    *left -= 8;
    return true;
}

static bool read_wide(const unsigned char *extra, size_t bytes, struct amosi_zip_file *file)
{
    const unsigned char *wide = NULL;
    size_t left = 0;
    while (bytes >= 4 && !wide) {
        size_t size = amosi_get16(extra + 2, false);
        if (size > bytes - 4)
            return false;
        if (amosi_get16(extra, false) == EXTRA_ZIP64) {
            wide = extra + 4;
            left = size;
        }
        extra += 4 + size;
        bytes -= 4 + size;
    }
    return take_wide(&wide, &left, &file->bytes) && take_wide(&wide, &left, &file->packed) &&
           take_wide(&wide, &left, &file->at);
}

/* Some programs of Windows write backslashes between folders. */
static void use_slashes(char *name)
{
    for (char *c = strchr(name, '/') ? NULL : strchr(name, '\\'); c; c = strchr(c, '\\'))
        *c = '/';
}

/* The length of the entry at `p`; 0 if it is damaged. The name moves by one byte, over the last of the fields before it,
 * to make room for its NUL. */
static size_t parse_file(unsigned char *p, size_t left, uint64_t end, struct amosi_zip_file *file)
{
    if (left < CENTRAL_BYTES || amosi_get32(p, false) != CENTRAL_SIGNATURE)
        return 0;
    size_t name = amosi_get16(p + 28, false), extra = amosi_get16(p + 30, false), comment = amosi_get16(p + 32, false);
    size_t length = CENTRAL_BYTES + name + extra + comment;
    if (name == 0 || length > left || memchr(p + CENTRAL_BYTES, 0, name))
        return 0;
    *file = (struct amosi_zip_file){.at = amosi_get32(p + 42, false),
                                    .packed = amosi_get32(p + 20, false),
                                    .bytes = amosi_get32(p + 24, false),
                                    .crc = amosi_get32(p + 16, false),
                                    .method = amosi_get16(p + 10, false),
                                    .encrypted = amosi_get16(p + 8, false) & FLAG_ENCRYPTED};
    if (!read_wide(p + CENTRAL_BYTES + name, extra, file) || file->at >= end || file->packed > end - file->at)
        return 0;
    char *text = (char *)p + CENTRAL_BYTES - 1; /* the fixed fields are not needed any more */
    memmove(text, text + 1, name);
    text[name] = '\0';
    use_slashes(text);
    file->name = text;
    return length;
}

static amos_status parse_files(struct amosi_zip_directory *directory, const struct amosi_source *source,
                               const struct end *end, amos_error *err)
{
    size_t at = 0;
    for (uint64_t i = 0; i < end->count; i++) {
        struct amosi_zip_file *file = &directory->files[directory->count];
        size_t used = parse_file(directory->bytes + at, (size_t)end->bytes - at, end->at, file);
        if (used == 0)
            return fail_damaged(source, "an entry of its directory is wrong", err);
        at += used;
        directory->count += file->name[strlen(file->name) - 1] != '/';
    }
    return AMOS_OK;
}

amos_status amosi_zip_read_directory(struct amosi_zip_directory *directory, const struct amosi_source *source,
                                     amos_error *err)
{
    struct end end = {0, 0, 0, 0};
    *directory = (struct amosi_zip_directory){.files = NULL};
    amos_status status = read_end(source, &end, err);
    if (status)
        return status;
    directory->at = end.at;
    if (end.bytes > DIRECTORY_MOST)
        return amosi_fail(err, AMOS_E_LIMIT, source->path,
                          "the directory of this ZIP archive has %llu bytes; at most %llu are read. Unpack it first.",
                          (unsigned long long)end.bytes, (unsigned long long)DIRECTORY_MOST);
    if (end.count > end.bytes / CENTRAL_BYTES)
        return fail_damaged(source, "its directory is shorter than it says", err);
    directory->bytes = amosi_alloc((size_t)end.bytes + 1);
    directory->files = amosi_alloc_array((size_t)end.count + 1, sizeof *directory->files);
    if (!directory->bytes || !directory->files)
        return amosi_fail_nomem(err, source->path);
    status = amosi_source_read(source, end.at, directory->bytes, (size_t)end.bytes, err);
    return status ? status : parse_files(directory, source, &end, err);
}

void amosi_zip_free_directory(struct amosi_zip_directory *directory)
{
    amosi_free(directory->files);
    amosi_free(directory->bytes);
    *directory = (struct amosi_zip_directory){.files = NULL};
}

const struct amosi_zip_file *amosi_zip_find_file(const struct amosi_zip_directory *directory, const char *name)
{
    for (size_t i = directory->count; i-- > 0;)
        if (strcmp(directory->files[i].name, name) == 0)
            return &directory->files[i];
    return NULL;
}
