/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/gzip/stream.h"

#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "io/gzip/member.h"
#include "io/crc32.h"

static const char *path_of(const struct amosi_stream *s)
{
    return s->source->path;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static amos_status use_backend(struct amosi_stream *s, const struct amosi_inflate_backend *backend, amos_error *err)
{
    if (s->backend)
        s->backend->destroy(s->state);
    s->backend = backend;
    s->state = backend->create();
    return s->state ? AMOS_OK : amosi_fail_nomem(err, path_of(s));
}

amos_status amosi_stream_open(struct amosi_stream *stream, const struct amosi_source *source, bool gzip,
                              const struct amosi_stream_settings *settings, amos_error *err)
{
    memset(stream, 0, sizeof *stream);
    stream->source = source;
    stream->settings = settings;
    stream->gzip = gzip;
    if (!gzip)
        return AMOS_OK;
    amos_status status = amosi_input_open(&stream->input, source, settings->input_bytes, err);
    if (!status)
        status = use_backend(stream, amosi_inflate_choose(settings->inflate), err);
    if (status)
        amosi_stream_close(stream);
    return status;
}

void amosi_stream_close(struct amosi_stream *stream)
{
    if (stream->backend)
        stream->backend->destroy(stream->state);
    stream->backend = NULL;
    amosi_input_close(&stream->input);
}

amos_status amosi_stream_watch(struct amosi_stream *stream, const struct amosi_stream_watcher *watcher, amos_error *err)
{
    stream->watcher = watcher;
    return use_backend(stream, &amosi_inflate_blocks, err);
}

void amosi_stream_use_index(struct amosi_stream *stream, const struct amosi_index *index)
{
    stream->index = index;
}

void amosi_stream_use_ahead(struct amosi_stream *stream, struct amosi_ahead *ahead)
{
    if (stream->backend == &amosi_inflate_own)
        stream->ahead = ahead;
}

void amosi_stream_expect(struct amosi_stream *stream, uint64_t total)
{
    stream->expected = total;
}

/* ---- gzip members ---- */

/* The last byte of the file that an honest writer may need for the wanted output: of all bodies so far. Empty blocks and
 * empty members are input without output, and could cost unlimited time. */
static uint64_t last_allowed(const struct amosi_stream *s)
{
    return s->body_offset - s->compressed + s->expected + s->expected / 2 + s->settings->limits.max_idle_input;
}

static amos_status begin_member(struct amosi_stream *s, amos_error *err)
{
    if (s->members == s->settings->limits.max_members)
        return amosi_fail_at(err, AMOS_E_LIMIT, path_of(s), (int64_t)amosi_input_position(&s->input),
                             "the file has more than %llu gzip members; raise max_members to read it.",
                             (unsigned long long)s->members);
    uint64_t start = amosi_input_position(&s->input);
    amos_status status = amosi_gzip_read_header(&s->input, s->settings->limits.max_gzip_header, err);
    if (!status && s->watcher)
        status = s->watcher->boundary(s->watcher->user, start * 8, true, err);
    if (status)
        return status;
    s->members++;
    s->in_body = true;
    s->body_ended = false;
    s->body_offset = amosi_input_position(&s->input);
    s->member_out = 0;
    s->crc = 0;
    s->block_bits = 0;
    s->backend->begin(s->state);
    return AMOS_OK;
}

/* Fuzzing ignores checksums: a fuzzer would never guess a correct one. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define CHECKSUMS 0
#else
#define CHECKSUMS 1
#endif

/* Only the scan that tried the index gets this error; it continues without the index. */
static amos_status fail_index(const struct amosi_stream *s, amos_error *err)
{
    return amosi_fail(err, AMOS_E_INDEX, path_of(s), "the data does not match its index; the index is not used.");
}

/* After a member: begins another one, or ends with whatever follows. */
static amos_status between_members(struct amosi_stream *s, amos_error *err)
{
    if (s->members == 0)
        return begin_member(s, err);
    enum amosi_gzip_next next;
    uint64_t here = amosi_input_position(&s->input);
    amos_status status = amosi_gzip_look_ahead(&s->input, &next, err);
    if (status)
        return status;
    if (next == AMOSI_GZIP_MEMBER)
        return begin_member(s, err);
    s->ended = true;
    if (s->index && s->position != s->index->out_bytes)
        return fail_index(s, err);
    if (next == AMOSI_GZIP_PADDING)
        s->warnings |= AMOS_W_PADDING;
    if (next == AMOSI_GZIP_TRAILING)
        s->warnings |= AMOS_W_TRAILING;
    if (next == AMOSI_GZIP_TRAILING && s->settings->strict)
        return amosi_fail_at(err, AMOS_E_GZ_TRAIL, path_of(s), (int64_t)here,
                             "bytes that are not gzip follow the compressed data at byte %llu; remove them.",
                             (unsigned long long)here);
    return AMOS_OK;
}

/* ---- inside a body ---- */

/* Reports AMOSI_INFLATE_BAD or AMOSI_INFLATE_CUT. */
static amos_status fail_in_body(struct amosi_stream *s, enum amosi_inflate_result result, amos_error *err)
{
    unsigned long long at = amosi_input_position(&s->input);
    if (result == AMOSI_INFLATE_CUT)
        return amosi_fail_at(
            err, AMOS_E_GZ_TRUNC, path_of(s), (int64_t)at,
            "the file ends at byte %llu, inside compressed data; it is cut off, so copy or download it again.", at);
    return amosi_fail_at(err, AMOS_E_GZ_DATA, path_of(s), (int64_t)at,
                         "the compressed data is damaged near byte %llu; copy or download the file again.", at);
}

/* The bit of the file that is decoded next. */
static uint64_t bit_of(const struct amosi_stream *s)
{
    return amosi_input_position(&s->input) * 8 - s->block_bits;
}

/* Where to stop for a piece that was decoded ahead, counted as in amosi_inflate_io. */
static uint64_t stop_of(const struct amosi_stream *s)
{
    const uint64_t stop = s->ahead ? amosi_ahead_stop(s->ahead, bit_of(s)) : 0;
    const uint64_t from = amosi_input_position(&s->input) * 8;
    return stop == 0 ? 0 : stop + AMOSI_STOP_FROM > from ? stop + AMOSI_STOP_FROM - from : 1;
}

static void use_input(struct amosi_input *input, const struct amosi_inflate_io *io)
{
    input->next = io->in;
    if (io->unused)
        amosi_input_seek(input, amosi_input_position(input) - io->unused);
}

/* Inflates into `buffer` until it is full, or the body or the file ends. */
static amos_status inflate_some(struct amosi_stream *s, unsigned char *buffer, size_t want, size_t *got,
                                enum amosi_inflate_result *result, amos_error *err)
{
    *got = 0;
    *result = AMOSI_INFLATE_MORE;
    while (*got < want && *result == AMOSI_INFLATE_MORE) {
        amos_status status = amosi_input_fill(&s->input, err);
        if (status)
            return status;
        const uint64_t here = amosi_input_position(&s->input), last = last_allowed(s);
        if (here > last)
            return amosi_fail_at(err, AMOS_E_LIMIT, path_of(s), (int64_t)amosi_input_position(&s->input),
                                 "the compressed data continues without output (max_idle_input); it is not a "
                                 "volume.");
        size_t in = least((size_t)(s->input.end - s->input.next), s->settings->input_bytes);
        if (in > last - here + 1) /* so that where it ends does not depend on the sizes of the steps */
            in = (size_t)(last - here + 1);
        size_t room = least(want - *got, AMOSI_INFLATE_MOST);
        struct amosi_inflate_io io = {s->input.next, in, buffer + *got, room, 0, 0, stop_of(s)};
        *result = s->backend->run(s->state, &io);
        if (*result == AMOSI_INFLATE_NOMEM)
            return amosi_fail_nomem(err, path_of(s));
        use_input(&s->input, &io);
        s->block_bits = io.bits;
        *got += room - io.out_bytes;
        /* All input is used, there is room left, and the body has not ended. */
        if (*result == AMOSI_INFLATE_MORE && io.out_bytes > 0 && amosi_input_position(&s->input) == s->source->size)
            *result = AMOSI_INFLATE_CUT;
    }
    return AMOS_OK;
}

/* Our own decoder refused the data. zlib decodes the member again up to the same place and continues from there, so
 * that the reported error does not depend on the chosen decoder. */
static amos_status fall_back_to_zlib(struct amosi_stream *s, amos_error *err)
{
    unsigned char *scratch = amosi_alloc(AMOSI_TILE_BYTES);
    s->ahead = NULL;
    amos_status status = scratch ? use_backend(s, &amosi_inflate_zlib, err) : amosi_fail_nomem(err, path_of(s));
    amosi_input_seek(&s->input, s->body_offset);
    if (!status)
        s->backend->begin(s->state);
    for (uint64_t left = s->member_out; left && !status;) {
        enum amosi_inflate_result result;
        size_t got;
        status =
            inflate_some(s, scratch, left < AMOSI_TILE_BYTES ? (size_t)left : AMOSI_TILE_BYTES, &got, &result, err);
        left -= got;
        if (!status && result != AMOSI_INFLATE_MORE && left)
            status = fail_in_body(s, result, err);
    }
    amosi_free(scratch);
    return status;
}

static amos_status fail_checksum(const struct amosi_stream *s, const struct amosi_gzip_trailer *trailer,
                                 uint64_t offset, amos_error *err)
{
    if (trailer->crc != s->crc)
        return amosi_fail_at(
            err, AMOS_E_GZ_CRC, path_of(s), (int64_t)offset,
            "the data has the CRC-32 0x%08x, but the file says 0x%08x; it is damaged, so copy or download it again.",
            s->crc, trailer->crc);
    return amosi_fail_at(
        err, AMOS_E_GZ_SIZE, path_of(s), (int64_t)offset + 4,
        "the data has %llu bytes, but the file says %u (modulo 2^32); it is damaged, so copy or download it again.",
        (unsigned long long)s->member_out, trailer->size);
}

static amos_status end_member(struct amosi_stream *s, amos_error *err)
{
    s->in_body = false;
    uint64_t end = amosi_input_position(&s->input);
    struct amosi_gzip_trailer trailer;
    amos_status status = amosi_gzip_read_trailer(&s->input, &trailer, err);
    if (!status && CHECKSUMS && !s->index && (trailer.crc != s->crc || trailer.size != (uint32_t)s->member_out))
        status = fail_checksum(s, &trailer, end, err);
    s->compressed += end - s->body_offset;
    return status;
}

/* Checks the next bytes of output against the CRCs of the index, segment by segment. */
static amos_status check_segments(struct amosi_stream *s, const unsigned char *data, size_t bytes, amos_error *err)
{
    uint64_t position = s->position;
    while (bytes) {
        if (s->segment == s->index->count)
            return fail_index(s, err);
        uint64_t left = amosi_index_end(s->index, s->segment) - position;
        size_t n = left < bytes ? (size_t)left : bytes;
        s->segment_crc = amosi_crc32(s->segment_crc, data, n);
        if (n == left) {
            if (CHECKSUMS && s->segment_crc != s->index->points[s->segment].crc)
                return fail_index(s, err);
            s->segment++;
            s->segment_crc = 0;
            s->entered = false;
        }
        position += n;
        data += n;
        bytes -= n;
    }
    return AMOS_OK;
}

/* Checks decoded bytes, or passes them to the watcher. */
static amos_status pass_output(struct amosi_stream *s, const unsigned char *data, size_t bytes, amos_error *err)
{
    s->member_out += bytes;
    if (s->index)
        return check_segments(s, data, bytes, err);
    s->crc = amosi_crc32(s->crc, data, bytes);
    return s->watcher && bytes ? s->watcher->output(s->watcher->user, data, bytes, err) : AMOS_OK;
}

/* ---- pieces that were decoded ahead ---- */

/* Continues inside a body, at a bit of the file. `window` is the output before it. */
static amos_status enter_at(struct amosi_stream *s, uint64_t bit, const unsigned char *window, size_t bytes,
                            bool *entered, amos_error *err)
{
    struct amosi_inflate_entry entry = {.window = window, .window_bytes = bytes};
    amos_status status = AMOS_OK;
    amosi_input_seek(&s->input, bit / 8);
    if (bit % 8) {
        int byte = 0;
        status = amosi_input_byte(&s->input, &byte, err);
        entry.bits = 8 - (unsigned)(bit % 8);
        entry.value = (unsigned)byte >> (8 - entry.bits);
    }
    s->block_bits = entry.bits;
    *entered = !status && s->backend->enter(s->state, &entry);
    return status;
}

/* A block begins here; perhaps it has been decoded ahead. A piece with more compressed bytes than this stream may read is
 * left alone, so that the limit is met where a reader without helpers meets it. */
static void look_for_piece(struct amosi_stream *s)
{
    amosi_ahead_take(s->ahead, bit_of(s), last_allowed(s), amosi_own_window(s->state));
}

static amos_status leave_piece(struct amosi_stream *s, amos_error *err)
{
    bool entered;
    unsigned char *window = amosi_alloc(AMOSI_WINDOW_BYTES);
    if (!window)
        return amosi_fail_nomem(err, path_of(s));
    const uint64_t bit = amosi_ahead_leave(s->ahead, window);
    amos_status status = enter_at(s, bit, window, AMOSI_WINDOW_BYTES, &entered, err);
    amosi_free(window);
    if (!status)
        look_for_piece(s);
    return status;
}

static amos_status read_piece(struct amosi_stream *s, unsigned char *buffer, size_t want, size_t *got, amos_error *err)
{
    *got = amosi_ahead_read(s->ahead, buffer, want);
    amos_status status = pass_output(s, buffer, *got, err);
    return status || amosi_ahead_has_more(s->ahead) ? status : leave_piece(s, err);
}

/* ---- the body ---- */

/* Reads bytes of the member's body. Errors after these bytes are not reported until more is wanted, because decoders
 * differ in how far they look ahead. */
static amos_status read_body(struct amosi_stream *s, unsigned char *buffer, size_t want, size_t *got, amos_error *err)
{
    enum amosi_inflate_result result;
    if (s->ahead && amosi_ahead_has_more(s->ahead))
        return read_piece(s, buffer, want, got, err);
    amos_status status = inflate_some(s, buffer, want, got, &result, err);
    if (!status && result == AMOSI_INFLATE_BAD && s->backend->id != AMOS_INFLATE_ZLIB && !s->index) {
        status = fall_back_to_zlib(s, err);
        if (!status)
            status = inflate_some(s, buffer, want, got, &result, err);
    }
    if (!status)
        status = pass_output(s, buffer, *got, err);
    if (status)
        return status;
    s->body_ended = result == AMOSI_INFLATE_END;
    if (result == AMOSI_INFLATE_BLOCK && s->watcher)
        return s->watcher->boundary(s->watcher->user, bit_of(s), false, err);
    if (result == AMOSI_INFLATE_BLOCK && s->ahead)
        look_for_piece(s);
    bool refused = result == AMOSI_INFLATE_BAD || result == AMOSI_INFLATE_CUT;
    return refused && *got < want ? fail_in_body(s, result, err) : AMOS_OK;
}

/* ---- reading ---- */

static amos_status read_gzip(struct amosi_stream *s, unsigned char *buffer, size_t want, size_t *got, amos_error *err)
{
    *got = 0;
    while (*got < want && !s->ended) {
        size_t n = 0;
        amos_status status;
        if (!s->in_body)
            status = between_members(s, err);
        else if (s->body_ended)
            status = end_member(s, err);
        else
            status = read_body(s, buffer + *got, want - *got, &n, err);
        *got += n;
        s->position += n;
        if (status)
            return status;
    }
    return AMOS_OK;
}

static uint64_t plain_left(const struct amosi_stream *s)
{
    return s->source->size > s->position ? s->source->size - s->position : 0;
}

amos_status amosi_stream_read(struct amosi_stream *stream, void *buffer, size_t want, size_t *got, amos_error *err)
{
    if (stream->gzip)
        return read_gzip(stream, buffer, want, got, err);
    uint64_t left = plain_left(stream);
    *got = left < want ? (size_t)left : want;
    amos_status status = amosi_source_read(stream->source, stream->position, buffer, *got, err);
    stream->position += *got;
    return status;
}

/* ---- skipping ---- */

static amos_status read_away(struct amosi_stream *s, uint64_t want, void *scratch, uint64_t *skipped, amos_error *err)
{
    while (*skipped < want) {
        size_t got, n = want - *skipped < AMOSI_TILE_BYTES ? (size_t)(want - *skipped) : AMOSI_TILE_BYTES;
        amos_status status = amosi_stream_read(s, scratch, n, &got, err);
        *skipped += got;
        if (status || got < n)
            return status;
    }
    return AMOS_OK;
}

/* Continues from a point of the index that lies inside a body. */
static amos_status enter_body(struct amosi_stream *s, const struct amosi_index_point *point, amos_error *err)
{
    size_t bytes = 0;
    bool entered = false;
    unsigned char *window = amosi_alloc(AMOSI_WINDOW_ROOM);
    if (!window)
        return amosi_fail_nomem(err, path_of(s));
    amos_status status = amosi_index_window(s->index, point, path_of(s), window, &bytes, err);
    if (!status)
        status = enter_at(s, point->bit, window, bytes, &entered, err);
    if (!status && !entered)
        status = fail_index(s, err);
    amosi_free(window);
    s->in_body = true;
    s->body_ended = false;
    s->body_offset = amosi_input_position(&s->input);
    s->compressed = 0;
    return status;
}

static amos_status jump(struct amosi_stream *s, size_t segment, amos_error *err)
{
    const struct amosi_index_point *point = &s->index->points[segment];
    amosi_input_seek(&s->input, point->bit / 8);
    s->position = point->out;
    s->segment = segment;
    s->segment_crc = 0;
    s->entered = true;
    s->in_body = false;
    s->members = 1; /* what follows is not the first */
    return point->window_bytes ? enter_body(s, point, err) : AMOS_OK;
}

amos_status amosi_stream_skip(struct amosi_stream *stream, uint64_t want, void *scratch, uint64_t *skipped,
                              amos_error *err)
{
    *skipped = 0;
    if (!stream->gzip) {
        uint64_t left = plain_left(stream);
        *skipped = left < want ? left : want;
        stream->position += *skipped;
        return AMOS_OK;
    }
    const uint64_t start = stream->position;
    size_t segment = stream->index ? amosi_index_find(stream->index, start + want) : 0;
    if (segment > stream->segment) {
        amos_status status = amosi_stream_settle(stream, scratch, err);
        if (!status && segment > stream->segment)
            status = jump(stream, segment, err);
        if (status)
            return status;
        *skipped = stream->position - start;
    }
    return read_away(stream, want, scratch, skipped, err);
}

amos_status amosi_stream_settle(struct amosi_stream *stream, void *scratch, amos_error *err)
{
    if (!stream->entered)
        return AMOS_OK;
    uint64_t skipped = 0, left = amosi_index_end(stream->index, stream->segment) - stream->position;
    amos_status status = read_away(stream, left, scratch, &skipped, err);
    return !status && stream->entered ? fail_index(stream, err) : status;
}
