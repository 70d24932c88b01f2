/* SPDX-License-Identifier: BSD-3-Clause */
/* The container of compressed data (RFC 1952): headers and trailers of members. */
#ifndef AMOSI_IO_GZIP_MEMBER_H
#define AMOSI_IO_GZIP_MEMBER_H

#include "io/input.h"

/* Reads a member's header; its first byte is the next of the input. Names and comments in it are ignored. */
amos_status amosi_gzip_read_header(struct amosi_input *input, uint64_t max_bytes, amos_error *err);

struct amosi_gzip_trailer {
    uint32_t crc;
    uint32_t size; /* of the member's output, modulo 2^32 */
};

amos_status amosi_gzip_read_trailer(struct amosi_input *input, struct amosi_gzip_trailer *out, amos_error *err);

/* What follows a member. */
enum amosi_gzip_next {
    AMOSI_GZIP_END,     /* nothing */
    AMOSI_GZIP_MEMBER,  /* another member */
    AMOSI_GZIP_PADDING, /* only zero bytes up to the end */
    AMOSI_GZIP_TRAILING /* anything else */
};

amos_status amosi_gzip_look_ahead(struct amosi_input *input, enum amosi_gzip_next *out, amos_error *err);

#endif
