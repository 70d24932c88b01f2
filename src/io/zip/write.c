/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/zip/write.h"

#include <string.h>

#include "base/error/fail.h"
#include "base/math/bytes.h"
#include "base/system/alloc.h"
#include "io/crc32.h"

/* APPNOTE.TXT of PKWARE, version 6.3.10: sections 4.3.7, 4.3.12 and 4.3.16. */
#define LOCAL_SIGNATURE 0x04034b50u
#define CENTRAL_SIGNATURE 0x02014b50u
#define END_SIGNATURE 0x06054b50u
#define VERSION_STORED 10
#define DATE_NONE 0x21 /* 1980-01-01, the first date of ZIP: the same input gives the same bytes */
#define COMMENT_MOST 255

/* ---- records ---- */

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

size_t amosi_zip_put_local(unsigned char *p, const char *name, size_t name_bytes, const struct amosi_zip_data *data)
{
    amosi_put32(p, LOCAL_SIGNATURE);
    put_common(p + 4, data, name_bytes);
    memcpy(p + AMOSI_ZIP_LOCAL_BYTES, name, name_bytes);
    return AMOSI_ZIP_LOCAL_BYTES + name_bytes;
}

size_t amosi_zip_put_central(unsigned char *p, const char *name, size_t name_bytes, const struct amosi_zip_data *data,
                             uint64_t at)
{
    memset(p, 0, AMOSI_ZIP_CENTRAL_BYTES);
    amosi_put32(p, CENTRAL_SIGNATURE);
    put16(p + 4, VERSION_STORED);
    put_common(p + 6, data, name_bytes);
    amosi_put32(p + 42, (uint32_t)at);
    memcpy(p + AMOSI_ZIP_CENTRAL_BYTES, name, name_bytes);
    return AMOSI_ZIP_CENTRAL_BYTES + name_bytes;
}

size_t amosi_zip_put_end(unsigned char *p, size_t count, size_t directory_bytes, uint64_t at, const char *comment)
{
    size_t comment_bytes = strlen(comment);
    memset(p, 0, AMOSI_ZIP_END_BYTES);
    amosi_put32(p, END_SIGNATURE);
    put16(p + 8, (unsigned)count);
    put16(p + 10, (unsigned)count);
    amosi_put32(p + 12, (uint32_t)directory_bytes);
    amosi_put32(p + 16, (uint32_t)at);
    put16(p + 20, (unsigned)comment_bytes);
    memcpy(p + AMOSI_ZIP_END_BYTES, comment, comment_bytes);
    return AMOSI_ZIP_END_BYTES + comment_bytes;
}

/* ---- writing ---- */

void amosi_zip_begin(struct amosi_zip_writer *zip, const struct amosi_zip_sink *sink)
{
    *zip = (struct amosi_zip_writer){.sink = *sink};
}

void amosi_zip_free_writer(struct amosi_zip_writer *zip)
{
    amosi_free(zip->directory);
}

static amos_status put(const struct amosi_zip_writer *zip, const void *data, size_t bytes, amos_error *err)
{
    return zip->sink.write(zip->sink.user, data, bytes, err);
}

static amos_status add_directory_entry(struct amosi_zip_writer *zip, const char *name, size_t name_bytes,
                                       const struct amosi_zip_data *data, amos_error *err)
{
    size_t need = zip->directory_bytes + AMOSI_ZIP_CENTRAL_BYTES + name_bytes;
    if (!amosi_grow((void **)&zip->directory, &zip->directory_room, need, 1))
        return amosi_fail_nomem(err, zip->sink.path);
    zip->directory_bytes +=
        amosi_zip_put_central(zip->directory + zip->directory_bytes, name, name_bytes, data, zip->bytes);
    zip->count++;
    return AMOS_OK;
}

/* Whether a member still fits without ZIP64. */
static amos_status check_room(const struct amosi_zip_writer *zip, size_t name_bytes, size_t bytes, amos_error *err)
{
    uint64_t end = zip->bytes + AMOSI_ZIP_LOCAL_BYTES + name_bytes + bytes;
    if (bytes > UINT32_MAX || end + zip->directory_bytes + (1u << 20) > UINT32_MAX ||
        zip->count >= AMOSI_ZIP_MOST_MEMBERS)
        return amosi_fail(err, AMOS_E_LIMIT, zip->sink.path, "%s", zip->sink.limit);
    return AMOS_OK;
}

amos_status amosi_zip_add(struct amosi_zip_writer *zip, const char *name, const void *data, size_t bytes,
                          amos_error *err)
{
    unsigned char header[AMOSI_ZIP_LOCAL_BYTES + AMOSI_ZIP_NAME_MOST];
    size_t name_bytes = strlen(name);
    amos_status status = check_room(zip, name_bytes, bytes, err);
    if (status)
        return status;
    const struct amosi_zip_data where = {0, (uint32_t)bytes, amosi_crc32(0, data, bytes)};
    size_t header_bytes = amosi_zip_put_local(header, name, name_bytes, &where);
    status = add_directory_entry(zip, name, name_bytes, &where, err);
    if (!status)
        status = put(zip, header, header_bytes, err);
    if (!status)
        status = put(zip, data, bytes, err);
    zip->bytes += header_bytes + bytes;
    return status;
}

void *amosi_zip_place(struct amosi_zip_writer *zip, const char *name, size_t most)
{
    const size_t header = AMOSI_ZIP_LOCAL_BYTES + strlen(name);
    unsigned char *place = zip->sink.place(zip->sink.user, header + most);
    return place ? place + header : NULL;
}

amos_status amosi_zip_commit(struct amosi_zip_writer *zip, const char *name, size_t bytes, amos_error *err)
{
    const size_t name_bytes = strlen(name), header = AMOSI_ZIP_LOCAL_BYTES + name_bytes;
    amos_status status = check_room(zip, name_bytes, bytes, err);
    if (status)
        return status;
    unsigned char *place = zip->sink.place(zip->sink.user, header + bytes); /* the same as before */
    const struct amosi_zip_data where = {0, (uint32_t)bytes, amosi_crc32(0, place + header, bytes)};
    (void)amosi_zip_put_local(place, name, name_bytes, &where);
    status = add_directory_entry(zip, name, name_bytes, &where, err);
    if (!status)
        status = zip->sink.extend(zip->sink.user, header + bytes, err);
    zip->bytes += header + bytes;
    return status;
}

amos_status amosi_zip_end(struct amosi_zip_writer *zip, const char *comment, amos_error *err)
{
    unsigned char tail[AMOSI_ZIP_END_BYTES + COMMENT_MOST];
    size_t bytes = amosi_zip_put_end(tail, zip->count, zip->directory_bytes, zip->bytes, comment);
    amos_status status = put(zip, zip->directory, zip->directory_bytes, err);
    return status ? status : put(zip, tail, bytes, err);
}
