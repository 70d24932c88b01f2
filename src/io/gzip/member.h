/* SPDX-License-Identifier: BSD-3-Clause */
/* The container around compressed data: RFC 1952, member headers and trailers. */
#ifndef AMOSI_IO_GZIP_MEMBER_H
#define AMOSI_IO_GZIP_MEMBER_H

#include "io/input.h"

/* Reads a member's header, whose first byte is next. Names and comments in it are never used. */
amos_status amosi_gzip_read_header(struct amosi_input *input, uint64_t max_bytes, amos_error *err);

struct amosi_gzip_trailer {
    uint32_t crc;
    uint32_t size; /* of the member's output, modulo 2^32 */
};

amos_status amosi_gzip_read_trailer(struct amosi_input *input, struct amosi_gzip_trailer *out, amos_error *err);

/* What stands after a member. */
enum amosi_gzip_next {
    AMOSI_GZIP_END,      /* nothing */
    AMOSI_GZIP_MEMBER,   /* another member */
    AMOSI_GZIP_PADDING,  /* zero bytes to the end */
    AMOSI_GZIP_TRAILING  /* anything else */
};

amos_status amosi_gzip_look_ahead(struct amosi_input *input, enum amosi_gzip_next *out, amos_error *err);

#endif
