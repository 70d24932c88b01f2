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

/* Decodes symbols of a block as long as there is plenty of input and room; MORE, or BAD. */
typedef enum amosi_inflate_result amosi_own_loop_fn(struct amosi_own *o, struct amosi_own_call *c);

struct amosi_own {
    amosi_own_loop_fn *loop;
    struct amosi_alphabet numbers_alphabet, literals_alphabet, distances_alphabet;
    enum amosi_own_state state;
    uint64_t bits; /* taken from the input and not used; those above `held` are 0, or those of the next bytes of it */
    unsigned held;
    bool last;                                /* the block is the last */
    uint32_t stored;                          /* bytes that the stored block still has */
    unsigned counts[3];                       /* symbols of: literals and lengths, distances, numbers */
    unsigned read;                            /* lengths that have been read */
    uint8_t lengths[AMOSI_MOST_SYMBOLS + 32]; /* of the words of both codes */
    unsigned copy, distance;                  /* what a copy still has to do when the room has ended */
    struct amosi_code literals, distances;    /* the code of numbers takes the place of distances */
    bool fixed;                               /* they are the fixed ones */
    size_t kept;                              /* bytes in `before`, the last of them next before the output */
    unsigned char before[AMOSI_OWN_KEEPS + AMOSI_COPY_STEP]; /* a copy may read beyond its end */
};

/* The loops that this processor can run, the fastest first, ended by NULL. They need this much input and room to begin with. */
amosi_own_loop_fn *const *amosi_own_loops(void);
#define AMOSI_LOOP_INPUT 40 /* five loads */
#define AMOSI_LOOP_ROOM 300 /* six literals, the longest copy, and what a copy may write beyond */

/* Does what is left of a copy, as far as there is room: also from what came before the output of this call, and without a
 * byte too many. False: nothing was there. */
bool amosi_copy_carefully(struct amosi_own *o, struct amosi_own_call *c);

#endif
