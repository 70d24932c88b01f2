/* SPDX-License-Identifier: BSD-3-Clause */
/* Chunks of voxels as c-blosc 1 stores them (README_CHUNK_FORMAT.rst there), in one block: the bytes of all items, sorted
 * into planes by their place in the item, and each plane compressed by LZ4, an optional library. Nothing here allocates. */
#ifndef AMOSI_CACHE_CHUNK_H
#define AMOSI_CACHE_CHUNK_H

#include <stdbool.h>
#include <stddef.h>

#include <amos/type.h>

#define AMOSI_CHUNK_OVERHEAD 84             /* a chunk grows by no more */
#define AMOSI_CHUNK_MOST ((size_t)64 << 20) /* bytes of a chunk of voxels, uncompressed */
#define AMOSI_CHUNK_RATIO 300               /* LZ4 never compresses better */

/* Whether LZ4 is built in; without it the functions for reading and writing fail. */
bool amosi_chunk_supported(void);

/* How much memory the others need to work on a chunk of so many bytes: its planes, and what LZ4 notes. */
size_t amosi_chunk_work(size_t bytes);

/* Some rows of a chunk: n items each, how far it is from one to the next in items, and where the first one belongs. */
struct amosi_chunk_rows {
    const void *from;
    size_t n, rows, from_step, to_step, first;
};

/* Sorts rows of voxels, in host byte order, into the planes of a chunk of `count` items. */
void amosi_chunk_split(amos_type type, void *work, size_t count, const struct amosi_chunk_rows *rows);

/* Compresses the planes of a chunk into `to`, which has bytes + AMOSI_CHUNK_OVERHEAD bytes. Returns how many it takes. */
size_t amosi_chunk_compress(amos_type type, void *work, size_t bytes, void *to);

/* Decompresses a chunk that must hold exactly `bytes` bytes, in whatever state it is. False: it does not, and `to` may
 * hold anything. Any thread. */
bool amosi_chunk_decompress(amos_type type, const void *from, size_t from_bytes, void *to, size_t bytes, void *work);

#endif
