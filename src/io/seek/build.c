/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/seek/build.h"

#include <string.h>
#include <zlib.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "io/seek/file.h"
#include "io/crc32.h"

/* A place closer than this to the previous candidate is ignored: keeping one costs a copy of its window. */
#define NEAREST ((uint64_t)8 << 10)

/* The index may be at most this share of the compressed bytes before a point: 3.5 %. */
#define SHARE_OF 7
#define SHARE_IN 200

/* The last possible point before the next wanted position. */
struct candidate {
    bool set;
    bool refused; /* it was tried, and its window is too large */
    uint64_t bit, out;
    bool member;
    uint32_t crc;       /* of the output from the last point to here */
    uint64_t crc_bytes; /* the length of that output */
    size_t window_bytes;
    unsigned char window[AMOSI_WINDOW_BYTES];
};

struct amosi_index_builder {
    const struct amosi_source *source;
    struct amosi_stream_watcher watcher;
    struct amosi_index *index;
    size_t points_room, windows_room;
    uint64_t step;
    uint64_t wanted; /* in the output: where the next point is wanted */
    uint64_t out;    /* output bytes seen so far */
    uint32_t crc;    /* of the output since the candidate, or since the last point if there is none */
    uint64_t crc_bytes;
    struct candidate candidate;
    struct amosi_input input; /* to read again what follows the candidate */
    const struct amosi_inflate_backend *backend;
    void *state;
    z_stream deflate;
    bool deflate_ready;
    size_t past_bytes; /* the member's output so far, at least the last AMOSI_WINDOW_BYTES of it */
    unsigned char past[2 * AMOSI_WINDOW_BYTES];
    unsigned char packed[AMOSI_INDEX_WINDOW_MOST];
};

/* ---- creation and release ---- */

static voidpf deflate_alloc(voidpf user, uInt items, uInt size)
{
    (void)user;
    return amosi_alloc_array(items, size);
}

static void deflate_free(voidpf user, voidpf memory)
{
    (void)user;
    amosi_free(memory);
}

static amos_status on_output(void *user, const unsigned char *data, size_t bytes, amos_error *err);
static amos_status on_boundary(void *user, uint64_t bit, bool member, amos_error *err);

static bool init(struct amosi_index_builder *b)
{
    b->index = amosi_zalloc(sizeof *b->index);
    b->backend = &amosi_inflate_own;
    b->state = b->backend->create();
    b->deflate.zalloc = deflate_alloc;
    b->deflate.zfree = deflate_free;
    /* The fastest level: windows are mostly zeros, and higher levels gain little. */
    b->deflate_ready = deflateInit2(&b->deflate, 1, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK;
    return b->index && b->state && b->deflate_ready &&
           amosi_input_open(&b->input, b->source, AMOSI_WINDOW_BYTES, NULL) == AMOS_OK;
}

struct amosi_index_builder *amosi_index_builder_new(const struct amosi_source *source,
                                                    const struct amosi_index_plan *plan)
{
    struct amosi_index_builder *b = amosi_zalloc(sizeof *b);
    if (!b)
        return NULL;
    b->source = source;
    b->step = plan->step;
    b->wanted = plan->first + plan->step;
    b->watcher = (struct amosi_stream_watcher){on_output, on_boundary, b};
    if (init(b))
        return b;
    amosi_index_builder_free(b);
    return NULL;
}

void amosi_index_builder_free(struct amosi_index_builder *builder)
{
    if (!builder)
        return;
    amosi_input_close(&builder->input);
    if (builder->deflate_ready)
        deflateEnd(&builder->deflate);
    builder->backend->destroy(builder->state);
    amosi_index_free(builder->index);
    amosi_free(builder);
}

const struct amosi_stream_watcher *amosi_index_builder_watcher(struct amosi_index_builder *builder)
{
    return &builder->watcher;
}

/* ---- which bytes of a window are needed ---- */

/* Inflates what follows the candidate, with a window made by the caller, as far as copies can reach back to it.
 * *got is 0 if that fails. */
static amos_status look_ahead(struct amosi_index_builder *b, const unsigned char *window, unsigned char *out,
                              size_t *got, amos_error *err)
{
    const struct candidate *c = &b->candidate;
    struct amosi_inflate_entry entry = {0, 0, window, c->window_bytes};
    enum amosi_inflate_result result = AMOSI_INFLATE_MORE;
    amos_status status = AMOS_OK;
    amosi_input_seek(&b->input, c->bit / 8);
    if (c->bit % 8) {
        int byte = 0;
        status = amosi_input_byte(&b->input, &byte, err);
        entry.bits = 8 - (unsigned)(c->bit % 8);
        entry.value = (unsigned)byte >> (8 - entry.bits);
    }
    if (!status && !b->backend->enter(b->state, &entry))
        result = AMOSI_INFLATE_BAD;
    *got = 0;
    while (!status && result == AMOSI_INFLATE_MORE && *got < AMOSI_WINDOW_BYTES) {
        status = amosi_input_fill(&b->input, err);
        size_t room = AMOSI_WINDOW_BYTES - *got, in = (size_t)(b->input.end - b->input.next);
        in = in < AMOSI_WINDOW_BYTES ? in : AMOSI_WINDOW_BYTES;
        struct amosi_inflate_io io = {b->input.next, in, out + *got, room, 0, 0, 0};
        if (status || in == 0)
            break;
        result = b->backend->run(b->state, &io);
        b->input.next = io.in;
        *got += room - io.out_bytes;
        if (result == AMOSI_INFLATE_NOMEM)
            status = amosi_fail_nomem(err, b->source->path);
    }
    if (result != AMOSI_INFLATE_END && *got < AMOSI_WINDOW_BYTES)
        *got = 0;
    return status;
}

/* Sets those bytes of the candidate's window to zero that no copy needs. They are most of it, and the index shrinks to
 * a third. The following blocks are inflated twice, from windows that contain their own positions: an output byte that
 * differs between the two was copied from the window, and both values together give the position. */
static amos_status clear_unneeded(struct amosi_index_builder *b, amos_error *err)
{
    struct candidate *c = &b->candidate;
    struct {
        unsigned char low[AMOSI_WINDOW_BYTES], high[AMOSI_WINDOW_BYTES];
        unsigned char low_out[AMOSI_WINDOW_BYTES], high_out[AMOSI_WINDOW_BYTES];
        bool needed[AMOSI_WINDOW_BYTES];
    } *w = amosi_zalloc(sizeof *w);
    if (!w)
        return amosi_fail_nomem(err, b->source->path);
    for (size_t i = 0; i < AMOSI_WINDOW_BYTES; i++) {
        w->low[i] = (unsigned char)i;
        w->high[i] = (unsigned char)(128 + (i >> 8));
    }
    size_t got, got_again = 0;
    amos_status status = look_ahead(b, w->low, w->low_out, &got, err);
    if (!status)
        status = look_ahead(b, w->high, w->high_out, &got_again, err);
    /* A literal that looks like a copy just keeps one byte too many. */
    for (size_t i = 0; i < got; i++)
        if (w->high_out[i] >= 128)
            w->needed[(size_t)(w->high_out[i] - 128) << 8 | w->low_out[i]] = true;
    for (size_t i = 0; i < c->window_bytes && !status && got && got == got_again; i++)
        c->window[i] = w->needed[i] ? c->window[i] : 0;
    amosi_free(w);
    return status;
}

/* ---- points ---- */

/* Deflates the candidate's window into `packed` and returns its size; 0 if it does not fit, which cannot happen. */
static size_t pack_window(struct amosi_index_builder *b)
{
    deflateReset(&b->deflate);
    b->deflate.next_in = b->candidate.window;
    b->deflate.avail_in = (uInt)b->candidate.window_bytes;
    b->deflate.next_out = b->packed;
    b->deflate.avail_out = sizeof b->packed;
    return deflate(&b->deflate, Z_FINISH) == Z_STREAM_END ? sizeof b->packed - b->deflate.avail_out : 0;
}

uint64_t amosi_index_step(uint64_t slice_bytes)
{
    if (slice_bytes < AMOSI_INDEX_STEP)
        return (AMOSI_INDEX_STEP + slice_bytes - 1) / slice_bytes * slice_bytes;
    return slice_bytes > 2 * AMOSI_INDEX_STEP ? slice_bytes / (slice_bytes / (2 * AMOSI_INDEX_STEP)) : slice_bytes;
}

bool amosi_index_affords(const struct amosi_index *index, uint64_t bit, size_t window_bytes)
{
    return amosi_index_file_bytes(index->count + 1, index->windows_bytes + window_bytes) <=
           bit / 8 * SHARE_OF / SHARE_IN;
}

static amos_status add_point(struct amosi_index_builder *b, uint64_t bit, uint64_t out, size_t window_bytes,
                             amos_error *err)
{
    struct amosi_index *index = b->index;
    if (!amosi_grow((void **)&index->points, &b->points_room, index->count + 1, sizeof *index->points) ||
        !amosi_grow((void **)&index->windows, &b->windows_room, index->windows_bytes + window_bytes, 1))
        return amosi_fail_nomem(err, b->source->path);
    index->points[index->count++] =
        (struct amosi_index_point){bit, out, 0, (uint32_t)window_bytes, index->windows_bytes};
    if (window_bytes)
        memcpy(index->windows + index->windows_bytes, b->packed, window_bytes);
    index->windows_bytes += window_bytes;
    return AMOS_OK;
}

/* Called when the output has passed a wanted position: the candidate, if any, becomes a point. */
static amos_status take_candidate(struct amosi_index_builder *b, amos_error *err)
{
    struct candidate *c = &b->candidate;
    amos_status status = AMOS_OK;
    size_t window_bytes = 0;
    while (b->wanted < b->out)
        b->wanted += b->step;
    if (!c->set || c->refused)
        return AMOS_OK;
    if (!c->member) {
        status = clear_unneeded(b, err);
        window_bytes = status ? 0 : pack_window(b);
    }
    c->refused = (!c->member && !window_bytes) || !amosi_index_affords(b->index, c->bit, window_bytes);
    if (status || c->refused)
        return status;
    b->index->points[b->index->count - 1].crc = c->crc;
    c->set = false;
    return add_point(b, c->bit, c->out, window_bytes, err);
}

/* ---- the watcher ---- */

/* Saves the end of the member's output. */
static void keep_past(struct amosi_index_builder *b, const unsigned char *data, size_t bytes)
{
    if (bytes >= AMOSI_WINDOW_BYTES) {
        memcpy(b->past, data + bytes - AMOSI_WINDOW_BYTES, AMOSI_WINDOW_BYTES);
        b->past_bytes = AMOSI_WINDOW_BYTES;
        return;
    }
    if (b->past_bytes + bytes > sizeof b->past) {
        memmove(b->past, b->past + b->past_bytes - AMOSI_WINDOW_BYTES, AMOSI_WINDOW_BYTES);
        b->past_bytes = AMOSI_WINDOW_BYTES;
    }
    memcpy(b->past + b->past_bytes, data, bytes);
    b->past_bytes += bytes;
}

static amos_status on_output(void *user, const unsigned char *data, size_t bytes, amos_error *err)
{
    struct amosi_index_builder *b = user;
    b->crc = amosi_crc32(b->crc, data, bytes);
    b->crc_bytes += bytes;
    b->out += bytes;
    keep_past(b, data, bytes);
    return b->out > b->wanted ? take_candidate(b, err) : AMOS_OK;
}

/* The CRC-32 of the output from the last point to here. */
static uint32_t crc_so_far(const struct amosi_index_builder *b)
{
    if (!b->candidate.set)
        return b->crc;
    return (uint32_t)crc32_combine(b->candidate.crc, b->crc, (z_off_t)b->crc_bytes);
}

static amos_status on_boundary(void *user, uint64_t bit, bool member, amos_error *err)
{
    struct amosi_index_builder *b = user;
    struct candidate *c = &b->candidate;
    if (member)
        b->past_bytes = 0;
    if (b->index->count == 0)
        return add_point(b, 0, 0, 0, err);
    uint64_t last = c->set ? c->out : b->index->points[b->index->count - 1].out;
    if (b->out < last + (member ? 1 : NEAREST))
        return AMOS_OK;
    c->crc = crc_so_far(b);
    b->crc = 0;
    b->crc_bytes = 0;
    c->set = true;
    c->refused = false;
    c->bit = bit;
    c->out = b->out;
    c->member = member;
    c->window_bytes = b->past_bytes < AMOSI_WINDOW_BYTES ? b->past_bytes : AMOSI_WINDOW_BYTES;
    memcpy(c->window, b->past + b->past_bytes - c->window_bytes, c->window_bytes);
    return AMOS_OK;
}

amos_status amosi_index_builder_finish(struct amosi_index_builder *builder, struct amosi_index **out, amos_error *err)
{
    struct amosi_index *index = builder->index;
    *out = NULL;
    if (index->count == 0)
        return amosi_fail(err, AMOS_E_INDEX, builder->source->path,
                          "no gzip member was seen; there is nothing to index.");
    amos_status status = amosi_content_id_of(builder->source, &index->key, err);
    if (status)
        return status;
    index->points[index->count - 1].crc = crc_so_far(builder);
    index->out_bytes = builder->out;
    *out = index;
    builder->index = NULL;
    return AMOS_OK;
}
