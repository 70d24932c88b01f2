/* SPDX-License-Identifier: BSD-3-Clause */
/* A window that moves over a source and gives the decoders its compressed bytes. */
#ifndef AMOSI_IO_INPUT_H
#define AMOSI_IO_INPUT_H

#include "io/source.h"

struct amosi_input {
    const struct amosi_source *source;
    unsigned char *buffer; /* NULL if the source is memory: the window is then part of it */
    size_t buffer_bytes;
    const unsigned char *begin; /* the window: begin <= next <= end; next is the first byte not yet used */
    const unsigned char *next;
    const unsigned char *end;
    uint64_t end_offset; /* of `end` in the source */
};

amos_status amosi_input_open(struct amosi_input *input, const struct amosi_source *source, size_t buffer_bytes,
                             amos_error *err);
void amosi_input_close(struct amosi_input *input);

/* The position of `next` in the source. */
uint64_t amosi_input_position(const struct amosi_input *input);

/* Moves `next` to a position in the source; cheap inside the window. */
void amosi_input_seek(struct amosi_input *input, uint64_t offset);

/* Ensures next < end, unless the source has ended. */
amos_status amosi_input_fill(struct amosi_input *input, amos_error *err);

/* Reads one byte; -1 at the end of the source. */
amos_status amosi_input_byte(struct amosi_input *input, int *byte, amos_error *err);

#endif
