/* SPDX-License-Identifier: BSD-3-Clause */
/* Our own decoder. Label maps are runs of equal bytes, and rows that equal the row before; it copies these in wide
 * steps in the cache. It accepts the same bodies as zlib. This file decodes everything around the symbols of a block,
 * and the symbols near the end of the input or of the room; loop.c decodes all others. */
#include <string.h>

#include "base/system/alloc.h"
#include "io/inflate/inflate.h"
#include "io/inflate/own.h"

static void begin(void *state)
{
    struct amosi_own *o = state;
    o->state = AT_BLOCK;
    o->bits = 0;
    o->held = 0;
    o->copy = 0;
    o->fixed = false;
    o->kept = 0;
}

static bool enter(void *state, const struct amosi_inflate_entry *entry)
{
    struct amosi_own *o = state;
    begin(o);
    o->bits = entry->value & ((1u << entry->bits) - 1);
    o->held = entry->bits;
    o->kept = entry->window_bytes;
    memcpy(o->before, entry->window, entry->window_bytes);
    return true;
}

static void destroy(void *state)
{
    amosi_free(state);
}

/* ---- bits ---- */

static void take_byte(struct amosi_own *o, struct amosi_own_call *c)
{
    o->bits |= (uint64_t)*c->in++ << o->held;
    o->held += 8;
}

static void use(struct amosi_own *o, unsigned bits)
{
    o->bits >>= bits;
    o->held -= bits;
}

static unsigned low_bits(uint64_t bits, unsigned count)
{
    return (unsigned)(bits & (((uint64_t)1 << count) - 1));
}

/* Makes at least `bits` bits available. False: the input has no more. */
static bool need(struct amosi_own *o, struct amosi_own_call *c, unsigned bits)
{
    while (o->held < bits && c->in < c->in_end)
        take_byte(o, c);
    return o->held >= bits;
}

/* ---- the window ---- */

/* Saves the end of the output for copies in the next call. */
static void keep_window(struct amosi_own *o, const struct amosi_own_call *c)
{
    size_t made = (size_t)(c->out - c->out_begin), most = AMOSI_WINDOW_BYTES;
    if (made >= most) {
        memcpy(o->before, c->out - most, most);
        o->kept = most;
        return;
    }
    if (o->kept + made > AMOSI_OWN_KEEPS) {
        memmove(o->before, o->before + o->kept - most, most);
        o->kept = most;
    }
    if (made)
        memcpy(o->before + o->kept, c->out_begin, made);
    o->kept += made;
}

/* ---- symbols ---- */

/* Looks up one word of a code. *bits: the number of its bits, including the extra bits. */
static amosi_symbol look_up_one(const struct amosi_code *code, uint64_t input, unsigned *bits, unsigned *extra)
{
    amosi_symbol s = code->table[low_bits(input, code->root_bits)];
    *bits = 0;
    if (s & AMOSI_SYMBOL_LONG && s & AMOSI_SYMBOL_ODD) {
        *bits = amosi_symbol_bits(s);
        s = code->table[amosi_symbol_level(s) + low_bits(input >> *bits, s >> 8 & 63)];
    }
    *extra = amosi_symbol_extra(s, input >> *bits);
    *bits += amosi_symbol_bits(s);
    return s;
}

/* Decodes one literal, or one length with its copy, near the end of the input or of the room. MORE with *stuck set: out
 * of input or of room. */
static enum amosi_inflate_result run_carefully(struct amosi_own *o, struct amosi_own_call *c, bool *stuck)
{
    *stuck = true;
    if (c->out == c->out_end)
        return AMOSI_INFLATE_MORE;
    need(o, c, 48);
    unsigned used, extra, length = 0, distance = 0;
    amosi_symbol s = look_up_one(&o->literals, o->bits, &used, &extra), d = 0;
    if (amosi_symbol_literals(s)) /* the rest of the entry is looked up again later */
        used = o->lengths[s >> 16 & 0xff];
    else if (s & AMOSI_SYMBOL_LENGTH) {
        unsigned more;
        length = amosi_symbol_length(s) + extra;
        d = look_up_one(&o->distances, o->bits >> used, &more, &extra);
        distance = amosi_symbol_value(d) + extra;
        used += more;
    }
    if (used > o->held)
        return AMOSI_INFLATE_MORE;
    *stuck = false;
    if ((s & AMOSI_SYMBOL_ODD && !(s & AMOSI_SYMBOL_END)) || d & AMOSI_SYMBOL_ODD)
        return AMOSI_INFLATE_BAD;
    use(o, used);
    if (s & AMOSI_SYMBOL_ODD)
        o->state = o->last ? AT_END : AT_BLOCK;
    else if (!length)
        *c->out++ = (unsigned char)(s >> 16);
    o->copy = length;
    o->distance = distance;
    return amosi_copy_carefully(o, c) ? AMOSI_INFLATE_MORE : AMOSI_INFLATE_BAD;
}

static enum amosi_inflate_result run_block(struct amosi_own *o, struct amosi_own_call *c, bool *stuck)
{
    if (o->copy) {
        *stuck = c->out == c->out_end;
        return amosi_copy_carefully(o, c) ? AMOSI_INFLATE_MORE : AMOSI_INFLATE_BAD;
    }
    if (c->in_end - c->in >= AMOSI_LOOP_INPUT && c->out_end - c->out >= AMOSI_LOOP_ROOM) {
        *stuck = false;
        return o->loop(o, c);
    }
    return run_carefully(o, c, stuck);
}

/* ---- what precedes a block's data ---- */

static void use_fixed_codes(struct amosi_own *o)
{
    if (!o->fixed) {
        for (unsigned n = 0; n < 288; n++)
            o->lengths[n] = n < 144 ? 8 : n < 256 ? 9 : n < 280 ? 7 : 8;
        amosi_code_make(&o->literals, &o->literals_alphabet, o->lengths, 288);
        memset(o->lengths + 288, 5, 32);
        amosi_code_make(&o->distances, &o->distances_alphabet, o->lengths + 288, 32);
        o->fixed = true;
    }
    o->state = IN_BLOCK;
}

static enum amosi_inflate_result begin_block(struct amosi_own *o, const struct amosi_own_call *c)
{
    o->header = c->in;
    o->header_held = o->held;
    o->last = low_bits(o->bits, 1) != 0;
    unsigned kind = low_bits(o->bits >> 1, 2);
    use(o, 3);
    if (kind == 0) {
        use(o, o->held % 8);
        o->state = AT_STORED_SIZE;
    } else if (kind == 1) {
        use_fixed_codes(o);
    } else {
        o->state = AT_COUNTS;
    }
    return kind == 3 ? AMOSI_INFLATE_BAD : AMOSI_INFLATE_MORE;
}

static enum amosi_inflate_result begin_stored(struct amosi_own *o)
{
    o->stored = low_bits(o->bits, 16);
    bool good = o->stored == (low_bits(o->bits >> 16, 16) ^ 0xffff);
    use(o, 32);
    o->state = IN_STORED;
    return good ? AMOSI_INFLATE_MORE : AMOSI_INFLATE_BAD;
}

static enum amosi_inflate_result run_stored(struct amosi_own *o, struct amosi_own_call *c, bool *stuck)
{
    for (; o->held && o->stored && c->out < c->out_end; o->stored--, use(o, 8))
        *c->out++ = (unsigned char)o->bits;
    size_t n = o->stored, in = (size_t)(c->in_end - c->in), room = (size_t)(c->out_end - c->out);
    n = n < in ? n : in;
    n = n < room ? n : room;
    if (o->held == 0 && n) {
        memcpy(c->out, c->in, n);
        c->out += n;
        c->in += n;
        o->stored -= (uint32_t)n;
    }
    *stuck = o->stored > 0;
    if (o->stored == 0)
        o->state = o->last ? AT_END : AT_BLOCK;
    return AMOSI_INFLATE_MORE;
}

static enum amosi_inflate_result begin_lengths(struct amosi_own *o)
{
    static const unsigned from[3] = {257, 1, 4}, bits[3] = {5, 5, 4};
    for (int i = 0; i < 3; i++) {
        o->counts[i] = from[i] + low_bits(o->bits, bits[i]);
        use(o, bits[i]);
    }
    o->fixed = false;
    o->read = 0;
    memset(o->lengths, 0, 19);
    o->state = AT_NUMBERS;
    return o->counts[0] <= 286 && o->counts[1] <= 30 ? AMOSI_INFLATE_MORE : AMOSI_INFLATE_BAD;
}

/* Reads one length of the code of lengths, three bits. */
static enum amosi_inflate_result take_length(struct amosi_own *o)
{
    static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    o->lengths[order[o->read++]] = (uint8_t)low_bits(o->bits, 3);
    use(o, 3);
    if (o->read < o->counts[2])
        return AMOSI_INFLATE_MORE;
    o->read = 0;
    o->state = AT_SYMBOL_LENGTHS;
    return amosi_code_make(&o->distances, &o->numbers_alphabet, o->lengths, 19) ? AMOSI_INFLATE_MORE
                                                                                : AMOSI_INFLATE_BAD;
}

static enum amosi_inflate_result make_codes(struct amosi_own *o)
{
    o->state = IN_BLOCK;
    return o->lengths[256] && amosi_code_make(&o->literals, &o->literals_alphabet, o->lengths, o->counts[0]) &&
                   amosi_code_make(&o->distances, &o->distances_alphabet, o->lengths + o->counts[0], o->counts[1])
               ? AMOSI_INFLATE_MORE
               : AMOSI_INFLATE_BAD;
}

/* Reads the lengths of the words of both codes; some are repeated. */
static enum amosi_inflate_result take_symbol_lengths(struct amosi_own *o, struct amosi_own_call *c, bool *stuck)
{
    static const unsigned more[3] = {2, 3, 7}, from[3] = {3, 3, 11};
    const unsigned all = o->counts[0] + o->counts[1];
    while (o->read < all) {
        need(o, c, 14);
        amosi_symbol s = o->distances.table[low_bits(o->bits, 7)];
        unsigned value = amosi_symbol_value(s), extra = value < 16 ? 0 : more[value - 16], bits = amosi_symbol_bits(s);
        *stuck = bits + extra > o->held;
        if (*stuck)
            return AMOSI_INFLATE_MORE;
        unsigned times = value < 16 ? 1 : from[value - 16] + low_bits(o->bits >> bits, extra);
        if (times > all - o->read || (value == 16 && o->read == 0))
            return AMOSI_INFLATE_BAD;
        uint8_t length = value < 16 ? (uint8_t)value : value == 16 ? o->lengths[o->read - 1] : 0;
        use(o, bits + extra);
        if (times == 1)
            o->lengths[o->read] = length;
        else
            memset(o->lengths + o->read, length, times);
        o->read += times;
    }
    return make_codes(o);
}

/* ---- a call ---- */

static enum amosi_inflate_result step(struct amosi_own *o, struct amosi_own_call *c, bool *stuck)
{
    static const unsigned needed[] = {[AT_BLOCK] = 3, [AT_STORED_SIZE] = 32, [AT_COUNTS] = 14, [AT_NUMBERS] = 3};
    if (o->state == IN_BLOCK)
        return run_block(o, c, stuck);
    if (o->state == IN_STORED)
        return run_stored(o, c, stuck);
    if (o->state == AT_SYMBOL_LENGTHS)
        return take_symbol_lengths(o, c, stuck);
    *stuck = !need(o, c, needed[o->state]);
    if (*stuck)
        return AMOSI_INFLATE_MORE;
    return o->state == AT_BLOCK         ? begin_block(o, c)
           : o->state == AT_STORED_SIZE ? begin_stored(o)
           : o->state == AT_COUNTS      ? begin_lengths(o)
                                        : take_length(o);
}

/* A block has just ended where the caller wants to stop. */
static bool stops_here(const struct amosi_own *o, const struct amosi_own_call *c, const struct amosi_inflate_io *io)
{
    return io->stop && o->state == AT_BLOCK && (uint64_t)(c->in - io->in) * 8 + AMOSI_STOP_FROM - o->held >= io->stop;
}

static enum amosi_inflate_result inflate_run(void *state, struct amosi_inflate_io *io)
{
    struct amosi_own *o = state;
    struct amosi_own_call c = {io->in, io->in + io->in_bytes, io->out, io->out, io->out + io->out_bytes};
    enum amosi_inflate_result result = AMOSI_INFLATE_MORE;
    for (bool stuck = false; result == AMOSI_INFLATE_MORE && !stuck && o->state != AT_END;) {
        result = step(o, &c, &stuck);
        if (result == AMOSI_INFLATE_MORE && stops_here(o, &c, io))
            result = AMOSI_INFLATE_BLOCK;
    }
    io->bits = o->held;
    if (result == AMOSI_INFLATE_MORE && o->state == AT_END) {
        result = AMOSI_INFLATE_END;
        io->unused = o->held / 8;
    }
    keep_window(o, &c);
    io->in = c.in;
    io->in_bytes = (size_t)(c.in_end - c.in);
    io->out = c.out;
    io->out_bytes = (size_t)(c.out_end - c.out);
    return result;
}

bool amosi_own_enter_block(struct amosi_own *o, struct amosi_own_call *c)
{
    bool stuck = false;
    enum amosi_inflate_result result = AMOSI_INFLATE_MORE;
    o->state = AT_BLOCK;
    while (result == AMOSI_INFLATE_MORE && !stuck && o->state != IN_BLOCK && o->state != IN_STORED)
        result = step(o, c, &stuck);
    return result == AMOSI_INFLATE_MORE && !stuck;
}

const unsigned char *amosi_own_window(const void *state)
{
    const struct amosi_own *o = state;
    return o->kept < AMOSI_WINDOW_BYTES ? NULL : o->before + o->kept - AMOSI_WINDOW_BYTES;
}

static void *create(void)
{
    struct amosi_own *o = amosi_alloc(sizeof *o);
    if (!o)
        return NULL;
    amosi_alphabet_make(&o->numbers_alphabet, AMOSI_ALPHABET_NUMBERS);
    amosi_alphabet_make(&o->literals_alphabet, AMOSI_ALPHABET_LITERALS);
    amosi_alphabet_make(&o->distances_alphabet, AMOSI_ALPHABET_DISTANCES);
    o->loop = amosi_own_loops()[0];
    return o;
}

const struct amosi_inflate_backend amosi_inflate_own = {
    AMOS_INFLATE_OWN, "own", create, begin, enter, inflate_run, destroy,
};
