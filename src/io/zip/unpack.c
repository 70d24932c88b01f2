/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/zip/unpack.h"

#include "base/error/fail.h"
#include "base/math/bytes.h"
#include "base/system/alloc.h"
#include "io/crc32.h"

#define LOCAL_SIGNATURE 0x04034b50u
#define LOCAL_BYTES ((size_t)30)
#define WINDOW ((size_t)64 << 10)
#define LARGEST_RATIO 1032 /* of DEFLATE, as in volume/open.c */

/* ---- what can be read ---- */

static const struct method {
    unsigned number;
    const char *name;
} methods[] = {{1, "shrink"}, {6, "implode"}, {9, "Deflate64"}, {12, "bzip2"},
               {14, "LZMA"},  {93, "zstd"},   {95, "xz"},       {99, "AES encryption"}};

static const char *method_name(unsigned number)
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (methods[i].number == number)
            return methods[i].name;
    return "an unknown method";
}

static amos_status fail_damaged(const struct amosi_unpacking *u, const char *what, amos_error *err)
{
    return amosi_fail(err, AMOS_E_GZ_DATA, u->path,
                      "this member of a ZIP archive is damaged: %s; copy or download the archive again.", what);
}

static amos_status check_file(const struct amosi_unpacking *u, const amos_limits *limits, amos_error *err)
{
    const struct amosi_zip_file *file = &u->file;
    if (file->encrypted)
        return amosi_fail(err, AMOS_E_UNSUPPORTED, u->path,
                          "this member of a ZIP archive is encrypted; unpack the archive with its password first.");
    if (file->method != AMOSI_ZIP_STORED && file->method != AMOSI_ZIP_DEFLATED)
        return amosi_fail(err, AMOS_E_UNSUPPORTED, u->path,
                          "this member of a ZIP archive is packed by %s (method %u); only stored and deflated ones can "
                          "be read, so unpack the archive first.",
                          method_name(file->method), file->method);
    if (file->method == AMOSI_ZIP_STORED ? file->bytes != file->packed : file->bytes / LARGEST_RATIO > file->packed)
        return fail_damaged(u, "its packed bytes cannot hold its size", err);
    if (file->bytes > limits->max_uncompressed || file->bytes >= SIZE_MAX)
        return amosi_fail(err, AMOS_E_LIMIT, u->path, "it has %llu bytes, more than max_uncompressed (%llu) allows.",
                          (unsigned long long)file->bytes, (unsigned long long)limits->max_uncompressed);
    return AMOS_OK;
}

/* The local header has a name and an extra field of its own lengths. */
static amos_status find_data(struct amosi_unpacking *u, uint64_t end, amos_error *err)
{
    unsigned char header[LOCAL_BYTES];
    if (end - u->file.at < LOCAL_BYTES)
        return fail_damaged(u, "it lies beyond the end", err);
    amos_status status = amosi_source_read(u->archive, u->file.at, header, LOCAL_BYTES, err);
    if (status)
        return status;
    if (amosi_get32(header, false) != LOCAL_SIGNATURE)
        return fail_damaged(u, "it does not begin where the directory says", err);
    u->at = u->file.at + LOCAL_BYTES + amosi_get16(header + 26, false) + amosi_get16(header + 28, false);
    return u->at > end || u->file.packed > end - u->at ? fail_damaged(u, "it lies beyond the end", err) : AMOS_OK;
}

amos_status amosi_unpacking_find(struct amosi_unpacking *u, uint64_t end, const amos_limits *limits, amos_error *err)
{
    amos_status status = check_file(u, limits, err);
    return status ? status : find_data(u, end, err);
}

/* ---- unpacking ---- */

amos_status amosi_unpacking_begin(struct amosi_unpacking *u, amos_error *err)
{
    u->bytes = amosi_alloc((size_t)u->file.bytes + 1);
    if (!u->bytes)
        return amosi_fail_nomem(err, u->path);
    if (u->file.method == AMOSI_ZIP_STORED)
        return AMOS_OK;
    u->backend = amosi_inflate_choose(AMOS_INFLATE_AUTO);
    u->state = u->backend->create();
    if (!u->state)
        return amosi_fail_nomem(err, u->path);
    u->backend->begin(u->state);
    amos_status status = amosi_input_open(&u->input, u->archive, WINDOW, err);
    if (!status)
        amosi_input_seek(&u->input, u->at);
    return status;
}

/* A step of the decoder with what is in the window, until `wanted` bytes are done. Room beyond the last byte of the member
 * shows that there is more. */
static enum amosi_inflate_result inflate_step(struct amosi_unpacking *u, uint64_t wanted)
{
    struct amosi_input *input = &u->input;
    uint64_t left = u->at + u->file.packed - amosi_input_position(input);
    uint64_t room = (wanted < u->file.bytes ? wanted : u->file.bytes + 1) - u->done;
    size_t window = (size_t)(input->end - input->next), in = window < left ? window : (size_t)left;
    size_t out = room < AMOSI_INFLATE_MOST ? (size_t)room : AMOSI_INFLATE_MOST;
    struct amosi_inflate_io io = {input->next, in, u->bytes + u->done, out, 0, 0, 0};
    enum amosi_inflate_result result = u->backend->run(u->state, &io);
    u->done += out - io.out_bytes;
    input->next = io.in;
    if (io.unused)
        amosi_input_seek(input, amosi_input_position(input) - io.unused);
    bool cut = io.in_bytes == 0 && in == left && io.out_bytes > 0, too_long = u->done > u->file.bytes;
    return result == AMOSI_INFLATE_MORE && (cut || too_long) ? AMOSI_INFLATE_BAD : result;
}

static amos_status inflate_until(struct amosi_unpacking *u, uint64_t wanted, amos_error *err)
{
    enum amosi_inflate_result result = AMOSI_INFLATE_MORE;
    while (result == AMOSI_INFLATE_MORE && (u->done < wanted || wanted == u->file.bytes)) {
        amos_status status = amosi_input_fill(&u->input, err);
        if (status)
            return status;
        result = inflate_step(u, wanted);
    }
    if (result == AMOSI_INFLATE_NOMEM)
        return amosi_fail_nomem(err, u->path);
    if (result == AMOSI_INFLATE_MORE || (result == AMOSI_INFLATE_END && u->done == u->file.bytes))
        return AMOS_OK;
    return fail_damaged(u, "its deflated data is wrong", err);
}

static amos_status read_until(struct amosi_unpacking *u, uint64_t wanted, amos_error *err)
{
    amos_status status =
        amosi_source_read(u->archive, u->at + u->done, u->bytes + u->done, (size_t)(wanted - u->done), err);
    u->done = wanted;
    return status;
}

static amos_status check_crc(const struct amosi_unpacking *u, amos_error *err)
{
    uint32_t crc = amosi_crc32(0, u->bytes, (size_t)u->file.bytes);
    if (crc == u->file.crc)
        return AMOS_OK;
    return amosi_fail(err, AMOS_E_GZ_CRC, u->path,
                      "the data has the CRC-32 0x%08x, but the ZIP archive says 0x%08x; it is damaged, so copy or "
                      "download the archive again.",
                      crc, u->file.crc);
}

amos_status amosi_unpacking_go_on(struct amosi_unpacking *u, uint64_t wanted, amos_error *err)
{
    amos_status status =
        u->file.method == AMOSI_ZIP_STORED ? read_until(u, wanted, err) : inflate_until(u, wanted, err);
    if (!status && u->done == u->file.bytes)
        status = check_crc(u, err);
    return status;
}

void amosi_unpacking_end(struct amosi_unpacking *u)
{
    amosi_input_close(&u->input);
    if (u->state)
        u->backend->destroy(u->state);
    u->state = NULL;
}
