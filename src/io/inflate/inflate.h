/* What inflates raw DEFLATE, libraries and a decoder of our own, behind one table. They see only the bodies of gzip members:
 * headers, trailers, CRC-32 and every decision about bad data are stream.c's, so that all give the same result. */
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
    AMOSI_INFLATE_BAD,   /* damaged data, or something that this backend cannot do */
    AMOSI_INFLATE_NOMEM  /* the backend found no memory to go on; its state is lost */
};

/* The backend moves the first four along. Neither size exceeds AMOSI_INFLATE_MOST. */
struct amosi_inflate_io {
    const unsigned char *in;
    size_t in_bytes;
    unsigned char *out;
    size_t out_bytes;
    size_t unused; /* so many bytes before `in`, perhaps of an earlier call, were not needed after all */
    unsigned bits; /* AMOSI_INFLATE_BLOCK: so many bits of the byte before `in` belong to the next block */
};

#define AMOSI_INFLATE_MOST ((size_t)1 << 30) /* ISA-L and zlib count in 32 bits */

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
    bool one_shot;              /* needs the whole body and room for all its output in a single call */
    void *(*create)(void);      /* NULL: out of memory */
    void (*begin)(void *state); /* a new body begins */
    /* A body is entered in its middle; NULL for a one-shot backend. False: the backend cannot do that. */
    bool (*enter)(void *state, const struct amosi_inflate_entry *entry);
    enum amosi_inflate_result (*run)(void *state, struct amosi_inflate_io *io);
    void (*destroy)(void *state); /* NULL is fine */
};

/* What a stream is opened for: bits, or none of them. */
enum amosi_inflate_use {
    AMOSI_USE_PART = 0,
    AMOSI_USE_WHOLE = 1, /* all of it, from the beginning on, so that a backend without streaming is worth its memory */
    AMOSI_USE_RUNS = 2   /* what is mostly runs: data that compress strongly */
};

/* The backend for a choice; NULL where it is not built in. */
const struct amosi_inflate_backend *amosi_inflate_choose(amos_inflate choice, unsigned use);

/* Always there, and the judge of what is wrong with damaged data. */
extern const struct amosi_inflate_backend amosi_inflate_zlib;
/* Our own, always there too. */
extern const struct amosi_inflate_backend amosi_inflate_own;
/* zlib once more, stopping at the end of each block. */
extern const struct amosi_inflate_backend amosi_inflate_blocks;
#ifdef AMOS_HAVE_ISAL
extern const struct amosi_inflate_backend amosi_inflate_isal;
#endif
#ifdef AMOS_HAVE_LIBDEFLATE
extern const struct amosi_inflate_backend amosi_inflate_libdeflate;
#endif

/* CRC-32 as gzip defines it, by the fastest library that is built in; start with 0. */
uint32_t amosi_crc32(uint32_t crc, const void *data, size_t bytes);

#endif
