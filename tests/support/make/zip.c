/* SPDX-License-Identifier: BSD-3-Clause */
#include "support/make/zip.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "support/make/gzip.h"

static void add_u64(struct bytes *b, uint64_t value)
{
    bytes_add_u32le(b, (uint32_t)value);
    bytes_add_u32le(b, (uint32_t)(value >> 32));
}

static struct bytes pack(const struct zip_member *m)
{
    struct bytes packed = {0};
    const struct gzip_member ordinary = {0};
    if (m->deflated)
        gzip_add_body(&packed, m->data, m->size, &ordinary);
    else
        bytes_add(&packed, m->data, m->size);
    if (m->spoil)
        packed.data[m->spoil - 1] ^= 0x55;
    return packed;
}

/* From "version needed" to "extra field length", as local header and directory have it. */
static void add_common(struct bytes *b, const struct zip_member *m, const uint64_t sizes[2], uint32_t crc, size_t extra)
{
    bytes_add_u16le(b, m->wide ? 45 : 20);
    bytes_add_u16le(b, (uint16_t)m->flags);
    bytes_add_u16le(b, (uint16_t)(m->method ? m->method : m->deflated ? 8 : 0));
    bytes_add_u32le(b, 0x00210000);
    bytes_add_u32le(b, crc);
    bytes_add_u32le(b, m->wide ? UINT32_MAX : (uint32_t)sizes[0]);
    bytes_add_u32le(b, m->wide ? UINT32_MAX : (uint32_t)sizes[1]);
    bytes_add_u16le(b, (uint16_t)strlen(m->name));
    bytes_add_u16le(b, (uint16_t)extra);
}

static void add_local(struct bytes *b, const struct zip_member *m, const struct bytes *packed)
{
    const uint64_t sizes[2] = {packed->size, m->size};
    const unsigned char *data = m->data;
    bytes_add_u32le(b, m->wrong_signature ? 0x04034b51 : 0x04034b50);
    add_common(b, m, sizes, (uint32_t)crc32(0, m->size ? data : NULL, (uInt)m->size), m->local_extra);
    bytes_add(b, m->name, strlen(m->name));
    bytes_add_fill(b, 0, m->local_extra);
    if (packed->size)
        bytes_add(b, packed->data, packed->size);
}

static void add_central(struct bytes *b, const struct zip_member *m, size_t packed, uint64_t at)
{
    const uint64_t sizes[2] = {packed + (uint64_t)m->packed_add, m->size + (uint64_t)m->size_add};
    at += (uint64_t)m->at_add;
    bytes_add_u32le(b, 0x02014b50);
    bytes_add_u16le(b, 0x0314);
    add_common(b, m, sizes, (uint32_t)crc32(0, m->size ? m->data : NULL, (uInt)m->size) ^ m->crc_xor, m->wide ? 34 : 0);
    bytes_add_fill(b, 0, 10);
    bytes_add_u32le(b, m->wide ? UINT32_MAX : (uint32_t)at);
    bytes_add(b, m->name, strlen(m->name));
    if (!m->wide)
        return;
    bytes_add_u16le(b, 0x7075); /* another extra field comes first */
    bytes_add_u16le(b, 2);
    bytes_add_fill(b, 7, 2);
    bytes_add_u16le(b, 1);
    bytes_add_u16le(b, 24);
    add_u64(b, sizes[1]);
    add_u64(b, sizes[0]);
    add_u64(b, at);
}

static void add_end(struct bytes *b, size_t count, size_t at, const struct zip_end *end)
{
    uint64_t bytes = b->size - at + (uint64_t)end->bytes_add, records = count + (uint64_t)end->count_add;
    uint64_t begin = at + (uint64_t)end->at_add, record = b->size + end->gap + (uint64_t)end->record_add;
    bytes_add_fill(b, 0, end->gap);
    if (end->wide) {
        bytes_add_u32le(b, 0x06064b50);
        add_u64(b, 44);
        bytes_add_u32le(b, 0x002d002d);
        add_u64(b, end->disk);
        add_u64(b, records);
        add_u64(b, records);
        add_u64(b, bytes);
        add_u64(b, begin);
        bytes_add_u32le(b, 0x07064b50);
        bytes_add_u32le(b, 0);
        add_u64(b, record);
        bytes_add_u32le(b, 1);
    }
    bytes_add_u32le(b, 0x06054b50);
    bytes_add_u16le(b, (uint16_t)end->disk);
    bytes_add_u16le(b, (uint16_t)end->disk);
    bytes_add_u16le(b, end->wide ? 0xffff : (uint16_t)records);
    bytes_add_u16le(b, end->wide ? 0xffff : (uint16_t)records);
    bytes_add_u32le(b, end->wide ? UINT32_MAX : (uint32_t)bytes);
    bytes_add_u32le(b, end->wide ? UINT32_MAX : (uint32_t)begin);
    bytes_add_u16le(b, (uint16_t)(end->comment ? strlen(end->comment) : 0));
    if (end->comment)
        bytes_add(b, end->comment, strlen(end->comment));
}

struct bytes zip_make(const struct zip_member *members, size_t count, const struct zip_end *end)
{
    static const struct zip_end right;
    struct bytes archive = {0}, directory = {0};
    for (size_t i = 0; i < count; i++) {
        struct bytes packed = pack(&members[i]);
        add_central(&directory, &members[i], packed.size, archive.size);
        add_local(&archive, &members[i], &packed);
        bytes_free(&packed);
    }
    size_t at = archive.size;
    if (directory.size)
        bytes_add(&archive, directory.data, directory.size);
    add_end(&archive, count, at, end ? end : &right);
    bytes_free(&directory);
    return archive;
}
