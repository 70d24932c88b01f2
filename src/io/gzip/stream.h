/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads the uncompressed bytes of a source, gzip members or a plain file, in sequence, and checks them. */
#ifndef AMOSI_IO_GZIP_STREAM_H
#define AMOSI_IO_GZIP_STREAM_H

#include <amos/context.h>

#include "io/gzip/ahead.h"
#include "io/gzip/index.h"
#include "io/inflate/inflate.h"
#include "io/input.h"

#define AMOSI_TILE_BYTES ((size_t)256 << 10) /* stays in L2 while it is inflated, checked and converted */
#define AMOSI_INPUT_BYTES ((size_t)128 << 10)
#define AMOSI_HEADER_INPUT_BYTES ((size_t)4 << 10) /* opening needs only the first few hundred bytes */

/* How to decode; set by the handle that owns the stream. */
struct amosi_stream_settings {
    amos_limits limits; /* complete: no zeros */
    amos_inflate inflate;
    bool strict;        /* foreign bytes after the last member are an error */
    size_t input_bytes; /* size of the window on the compressed bytes */
};

/* Receives a whole gzip stream while it is read, to build an index. */
struct amosi_stream_watcher {
    /* The next bytes of output. */
    amos_status (*output)(void *user, const unsigned char *data, size_t bytes, amos_error *err);
    /* A member's header, or a block that is not the first of its member, begins at this bit of the file. */
    amos_status (*boundary)(void *user, uint64_t bit, bool member, amos_error *err);
    void *user;
};

struct amosi_stream {
    const struct amosi_source *source;
    const struct amosi_stream_settings *settings;
    bool gzip;
    bool ended;
    uint64_t position;      /* bytes returned so far; for a plain file also the position in it */
    uint64_t expected;      /* bytes that the reader wants in total; bounds the work that input can cause */
    amos_warnings warnings; /* AMOS_W_PADDING, AMOS_W_TRAILING */
    /* gzip only */
    struct amosi_input input;
    const struct amosi_inflate_backend *backend;
    void *state;
    bool in_body;    /* a member's header has been read and its trailer has not */
    bool body_ended; /* all of its body has been returned */
    uint64_t members;
    uint64_t body_offset;                       /* where the member's compressed body begins */
    uint64_t member_out;                        /* output bytes of the member so far */
    uint64_t compressed;                        /* bytes of the bodies of all members before this one */
    uint32_t crc;                               /* of the member's output so far */
    unsigned block_bits;                        /* of amosi_inflate_io */
    struct amosi_ahead *ahead;                  /* decodes pieces ahead of this reader; NULL: nothing does */
    const struct amosi_stream_watcher *watcher; /* NULL: none */
    /* With an index, the CRCs of its segments are checked instead of those of the members. */
    const struct amosi_index *index; /* NULL: none */
    size_t segment;                  /* the segment that contains `position`; the number of segments at the end */
    uint32_t segment_crc;            /* of its output so far */
    bool entered;                    /* reading started in it, and not all of it has been checked yet */
};

amos_status amosi_stream_open(struct amosi_stream *stream, const struct amosi_source *source, bool gzip,
                              const struct amosi_stream_settings *settings, amos_error *err);

/* Accepts a stream that was never opened (all zero). */
void amosi_stream_close(struct amosi_stream *stream);

/* Sets a watcher for all output, or an index for skipping. Both must outlive the stream, which must be a gzip stream
 * that has not been read from. */
amos_status amosi_stream_watch(struct amosi_stream *stream, const struct amosi_stream_watcher *watcher,
                               amos_error *err);
void amosi_stream_use_index(struct amosi_stream *stream, const struct amosi_index *index);

/* Sets helpers that decode ahead; they must outlive the stream. Nothing else changes. Not with an index or a watcher. */
void amosi_stream_use_ahead(struct amosi_stream *stream, struct amosi_ahead *ahead);

/* Sets how many bytes will be wanted in total, from the beginning. */
void amosi_stream_expect(struct amosi_stream *stream, uint64_t total);

/* Reads the next bytes; fewer than wanted only at the end. */
amos_status amosi_stream_read(struct amosi_stream *stream, void *buffer, size_t want, size_t *got, amos_error *err);

/* Skips bytes, without decoding them if an index allows it. `scratch` has AMOSI_TILE_BYTES bytes. *skipped is less than
 * wanted only at the end. */
amos_status amosi_stream_skip(struct amosi_stream *stream, uint64_t want, void *scratch, uint64_t *skipped,
                              amos_error *err);

/* Reads on until all that was decoded after a jump has been checked against the index. AMOS_E_INDEX: it does not
 * match. */
amos_status amosi_stream_settle(struct amosi_stream *stream, void *scratch, amos_error *err);

#endif
