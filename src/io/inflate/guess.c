/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/inflate/guess.h"

#include "base/system/alloc.h"
#include "io/inflate/marked.h"

#define SPARE_INPUT 64 /* readable bytes after the input */

struct amosi_guesser {
    struct amosi_own *own;
    unsigned char *input; /* after it, in the same memory, so that few huge pages are touched: */
    uint16_t *window;     /* marks, then the room for output, then spare units */
    size_t room;
    uint8_t shares[1 << 12]; /* of four lengths of words: what part of the code they fill, in 128ths; 255: too much */
};

/* Input and output in one piece of memory. */
static bool get_memory(struct amosi_guesser *g, size_t most, size_t room)
{
    const size_t input = (most + SPARE_INPUT + 63) & ~(size_t)63;
    const size_t units = AMOSI_WINDOW_BYTES + AMOSI_MARKED_SPARE;
    g->input = amosi_alloc_voxels(input + units * sizeof *g->window + room);
    g->window = g->input ? (uint16_t *)(void *)(g->input + input) : NULL;
    g->room = room;
    return g->input;
}

struct amosi_guesser *amosi_guesser_new(size_t most, size_t room)
{
    struct amosi_guesser *g = amosi_zalloc(sizeof *g);
    if (!g)
        return NULL;
    g->own = amosi_inflate_own.create();
    if (!g->own || !get_memory(g, most, room)) {
        amosi_guesser_free(g);
        return NULL;
    }
    for (unsigned n = 0; n < AMOSI_WINDOW_BYTES; n++)
        g->window[n] = (uint16_t)(AMOSI_GUESS_MARK + n);
    for (unsigned n = 0; n < 1 << 12; n++) {
        unsigned share = 0;
        for (unsigned i = 0; i < 12; i += 3)
            share += (n >> i & 7) ? 128u >> (n >> i & 7) : 0;
        g->shares[n] = (uint8_t)(share < 255 ? share : 255);
    }
    return g;
}

unsigned char *amosi_guesser_input(const struct amosi_guesser *guesser)
{
    return guesser->input;
}

void amosi_guesser_free(struct amosi_guesser *guesser)
{
    if (!guesser)
        return;
    amosi_inflate_own.destroy(guesser->own);
    amosi_free(guesser->input);
    amosi_free(guesser);
}

/* ---- where a block may begin ---- */

/* The bits from `at` on, at least 57 of them. */
static uint64_t bits_at(const unsigned char *in, uint64_t at)
{
    return amosi_load_8(in + at / 8) >> (at % 8);
}

#define TOGETHER 48 /* places that are looked at together */

/* Bit n of the result: a block may begin at bit n, by its first 13 bits: it is not the last, has its own codes, and at most
 * 286 literals and lengths and 30 distances. */
static uint64_t may_begin(uint64_t bits)
{
    const uint64_t twos = bits & bits >> 1, fours = twos & twos >> 2; /* from here on 2 or 4 bits are set */
    return ~bits & ~(bits >> 1) & bits >> 2 & ~(fours >> 4) & ~(fours >> 9) & (((uint64_t)1 << TOGETHER) - 1);
}

/* Whether the code of numbers is complete in a block that begins here. */
static bool has_whole_code(const struct amosi_guesser *g, const unsigned char *in, uint64_t at)
{
    const unsigned count = ((unsigned)(bits_at(in, at + 13) & 15)) + 4;
    const uint64_t lengths = bits_at(in, at + 17) & (((uint64_t)1 << (3 * count)) - 1);
    unsigned share = 0;
    for (unsigned i = 0; i < 60; i += 12)
        share += g->shares[lengths >> i & 0xfff];
    return share == 128;
}

/* ---- decoding ---- */

/* The input while it is decoded. */
struct input {
    const unsigned char *begin;
    size_t bytes;
    uint64_t stop;
};

static uint64_t position(const struct input *in, const struct amosi_own *o, const struct amosi_own_call *c)
{
    return (uint64_t)(c->in - in->begin) * 8 - o->held;
}

/* Whether the window that ends at `end` has no mark. */
static bool is_clean(const uint16_t *end)
{
    for (const uint16_t *at = end - AMOSI_WINDOW_BYTES; at < end; at += 1024) {
        unsigned all = 0;
        for (int i = 0; i < 1024; i++)
            all |= at[i];
        if (all >= AMOSI_GUESS_MARK)
            return false;
    }
    return true;
}

static void enter(struct amosi_own *o, const struct input *in, uint64_t at, const unsigned char *window, size_t bytes,
                  struct amosi_own_call *c)
{
    struct amosi_inflate_entry entry = {(unsigned)(-at % 8), 0, window, bytes};
    entry.value = (unsigned)in->begin[at / 8] >> (8 - entry.bits);
    amosi_inflate_own.enter(o, &entry);
    c->in = in->begin + (at + 7) / 8;
    c->in_end = in->begin + in->bytes;
}

/* Whole blocks from a guessed place on, until the stop or until no mark is left in the window. */
static void decode_marked(struct amosi_guesser *g, const struct input *in, uint64_t at, struct amosi_guess *out)
{
    struct amosi_own_call c = {0};
    const unsigned char none = 0;
    uint16_t *to = g->window + AMOSI_WINDOW_BYTES;
    const uint16_t *begin = to, *end = begin + g->room / sizeof *to;
    enter(g->own, in, at, &none, 0, &c);
    out->begin = at;
    out->marked = begin;
    do {
        out->end = position(in, g->own, &c);
        out->units = (size_t)(to - begin);
    } while (out->end < in->stop && !(out->units && is_clean(to)) && amosi_own_enter_block(g->own, &c) &&
             !g->own->last && amosi_marked_block(g->own, &c, &to, end));
}

/* Continues with a known window, after decode_marked(). */
static void decode_plain(struct amosi_guesser *g, const struct input *in, struct amosi_guess *out)
{
    unsigned char window[AMOSI_WINDOW_BYTES];
    const uint16_t *last = out->marked + out->units - AMOSI_WINDOW_BYTES;
    for (size_t i = 0; i < AMOSI_WINDOW_BYTES; i++)
        window[i] = (unsigned char)last[i];
    struct amosi_own_call c = {0};
    enter(g->own, in, out->end, window, sizeof window, &c);
    unsigned char *to = (unsigned char *)(g->window + AMOSI_WINDOW_BYTES + out->units);
    out->plain = to;
    size_t room = g->room - out->units * sizeof *out->marked;
    struct amosi_inflate_io io = {c.in, (size_t)(c.in_end - c.in), to, room, 0, 0, 1};
    while (out->end < in->stop && amosi_inflate_own.run(g->own, &io) == AMOSI_INFLATE_BLOCK) {
        out->end = (uint64_t)(io.in - in->begin) * 8 - io.bits;
        out->bytes = room - io.out_bytes;
    }
}

/* Whether a block begins here; if so, it and those after it are decoded. */
static bool try_at(struct amosi_guesser *g, const struct input *in, uint64_t at, struct amosi_guess *out)
{
    *out = (struct amosi_guess){0};
    if (!has_whole_code(g, in->begin, at))
        return false;
    decode_marked(g, in, at, out);
    if (out->units == 0)
        return false;
    if (out->end < in->stop && is_clean(out->marked + out->units))
        decode_plain(g, in, out);
    return true;
}

void amosi_guess(struct amosi_guesser *guesser, size_t bytes, uint64_t stop, struct amosi_guess *out)
{
    const unsigned char *in = guesser->input;
    const struct input input = {in, bytes, stop < (uint64_t)bytes * 8 ? stop : (uint64_t)bytes * 8};
    memset(guesser->input + bytes, 0, SPARE_INPUT);
    for (uint64_t at = 0; at < input.stop; at += TOGETHER)
        for (uint64_t places = may_begin(amosi_load_8(in + at / 8)); places; places &= places - 1) {
            const uint64_t place = at + (uint64_t)__builtin_ctzll(places);
            if (place < input.stop && try_at(guesser, &input, place, out))
                return;
        }
    *out = (struct amosi_guess){0};
}

/* ---- afterwards ---- */

void amosi_guess_key_make(struct amosi_guess_key *key, const unsigned char *window)
{
    for (unsigned n = 0; n < AMOSI_GUESS_MARK; n++)
        key->bytes[n] = (unsigned char)n;
    memcpy(key->bytes + AMOSI_GUESS_MARK, window, AMOSI_WINDOW_BYTES);
}

#define GROUP 32 /* units that are looked at together */

static void resolve_units(const uint16_t *units, const struct amosi_guess_key *key, unsigned char *out, size_t count)
{
    size_t i = 0;
    for (; i + GROUP <= count; i += GROUP) {
        unsigned all = 0;
        for (size_t n = 0; n < GROUP; n++)
            all |= units[i + n];
        if (all < AMOSI_GUESS_MARK)
            for (size_t n = 0; n < GROUP; n++)
                out[i + n] = (unsigned char)units[i + n];
        else
            for (size_t n = 0; n < GROUP; n++)
                out[i + n] = key->bytes[units[i + n]];
    }
    for (; i < count; i++)
        out[i] = key->bytes[units[i]];
}

void amosi_guess_resolve(const struct amosi_guess *guess, const struct amosi_guess_key *key, size_t at,
                         unsigned char *out, size_t bytes)
{
    size_t marked = at < guess->units ? guess->units - at : 0;
    marked = marked < bytes ? marked : bytes;
    resolve_units(guess->marked + at, key, out, marked);
    if (bytes > marked)
        memcpy(out + marked, guess->plain + (at + marked - guess->units), bytes - marked);
}
