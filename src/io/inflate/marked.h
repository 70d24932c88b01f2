/* SPDX-License-Identifier: BSD-3-Clause */
/* The symbols of a block, decoded to numbers of 16 bits, so that bytes of an unknown window can be told apart. */
#ifndef AMOSI_IO_INFLATE_MARKED_H
#define AMOSI_IO_INFLATE_MARKED_H

#include "io/inflate/own.h"

/* Units that are written beyond the end of the output: a copy in steps, after a pair of literals. */
#define AMOSI_MARKED_SPARE 320

/* Decodes the data of one block; the state is IN_BLOCK or IN_STORED. `c` gives the input only, which has
 * 64 more readable bytes. *out advances up to `end`; at least a window of units precedes it, and
 * AMOSI_MARKED_SPARE follow `end`. False: the block is damaged, or input or room end in it. */
bool amosi_marked_block(struct amosi_own *o, struct amosi_own_call *c, uint16_t **out, const uint16_t *end);

#endif
