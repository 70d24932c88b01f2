/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/gzip/member.h"

#include "base/math/bytes.h"
#include "base/error/fail.h"
#include "io/inflate/inflate.h"
#include "io/crc32.h"

enum { FTEXT = 1, FHCRC = 2, FEXTRA = 4, FNAME = 8, FCOMMENT = 16, RESERVED = 0xe0 };

/* A header that is being read. */
struct header {
    struct amosi_input *input;
    uint64_t start;
    uint64_t left; /* bytes that the limit still allows */
    uint32_t crc;
    amos_error *err;
};

static const char *path_of(const struct header *h)
{
    return h->input->source->path;
}

static amos_status next_byte(struct header *h, unsigned char *out)
{
    int byte;
    amos_status status = amosi_input_byte(h->input, &byte, h->err);
    if (status)
        return status;
    if (byte < 0)
        return amosi_fail_at(
            h->err, AMOS_E_GZ_TRUNC, path_of(h), (int64_t)amosi_input_position(h->input),
            "the file ends at byte %llu, inside a gzip header; it is cut off, so copy or download it again.",
            (unsigned long long)amosi_input_position(h->input));
    if (h->left-- == 0)
        return amosi_fail_at(h->err, AMOS_E_LIMIT, path_of(h), (int64_t)h->start,
                             "the gzip header at byte %llu is longer than max_gzip_header allows.",
                             (unsigned long long)h->start);
    *out = (unsigned char)byte;
    h->crc = amosi_crc32(h->crc, out, 1);
    return AMOS_OK;
}

static amos_status next_bytes(struct header *h, unsigned char *out, size_t bytes)
{
    amos_status status = AMOS_OK;
    for (size_t i = 0; i < bytes && !status; i++)
        status = next_byte(h, &out[i]);
    return status;
}

static amos_status skip_extra(struct header *h)
{
    unsigned char length[2], ignored;
    amos_status status = next_bytes(h, length, 2);
    for (unsigned left = status ? 0 : amosi_get16(length, false); left && !status; left--)
        status = next_byte(h, &ignored);
    return status;
}

static amos_status skip_text(struct header *h)
{
    unsigned char c = 1;
    amos_status status = AMOS_OK;
    while (c && !status)
        status = next_byte(h, &c);
    return status;
}

static amos_status check_header_crc(struct header *h)
{
    unsigned computed = h->crc & 0xffff;
    unsigned char stored[2];
    amos_status status = next_bytes(h, stored, 2);
    if (!status && amosi_get16(stored, false) != computed)
        status = amosi_fail_at(h->err, AMOS_E_GZ_HEADER, path_of(h), (int64_t)h->start,
                               "the gzip header at byte %llu has the checksum 0x%04x but stores 0x%04x; it is damaged.",
                               (unsigned long long)h->start, computed, amosi_get16(stored, false));
    return status;
}

static amos_status read_fixed(struct header *h, unsigned char fixed[10])
{
    const char *path = path_of(h);
    amos_status status = next_bytes(h, fixed, 2);
    if (!status && (fixed[0] != 0x1f || fixed[1] != 0x8b))
        return amosi_fail_at(h->err, AMOS_E_GZ_HEADER, path, (int64_t)h->start,
                             "this is not gzip data: it begins with 0x%02x 0x%02x instead of 0x1f 0x8b.", fixed[0],
                             fixed[1]);
    if (!status)
        status = next_byte(h, &fixed[2]);
    if (!status && fixed[2] != 8)
        return amosi_fail_at(h->err, AMOS_E_GZ_HEADER, path, (int64_t)h->start + 2,
                             "the gzip header names compression method %u; only 8 (deflate) exists.", fixed[2]);
    if (!status)
        status = next_byte(h, &fixed[3]);
    if (!status && (fixed[3] & RESERVED))
        return amosi_fail_at(h->err, AMOS_E_GZ_HEADER, path, (int64_t)h->start + 3,
                             "the gzip header sets reserved flags (0x%02x); they must be zero.", fixed[3]);
    return status ? status : next_bytes(h, fixed + 4, 6);
}

amos_status amosi_gzip_read_header(struct amosi_input *input, uint64_t max_bytes, amos_error *err)
{
    struct header h = {input, amosi_input_position(input), max_bytes, 0, err};
    unsigned char fixed[10] = {0};
    amos_status status = read_fixed(&h, fixed);
    if (!status && (fixed[3] & FEXTRA))
        status = skip_extra(&h);
    if (!status && (fixed[3] & FNAME))
        status = skip_text(&h);
    if (!status && (fixed[3] & FCOMMENT))
        status = skip_text(&h);
    if (!status && (fixed[3] & FHCRC))
        status = check_header_crc(&h);
    return status;
}

amos_status amosi_gzip_read_trailer(struct amosi_input *input, struct amosi_gzip_trailer *out, amos_error *err)
{
    unsigned char bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++) {
        int byte;
        amos_status status = amosi_input_byte(input, &byte, err);
        if (status)
            return status;
        if (byte < 0)
            return amosi_fail_at(err, AMOS_E_GZ_TRUNC, input->source->path, (int64_t)amosi_input_position(input),
                                 "the file ends at byte %llu, inside the 8 bytes that close a gzip member; it is "
                                 "cut off, so copy or download it again.",
                                 (unsigned long long)amosi_input_position(input));
        bytes[i] = (unsigned char)byte;
    }
    out->crc = amosi_get32(bytes, false);
    out->size = amosi_get32(bytes + 4, false);
    return AMOS_OK;
}

static amos_status skip_zeros(struct amosi_input *input, amos_error *err)
{
    for (;;) {
        amos_status status = amosi_input_fill(input, err);
        if (status || input->next == input->end)
            return status;
        while (input->next < input->end && *input->next == 0)
            input->next++;
        if (input->next < input->end)
            return AMOS_OK;
    }
}

amos_status amosi_gzip_look_ahead(struct amosi_input *input, enum amosi_gzip_next *out, amos_error *err)
{
    uint64_t here = amosi_input_position(input);
    uint64_t left = input->source->size - here;
    *out = AMOSI_GZIP_END;
    if (left == 0)
        return AMOS_OK;
    int first, second = -1;
    amos_status status = amosi_input_byte(input, &first, err);
    if (!status)
        status = amosi_input_byte(input, &second, err);
    amosi_input_seek(input, here);
    if (status)
        return status;
    if (first == 0x1f && second == 0x8b) {
        *out = AMOSI_GZIP_MEMBER;
        return AMOS_OK;
    }
    status = skip_zeros(input, err);
    *out = amosi_input_position(input) == input->source->size ? AMOSI_GZIP_PADDING : AMOSI_GZIP_TRAILING;
    return status;
}
