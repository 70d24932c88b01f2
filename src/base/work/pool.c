/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/work/pool.h"

#include <stdatomic.h>
#include <stdint.h>

#include "base/system/alloc.h"
#include "base/system/platform.h"
#include "base/error/fail.h"

#define PIECES 16
#define DEFAULT_BYTES ((uint64_t)1 << 30)

/* The header before each buffer's data. A piece in the pool is thus one pointer, which is exchanged atomically without
 * a lock: a child of fork() never waits for a thread that does not exist in it. */
struct piece {
    size_t room;
};
#define PIECE_BYTES 64 /* keeps the data aligned */

struct amos_buffer_pool {
    struct piece *_Atomic pieces[PIECES];
    _Atomic uint64_t idle;
    uint64_t most;
    atomic_size_t references; /* one for the caller, and one for each buffer in use */
};

/* What was freed last, for those who read one volume after another without a pool. The system may take these pages at
 * any time. AddressSanitizer must notice a use of what was freed, so nothing is kept under it. */
#ifdef __SANITIZE_ADDRESS__
#define SPARE_BYTES 0
#else
#define SPARE_BYTES ((uint64_t)128 << 20)
#endif
static amos_buffer_pool spare = {.most = SPARE_BYTES, .references = 1};

amos_status amos_buffer_pool_make(uint64_t max_bytes, amos_buffer_pool **out, amos_error *err)
{
    if (!out)
        return amosi_fail(err, AMOS_E_ARG, NULL, "amos_buffer_pool_make needs a place for the pool.");
    *out = amosi_zalloc(sizeof **out);
    if (!*out)
        return amosi_fail_nomem(err, NULL);
    (*out)->most = max_bytes ? max_bytes : DEFAULT_BYTES;
    atomic_init(&(*out)->references, 1);
    return AMOS_OK;
}

static void empty_pool(amos_buffer_pool *pool)
{
    for (int i = 0; i < PIECES; i++) {
        struct piece *piece = atomic_exchange(&pool->pieces[i], NULL);
        if (!piece)
            continue;
        atomic_fetch_sub(&pool->idle, piece->room);
        amosi_free(piece);
    }
}

static void release_pool(amos_buffer_pool *pool)
{
    if (atomic_fetch_sub(&pool->references, 1) > 1)
        return;
    empty_pool(pool);
    amosi_free(pool);
}

void amos_buffer_pool_free(amos_buffer_pool *pool)
{
    if (pool)
        release_pool(pool);
}

uint64_t amos_buffer_pool_idle_bytes(const amos_buffer_pool *pool)
{
    return pool ? atomic_load(&pool->idle) : 0;
}

/* Stores a piece in the pool. False: the pool is full, and the piece must be freed. */
static int put_piece(amos_buffer_pool *pool, struct piece *piece)
{
    int placed = 0;
    if (atomic_fetch_add(&pool->idle, piece->room) + piece->room <= pool->most)
        for (int i = 0; i < PIECES && !placed; i++) {
            struct piece *none = NULL;
            placed = atomic_compare_exchange_strong(&pool->pieces[i], &none, piece);
        }
    if (!placed)
        atomic_fetch_sub(&pool->idle, piece->room);
    return placed;
}

/* Finds a piece that is large enough and wastes at most a fifth of its bytes, so that an image does not use up a piece
 * that suits labels. NULL if there is none. */
static struct piece *find_piece(amos_buffer_pool *pool, size_t bytes)
{
    for (int i = 0; i < PIECES; i++) {
        struct piece *piece = atomic_exchange(&pool->pieces[i], NULL);
        if (!piece)
            continue;
        atomic_fetch_sub(&pool->idle, piece->room);
        if (piece->room >= bytes && piece->room - piece->room / 5 <= bytes)
            return piece;
        if (!put_piece(pool, piece))
            amosi_free(piece);
    }
    return NULL;
}

/* When the library is unloaded, nothing is left behind. */
__attribute__((destructor)) static void empty_spare(void)
{
    empty_pool(&spare);
}

static struct piece *new_piece(size_t bytes)
{
    if (bytes > SIZE_MAX - PIECE_BYTES)
        return NULL;
    struct piece *piece = amosi_alloc_voxels(PIECE_BYTES + bytes);
    if (!piece && atomic_load(&spare.idle)) {
        empty_pool(&spare);
        piece = amosi_alloc_voxels(PIECE_BYTES + bytes);
    }
    if (piece)
        piece->room = bytes;
    return piece;
}

int amosi_buffer_get(struct amosi_buffer *buffer, amos_buffer_pool *pool, size_t bytes)
{
    struct piece *piece = find_piece(pool ? pool : &spare, bytes);
    if (!piece)
        piece = new_piece(bytes);
    if (!piece)
        return 0;
    if (pool)
        atomic_fetch_add(&pool->references, 1);
    *buffer = (struct amosi_buffer){(char *)piece + PIECE_BYTES, piece->room, pool};
    return 1;
}

uint64_t amosi_buffer_spare_bytes(void)
{
    return amos_buffer_pool_idle_bytes(&spare);
}

/* Small pieces are left to malloc(), which is as fast. Older pieces make room. */
static int put_spare(struct piece *piece)
{
    if (piece->room < AMOSI_HUGE_PAGE || piece->room > spare.most)
        return 0;
    amosi_advise_unused((char *)piece + PIECE_BYTES, piece->room);
    if (put_piece(&spare, piece))
        return 1;
    empty_pool(&spare);
    return put_piece(&spare, piece);
}

void amosi_buffer_release(struct amosi_buffer *buffer)
{
    if (!buffer->data)
        return;
    struct piece *piece = (struct piece *)(void *)((char *)buffer->data - PIECE_BYTES);
    if (!(buffer->pool ? put_piece(buffer->pool, piece) : put_spare(piece)))
        amosi_free(piece);
    if (buffer->pool)
        release_pool(buffer->pool);
    buffer->data = NULL;
}
