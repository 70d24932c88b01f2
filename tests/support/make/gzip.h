/* SPDX-License-Identifier: BSD-3-Clause */
/* Hand-made gzip streams (RFC 1952, RFC 1951), right or wrong in any field. */
#ifndef TESTS_GZIP_MAKE_H
#define TESTS_GZIP_MAKE_H

#include "support/bytes.h"

enum { GZIP_FTEXT = 1, GZIP_FHCRC = 2, GZIP_FEXTRA = 4, GZIP_FNAME = 8, GZIP_FCOMMENT = 16, GZIP_RESERVED = 0xe0 };

enum gzip_body {
    GZIP_BODY_DYNAMIC = 0, /* zlib at `level` */
    GZIP_BODY_STORED,      /* stored blocks of at most `block` bytes */
    GZIP_BODY_FIXED,       /* zlib with fixed Huffman codes */
    GZIP_BODY_GIVEN        /* `body` unchanged */
};

/* All zero: an ordinary member without a name. */
struct gzip_member {
    /* header */
    unsigned flags;  /* GZIP_F... | reserved bits; a field is written if its flag is set */
    unsigned method; /* 0: 8 (deflate) */
    uint32_t mtime;
    unsigned xfl, os;
    const void *extra; /* NULL: extra_bytes zeros */
    size_t extra_bytes;
    const char *name;    /* NULL: "" */
    const char *comment; /* NULL: "" */
    int wrong_hcrc;
    /* body */
    enum gzip_body form;
    int level;    /* 0: 6 */
    size_t block; /* GZIP_BODY_STORED: 0 means 65535 */
    const struct bytes *body;
    /* trailer */
    uint32_t crc_xor;   /* damage */
    uint32_t size_add;  /* damage */
    size_t trailer_cut; /* number of its 8 bytes that are missing */
};

/* Appends one member with `data`; member may be NULL. */
void gzip_add(struct bytes *out, const void *data, size_t size, const struct gzip_member *member);

/* Appends only the header, only the raw deflate body, only the trailer. */
void gzip_add_header(struct bytes *out, const struct gzip_member *member);
void gzip_add_body(struct bytes *out, const void *data, size_t size, const struct gzip_member *member);
void gzip_add_trailer(struct bytes *out, const void *data, size_t size, const struct gzip_member *member);

/* One whole ordinary stream. */
struct bytes gzip_of(const struct bytes *plain);

/* Members of at most `part` bytes of plain data each. */
struct bytes gzip_in_members(const struct bytes *plain, size_t part, const struct gzip_member *member);

/* The format of bgzip: members of at most 65280 bytes with a BC field with the member's length, then an empty one. */
struct bytes gzip_bgzf(const struct bytes *plain);

/* Writes bits in deflate's order, for bodies that no compressor would write. */
struct bit_writer {
    struct bytes out;
    uint32_t hold;
    int held;
};

void bits_add(struct bit_writer *w, uint32_t value, int count);      /* least significant bit first */
void bits_add_code(struct bit_writer *w, uint32_t code, int length); /* a Huffman code: most significant bit first */
void bits_add_fixed_literal(struct bit_writer *w, int symbol);       /* 0..279 in the fixed code */
void bits_flush(struct bit_writer *w);

#endif
