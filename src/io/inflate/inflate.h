/* SPDX-License-Identifier: BSD-3-Clause */
/* The decoders of raw DEFLATE, zlib and our own, behind one interface. They get only the bodies of gzip members.
 * stream.c handles headers, trailers, CRC-32 and all errors in the data, so that both decoders give the same result. */
#ifndef AMOSI_IO_INFLATE_INFLATE_H
#define AMOSI_IO_INFLATE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <amos/volume.h>

enum amosi_inflate_result {
    AMOSI_INFLATE_MORE,  /* out of input or of output room: call again with more of it */
    AMOSI_INFLATE_BLOCK, /* a block that is not the last has ended; amosi_inflate_blocks, and others at `stop` */
    AMOSI_INFLATE_END,   /* the last block has ended */
    AMOSI_INFLATE_BAD,   /* damaged data */
    AMOSI_INFLATE_CUT,   /* the file ends inside the body; set by stream.c, never by a backend */
    AMOSI_INFLATE_NOMEM  /* out of memory; the state of the backend is lost */
};

/* The backend advances the first four. Neither size exceeds AMOSI_INFLATE_MOST. */
struct amosi_inflate_io {
    const unsigned char *in;
    size_t in_bytes;
    unsigned char *out;
    size_t out_bytes;
    size_t unused; /* bytes before `in`, possibly of an earlier call, that were not needed */
    unsigned bits; /* AMOSI_INFLATE_BLOCK: this many bits before `in` belong to the next block */
    uint64_t stop; /* if not 0: return AMOSI_INFLATE_BLOCK at the first end of a block that is at this bit or later,
                      counted from AMOSI_STOP_FROM bits before `in`; only our own decoder does so */
};

#define AMOSI_STOP_FROM 64 /* a decoder may hold nearly as many bits that are not used yet */

#define AMOSI_INFLATE_MOST ((size_t)1 << 30) /* zlib counts in 32 bits */

#define AMOSI_WINDOW_BYTES ((size_t)32 << 10) /* the largest distance of a copy in DEFLATE */

/* A place between two blocks at which inflating a body can start without the data before it. */
struct amosi_inflate_entry {
    unsigned bits;               /* 0..7: this many bits of the byte before the input belong to the block */
    unsigned value;              /* those bits, the first one lowest */
    const unsigned char *window; /* the output before this place */
    size_t window_bytes;         /* at most AMOSI_WINDOW_BYTES; fewer only near the body's beginning */
};

struct amosi_inflate_backend {
    amos_inflate id;
    const char *name;
    void *(*create)(void);      /* NULL: out of memory */
    void (*begin)(void *state); /* a new body begins */
    /* Starts in the middle of a body. False: the backend cannot do that. */
    bool (*enter)(void *state, const struct amosi_inflate_entry *entry);
    enum amosi_inflate_result (*run)(void *state, struct amosi_inflate_io *io);
    void (*destroy)(void *state); /* accepts NULL */
};

/* The backend for a choice, which must be one of the enum. */
const struct amosi_inflate_backend *amosi_inflate_choose(amos_inflate choice);

/* The reference that decides what is wrong with damaged data. */
extern const struct amosi_inflate_backend amosi_inflate_zlib;
/* Our own. It accepts and refuses the same bodies as zlib. */
extern const struct amosi_inflate_backend amosi_inflate_own;
/* Of a state of our own decoder: the AMOSI_WINDOW_BYTES bytes before the next byte of output, valid until the next call.
 * NULL: the body has had fewer so far. */
const unsigned char *amosi_own_window(const void *state);
/* zlib again, but it stops at the end of each block. */
extern const struct amosi_inflate_backend amosi_inflate_blocks;

#endif
