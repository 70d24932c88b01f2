/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache/zip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/math/bytes.h"
#include "base/error/fail.h"
#include "io/inflate/inflate.h"
#include "io/crc32.h"

static const char comment_start[] = "amos cache 1, CRC-32 of the directory: ";
#define COMMENT_BYTES (sizeof comment_start - 1 + 8)
#define TAIL_BYTES (AMOSI_ZIP_END_BYTES + COMMENT_BYTES)

/* ---- writing ---- */

static amos_status write_bytes(void *user, const void *data, size_t bytes, amos_error *err)
{
    return amosi_folder_write(user, data, bytes, err);
}

static void *place_bytes(void *user, size_t most)
{
    return amosi_folder_place_for(user, most);
}

static amos_status extend_bytes(void *user, size_t bytes, amos_error *err)
{
    return amosi_folder_extend(user, bytes, err);
}

void amosi_cache_zip_begin(struct amosi_zip_writer *zip, struct amosi_folder_file *file)
{
    const struct amosi_zip_sink sink = {
        write_bytes,
        place_bytes,
        extend_bytes,
        file,
        file->full,
        "a cached case can have no more than 4 GiB and 65534 chunks; use larger chunks, a coarser spacing or a crop."};
    amosi_zip_begin(zip, &sink);
}

static void put_comment(char comment[COMMENT_BYTES + 1], uint32_t crc)
{
    snprintf(comment, COMMENT_BYTES + 1, "%s%08lx", comment_start, (unsigned long)crc);
}

amos_status amosi_cache_zip_end(struct amosi_zip_writer *zip, amos_error *err)
{
    char comment[COMMENT_BYTES + 1];
    put_comment(comment, amosi_crc32(0, zip->directory, zip->directory_bytes));
    return amosi_zip_end(zip, comment, err);
}

/* ---- reading ---- */

static amos_status fail_zip(const struct amosi_source *source, const char *what, amos_error *err)
{
    return amosi_fail(err, AMOS_E_INDEX, source->path, "%s; the case has to be cached again.", what);
}

/* Finds the directory. The file's end must be exactly what the writer produces. */
static amos_status read_tail(const struct amosi_source *source, uint64_t *at, uint32_t *bytes, unsigned *count,
                             uint32_t *crc, amos_error *err)
{
    unsigned char tail[TAIL_BYTES], expected[TAIL_BYTES];
    char comment[COMMENT_BYTES + 1];
    if (source->size < TAIL_BYTES || source->size > UINT32_MAX)
        return fail_zip(source, "this is not a cached case", err);
    amos_status status = amosi_source_read(source, source->size - TAIL_BYTES, tail, TAIL_BYTES, err);
    if (status)
        return status;
    char digits[9] = {0};
    memcpy(digits, tail + TAIL_BYTES - 8, 8);
    *crc = (uint32_t)strtoul(digits, NULL, 16);
    *count = amosi_get16(tail + 10, false);
    *bytes = amosi_get32(tail + 12, false);
    *at = amosi_get32(tail + 16, false);
    put_comment(comment, *crc);
    amosi_zip_put_end(expected, *count, *bytes, *at, comment);
    if (memcmp(tail, expected, TAIL_BYTES) != 0 || *at + *bytes + TAIL_BYTES != source->size)
        return fail_zip(source, "this is not a cached case, or not of this version", err);
    return AMOS_OK;
}

/* Parses one member of the directory, which must follow the previous one. Returns its length there; 0 if damaged. */
static size_t parse_member(const unsigned char *p, size_t left, uint64_t *next, struct amosi_zip_member *member)
{
    unsigned char expected[AMOSI_ZIP_CENTRAL_BYTES + AMOSI_ZIP_NAME_MOST];
    if (left < AMOSI_ZIP_CENTRAL_BYTES)
        return 0;
    size_t name_bytes = amosi_get16(p + 28, false);
    if (name_bytes == 0 || name_bytes > AMOSI_ZIP_NAME_MOST || name_bytes > left - AMOSI_ZIP_CENTRAL_BYTES)
        return 0;
    member->name = (const char *)p + AMOSI_ZIP_CENTRAL_BYTES;
    member->name_bytes = name_bytes;
    member->data = (struct amosi_zip_data){*next + AMOSI_ZIP_LOCAL_BYTES + name_bytes, amosi_get32(p + 20, false),
                                           amosi_get32(p + 16, false)};
    size_t length = amosi_zip_put_central(expected, member->name, name_bytes, &member->data, *next);
    *next = member->data.at + member->data.bytes;
    return memcmp(p, expected, length) == 0 ? length : 0;
}

static amos_status parse_members(struct amosi_zip *zip, size_t bytes, uint64_t end, amos_error *err)
{
    uint64_t next = 0;
    size_t at = 0;
    for (size_t i = 0; i < zip->count; i++) {
        size_t used = parse_member(zip->directory + at, bytes - at, &next, &zip->members[i]);
        if (used == 0 || next > end)
            return fail_zip(zip->source, "its directory is damaged", err);
        at += used;
    }
    if (at != bytes || next != end)
        return fail_zip(zip->source, "its directory does not list all its members", err);
    return AMOS_OK;
}

amos_status amosi_zip_open(struct amosi_zip *zip, const struct amosi_source *source, amos_error *err)
{
    uint64_t at = 0;
    uint32_t bytes = 0, crc = 0;
    unsigned count = 0;
    *zip = (struct amosi_zip){.source = source};
    amos_status status = read_tail(source, &at, &bytes, &count, &crc, err);
    if (status)
        return status;
    if (count > bytes / AMOSI_ZIP_CENTRAL_BYTES)
        return fail_zip(source, "its directory is shorter than it says", err);
    zip->count = count;
    zip->directory = amosi_alloc(bytes);
    zip->members = amosi_alloc_array(count, sizeof *zip->members);
    if (!zip->directory || !zip->members)
        return amosi_fail_nomem(err, source->path);
    status = amosi_source_read(source, at, zip->directory, bytes, err);
    if (!status && amosi_crc32(0, zip->directory, bytes) != crc)
        status = fail_zip(source, "its directory does not match its checksum", err);
    return status ? status : parse_members(zip, bytes, at, err);
}

void amosi_zip_close(struct amosi_zip *zip)
{
    amosi_free(zip->directory);
    amosi_free(zip->members);
    zip->directory = NULL;
    zip->members = NULL;
}

const struct amosi_zip_member *amosi_zip_find(const struct amosi_zip *zip, const char *name)
{
    size_t bytes = strlen(name);
    for (size_t i = 0; i < zip->count; i++)
        if (zip->members[i].name_bytes == bytes && memcmp(zip->members[i].name, name, bytes) == 0)
            return &zip->members[i];
    return NULL;
}

amos_status amosi_zip_check(const struct amosi_source *source, const struct amosi_zip_data *data, const void *buffer,
                            amos_error *err)
{
    if (amosi_crc32(0, buffer, data->bytes) == data->crc)
        return AMOS_OK;
    return amosi_fail_at(err, AMOS_E_INDEX, source->path, (int64_t)data->at,
                         "the %lu bytes at offset %llu do not match their checksum; the case has to be cached again.",
                         (unsigned long)data->bytes, (unsigned long long)data->at);
}

amos_status amosi_zip_read(const struct amosi_source *source, const struct amosi_zip_data *data, void *buffer,
                           amos_error *err)
{
    amos_status status = amosi_source_read(source, data->at, buffer, data->bytes, err);
    return status ? status : amosi_zip_check(source, data, buffer, err);
}

amos_status amosi_zip_check_headers(const struct amosi_zip *zip, amos_error *err)
{
    unsigned char found[AMOSI_ZIP_LOCAL_BYTES + AMOSI_ZIP_NAME_MOST],
        expected[AMOSI_ZIP_LOCAL_BYTES + AMOSI_ZIP_NAME_MOST];
    for (size_t i = 0; i < zip->count; i++) {
        const struct amosi_zip_member *member = &zip->members[i];
        size_t bytes = amosi_zip_put_local(expected, member->name, member->name_bytes, &member->data);
        amos_status status = amosi_source_read(zip->source, member->data.at - bytes, found, bytes, err);
        if (status)
            return status;
        if (memcmp(found, expected, bytes) != 0)
            return fail_zip(zip->source, "a member's header is damaged", err);
    }
    return AMOS_OK;
}
