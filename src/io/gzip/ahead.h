/* SPDX-License-Identifier: BSD-3-Clause */
/* Several threads inflate one gzip file that has no index. Helpers guess where blocks begin further on in the file, and
 * decode pieces from there. The reader decodes from the beginning as ever, and takes a piece only if one of its own blocks
 * begins exactly where the piece does: so the output, the checks and the errors are those of a reader that is alone. */
#ifndef AMOSI_IO_GZIP_AHEAD_H
#define AMOSI_IO_GZIP_AHEAD_H

#include "io/inflate/guess.h"
#include "io/source.h"

/* Smaller files, and files that shrink more than this, are as fast without helpers: a guess costs up to a whole block, and
 * what is mostly copies is limited by memory. */
#define AMOSI_AHEAD_LEAST ((uint64_t)2 << 20)
#define AMOSI_AHEAD_RATIO 6

struct amosi_ahead;

/* For a file with about this much output. NULL: out of memory. Memory: at most 9 MiB for each helper and once more. */
struct amosi_ahead *amosi_ahead_new(const struct amosi_source *source, uint64_t out_bytes, unsigned helpers);
void amosi_ahead_free(struct amosi_ahead *ahead); /* once all helpers have returned; accepts NULL */

/* ---- helpers ---- */

/* Decodes pieces until the end is called; each helper calls it once. */
void amosi_ahead_help(struct amosi_ahead *ahead);
/* Any thread. Without it helpers wait for ever. */
void amosi_ahead_end(struct amosi_ahead *ahead);

/* ---- the reader, one thread ---- */

/* Bits are counted from the file's beginning. */

/* Where the reader, which is at `bit`, should ask for a piece: at the first block that begins there or later. 0: nowhere
 * yet. */
uint64_t amosi_ahead_stop(struct amosi_ahead *ahead, uint64_t bit);

/* Takes the piece that begins at `bit`, if there is one that ends at byte `most` or before; waits for it if a helper is
 * at it. `window` is the output before it. */
bool amosi_ahead_take(struct amosi_ahead *ahead, uint64_t bit, uint64_t most, const unsigned char *window);

/* The next bytes of the piece that was taken; fewer than wanted only at its end. */
size_t amosi_ahead_read(struct amosi_ahead *ahead, unsigned char *out, size_t want);

/* Whether the piece has more bytes; false if none was taken. */
bool amosi_ahead_has_more(const struct amosi_ahead *ahead);

/* The number of pieces taken so far. */
unsigned amosi_ahead_taken(const struct amosi_ahead *ahead);

/* Leaves the piece, all of which has been read. Returns the bit where the next block begins, and copies the
 * AMOSI_WINDOW_BYTES bytes before it. */
uint64_t amosi_ahead_leave(struct amosi_ahead *ahead, unsigned char *window);

#endif
