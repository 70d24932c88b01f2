/* SPDX-License-Identifier: BSD-3-Clause */
/* Places in a gzip file from where it can be decoded: random access, and several threads on one file.
 *
 * The places ("points") cut the output into segments. Each segment's CRC-32 is known from the pass that built the index,
 * which also checked the checksums of the gzip members: what comes out through an index is checked against the same. */
#ifndef AMOSI_IO_GZIP_INDEX_H
#define AMOSI_IO_GZIP_INDEX_H

#include "io/inflate/inflate.h"
#include "io/identity.h"
#include "io/source.h"

/* Where a segment begins. The first is the file's beginning. */
struct amosi_index_point {
    uint64_t bit;          /* in the file */
    uint64_t out;          /* in the output; both increase from point to point */
    uint32_t crc;          /* of the segment's output */
    uint32_t window_bytes; /* in `windows`; 0: a gzip member begins here, and nothing is needed */
    uint64_t window_at;
};

struct amosi_index {
    struct amosi_file_key key; /* which file it belongs to */
    uint64_t out_bytes; /* of the whole file */
    struct amosi_index_point *points;
    size_t count;           /* at least 1 */
    unsigned char *windows; /* raw DEFLATE, one after the other */
    size_t windows_bytes;
};

/* Accepts NULL. */
void amosi_index_free(struct amosi_index *index);

/* The segment that a place in the output lies in; the last one for all that lies behind. */
size_t amosi_index_find(const struct amosi_index *index, uint64_t out);

/* Where a segment ends in the output. */
uint64_t amosi_index_end(const struct amosi_index *index, size_t segment);

/* The output before a point inside a body, as far as the segment needs it: the other bytes are zero. `window` has
 * AMOSI_WINDOW_ROOM. AMOS_E_INDEX: it is damaged; `path` is for the message. */
#define AMOSI_WINDOW_ROOM (AMOSI_WINDOW_BYTES + 1024) /* no library has to stop with its last code unread */
amos_status amosi_index_window(const struct amosi_index *index, const struct amosi_index_point *point, const char *path,
                               unsigned char *window, size_t *bytes, amos_error *err);

#endif
