#include "loader/cache_chunk.h"

#include "base/alloc.h"
#include "base/bytes.h"
#include "nifti/convert.h"
#include "nifti/type.h"

#ifdef AMOS_HAVE_BLOSC
#include <blosc.h>

#define LEVEL 5

bool amosi_chunk_supported(void)
{
    return true;
}

static void to_little_endian(amos_type type, void *items, size_t bytes)
{
    size_t item = amosi_host_is_big_endian() ? amosi_type_swap_bytes(type) : 1;
    if (item > 1)
        amosi_swap_bytes(items, bytes / item, item);
}

/* Blosc asks for memory of its own, three blocks and some lengths, and does not look whether it got it (1.21 crashes then).
 * So as much is asked for just before. Should another thread take the last of it in between, there is no help; nor can it
 * be told from damage by what Blosc returns. */
static bool memory_is_there(size_t bytes)
{
    void *memory = amosi_alloc(3 * bytes + 4096);
    amosi_free(memory);
    return memory != NULL;
}

size_t amosi_chunk_compress(amos_type type, void *from, size_t bytes, void *to)
{
    if (!memory_is_there(bytes))
        return 0;
    to_little_endian(type, from, bytes);
    int n = blosc_compress_ctx(LEVEL, BLOSC_SHUFFLE, amos_type_bytes(type), bytes, from, to, bytes + AMOSI_CHUNK_OVERHEAD,
                               BLOSC_LZ4_COMPNAME, 0, 1);
    return n > 0 ? (size_t)n : 0;
}

enum amosi_chunk_result amosi_chunk_decompress(amos_type type, const void *from, size_t from_bytes, void *to, size_t bytes)
{
    size_t says;
    if (from_bytes < BLOSC_MIN_HEADER_LENGTH || blosc_cbuffer_validate(from, from_bytes, &says) != 0 || says != bytes)
        return AMOSI_CHUNK_DAMAGED;
    if (!memory_is_there(bytes))
        return AMOSI_CHUNK_NO_MEMORY;
    int n = blosc_decompress_ctx(from, to, bytes, 1);
    to_little_endian(type, to, bytes);
    return n > 0 && (size_t)n == bytes ? AMOSI_CHUNK_GOOD : AMOSI_CHUNK_DAMAGED;
}

#else

bool amosi_chunk_supported(void)
{
    return false;
}

size_t amosi_chunk_compress(amos_type type, void *from, size_t bytes, void *to)
{
    (void)type;
    (void)from;
    (void)bytes;
    (void)to;
    return 0;
}

enum amosi_chunk_result amosi_chunk_decompress(amos_type type, const void *from, size_t from_bytes, void *to, size_t bytes)
{
    (void)type;
    (void)from;
    (void)from_bytes;
    (void)to;
    (void)bytes;
    return AMOSI_CHUNK_DAMAGED;
}

#endif
