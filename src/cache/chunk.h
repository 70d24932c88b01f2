/* SPDX-License-Identifier: BSD-3-Clause */
/* Chunks of voxels as c-blosc 1 stores them (its README_CHUNK_FORMAT.rst), in one block: the bytes of all items are
 * sorted into planes by their position in the item, and each plane is compressed by LZ4, an optional library. Nothing
 * here allocates. */
#ifndef AMOSI_CACHE_CHUNK_H
#define AMOSI_CACHE_CHUNK_H

#include <stdbool.h>
#include <stddef.h>

#include <amos/type.h>

#define AMOSI_CHUNK_OVERHEAD 84             /* the most by which a chunk can grow */
#define AMOSI_CHUNK_MOST ((size_t)64 << 20) /* bytes of a chunk of voxels, uncompressed */
#define AMOSI_CHUNK_RATIO 300               /* LZ4 never compresses better */

/* Whether LZ4 is built in; without it compressing and decompressing fail. */
bool amosi_chunk_supported(void);

/* Bytes of working memory for a chunk of `bytes` bytes: its planes and the state of LZ4. */
size_t amosi_chunk_work(size_t bytes);

/* Rows of a chunk: n items each, the distances between rows in items, and the index of the first item. */
struct amosi_chunk_rows {
    const void *from;
    size_t n, rows, from_step, to_step, first;
};

/* Sorts rows of voxels, in host byte order, into the planes of a chunk of `count` items. */
void amosi_chunk_split(amos_type type, void *work, size_t count, const struct amosi_chunk_rows *rows);

/* Compresses the planes of a chunk into `to`, which has bytes + AMOSI_CHUNK_OVERHEAD bytes. Returns the compressed
 * size. */
size_t amosi_chunk_compress(amos_type type, void *work, size_t bytes, void *to);

/* Decompresses a chunk, which may be damaged, to exactly `bytes` bytes. Returns false if it does not hold as many; then
 * the content of `to` is undefined. Any thread. */
bool amosi_chunk_decompress(amos_type type, const void *from, size_t from_bytes, void *to, size_t bytes, void *work);

#endif
