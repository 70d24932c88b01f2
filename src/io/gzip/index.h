/* SPDX-License-Identifier: BSD-3-Clause */
/* Places in a gzip file at which decoding can start. They give random access, and several threads can read one file.
 *
 * The places ("points") divide the output into segments. The pass that built the index computed the CRC-32 of each
 * segment and verified the checksums of the gzip members. Output read through the index is checked against these
 * CRCs. */
#ifndef AMOSI_IO_GZIP_INDEX_H
#define AMOSI_IO_GZIP_INDEX_H

#include "io/inflate/inflate.h"
#include "io/identity.h"
#include "io/source.h"

/* Where a segment begins. The first is the file's beginning. */
struct amosi_index_point {
    uint64_t bit;          /* position in the file, in bits */
    uint64_t out;          /* position in the output, in bytes; both increase from point to point */
    uint32_t crc;          /* of the segment's output */
    uint32_t window_bytes; /* size in `windows`; 0: a gzip member begins here and no window is needed */
    uint64_t window_at;
};

struct amosi_index {
    struct amosi_content_id key; /* which content it belongs to */
    uint64_t out_bytes;          /* of the whole file */
    struct amosi_index_point *points;
    size_t count;           /* at least 1 */
    unsigned char *windows; /* raw DEFLATE, one after the other */
    size_t windows_bytes;
};

/* Accepts NULL. */
void amosi_index_free(struct amosi_index *index);

/* The segment that contains position `out` of the output; the last segment for positions beyond the end. */
size_t amosi_index_find(const struct amosi_index *index, uint64_t out);

/* Where a segment ends in the output. */
uint64_t amosi_index_end(const struct amosi_index *index, size_t segment);

/* Inflates the window of a point inside a body: the output before it. Bytes that the segment does not need are zero.
 * `window` has AMOSI_WINDOW_ROOM bytes. AMOS_E_INDEX: the window is damaged; `path` is for the message. */
#define AMOSI_WINDOW_ROOM (AMOSI_WINDOW_BYTES + 1024) /* spare room: no decoder has to stop before its last code */
amos_status amosi_index_window(const struct amosi_index *index, const struct amosi_index_point *point, const char *path,
                               unsigned char *window, size_t *bytes, amos_error *err);

#endif
