/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "io/deflate/queue.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "base/error/fail.h"
#include "base/system/alloc.h"
#include "io/crc32.h"

#define STORED_MOST ((size_t)65535) /* bytes of a stored block */
#define STORED_HEADER ((size_t)5)

/* A piece, and memory that later pieces use again. */
struct slot {
    struct amosi_piece piece;
    bool done, nomem;
    unsigned char *copy;   /* for data that the caller does not keep; NULL until needed */
    unsigned char *packed; /* NULL until needed */
};

/* The compressors of a thread: one for each kind of data, as long as these have different ones. */
struct packer {
    struct amosi_deflate_choice choice[AMOSI_DEFLATE_KINDS];
    void *state[AMOSI_DEFLATE_KINDS]; /* NULL until needed */
};

struct amosi_queue {
    struct amosi_queue_plan plan;
    struct slot *slots;
    size_t count;         /* of slots; piece i has slot i % count */
    struct packer packer; /* of the caller's thread */
    size_t handed;        /* pieces that were handed on */
    pthread_mutex_t lock; /* for all that follows, and for `done` of the slots */
    pthread_cond_t added_one, done_one;
    size_t added, taken;
    bool stop;
    pthread_t *threads;
    size_t running, startable;
};

/* ---- compressing ---- */

/* What a piece takes if it is stored, with an empty block at its end as any other has. */
static size_t stored_bytes(size_t bytes)
{
    return bytes + (bytes / STORED_MOST + 2) * STORED_HEADER;
}

static size_t store_block(const unsigned char *in, size_t bytes, unsigned char *out)
{
    const unsigned char header[STORED_HEADER] = {0, (unsigned char)bytes, (unsigned char)(bytes >> 8),
                                                 (unsigned char)~bytes, (unsigned char)(~bytes >> 8)};
    memcpy(out, header, sizeof header);
    if (bytes)
        memcpy(out + sizeof header, in, bytes);
    return sizeof header + bytes;
}

/* For data that no compressor makes smaller. */
static size_t store(const unsigned char *in, size_t bytes, unsigned char *out)
{
    size_t made = 0;
    for (size_t at = 0; at < bytes; at += STORED_MOST)
        made += store_block(in + at, bytes - at < STORED_MOST ? bytes - at : STORED_MOST, out + made);
    return made + store_block(NULL, 0, out + made);
}

static struct packer begin_packer(int level)
{
    struct packer p = {0};
    for (int kind = 0; kind < AMOSI_DEFLATE_KINDS; kind++)
        p.choice[kind] = amosi_deflate_choose(level, (enum amosi_deflate_kind)kind);
    return p;
}

static void end_packer(struct packer *p)
{
    for (int kind = 0; kind < AMOSI_DEFLATE_KINDS; kind++)
        p->choice[kind].method->destroy(p->state[kind]);
}

/* The kind whose compressor takes these data: the first with the same one, so that none is made twice. */
static int packing_kind(const struct packer *p, const struct amosi_piece *piece)
{
    int kind = (int)amosi_deflate_kind_of(piece->data, piece->bytes), first = 0;
    const struct amosi_deflate_choice *wanted = &p->choice[kind];
    while (p->choice[first].method != wanted->method || p->choice[first].level != wanted->level)
        first++;
    return first;
}

static void pack(const struct amosi_queue *q, struct packer *packer, struct slot *slot)
{
    struct amosi_piece *piece = &slot->piece;
    int kind = packing_kind(packer, piece);
    const struct amosi_deflate_choice *choice = &packer->choice[kind];
    if (!packer->state[kind])
        packer->state[kind] = choice->method->create(choice->level);
    if (!slot->packed)
        slot->packed = amosi_alloc(stored_bytes(q->plan.piece_bytes));
    slot->nomem = !packer->state[kind] || !slot->packed;
    if (slot->nomem)
        return;
    piece->crc = amosi_crc32(0, piece->data, piece->bytes);
    piece->packed = slot->packed;
    piece->packed_bytes =
        choice->method->run(packer->state[kind], piece->data, piece->bytes, slot->packed, stored_bytes(piece->bytes));
    if (!piece->packed_bytes)
        piece->packed_bytes = store(piece->data, piece->bytes, slot->packed);
}

/* Takes a piece and compresses it. Called with the lock held, which is released meanwhile; a piece must be there. */
static void pack_next(struct amosi_queue *q, struct packer *packer)
{
    struct slot *slot = &q->slots[q->taken++ % q->count];
    pthread_mutex_unlock(&q->lock);
    pack(q, packer, slot);
    pthread_mutex_lock(&q->lock);
    slot->done = true;
}

static void *thread_main(void *argument)
{
    struct amosi_queue *q = argument;
    struct packer packer = begin_packer(q->plan.level);
    pthread_mutex_lock(&q->lock);
    while (!q->stop) {
        if (q->taken == q->added) {
            pthread_cond_wait(&q->added_one, &q->lock);
            continue;
        }
        pack_next(q, &packer);
        pthread_cond_signal(&q->done_one);
    }
    pthread_mutex_unlock(&q->lock);
    end_packer(&packer);
    return NULL;
}

/* ---- the thread that uses the queue ---- */

struct amosi_queue *amosi_queue_new(const struct amosi_queue_plan *plan)
{
    size_t threads = (size_t)plan->threads;
    struct amosi_queue *q = amosi_zalloc(sizeof *q);
    if (!q)
        return NULL;
    q->plan = *plan;
    q->packer = begin_packer(plan->level);
    q->startable = threads - 1;
    q->count = threads == 1 ? 1 : 2 * threads;
    q->slots = amosi_zalloc_array(q->count, sizeof *q->slots);
    q->threads = amosi_alloc_array(threads, sizeof *q->threads);
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->added_one, NULL);
    pthread_cond_init(&q->done_one, NULL);
    if (q->slots && q->threads)
        return q;
    amosi_queue_free(q);
    return NULL;
}

static void end_threads(struct amosi_queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->stop = true;
    pthread_cond_broadcast(&q->added_one);
    pthread_mutex_unlock(&q->lock);
    for (size_t i = 0; i < q->running; i++)
        pthread_join(q->threads[i], NULL);
    q->running = 0;
}

void amosi_queue_free(struct amosi_queue *queue)
{
    if (!queue)
        return;
    end_threads(queue);
    end_packer(&queue->packer);
    for (size_t i = 0; queue->slots && i < queue->count; i++) {
        amosi_free(queue->slots[i].copy);
        amosi_free(queue->slots[i].packed);
    }
    pthread_cond_destroy(&queue->done_one);
    pthread_cond_destroy(&queue->added_one);
    pthread_mutex_destroy(&queue->lock);
    amosi_free(queue->threads);
    amosi_free(queue->slots);
    amosi_free(queue);
}

/* Waits for the oldest piece, compressing others meanwhile, and hands it on. */
static amos_status hand_on(struct amosi_queue *q, amos_error *err)
{
    struct slot *oldest = &q->slots[q->handed % q->count];
    pthread_mutex_lock(&q->lock);
    while (!oldest->done) {
        if (q->taken < q->added)
            pack_next(q, &q->packer);
        else
            pthread_cond_wait(&q->done_one, &q->lock);
    }
    oldest->done = false;
    pthread_mutex_unlock(&q->lock);
    q->handed++;
    amos_status status =
        oldest->nomem ? amosi_fail_nomem(err, q->plan.path) : q->plan.take(q->plan.user, &oldest->piece, err);
    if (status)
        end_threads(q);
    return status;
}

/* Makes sure that the slot of the next piece is free. */
static amos_status free_slot(struct amosi_queue *q, struct slot **slot, amos_error *err)
{
    *slot = &q->slots[q->added % q->count];
    return q->added - q->handed == q->count ? hand_on(q, err) : AMOS_OK;
}

amos_status amosi_queue_room(struct amosi_queue *queue, unsigned char **room, amos_error *err)
{
    struct slot *slot;
    amos_status status = free_slot(queue, &slot, err);
    if (status)
        return status;
    if (!slot->copy)
        slot->copy = amosi_alloc(queue->plan.piece_bytes);
    *room = slot->copy;
    return *room ? AMOS_OK : amosi_fail_nomem(err, queue->plan.path);
}

/* One more thread, if there is work for it. */
static void start_thread(struct amosi_queue *q)
{
    if (q->running == q->startable || q->added - q->handed < 2 + q->running)
        return;
    if (pthread_create(&q->threads[q->running], NULL, thread_main, q) == 0)
        q->running++;
    else
        q->startable = q->running;
}

amos_status amosi_queue_add(struct amosi_queue *queue, const unsigned char *data, size_t bytes, amos_error *err)
{
    struct slot *slot;
    amos_status status = free_slot(queue, &slot, err);
    if (status)
        return status;
    slot->piece = (struct amosi_piece){.data = data, .bytes = bytes};
    pthread_mutex_lock(&queue->lock);
    queue->added++;
    pthread_cond_signal(&queue->added_one);
    pthread_mutex_unlock(&queue->lock);
    start_thread(queue);
    return AMOS_OK;
}

amos_status amosi_queue_drain(struct amosi_queue *queue, amos_error *err)
{
    amos_status status = AMOS_OK;
    while (queue->handed < queue->added && !status)
        status = hand_on(queue, err);
    return status;
}
