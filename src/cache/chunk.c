/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache/chunk.h"

#include <string.h>

#include "base/math/bytes.h"
#include "nifti/kernels.h"
#include "nifti/type.h"

#define MOST_ITEM 32 /* bytes of a voxel */

/* ---- planes ---- */

/* The index in a little-endian item of the byte that has the index `byte` on the host. */
static size_t place_of(amos_type type, size_t byte)
{
    size_t unit = amosi_host_is_big_endian() ? amosi_type_swap_bytes(type) : 1;
    return byte / unit * unit + unit - 1 - byte % unit;
}

static void split_row(unsigned char *const *planes, size_t item, const unsigned char *from, size_t at, size_t n)
{
    for (size_t byte = 0; byte < item; byte++)
        for (size_t i = 0; i < n; i++)
            planes[byte][at + i] = from[i * item + byte];
}

void amosi_chunk_split(amos_type type, void *work, size_t count, const struct amosi_chunk_rows *rows)
{
    const struct amosi_kernels *kernels = amosi_kernels();
    size_t item = amos_type_bytes(type), at = rows->first;
    const unsigned char *from = rows->from;
    unsigned char *planes[MOST_ITEM];
    for (size_t byte = 0; byte < item; byte++)
        planes[byte] = (unsigned char *)work + place_of(type, byte) * count;
    for (size_t row = 0; row < rows->rows; row++, from += rows->from_step * item, at += rows->to_step)
        if (item == 1)
            memcpy(planes[0] + at, from, rows->n);
        else if (item == 2)
            kernels->split2(planes[0] + at, planes[1] + at, from, rows->n);
        else
            split_row(planes, item, from, at, rows->n);
}

#ifdef AMOS_HAVE_LZ4
#include <lz4.h>

/* ---- the format ---- */

#define HEADER_BYTES ((size_t)16)
#define VERSION 2
#define VERSION_LZ4 1
#define SHUFFLED 0x01
#define WHOLE 0x10 /* one stream instead of one for each plane */
#define LZ4 0x20
#define STREAMS_AT (HEADER_BYTES + 4) /* after the offset of the only block */
#define LEAST_PLANE 128               /* bytes of the smallest plane that c-blosc stores as a separate stream */
#define EAGERNESS 5                   /* of LZ4 on the highest bytes: what c-blosc uses at level 5 */
#define EAGERNESS_LOW 20 /* on all other bytes, which are mostly noise: half of the time, and 0.4 % larger */

static size_t streams_of(amos_type type, size_t bytes)
{
    size_t item = amos_type_bytes(type);
    return item <= 16 && bytes / item >= LEAST_PLANE ? item : 1;
}

static void put_header(unsigned char *to, amos_type type, size_t bytes, size_t packed)
{
    to[0] = VERSION;
    to[1] = VERSION_LZ4;
    to[2] = (unsigned char)(SHUFFLED | LZ4 | (streams_of(type, bytes) == 1 && amos_type_bytes(type) > 1 ? WHOLE : 0));
    to[3] = (unsigned char)amos_type_bytes(type);
    amosi_put32(to + 4, (uint32_t)bytes);
    amosi_put32(to + 8, (uint32_t)bytes);
    amosi_put32(to + 12, (uint32_t)packed);
    amosi_put32(to + HEADER_BYTES, (uint32_t)STREAMS_AT);
}

bool amosi_chunk_supported(void)
{
    return true;
}

/* ---- compressing ---- */

static size_t state_at(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

size_t amosi_chunk_work(size_t bytes)
{
    return state_at(bytes) + sizeof(LZ4_stream_t);
}

size_t amosi_chunk_compress(amos_type type, void *work, size_t bytes, void *to)
{
    size_t streams = streams_of(type, bytes), stream = bytes / streams, at = STREAMS_AT;
    const char *planes = work;
    unsigned char *out = to;
    for (size_t i = 0; i < streams; i++, at += 4) {
        char *place = (char *)out + at + 4;
        int n = LZ4_compress_fast_extState((char *)work + state_at(bytes), planes + i * stream, place, (int)stream,
                                           (int)stream - 1, i + 1 < streams ? EAGERNESS_LOW : EAGERNESS);
        if (n <= 0) { /* incompressible */
            memcpy(place, planes + i * stream, stream);
            n = (int)stream;
        }
        amosi_put32(out + at, (uint32_t)n);
        at += (size_t)n;
    }
    put_header(out, type, bytes, at);
    return at;
}

/* ---- decompressing ---- */

static void join_planes(amos_type type, const unsigned char *const *planes, void *to, size_t n)
{
    size_t item = amos_type_bytes(type);
    unsigned char *bytes = to;
    if (item == 2) {
        amosi_kernels()->join2(to, planes[place_of(type, 0)], planes[place_of(type, 1)], n);
        return;
    }
    for (size_t byte = 0; byte < item; byte++) {
        const unsigned char *plane = planes[place_of(type, byte)];
        for (size_t i = 0; i < n; i++)
            bytes[i * item + byte] = plane[i];
    }
}

/* The next stream: in place if it is stored uncompressed, else decompressed to `to`. NULL if it is damaged. */
static const unsigned char *read_stream(const unsigned char *from, size_t from_bytes, size_t *at, unsigned char *to,
                                        size_t bytes)
{
    if (from_bytes - *at < 4)
        return NULL;
    uint32_t packed = amosi_get32(from + *at, false);
    const unsigned char *data = from + *at + 4;
    if (packed > bytes || packed > from_bytes - *at - 4) /* so it also fits an int, which LZ4 requires */
        return NULL;
    *at += 4 + (size_t)packed;
    if (packed == bytes)
        return data;
    return LZ4_decompress_safe((const char *)data, (char *)to, (int)packed, (int)bytes) == (int)bytes ? to : NULL;
}

bool amosi_chunk_decompress(amos_type type, const void *from, size_t from_bytes, void *to, size_t bytes, void *work)
{
    unsigned char header[STREAMS_AT];
    const unsigned char *planes[MOST_ITEM] = {NULL}, *stream;
    size_t item = amos_type_bytes(type), streams = streams_of(type, bytes), length = bytes / streams, at = STREAMS_AT;
    unsigned char *room = item == 1 ? to : work;
    put_header(header, type, bytes, from_bytes);
    if (bytes > LZ4_MAX_INPUT_SIZE || from_bytes < STREAMS_AT || memcmp(from, header, STREAMS_AT) != 0)
        return false;
    for (size_t i = 0; i < streams; i++) {
        stream = read_stream(from, from_bytes, &at, room + i * length, length);
        if (!stream)
            return false;
        planes[i] = stream;
    }
    if (at != from_bytes)
        return false;
    if (item == 1 && planes[0] != to)
        memcpy(to, planes[0], bytes);
    for (size_t i = streams; i < item; i++)
        planes[i] = planes[0] + i * (bytes / item);
    if (item > 1)
        join_planes(type, planes, to, bytes / item);
    return true;
}

#else

bool amosi_chunk_supported(void)
{
    return false;
}

size_t amosi_chunk_work(size_t bytes)
{
    return bytes;
}

size_t amosi_chunk_compress(amos_type type, void *work, size_t bytes, void *to)
{
    (void)type;
    (void)work;
    (void)bytes;
    (void)to;
    return 0;
}

bool amosi_chunk_decompress(amos_type type, const void *from, size_t from_bytes, void *to, size_t bytes, void *work)
{
    (void)type;
    (void)from;
    (void)from_bytes;
    (void)to;
    (void)bytes;
    (void)work;
    return false;
}

#endif
