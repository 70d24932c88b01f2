/* SPDX-License-Identifier: BSD-3-Clause */
/* An index as bytes, the content of its file. Little-endian:
 *
 *    0  8  "amosidx\0"
 *    8  4  version, 1
 *   12  4  bytes of this header, 96
 *   16  4  bytes of a point, 24
 *   20  4  most bytes of a window, 32768
 *   24  8  key: size of the gzip file
 *   32  8       its modification time in nanoseconds
 *   40  8       its change time in nanoseconds
 *   48  8       its inode
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

#define AMOSI_INDEX_WINDOW_MOST ((uint32_t)33 << 10) /* deflated; it never grows by more than a few bytes */

/* How many bytes an index of this size has. */
uint64_t amosi_index_file_bytes(size_t points, size_t windows_bytes);

/* Fills `bytes`, which has amosi_index_file_bytes() bytes. */
void amosi_index_file_write(const struct amosi_index *index, unsigned char *bytes);

/* Whether bytes that begin like this may be the whole index of a file with this key, before the rest is read. It takes
 * the first AMOSI_INDEX_HEADER bytes, and how many there are in all. */
#define AMOSI_INDEX_HEADER ((size_t)96)
amos_status amosi_index_file_check(const unsigned char *header, uint64_t bytes, const struct amosi_file_key *key,
                                   const char *path, amos_error *err);

/* The index that the bytes hold, of the file with this key. Nothing in them is believed before it was checked.
 * AMOS_E_INDEX: damaged, of another file or of another version; AMOS_E_NOMEM. `path` is for messages. */
amos_status amosi_index_file_parse(const unsigned char *bytes, size_t size, const struct amosi_file_key *key,
                                   const char *path, struct amosi_index **out, amos_error *err);

#endif
