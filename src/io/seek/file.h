/* SPDX-License-Identifier: BSD-3-Clause */
/* The file format of an index. Little-endian:
 *
 *    0  8  "amosidx\0"
 *    8  4  version, 2
 *   12  4  bytes of this header, 96
 *   16  4  bytes of a point, 24
 *   20  4  largest size of a window, 32768
 *   24  8  key: size of the gzip file
 *   32  8       FNV-1a of its first 4096 bytes
 *   40 16       0
 *   56  8       its last 8 bytes
 *   64  8  bytes of the whole output
 *   72  8  number of points
 *   80  8  bytes of all windows
 *   88  4  CRC-32 of all that follows the header
 *   92  4  CRC-32 of the header up to here
 *   96     the points: place in the file in bits (8), in the output in bytes (8), CRC-32 of the output up to the next
 *          point (4), bytes of its window (4; 0: a gzip member begins here)
 *          the windows, raw DEFLATE, in order */
#ifndef AMOSI_IO_SEEK_FILE_H
#define AMOSI_IO_SEEK_FILE_H

#include "io/gzip/index.h"

#define AMOSI_INDEX_WINDOW_MOST ((uint32_t)33 << 10) /* deflated; deflate adds at most a few bytes */

/* The size of an index file in bytes. */
uint64_t amosi_index_file_bytes(size_t points, size_t windows_bytes);

/* Fills `bytes`, which has amosi_index_file_bytes() bytes. */
void amosi_index_file_write(const struct amosi_index *index, unsigned char *bytes);

/* Checks the header before the rest is read: whether it can belong to a complete index of the file with this key.
 * `header` has AMOSI_INDEX_HEADER bytes, `bytes` is the total size. */
#define AMOSI_INDEX_HEADER ((size_t)96)
amos_status amosi_index_file_check(const unsigned char *header, uint64_t bytes, const struct amosi_content_id *key,
                                   const char *path, amos_error *err);

/* Parses the index of the file with this key. Nothing in the bytes is trusted before it is checked. AMOS_E_INDEX:
 * damaged, of another file or of another version; AMOS_E_NOMEM. `path` is for messages. */
amos_status amosi_index_file_parse(const unsigned char *bytes, size_t size, const struct amosi_content_id *key,
                                   const char *path, struct amosi_index **out, amos_error *err);

#endif
