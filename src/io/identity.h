/* SPDX-License-Identifier: BSD-3-Clause */
/* What a file was when it was first opened, for those who open it again later and rely on what they know of it. */
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

/* Fails like reading the source. Only regular files have the whole key; others have zeros in its place. */
amos_status amosi_file_key_of(const struct amosi_source *source, struct amosi_file_key *key, amos_error *err);

/* Of an open source; zeros for one that is no file. Fails like reading the source. */
amos_status amosi_identity_of(const struct amosi_source *source, struct amosi_identity *identity, amos_error *err);

/* Whether both are of one file in one state. As in amosi_source_check(), a new time of change alone is a change unless the
 * number of links changed with it. */
bool amosi_identity_same(const struct amosi_identity *a, const struct amosi_identity *b);

#endif
