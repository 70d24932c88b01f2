/* SPDX-License-Identifier: BSD-3-Clause */
/* Which file it is, and in which state, for code that relies on what it knows of a file that it opened before.
 *
 * Within a run nothing but the same file in the same state will do: struct amosi_identity. Files that are kept for
 * later runs (indexes, cache entries) belong to a content, which a copy of the file has too: struct amosi_content_id. */
#ifndef AMOSI_IO_IDENTITY_H
#define AMOSI_IO_IDENTITY_H

#include "io/source.h"

/* Which file it is. The device is left out: on some file systems its number changes with every mount. */
struct amosi_file_key {
    uint64_t size;
    int64_t mtime_ns, ctime_ns;
    uint64_t inode;           /* of a part of a file: mixed with the place of the part */
    unsigned char trailer[8]; /* the last 8 bytes of the file: CRC-32 and size of the last gzip member */
};

/* What a copy of a file has too. If a file is one gzip member, `trailer` has the
 * CRC-32 and the length of all its uncompressed bytes. For other files it says little: see amosi_content_digest(). */
#define AMOSI_CONTENT_HEAD 4096
struct amosi_content_id {
    uint64_t size;
    uint64_t head;            /* FNV-1a of the first AMOSI_CONTENT_HEAD bytes */
    unsigned char trailer[8]; /* the last 8 bytes of the file */
};

struct amosi_identity {
    struct amosi_file_key key;
    uint64_t links; /* names of the file */
};

/* Fails like reading the source. Only regular files have the whole key; for others it is zero. */
amos_status amosi_file_key_of(const struct amosi_source *source, struct amosi_file_key *key, amos_error *err);

/* Of any source. Reads its two ends; fails like reading it. */
amos_status amosi_content_id_of(const struct amosi_source *source, struct amosi_content_id *content, amos_error *err);

/* Of a file that is being written: its size, its first AMOSI_CONTENT_HEAD bytes (all of a shorter one) and its last 8. */
struct amosi_content_id amosi_content_id_made(uint64_t size, const unsigned char *head, const unsigned char *trailer);

/* One number for a content, for names of files. */
uint64_t amosi_content_hash(const struct amosi_content_id *content);

/* A digest of all bytes of a source; reads all of it. Not a CRC-32: that of a gzip file with stored blocks is the same
 * whatever the blocks hold, because their own CRC-32 follows them. No defence against files that are made to deceive. */
amos_status amosi_content_digest(const struct amosi_source *source, uint64_t *digest, amos_error *err);

/* Of an open source; zeros for one that is no file. Fails like reading the source. */
amos_status amosi_identity_of(const struct amosi_source *source, struct amosi_identity *identity, amos_error *err);

/* Whether both describe the same file in the same state. As in amosi_source_check(), a new change time (ctime) alone
 * counts as a change, unless the number of links changed too. */
bool amosi_identity_same(const struct amosi_identity *a, const struct amosi_identity *b);

#endif
