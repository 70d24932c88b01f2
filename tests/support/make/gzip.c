/* SPDX-License-Identifier: BSD-3-Clause */
#include "support/make/gzip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const struct gzip_member ordinary = {0};

static void add_text_field(struct bytes *out, const char *text)
{
    if (!text)
        text = "";
    bytes_add(out, text, strlen(text) + 1);
}

void gzip_add_header(struct bytes *out, const struct gzip_member *member)
{
    const struct gzip_member *m = member ? member : &ordinary;
    size_t start = out->size;
    unsigned char fixed[4] = {0x1f, 0x8b, (unsigned char)(m->method ? m->method : 8), (unsigned char)m->flags};
    bytes_add(out, fixed, sizeof fixed);
    bytes_add_u32le(out, m->mtime);
    unsigned char more[2] = {(unsigned char)m->xfl, (unsigned char)m->os};
    bytes_add(out, more, sizeof more);
    if (m->flags & GZIP_FEXTRA) {
        bytes_add_u16le(out, (uint16_t)m->extra_bytes);
        if (m->extra)
            bytes_add(out, m->extra, m->extra_bytes);
        else
            bytes_add_fill(out, 0, m->extra_bytes);
    }
    if (m->flags & GZIP_FNAME)
        add_text_field(out, m->name);
    if (m->flags & GZIP_FCOMMENT)
        add_text_field(out, m->comment);
    if (m->flags & GZIP_FHCRC) {
        uint32_t crc = (uint32_t)crc32_z(0, out->data + start, out->size - start);
        bytes_add_u16le(out, (uint16_t)((crc & 0xffff) ^ (m->wrong_hcrc ? 0x0100 : 0)));
    }
}

static void add_deflated(struct bytes *out, const void *data, size_t size, int level, int strategy)
{
    z_stream z;
    memset(&z, 0, sizeof z);
    if (deflateInit2(&z, level, Z_DEFLATED, -15, 8, strategy) != Z_OK)
        abort();
    size_t bound = deflateBound(&z, (uLong)size) + 64;
    unsigned char *body = must_alloc(bound);
    z.next_in = (z_const Bytef *)data;
    z.avail_in = (uInt)size;
    z.next_out = body;
    z.avail_out = (uInt)bound;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        abort();
    bytes_add(out, body, bound - z.avail_out);
    deflateEnd(&z);
    free(body);
}

static void add_stored(struct bytes *out, const unsigned char *data, size_t size, size_t block)
{
    size_t done = 0;
    do {
        size_t part = size - done < block ? size - done : block;
        unsigned char last = done + part == size;
        bytes_add(out, &last, 1);
        bytes_add_u16le(out, (uint16_t)part);
        bytes_add_u16le(out, (uint16_t)~part);
        bytes_add(out, data + done, part);
        done += part;
    } while (done < size);
}

void gzip_add_body(struct bytes *out, const void *data, size_t size, const struct gzip_member *member)
{
    const struct gzip_member *m = member ? member : &ordinary;
    switch (m->form) {
    case GZIP_BODY_DYNAMIC:
        add_deflated(out, data, size, m->level ? m->level : 6, Z_DEFAULT_STRATEGY);
        break;
    case GZIP_BODY_FIXED:
        add_deflated(out, data, size, 6, Z_FIXED);
        break;
    case GZIP_BODY_STORED:
        add_stored(out, data, size, m->block ? m->block : 65535);
        break;
    case GZIP_BODY_GIVEN:
        bytes_add(out, m->body->data, m->body->size);
        break;
    }
}

void gzip_add_trailer(struct bytes *out, const void *data, size_t size, const struct gzip_member *member)
{
    const struct gzip_member *m = member ? member : &ordinary;
    uint32_t crc = (uint32_t)(size ? crc32_z(0, data, size) : 0);
    bytes_add_u32le(out, crc ^ m->crc_xor);
    bytes_add_u32le(out, (uint32_t)(size & 0xffffffff) + m->size_add);
    bytes_cut_tail(out, m->trailer_cut);
}

void gzip_add(struct bytes *out, const void *data, size_t size, const struct gzip_member *member)
{
    gzip_add_header(out, member);
    gzip_add_body(out, data, size, member);
    gzip_add_trailer(out, data, size, member);
}

struct bytes gzip_of(const struct bytes *plain)
{
    struct bytes out = {0};
    gzip_add(&out, plain->data, plain->size, NULL);
    return out;
}

struct bytes gzip_in_members(const struct bytes *plain, size_t part, const struct gzip_member *member)
{
    struct bytes out = {0};
    for (size_t at = 0; at < plain->size; at += part)
        gzip_add(&out, plain->data + at, plain->size - at < part ? plain->size - at : part, member);
    return out;
}

static void add_bgzf_block(struct bytes *out, const void *data, size_t size)
{
    struct bytes body = {0};
    gzip_add_body(&body, data, size, NULL);
    size_t length = 18 + body.size + 8;
    unsigned char extra[6] = {'B', 'C', 2, 0, (unsigned char)((length - 1) & 0xff), (unsigned char)((length - 1) >> 8)};
    struct gzip_member member = {.flags = GZIP_FEXTRA, .os = 255, .extra = extra, .extra_bytes = sizeof extra};
    gzip_add_header(out, &member);
    bytes_add(out, body.data, body.size);
    gzip_add_trailer(out, data, size, &member);
    bytes_free(&body);
}

struct bytes gzip_bgzf(const struct bytes *plain)
{
    struct bytes out = {0};
    for (size_t at = 0; at < plain->size; at += 65280)
        add_bgzf_block(&out, plain->data + at, plain->size - at < 65280 ? plain->size - at : 65280);
    add_bgzf_block(&out, "", 0);
    return out;
}

void bits_add(struct bit_writer *w, uint32_t value, int count)
{
    for (int i = 0; i < count; i++) {
        w->hold |= ((value >> i) & 1u) << w->held;
        if (++w->held == 8)
            bits_flush(w);
    }
}

void bits_add_code(struct bit_writer *w, uint32_t code, int length)
{
    for (int i = length - 1; i >= 0; i--)
        bits_add(w, (code >> i) & 1u, 1);
}

void bits_add_fixed_literal(struct bit_writer *w, int symbol)
{
    uint32_t s = (uint32_t)symbol;
    if (s < 144)
        bits_add_code(w, 0x30 + s, 8);
    else if (s < 256)
        bits_add_code(w, 0x190 + s - 144, 9);
    else
        bits_add_code(w, s - 256, 7);
}

void bits_flush(struct bit_writer *w)
{
    if (w->held == 0)
        return;
    unsigned char byte = (unsigned char)w->hold;
    bytes_add(&w->out, &byte, 1);
    w->hold = 0;
    w->held = 0;
}
