/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "io/gzip/ahead.h"

#include <pthread.h>
#include <string.h>

#include "base/system/alloc.h"

#define ROOM ((size_t)8 << 20)            /* for the output of a piece */
#define LEAST_PIECE ((uint64_t)256 << 10) /* compressed bytes; a guess costs 10 KiB or so */
#define MOST_PIECE ((uint64_t)768 << 10)
#define MARGIN ((uint64_t)192 << 10) /* for the end of the last block */

#define COST_OF_TAKING 0.2 /* of a byte of a piece for the reader, who decodes one of its own in 1 */
#define LEAST_LEAD 0.5
#define MOST_LEAD 4

enum state { FREE, WORKED_ON, READY };

/* A piece, and what decodes it. A helper uses it alone while it is WORKED_ON; everything else is guarded by the lock. */
struct slot {
    enum state state;
    uint64_t begin, stop; /* bytes of the file: it starts at the first block in them that is found */
    struct amosi_guesser *guesser;
    struct amosi_guess guess; /* its bits are counted from `begin` */
};

struct amosi_ahead {
    const struct amosi_source *source;
    pthread_mutex_t lock;
    pthread_cond_t slot_free, piece_ready;
    bool ended;
    unsigned helpers;
    uint64_t piece;       /* bytes for a helper; fewer near the end */
    double lead;          /* bytes that the reader decodes while a helper decodes one; adapted so that no one waits */
    uint64_t next;        /* where the last piece ends */
    uint64_t reader;      /* the byte where the reader was last */
    struct slot *taken;   /* by the reader */
    unsigned taken_count; /* pieces so far */
    size_t read;          /* bytes of it */
    struct amosi_guess_key key;
    size_t count;
    struct slot slots[];
};

/* ---- making ---- */

static uint64_t clamp(uint64_t value, uint64_t least, uint64_t most)
{
    return value < least ? least : value < most ? value : most;
}

struct amosi_ahead *amosi_ahead_new(const struct amosi_source *source, uint64_t out_bytes, unsigned helpers)
{
    const size_t count = helpers + 1;
    struct amosi_ahead *a = amosi_zalloc(sizeof *a + count * sizeof a->slots[0]);
    if (!a)
        return NULL;
    const double ratio = (double)out_bytes / (double)(source->size + 1);
    const uint64_t fits = (uint64_t)((double)ROOM / (2.5 * (ratio > 1 ? ratio : 1))); /* marked bytes take two each */
    a->source = source;
    a->helpers = helpers;
    a->count = count;
    a->piece = clamp(source->size / 32, LEAST_PIECE, clamp(fits, LEAST_PIECE, MOST_PIECE));
    a->lead = 1.25;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->slot_free, NULL);
    pthread_cond_init(&a->piece_ready, NULL);
    return a;
}

void amosi_ahead_free(struct amosi_ahead *ahead)
{
    if (!ahead)
        return;
    for (size_t i = 0; i < ahead->count; i++)
        amosi_guesser_free(ahead->slots[i].guesser);
    pthread_cond_destroy(&ahead->piece_ready);
    pthread_cond_destroy(&ahead->slot_free);
    pthread_mutex_destroy(&ahead->lock);
    amosi_free(ahead);
}

/* ---- helpers ---- */

static struct slot *free_slot(struct amosi_ahead *a)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->slots[i].state == FREE)
            return &a->slots[i];
    return NULL;
}

/* How much there is for the reader between where it is and the next piece, in bytes that it decodes itself. */
static double work_of_reader(const struct amosi_ahead *a)
{
    double bytes = (double)(a->next - a->reader);
    for (size_t i = 0; i < a->count; i++) {
        const struct slot *slot = &a->slots[i];
        const uint64_t from = slot->begin > a->reader ? slot->begin : a->reader;
        if (slot->state != FREE && slot->stop > from)
            bytes -= (double)(slot->stop - from) * (1 - COST_OF_TAKING);
    }
    return bytes;
}

/* Where the next piece begins and ends: the reader comes there when it is ready. */
static void place(struct amosi_ahead *a, struct slot *slot)
{
    const uint64_t left = (a->source->size - a->reader) / (2 * (a->helpers + 1)); /* so that all end together */
    const uint64_t bytes = clamp(left, LEAST_PIECE, a->piece);
    if (a->next < a->reader) /* the reader is faster than the helpers */
        a->next = a->reader;
    const double own = a->lead * (double)bytes - work_of_reader(a);
    slot->begin = a->next + (own > 0 ? (uint64_t)own : 0);
    slot->stop = slot->begin + bytes;
}

/* The next piece; NULL: no more is wanted. Called with the lock held. */
static struct slot *claim(struct amosi_ahead *a)
{
    struct slot *slot = NULL;
    while (!a->ended && a->next < a->source->size && !(slot = free_slot(a)))
        pthread_cond_wait(&a->slot_free, &a->lock);
    if (!slot || a->ended)
        return NULL;
    place(a, slot);
    a->next = slot->stop;
    if (slot->begin >= a->source->size)
        return NULL;
    slot->state = WORKED_ON;
    return slot;
}

/* Without memory, or if the file cannot be read, nothing is found; the reader meets and reports what is wrong. */
static void work_on(const struct amosi_ahead *a, struct slot *slot)
{
    const uint64_t left = a->source->size - slot->begin, most = a->piece + MARGIN;
    const size_t bytes = (size_t)(left < most ? left : most);
    slot->guess = (struct amosi_guess){0};
    if (!slot->guesser)
        slot->guesser = amosi_guesser_new((size_t)most, ROOM);
    if (slot->guesser && !amosi_source_read(a->source, slot->begin, amosi_guesser_input(slot->guesser), bytes, NULL))
        amosi_guess(slot->guesser, bytes, (slot->stop - slot->begin) * 8, &slot->guess);
}

void amosi_ahead_help(struct amosi_ahead *ahead)
{
    struct slot *slot;
    pthread_mutex_lock(&ahead->lock);
    while ((slot = claim(ahead))) {
        pthread_mutex_unlock(&ahead->lock);
        work_on(ahead, slot);
        pthread_mutex_lock(&ahead->lock);
        slot->state = READY;
        pthread_cond_signal(&ahead->piece_ready);
    }
    pthread_mutex_unlock(&ahead->lock);
}

void amosi_ahead_end(struct amosi_ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    ahead->ended = true;
    pthread_cond_broadcast(&ahead->slot_free);
    pthread_mutex_unlock(&ahead->lock);
}

/* ---- the reader ---- */

static void release(struct amosi_ahead *a, struct slot *slot)
{
    slot->state = FREE;
    pthread_cond_signal(&a->slot_free);
}

/* Where a piece begins, as far as is known. */
static uint64_t first_bit(const struct slot *slot)
{
    return slot->begin * 8 + (slot->state == READY ? slot->guess.begin : 0);
}

/* A reader at `bit` has no use for it. */
static bool is_past(const struct slot *slot, uint64_t bit)
{
    return slot->state == READY && (slot->guess.begin == slot->guess.end || first_bit(slot) < bit);
}

/* The first piece from `bit` on, or one that is still worked on and may begin there. Called with the lock held. */
static struct slot *find_piece(struct amosi_ahead *a, uint64_t bit)
{
    struct slot *first = NULL;
    a->reader = bit / 8;
    for (size_t i = 0; i < a->count; i++) {
        struct slot *slot = &a->slots[i];
        if (is_past(slot, bit))
            release(a, slot);
        if (slot->state != FREE && (!first || slot->begin < first->begin))
            first = slot;
    }
    return first;
}

uint64_t amosi_ahead_stop(struct amosi_ahead *ahead, uint64_t bit)
{
    pthread_mutex_lock(&ahead->lock);
    const struct slot *slot = find_piece(ahead, bit);
    uint64_t stop = slot ? first_bit(slot) : 0;
    pthread_mutex_unlock(&ahead->lock);
    return stop;
}

/* The reader that waited for a helper gets more to do itself, until it waits no more; else a little less. */
static void adapt(struct amosi_ahead *a, bool waited)
{
    a->lead *= waited ? 1.125 : 0.98;
    a->lead = a->lead < LEAST_LEAD ? LEAST_LEAD : a->lead > MOST_LEAD ? MOST_LEAD : a->lead;
}

bool amosi_ahead_take(struct amosi_ahead *ahead, uint64_t bit, uint64_t most, const unsigned char *window)
{
    bool waited = false;
    pthread_mutex_lock(&ahead->lock);
    struct slot *slot = find_piece(ahead, bit);
    while (slot && slot->state == WORKED_ON && slot->begin * 8 <= bit) {
        waited = true;
        pthread_cond_wait(&ahead->piece_ready, &ahead->lock);
        slot = find_piece(ahead, bit);
    }
    bool found =
        slot && slot->state == READY && first_bit(slot) == bit && window && slot->begin + slot->guess.end / 8 < most;
    if (found || waited)
        adapt(ahead, waited);
    pthread_mutex_unlock(&ahead->lock);
    if (found) {
        ahead->taken = slot;
        ahead->taken_count++;
        ahead->read = 0;
        amosi_guess_key_make(&ahead->key, window);
    }
    return found;
}

static size_t bytes_of(const struct slot *slot)
{
    return slot->guess.units + slot->guess.bytes;
}

bool amosi_ahead_has_more(const struct amosi_ahead *ahead)
{
    return ahead->taken && ahead->read < bytes_of(ahead->taken);
}

size_t amosi_ahead_read(struct amosi_ahead *ahead, unsigned char *out, size_t want)
{
    const size_t left = bytes_of(ahead->taken) - ahead->read, n = want < left ? want : left;
    amosi_guess_resolve(&ahead->taken->guess, &ahead->key, ahead->read, out, n);
    ahead->read += n;
    return n;
}

unsigned amosi_ahead_taken(const struct amosi_ahead *ahead)
{
    return ahead->taken_count;
}

uint64_t amosi_ahead_leave(struct amosi_ahead *ahead, unsigned char *window)
{
    struct slot *slot = ahead->taken;
    const uint64_t end = slot->begin * 8 + slot->guess.end;
    const size_t bytes = bytes_of(slot), made = bytes < AMOSI_WINDOW_BYTES ? bytes : AMOSI_WINDOW_BYTES;
    memcpy(window, ahead->key.bytes + AMOSI_GUESS_MARK + made, AMOSI_WINDOW_BYTES - made);
    amosi_guess_resolve(&slot->guess, &ahead->key, bytes - made, window + AMOSI_WINDOW_BYTES - made, made);
    ahead->taken = NULL;
    pthread_mutex_lock(&ahead->lock);
    release(ahead, slot);
    pthread_mutex_unlock(&ahead->lock);
    return end;
}
