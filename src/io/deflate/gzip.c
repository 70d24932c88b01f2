/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/deflate/gzip.h"

#include <string.h>
#include <zlib.h>

#include "base/error/fail.h"
#include "base/math/bytes.h"
#include "base/system/alloc.h"
#include "base/work/threads.h"
#include "io/deflate/queue.h"
#include "io/seek/build.h"

struct amosi_gzip {
    struct amosi_outfile *file;
    struct amosi_gzip_plan plan;
    struct amosi_queue *queue;
    uint64_t begun;                         /* data before the piece that is being filled */
    size_t filled;                          /* data in it */
    unsigned char *piece;                   /* memory for it; NULL while it is empty */
    uint64_t taken;                         /* data in the pieces that were written */
    uint32_t crc;                           /* of those */
    unsigned char head[AMOSI_CONTENT_HEAD]; /* the first bytes of the file */
    struct amosi_index *index;              /* NULL: none is wanted */
    size_t points_room, windows_room;
};

/* A window is raw DEFLATE; this is that of nothing. */
static const unsigned char no_window[] = {3, 0};
/* The last block of every member: one without data, in fixed codes. */
static const unsigned char last_block[] = {3, 0};

/* ---- the file ---- */

static amos_status write_bytes(struct amosi_gzip *g, const unsigned char *bytes, size_t count, amos_error *err)
{
    uint64_t at = g->file->written;
    if (at < sizeof g->head)
        memcpy(g->head + at, bytes, count < sizeof g->head - at ? count : (size_t)(sizeof g->head - at));
    return amosi_outfile_write(g->file, bytes, count, err);
}

/* Like that of `gzip -n`: no name and no time. */
static amos_status write_header(struct amosi_gzip *g, amos_error *err)
{
    enum { DEFLATED = 8, SMALLEST = 2, FASTEST = 4, UNIX = 3 };
    int level = g->plan.level;
    const unsigned char header[10] = {
        0x1f, 0x8b, DEFLATED, 0, 0, 0, 0, 0, level == 9 ? SMALLEST : level == 1 ? FASTEST : 0, UNIX};
    return write_bytes(g, header, sizeof header, err);
}

/* ---- the index ---- */

/* The piece that is written next begins a segment, unless the index would become too large. */
static amos_status add_point(struct amosi_gzip *g, const struct amosi_piece *piece, amos_error *err)
{
    struct amosi_index *index = g->index;
    uint64_t bit = g->file->written * 8;
    if (index->count > 0 && !amosi_index_affords(index, bit, sizeof no_window)) {
        struct amosi_index_point *last = &index->points[index->count - 1];
        last->crc = (uint32_t)crc32_combine(last->crc, piece->crc, (z_off_t)piece->bytes);
        return AMOS_OK;
    }
    size_t window = index->count > 0 ? sizeof no_window : 0;
    if (!amosi_grow((void **)&index->points, &g->points_room, index->count + 1, sizeof *index->points) ||
        !amosi_grow((void **)&index->windows, &g->windows_room, index->windows_bytes + sizeof no_window, 1))
        return amosi_fail_nomem(err, g->file->name);
    memcpy(index->windows + index->windows_bytes, no_window, window);
    index->points[index->count] = (struct amosi_index_point){index->count > 0 ? bit : 0, g->taken, piece->crc,
                                                             (uint32_t)window, index->windows_bytes};
    index->windows_bytes += window;
    index->count++;
    return AMOS_OK;
}

/* ---- pieces ---- */

static amos_status take_piece(void *user, const struct amosi_piece *piece, amos_error *err)
{
    struct amosi_gzip *g = user;
    amos_status status = g->index ? add_point(g, piece, err) : AMOS_OK;
    if (status)
        return status;
    g->crc = (uint32_t)crc32_combine(g->crc, piece->crc, (z_off_t)piece->bytes);
    g->taken += piece->bytes;
    return write_bytes(g, piece->packed, piece->packed_bytes, err);
}

/* Where the piece that begins at `at` ends. */
static uint64_t piece_end(const struct amosi_gzip_plan *plan, uint64_t at)
{
    uint64_t steps = at < plan->first ? 0 : (at - plan->first) / plan->step;
    uint64_t end = plan->first + (steps + 1) * plan->step;
    return end < plan->total ? end : plan->total;
}

static amos_status add_piece(struct amosi_gzip *g, const unsigned char *data, size_t bytes, amos_error *err)
{
    g->begun += bytes;
    g->filled = 0;
    return amosi_queue_add(g->queue, data, bytes, err);
}

static amos_status fill_piece(struct amosi_gzip *g, const unsigned char *data, size_t bytes, size_t whole,
                              amos_error *err)
{
    amos_status status = g->filled ? AMOS_OK : amosi_queue_room(g->queue, &g->piece, err);
    if (status)
        return status;
    memcpy(g->piece + g->filled, data, bytes);
    g->filled += bytes;
    return g->filled == whole ? add_piece(g, g->piece, whole, err) : AMOS_OK;
}

amos_status amosi_gzip_add(struct amosi_gzip *gzip, const void *data, size_t bytes, bool stays, amos_error *err)
{
    const unsigned char *at = data;
    amos_status status = AMOS_OK;
    bool lent = false; /* a piece is compressed from the caller's memory */
    while (bytes > 0 && !status) {
        size_t whole = (size_t)(piece_end(&gzip->plan, gzip->begun) - gzip->begun), n = whole - gzip->filled;
        n = n < bytes ? n : bytes;
        lent |= n == whole;
        status = n == whole ? add_piece(gzip, at, n, err) : fill_piece(gzip, at, n, whole, err);
        at += n;
        bytes -= n;
    }
    return status || !lent || stays ? status : amosi_queue_drain(gzip->queue, err);
}

/* ---- the member ---- */

static int threads_of(const struct amosi_gzip_plan *plan)
{
    uint64_t pieces = plan->total / plan->step + 1;
    uint64_t threads = (uint64_t)amosi_threads(plan->threads);
    return (int)(threads < pieces ? threads : pieces);
}

amos_status amosi_gzip_open(struct amosi_outfile *file, const struct amosi_gzip_plan *plan, struct amosi_gzip **out,
                            amos_error *err)
{
    *out = NULL;
    struct amosi_gzip *g = amosi_zalloc(sizeof *g);
    if (!g)
        return amosi_fail_nomem(err, file->name);
    g->file = file;
    g->plan = *plan;
    struct amosi_queue_plan queue = {.level = plan->level,
                                     .threads = threads_of(plan),
                                     .piece_bytes = (size_t)piece_end(plan, 0),
                                     .take = take_piece,
                                     .user = g,
                                     .path = file->name};
    g->queue = amosi_queue_new(&queue);
    g->index = plan->index ? amosi_zalloc(sizeof *g->index) : NULL;
    amos_status status =
        g->queue && (g->index || !plan->index) ? write_header(g, err) : amosi_fail_nomem(err, file->name);
    if (status)
        amosi_gzip_free(g);
    else
        *out = g;
    return status;
}

void amosi_gzip_free(struct amosi_gzip *gzip)
{
    if (!gzip)
        return;
    amosi_queue_free(gzip->queue);
    amosi_index_free(gzip->index);
    amosi_free(gzip);
}

amos_status amosi_gzip_finish(struct amosi_gzip *gzip, amos_error *err)
{
    unsigned char trailer[8];
    amos_status status = amosi_queue_drain(gzip->queue, err);
    if (!status)
        status = write_bytes(gzip, last_block, sizeof last_block, err);
    amosi_put32(trailer, gzip->crc);
    amosi_put32(trailer + 4, (uint32_t)gzip->taken);
    if (!status)
        status = write_bytes(gzip, trailer, sizeof trailer, err);
    if (!status && gzip->index) {
        gzip->index->out_bytes = gzip->taken;
        gzip->index->key = amosi_content_id_made(gzip->file->written, gzip->head, trailer);
    }
    return status;
}

const struct amosi_index *amosi_gzip_index(const struct amosi_gzip *gzip)
{
    return gzip->index;
}
