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

/* APPNOTE.TXT of PKWARE, version 6.3.10: sections 4.3.7, 4.3.12 and 4.3.16. */
#define LOCAL_SIGNATURE 0x04034b50u
#define LOCAL_BYTES ((size_t)30)
#define CENTRAL_SIGNATURE 0x02014b50u
#define CENTRAL_BYTES ((size_t)46)
#define END_SIGNATURE 0x06054b50u
#define END_BYTES ((size_t)22)
#define VERSION_STORED 10
#define DATE_NONE 0x21 /* 1980-01-01, the first date of ZIP: the same input gives the same bytes */
#define NAME_MOST 255

static const char comment_start[] = "amos cache 1, CRC-32 of the directory: ";
#define COMMENT_BYTES (sizeof comment_start - 1 + 8)
#define TAIL_BYTES (END_BYTES + COMMENT_BYTES)

static void put16(unsigned char *p, unsigned value)
{
    p[0] = (unsigned char)value;
    p[1] = (unsigned char)(value >> 8);
}

/* Writes the fields common to local header and directory: from "version needed" to "extra field length". */
static void put_common(unsigned char *p, const struct amosi_zip_data *data, size_t name_bytes)
{
    memset(p, 0, 26);
    put16(p, VERSION_STORED);
    put16(p + 8, DATE_NONE);
    amosi_put32(p + 10, data->crc);
    amosi_put32(p + 14, data->bytes);
    amosi_put32(p + 18, data->bytes);
    put16(p + 22, (unsigned)name_bytes);
}

static size_t put_local(unsigned char *p, const char *name, size_t name_bytes, const struct amosi_zip_data *data)
{
    amosi_put32(p, LOCAL_SIGNATURE);
    put_common(p + 4, data, name_bytes);
    memcpy(p + LOCAL_BYTES, name, name_bytes);
    return LOCAL_BYTES + name_bytes;
}

/* ---- writing ---- */

void amosi_zip_begin(struct amosi_zip_writer *zip, struct amosi_folder_file *file)
{
    *zip = (struct amosi_zip_writer){.file = file};
}

void amosi_zip_free_writer(struct amosi_zip_writer *zip)
{
    amosi_free(zip->directory);
}

static amos_status add_directory_entry(struct amosi_zip_writer *zip, const char *name, size_t name_bytes,
                                       const struct amosi_zip_data *data, amos_error *err)
{
    size_t need = zip->directory_bytes + CENTRAL_BYTES + name_bytes;
    if (!amosi_grow((void **)&zip->directory, &zip->directory_room, need, 1))
        return amosi_fail_nomem(err, zip->file->full);
    unsigned char *p = zip->directory + zip->directory_bytes;
    memset(p, 0, CENTRAL_BYTES);
    amosi_put32(p, CENTRAL_SIGNATURE);
    put16(p + 4, VERSION_STORED);
    put_common(p + 6, data, name_bytes);
    amosi_put32(p + 42, (uint32_t)zip->bytes);
    memcpy(p + CENTRAL_BYTES, name, name_bytes);
    zip->directory_bytes = need;
    zip->count++;
    return AMOS_OK;
}

void *amosi_zip_place(struct amosi_zip_writer *zip, const char *name, size_t most)
{
    const size_t header = LOCAL_BYTES + strlen(name);
    unsigned char *place = amosi_folder_place_for(zip->file, header + most);
    return place ? place + header : NULL;
}

amos_status amosi_zip_commit(struct amosi_zip_writer *zip, const char *name, size_t bytes, amos_error *err)
{
    const size_t name_bytes = strlen(name), header = LOCAL_BYTES + name_bytes;
    const uint64_t end = zip->bytes + header + bytes;
    if (bytes > UINT32_MAX || end + zip->directory_bytes + (1u << 20) > UINT32_MAX ||
        zip->count >= AMOSI_ZIP_MOST_MEMBERS)
        return amosi_fail(
            err, AMOS_E_LIMIT, zip->file->full,
            "a cached case can have no more than 4 GiB and %u chunks; use larger chunks, a coarser spacing or "
            "a crop.",
            AMOSI_ZIP_MOST_MEMBERS);
    unsigned char *place = amosi_folder_place_for(zip->file, header + bytes); /* the same as before */
    const struct amosi_zip_data where = {0, (uint32_t)bytes, amosi_crc32(0, place + header, bytes)};
    put_local(place, name, name_bytes, &where);
    amos_status status = add_directory_entry(zip, name, name_bytes, &where, err);
    if (!status)
        status = amosi_folder_extend(zip->file, header + bytes, err);
    zip->bytes = end;
    return status;
}

amos_status amosi_zip_add(struct amosi_zip_writer *zip, const char *name, const void *data, size_t bytes,
                          amos_error *err)
{
    void *place = amosi_zip_place(zip, name, bytes);
    if (!place)
        return amosi_fail_nomem(err, zip->file->full);
    memcpy(place, data, bytes);
    return amosi_zip_commit(zip, name, bytes, err);
}

static void put_tail(unsigned char *p, size_t count, size_t directory_bytes, uint64_t at, uint32_t crc)
{
    memset(p, 0, END_BYTES);
    amosi_put32(p, END_SIGNATURE);
    put16(p + 8, (unsigned)count);
    put16(p + 10, (unsigned)count);
    amosi_put32(p + 12, (uint32_t)directory_bytes);
    amosi_put32(p + 16, (uint32_t)at);
    put16(p + 20, (unsigned)COMMENT_BYTES);
    char comment[COMMENT_BYTES + 1];
    snprintf(comment, sizeof comment, "%s%08lx", comment_start, (unsigned long)crc);
    memcpy(p + END_BYTES, comment, COMMENT_BYTES);
}

amos_status amosi_zip_end(struct amosi_zip_writer *zip, amos_error *err)
{
    unsigned char tail[TAIL_BYTES];
    put_tail(tail, zip->count, zip->directory_bytes, zip->bytes, amosi_crc32(0, zip->directory, zip->directory_bytes));
    amos_status status = amosi_folder_write(zip->file, zip->directory, zip->directory_bytes, err);
    return status ? status : amosi_folder_write(zip->file, tail, sizeof tail, err);
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
    put_tail(expected, *count, *bytes, *at, *crc);
    if (memcmp(tail, expected, TAIL_BYTES) != 0 || *at + *bytes + TAIL_BYTES != source->size)
        return fail_zip(source, "this is not a cached case, or not of this version", err);
    return AMOS_OK;
}

/* Parses one member of the directory, which must follow the previous one. Returns its length there; 0 if damaged. */
static size_t parse_member(const unsigned char *p, size_t left, uint64_t *next, struct amosi_zip_member *member)
{
    unsigned char expected[CENTRAL_BYTES];
    if (left < CENTRAL_BYTES)
        return 0;
    size_t name_bytes = amosi_get16(p + 28, false);
    if (name_bytes == 0 || name_bytes > NAME_MOST || name_bytes > left - CENTRAL_BYTES)
        return 0;
    member->name = (const char *)p + CENTRAL_BYTES;
    member->name_bytes = name_bytes;
    member->data = (struct amosi_zip_data){*next + LOCAL_BYTES + name_bytes, amosi_get32(p + 20, false),
                                           amosi_get32(p + 16, false)};
    memset(expected, 0, sizeof expected);
    amosi_put32(expected, CENTRAL_SIGNATURE);
    put16(expected + 4, VERSION_STORED);
    put_common(expected + 6, &member->data, name_bytes);
    amosi_put32(expected + 42, (uint32_t)*next);
    *next = member->data.at + member->data.bytes;
    return memcmp(p, expected, CENTRAL_BYTES) == 0 ? CENTRAL_BYTES + name_bytes : 0;
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
    if (count > bytes / CENTRAL_BYTES)
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
    unsigned char found[LOCAL_BYTES + NAME_MOST], expected[LOCAL_BYTES + NAME_MOST];
    for (size_t i = 0; i < zip->count; i++) {
        const struct amosi_zip_member *member = &zip->members[i];
        size_t bytes = put_local(expected, member->name, member->name_bytes, &member->data);
        amos_status status = amosi_source_read(zip->source, member->data.at - bytes, found, bytes, err);
        if (status)
            return status;
        if (memcmp(found, expected, bytes) != 0)
            return fail_zip(zip->source, "a member's header is damaged", err);
    }
    return AMOS_OK;
}
