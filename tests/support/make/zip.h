/* SPDX-License-Identifier: BSD-3-Clause */
/* Hand-made ZIP archives (APPNOTE.TXT of PKWARE), right or wrong in any field. */
#ifndef TESTS_ZIP_MAKE_H
#define TESTS_ZIP_MAKE_H

#include "support/bytes.h"

/* All zero but name and data: stored. */
struct zip_member {
    const char *name;
    const void *data;
    size_t size;
    int deflated;
    int wide;            /* sizes and place stand in the extra field of ZIP64 */
    size_t local_extra;  /* bytes of an extra field that only the local header has */
    unsigned method;     /* 0: 0 or 8, as it is packed */
    unsigned flags;      /* 1: encrypted */
    uint32_t crc_xor;    /* damage of the directory's entry */
    int64_t size_add;    /* the same, of the unpacked size */
    int64_t packed_add;  /* the same, of the packed size */
    int64_t at_add;      /* the same, of the place of the local header */
    int wrong_signature; /* of the local header */
    size_t spoil;        /* 1 + index of a packed byte that is turned; 0: none */
};

/* The end; all zero is right. */
struct zip_end {
    const char *comment;
    int wide; /* ZIP64 */
    unsigned disk;
    int64_t count_add, bytes_add, at_add; /* damage */
    int64_t record_add;                   /* of the place of the record of ZIP64 */
    size_t gap;                           /* bytes between the directory and the end */
};

struct bytes zip_make(const struct zip_member *members, size_t count, const struct zip_end *end);

#endif
