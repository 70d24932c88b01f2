/* SPDX-License-Identifier: BSD-3-Clause */
/* Pieces of data that several threads compress, each on its own, and that are handed on in their order. The thread that
 * adds them helps when it would have to wait, so `threads` of them work; with one, no other is started. */
#ifndef AMOSI_IO_DEFLATE_QUEUE_H
#define AMOSI_IO_DEFLATE_QUEUE_H

#include <stdint.h>

#include <amos/error.h>

#include "io/deflate/method.h"

/* A compressed piece. */
struct amosi_piece {
    const unsigned char *data; /* what it was */
    size_t bytes;
    uint32_t crc; /* CRC-32 of the data */
    const unsigned char *packed;
    size_t packed_bytes;
};

/* Takes the next piece, on the thread that uses the queue. */
typedef amos_status amosi_piece_fn(void *user, const struct amosi_piece *piece, amos_error *err);

struct amosi_queue;
struct amosi_queue_plan {
    int level;          /* 1 to 9, or 0 for the default */
    int threads;        /* at least 1; fewer run if they cannot be started */
    size_t piece_bytes; /* of the largest piece */
    amosi_piece_fn *take;
    void *user;
    const char *path; /* for messages; must outlive the queue */
};
struct amosi_queue *amosi_queue_new(const struct amosi_queue_plan *plan); /* NULL: out of memory */

/* Drops the pieces that were not handed on. Accepts NULL. */
void amosi_queue_free(struct amosi_queue *queue);

/* Lends memory for the data of the next piece, until that is added. */
amos_status amosi_queue_room(struct amosi_queue *queue, unsigned char **room, amos_error *err);

/* Adds a piece. Its data is what amosi_queue_room() lent, or stays unchanged until the queue is drained or freed. After
 * a failure, of the receiving function too, the queue can only be freed, and nothing reads the data any more. */
amos_status amosi_queue_add(struct amosi_queue *queue, const unsigned char *data, size_t bytes, amos_error *err);

/* Hands on all pieces. */
amos_status amosi_queue_drain(struct amosi_queue *queue, amos_error *err);

#endif
