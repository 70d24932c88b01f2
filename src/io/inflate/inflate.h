/* SPDX-License-Identifier: BSD-3-Clause */
/* What inflates raw DEFLATE, zlib and a decoder of our own, behind one table. They see only the bodies of gzip members:
 * headers, trailers, CRC-32 and every decision about bad data are stream.c's, so that both give the same result. */
#ifndef AMOSI_IO_INFLATE_INFLATE_H
#define AMOSI_IO_INFLATE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <amos/volume.h>

enum amosi_inflate_result {
    AMOSI_INFLATE_MORE,  /* out of input or of room: call again with more of it */
    AMOSI_INFLATE_BLOCK, /* another block than the last has ended; only amosi_inflate_blocks stops there */
    AMOSI_INFLATE_END,   /* the last block has ended */
    AMOSI_INFLATE_BAD,   /* damaged data */
    AMOSI_INFLATE_CUT,   /* the file ends inside the body; found by stream.c, no backend knows */
    AMOSI_INFLATE_NOMEM  /* the backend found no memory to go on; its state is lost */
};

/* The backend moves the first four along. Neither size exceeds AMOSI_INFLATE_MOST. */
struct amosi_inflate_io {
    const unsigned char *in;
    size_t in_bytes;
    unsigned char *out;
    size_t out_bytes;
    size_t unused; /* bytes before `in`, perhaps of an earlier call, that were not needed after all */
    unsigned bits; /* AMOSI_INFLATE_BLOCK: this many bits of the byte before `in` belong to the next block */
};

#define AMOSI_INFLATE_MOST ((size_t)1 << 30) /* zlib counts in 32 bits */

#define AMOSI_WINDOW_BYTES ((size_t)32 << 10) /* DEFLATE copies from no further back */

/* A place between two blocks, from where a body can be inflated without what stands before it. */
struct amosi_inflate_entry {
    unsigned bits;               /* 0..7: so many bits of the byte before the input belong to the block */
    unsigned value;              /* those bits, the first of them lowest */
    const unsigned char *window; /* the output before the place */
    size_t window_bytes;         /* at most AMOSI_WINDOW_BYTES; fewer only near the body's beginning */
};

struct amosi_inflate_backend {
    amos_inflate id;
    const char *name;
    void *(*create)(void);      /* NULL: out of memory */
    void (*begin)(void *state); /* a new body begins */
    /* A body is entered in its middle. False: the backend cannot do that. */
    bool (*enter)(void *state, const struct amosi_inflate_entry *entry);
    enum amosi_inflate_result (*run)(void *state, struct amosi_inflate_io *io);
    void (*destroy)(void *state); /* NULL is fine */
};

/* The backend for a choice, which must be one of the enum. */
const struct amosi_inflate_backend *amosi_inflate_choose(amos_inflate choice);

/* The judge of what is wrong with damaged data. */
extern const struct amosi_inflate_backend amosi_inflate_zlib;
/* Our own. It takes and refuses the same bodies as zlib. */
extern const struct amosi_inflate_backend amosi_inflate_own;
/* zlib once more, stopping at the end of each block. */
extern const struct amosi_inflate_backend amosi_inflate_blocks;

#endif
