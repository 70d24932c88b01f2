/* SPDX-License-Identifier: BSD-3-Clause */
/* The state of a file when it was first opened, for code that opens it again later and relies on what it knows of
 * it. */
#ifndef AMOSI_IO_IDENTITY_H
#define AMOSI_IO_IDENTITY_H

#include "io/source.h"

/* Which file it is. The device is left out: on some file systems its number changes with every mount. */
struct amosi_file_key {
    uint64_t size;
    int64_t mtime_ns, ctime_ns;
    uint64_t inode;
    unsigned char trailer[8]; /* the last 8 bytes of the file: CRC-32 and size of the last gzip member */
};

struct amosi_identity {
    struct amosi_file_key key;
    uint64_t links; /* names of the file */
};

/* Fails like reading the source. Only regular files have the whole key; for others it is zero. */
amos_status amosi_file_key_of(const struct amosi_source *source, struct amosi_file_key *key, amos_error *err);

/* Of an open source; zeros for one that is no file. Fails like reading the source. */
amos_status amosi_identity_of(const struct amosi_source *source, struct amosi_identity *identity, amos_error *err);

/* Whether both describe the same file in the same state. As in amosi_source_check(), a new change time (ctime) alone
 * counts as a change, unless the number of links changed too. */
bool amosi_identity_same(const struct amosi_identity *a, const struct amosi_identity *b);

#endif
