/* SPDX-License-Identifier: BSD-3-Clause */
/* The state of our own decoder, which its files share. */
#ifndef AMOSI_IO_INFLATE_OWN_H
#define AMOSI_IO_INFLATE_OWN_H

#include "io/inflate/huffman.h"
#include "io/inflate/inflate.h"
#include "io/inflate/copy.h"

enum amosi_own_state {
    AT_BLOCK,
    AT_STORED_SIZE,
    IN_STORED,
    AT_COUNTS,
    AT_NUMBERS,
    AT_SYMBOL_LENGTHS,
    IN_BLOCK,
    AT_END
};

struct amosi_own;

#define AMOSI_OWN_KEEPS (2 * AMOSI_WINDOW_BYTES)

/* One call: where the input and the output are. */
struct amosi_own_call {
    const unsigned char *in, *in_end;
    unsigned char *out, *out_begin, *out_end;
};

/* Decodes symbols of a block while there is plenty of input and room. Returns MORE or BAD. */
typedef enum amosi_inflate_result amosi_own_loop_fn(struct amosi_own *o, struct amosi_own_call *c);

struct amosi_own {
    amosi_own_loop_fn *loop;
    struct amosi_alphabet numbers_alphabet, literals_alphabet, distances_alphabet;
    enum amosi_own_state state;
    uint64_t bits; /* read from the input and not used; bits above `held` are 0, or those of the next input bytes */
    unsigned held;
    bool last;                                /* the block is the last */
    const unsigned char *header;              /* the input when the block began, ... */
    unsigned header_held;                     /* ... and how many bits before it belong to the block */
    uint32_t stored;                          /* remaining bytes of the stored block */
    unsigned counts[3];                       /* number of symbols: literals and lengths, distances, numbers */
    unsigned read;                            /* lengths that have been read */
    uint8_t lengths[AMOSI_MOST_SYMBOLS + 32]; /* of the words of both codes */
    unsigned copy, distance;                  /* the rest of a copy that ran out of room */
    struct amosi_code literals, distances;    /* the code of numbers is also kept in `distances` */
    bool fixed;                               /* both are the fixed codes */
    size_t kept;                              /* bytes in `before`; the last is the one just before the output */
    unsigned char before[AMOSI_OWN_KEEPS + AMOSI_COPY_STEP]; /* a copy may read beyond its end */
};

/* The loops that this processor can run, fastest first, ended by NULL. They need this much input and room to start. */
amosi_own_loop_fn *const *amosi_own_loops(void);
#define AMOSI_LOOP_INPUT 40 /* five loads */
#define AMOSI_LOOP_ROOM 300 /* six literals, the longest copy, and what a copy may write beyond its end */

/* Does the rest of a copy, as far as there is room. It may also copy from data before the output of this call, and
 * writes no byte too many. False: there is nothing to copy from. */
bool amosi_copy_carefully(struct amosi_own *o, struct amosi_own_call *c);

/* Reads what precedes the data of the next block: afterwards the state is IN_BLOCK or IN_STORED. False: there is no such
 * block, or the input ends before its data. */
bool amosi_own_enter_block(struct amosi_own *o, struct amosi_own_call *c);

#endif
