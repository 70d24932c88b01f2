/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/seek/file.h"

#include <string.h>

#include "base/system/alloc.h"
#include "base/math/bytes.h"
#include "base/error/fail.h"
#include "io/crc32.h"

#define VERSION 2
#define POINT_BYTES 24

/* The largest expansion of DEFLATE (RFC 1951: 258 bytes for two bits). */
#define LARGEST_RATIO 1032

static const unsigned char magic[8] = "amosidx";

uint64_t amosi_index_file_bytes(size_t points, size_t windows_bytes)
{
    return AMOSI_INDEX_HEADER + (uint64_t)points * POINT_BYTES + windows_bytes;
}

/* ---- writing ---- */

static void write_key(const struct amosi_content_id *key, unsigned char *bytes)
{
    amosi_put64(bytes, key->size);
    amosi_put64(bytes + 8, key->head);
    memset(bytes + 16, 0, 16);
    memcpy(bytes + 32, key->trailer, sizeof key->trailer);
}

/* The first fields, which are the same for all indexes of this version. */
static void write_format(unsigned char *header)
{
    memcpy(header, magic, sizeof magic);
    amosi_put32(header + 8, VERSION);
    amosi_put32(header + 12, (uint32_t)AMOSI_INDEX_HEADER);
    amosi_put32(header + 16, POINT_BYTES);
    amosi_put32(header + 20, (uint32_t)AMOSI_WINDOW_BYTES);
}

void amosi_index_file_write(const struct amosi_index *index, unsigned char *bytes)
{
    unsigned char *at = bytes + AMOSI_INDEX_HEADER;
    for (size_t i = 0; i < index->count; i++, at += POINT_BYTES) {
        const struct amosi_index_point *point = &index->points[i];
        amosi_put64(at, point->bit);
        amosi_put64(at + 8, point->out);
        amosi_put32(at + 16, point->crc);
        amosi_put32(at + 20, point->window_bytes);
    }
    if (index->windows_bytes)
        memcpy(at, index->windows, index->windows_bytes);
    at += index->windows_bytes;
    write_format(bytes);
    write_key(&index->key, bytes + 24);
    amosi_put64(bytes + 64, index->out_bytes);
    amosi_put64(bytes + 72, index->count);
    amosi_put64(bytes + 80, index->windows_bytes);
    amosi_put32(bytes + 88, amosi_crc32(0, bytes + AMOSI_INDEX_HEADER, (size_t)(at - bytes) - AMOSI_INDEX_HEADER));
    amosi_put32(bytes + 92, amosi_crc32(0, bytes, 92));
}

/* ---- reading ---- */

/* Fuzzing ignores checksums: a fuzzer would never guess a correct one. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define CHECKSUMS 0
#else
#define CHECKSUMS 1
#endif

static amos_status fail_index(const char *path, const char *what, amos_error *err)
{
    return amosi_fail(err, AMOS_E_INDEX, path, "%s; it has to be built again.", what);
}

amos_status amosi_index_file_check(const unsigned char *header, uint64_t bytes, const struct amosi_content_id *key,
                                   const char *path, amos_error *err)
{
    unsigned char format[24], expected[40];
    write_format(format);
    write_key(key, expected);
    if (bytes < AMOSI_INDEX_HEADER || memcmp(header, magic, sizeof magic) != 0)
        return fail_index(path, "this is not an index", err);
    if (memcmp(header, format, sizeof format) != 0)
        return fail_index(path, "the index is of another version", err);
    if (CHECKSUMS && amosi_crc32(0, header, 92) != amosi_get32(header + 92, false))
        return fail_index(path, "the index is damaged: its header does not match its checksum", err);
    if (memcmp(header + 24, expected, sizeof expected) != 0)
        return fail_index(path, "the index is of another content", err);
    uint64_t count = amosi_get64(header + 72, false), windows = amosi_get64(header + 80, false), points, all;
    if (__builtin_mul_overflow(count, (uint64_t)POINT_BYTES, &points) ||
        __builtin_add_overflow(points, windows, &all) || all != bytes - AMOSI_INDEX_HEADER || count == 0)
        return fail_index(path, "the index is damaged: its length is not what its header says", err);
    /* An honest index is a small share of its file; this bounds the memory. */
    if (all / 2 > key->size || amosi_get64(header + 64, false) / LARGEST_RATIO > key->size)
        return fail_index(path, "the index is damaged: it is too large for its file", err);
    return AMOS_OK;
}

/* Checks point i against the one before; returns what is wrong, NULL if nothing. */
static const char *fault_of_point(const struct amosi_index *index, size_t i)
{
    const struct amosi_index_point *point = &index->points[i], *last = point - 1;
    if (i == 0)
        return point->bit || point->out || point->window_bytes ? "its first point is not the file's beginning" : NULL;
    if (point->bit <= last->bit || point->out <= last->out)
        return "its points do not increase";
    if (point->bit / 8 >= index->key.size || point->out >= index->out_bytes)
        return "a point is beyond the end of the file";
    if (point->window_bytes > AMOSI_INDEX_WINDOW_MOST || point->window_bytes > index->windows_bytes - point->window_at)
        return "a window is too large";
    if (point->window_bytes == 0 && point->bit % 8)
        return "a member begins inside a byte";
    return NULL;
}

static amos_status read_points(struct amosi_index *index, const unsigned char *at, const char *path, amos_error *err)
{
    uint64_t window_at = 0;
    for (size_t i = 0; i < index->count; i++, at += POINT_BYTES) {
        struct amosi_index_point *point = &index->points[i];
        *point = (struct amosi_index_point){amosi_get64(at, false), amosi_get64(at + 8, false),
                                            amosi_get32(at + 16, false), amosi_get32(at + 20, false), window_at};
        const char *fault = fault_of_point(index, i);
        if (fault)
            return amosi_fail(err, AMOS_E_INDEX, path, "the index is damaged: %s; it has to be built again.", fault);
        window_at += point->window_bytes;
    }
    if (window_at != index->windows_bytes)
        return fail_index(path, "the index is damaged: there are bytes between its windows", err);
    return AMOS_OK;
}

amos_status amosi_index_file_parse(const unsigned char *bytes, size_t size, const struct amosi_content_id *key,
                                   const char *path, struct amosi_index **out, amos_error *err)
{
    *out = NULL;
    amos_status status = amosi_index_file_check(bytes, size, key, path, err);
    if (status)
        return status;
    const unsigned char *payload = bytes + AMOSI_INDEX_HEADER;
    if (CHECKSUMS && amosi_crc32(0, payload, size - AMOSI_INDEX_HEADER) != amosi_get32(bytes + 88, false))
        return fail_index(path, "the index is damaged: its content does not match its checksum", err);
    struct amosi_index *index = amosi_zalloc(sizeof *index);
    if (!index)
        return amosi_fail_nomem(err, path);
    index->key = *key;
    index->out_bytes = amosi_get64(bytes + 64, false);
    index->count = (size_t)amosi_get64(bytes + 72, false);
    index->windows_bytes = (size_t)amosi_get64(bytes + 80, false);
    index->points = amosi_alloc_array(index->count, sizeof *index->points);
    index->windows = amosi_alloc(index->windows_bytes);
    if (!index->points || !index->windows)
        status = amosi_fail_nomem(err, path);
    if (!status)
        status = read_points(index, payload, path, err);
    if (status) {
        amosi_index_free(index);
        return status;
    }
    memcpy(index->windows, payload + index->count * POINT_BYTES, index->windows_bytes);
    *out = index;
    return AMOS_OK;
}
