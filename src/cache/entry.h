/* SPDX-License-Identifier: BSD-3-Clause */
/* An opened cache entry: the positions of its chunks, and the metadata of the case. */
#ifndef AMOSI_CACHE_ENTRY_H
#define AMOSI_CACHE_ENTRY_H

#include "cache/metadata.h"
#include "cache/scratch.h"
#include "cache/zip.h"
#include "volume/volume.h"

/* Voxels in chunks. */
struct amosi_chunked {
    amos_volume view; /* describes type, shape and geometry, for plans and messages; has no source */
    int64_t chunk[3], grid[3];
    size_t chunk_bytes, packed_most; /* of a chunk as voxels, and of the largest compressed chunk */
    struct amosi_zip_data *chunks;   /* z slowest; 0 bytes: all zeros, not stored */
};

struct amos_cache_entry {
    struct amosi_scratch_pool *pool; /* belongs to the cache */
    struct amosi_source source;
    struct amosi_zip zip;
    struct amosi_cache_meta meta;
    struct amosi_chunked image, labels; /* labels.chunks is NULL if there are none */
    int32_t (*positions)[3];
    size_t starts[AMOSI_LABELS + 1]; /* positions of label l: starts[l] to starts[l + 1] */
};

/* Opens an entry from its bytes and checks everything except the chunks of voxels. The entry takes ownership of the
 * source, also on failure. The pool must outlive the entry. AMOS_E_INDEX if it is damaged or of another version. */
amos_status amosi_cache_entry_open(struct amosi_source *source, struct amosi_scratch_pool *pool, amos_cache_entry **out,
                                   amos_error *err);

/* Names of chunks and tables in the archive. */
#define AMOSI_ENTRY_NAME 64
void amosi_cache_chunk_name(char name[AMOSI_ENTRY_NAME], const char *array, const int64_t at[3]);

/* Reads a member of the archive as text that ends with a NUL; the caller owns it (amosi_free). AMOS_E_INDEX if it is
 * missing or has more than `most` bytes. */
#define AMOSI_ENTRY_MOST_ATTRIBUTES ((uint32_t)4 << 20) /* bytes; an entry with 255 labels has 64 KiB */
amos_status amosi_cache_entry_text(const amos_cache_entry *entry, const char *name, uint32_t most, char **text,
                                   size_t *bytes, amos_error *err);

/* Checks that a member is JSON that equals `expected`, which is released (NULL: out of memory). */
amos_status amosi_cache_entry_check_json(const amos_cache_entry *entry, const char *name, cJSON *expected,
                                         amos_error *err);

/* Reads a table in one chunk, as amosi_cache_zarray() describes it. */
amos_status amosi_cache_entry_table(const amos_cache_entry *entry, const char *name, amos_type type, void *out,
                                    size_t bytes, amos_error *err);

/* The number of sampled positions of all organs. */
size_t amosi_cache_entry_position_count(const amos_cache_entry *entry);

/* The image's scaled values at all sampled positions; `values` has room for them. */
amos_status amosi_cache_entry_values(const amos_cache_entry *entry, float *values, amos_error *err);

/* A row of voxels of a chunk that is not stored. */
extern const double amosi_cache_zeros[AMOSI_CACHE_MOST_CHUNK];

/* A scratch for chunks of an array; NULL if out of memory. */
struct amosi_scratch *amosi_cache_entry_scratch(const amos_cache_entry *entry, const struct amosi_chunked *array);

/* Reads and decodes the chunk at a position of the grid. *voxels is in the scratch, x fastest; NULL if all are zero.
 * Chunks up to `stop` along x, which will be needed next, are read with it. */
amos_status amosi_cache_entry_chunk(const amos_cache_entry *entry, const struct amosi_chunked *array,
                                    const int64_t at[3], int64_t stop, struct amosi_scratch *scratch,
                                    const void **voxels, amos_error *err);

/* The part of that chunk that is in a box, in voxels of the volume. */
amos_box amosi_cache_chunk_part(const struct amosi_chunked *array, const int64_t at[3], const amos_box *box);

/* Verifies all checksums without decoding. */
amos_status amosi_cache_entry_check(const amos_cache_entry *entry, amos_error *err);

amos_status amosi_cache_entry_damaged(const amos_cache_entry *entry, const char *what, amos_error *err);
amos_status amosi_cache_entry_undecodable(const amos_cache_entry *entry, amos_error *err); /* a chunk of it */

/* About how many bytes an entry takes while it is open, and its key. */
uint64_t amosi_cache_entry_memory(const amos_cache_entry *entry);
const char *amosi_cache_entry_key(const amos_cache_entry *entry);

#endif
