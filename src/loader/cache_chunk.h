/* Blosc, an optional library: blocks of bytes, compressed by LZ4 after their items' bytes were shuffled. */
#ifndef AMOSI_CACHE_CHUNK_H
#define AMOSI_CACHE_CHUNK_H

#include <stdbool.h>
#include <stddef.h>

#include <amos/type.h>

#define AMOSI_CHUNK_OVERHEAD 16                  /* a block grows by no more */
#define AMOSI_CHUNK_MOST ((size_t)64 << 20)      /* bytes of a chunk of voxels, uncompressed */
#define AMOSI_CHUNK_RATIO 300                    /* LZ4 never compresses better */

/* Whether Blosc is built in; without it the other functions fail. */
bool amosi_chunk_supported(void);

/* Compresses voxels, in host byte order, into `to`, which has bytes + AMOSI_CHUNK_OVERHEAD bytes. Returns how many it
 * takes; 0: out of memory. In the block they are little-endian; `from` may be changed for that. */
size_t amosi_chunk_compress(amos_type type, void *from, size_t bytes, void *to);

enum amosi_chunk_result { AMOSI_CHUNK_GOOD, AMOSI_CHUNK_DAMAGED, AMOSI_CHUNK_NO_MEMORY };

/* Decompresses a block that must hold exactly `bytes` bytes, in whatever state it is. Where it is not good, `to` may hold
 * anything. Any thread. */
enum amosi_chunk_result amosi_chunk_decompress(amos_type type, const void *from, size_t from_bytes, void *to, size_t bytes);

#endif
