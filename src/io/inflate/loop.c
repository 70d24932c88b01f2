/* SPDX-License-Identifier: BSD-3-Clause */
/* Our own decoder's loop over the symbols of a block, while there is plenty of input and room. */
#include "io/inflate/copy.h"
#include "base/system/cpu.h"
#include "io/inflate/own.h"
#include "io/inflate/reader.h"

bool amosi_copy_carefully(struct amosi_own *o, struct amosi_own_call *c)
{
    while (o->copy && c->out < c->out_end) {
        size_t done = (size_t)(c->out - c->out_begin), room = (size_t)(c->out_end - c->out);
        size_t n = o->copy < room ? o->copy : room;
        if (o->distance > done) {
            size_t back = o->distance - done;
            if (back > o->kept)
                return false;
            n = n < back ? n : back;
            memcpy(c->out, o->before + o->kept - back, n);
        } else if (n + AMOSI_COPY_STEP <= room) {
            amosi_copy_back(c->out, o->distance, n, amosi_copy_near_plain);
        } else if (n <= o->distance) {
            memcpy(c->out, c->out - o->distance, n);
        } else {
            for (size_t i = 0; i < n; i++)
                c->out[i] = *(c->out + i - o->distance);
        }
        c->out += n;
        o->copy -= (unsigned)n;
    }
    return true;
}

/* Writes the literals of an entry: two, one or none. */
static inline void put_literals(amosi_symbol s, unsigned char **out)
{
    amosi_store_2(*out, s >> 16);
    *out += amosi_symbol_literals(s);
}

/* Writes and consumes literals; returns the next symbol. */
static inline amosi_symbol take_literals(const struct amosi_own *o, struct amosi_reader *r, amosi_symbol s,
                                         uint32_t mask, unsigned char **out)
{
    put_literals(s, out);
    amosi_consume(r, s);
    return amosi_look_up(r, &o->literals, mask);
}

/* A copy that begins before the output of this call. Returns the new end of the output; NULL: nothing to copy from. */
static __attribute__((noinline)) unsigned char *copy_from_before(struct amosi_own *o, struct amosi_own_call *c,
                                                                 unsigned char *out, size_t length, size_t distance)
{
    size_t back = distance - (size_t)(out - c->out_begin);
    if (length <= AMOSI_COPY_STEP && length <= back && back <= o->kept) { /* nearly all copies are short */
        memcpy(out, o->before + o->kept - back, AMOSI_COPY_STEP);
        return out + length;
    }
    c->out = out;
    o->copy = (unsigned)length;
    o->distance = (unsigned)distance;
    return amosi_copy_carefully(o, c) ? c->out : NULL;
}

static enum amosi_inflate_result end_block(struct amosi_own *o, amosi_symbol s)
{
    o->state = o->last ? AT_END : AT_BLOCK;
    return s & AMOSI_SYMBOL_END ? AMOSI_INFLATE_MORE : AMOSI_INFLATE_BAD;
}

#define STOPS (AMOSI_SYMBOL_LENGTH | AMOSI_SYMBOL_ODD)

/* Each iteration ends with a copy, or after three entries of literals. The next symbol is looked up before the copy and
 * before the refill: the speed is limited by mispredicted branches and by the latency from one look-up to the next.
 * There are enough bits. With a narrow root: of 64 after a refill, an entry of literals takes at most 12, one with a
 * length 17, a distance from the root 22, which leaves the 12 of the next look-up. With a wider one: of at least 56 after a
 * refill, an entry of literals takes at most 13, one with a length 18, so that two and a length leave the 9 that look up a
 * distance; three of literals leave the next look-up's 13. After the second refill a distance takes at most 28. Longer
 * words have their own refill: of a length they take 20. */
#define NARROW_BITS 12
static inline __attribute__((always_inline)) enum amosi_inflate_result
run_with(struct amosi_own *o, struct amosi_own_call *c, amosi_near_copy *copy_near, const bool narrow)
{
    struct amosi_reader r = {o->bits, o->held, c->in};
    unsigned char *out = c->out;
    enum amosi_inflate_result result = AMOSI_INFLATE_MORE;
    const uint32_t mask = (1u << o->literals.root_bits) - 1;
    amosi_refill(&r);
    amosi_symbol s = amosi_look_up(&r, &o->literals, mask);
    while (c->in_end - r.in >= AMOSI_LOOP_INPUT && c->out_end - out >= AMOSI_LOOP_ROOM) {
        amosi_refill(&r);
        if (!(s & STOPS)) {
            s = take_literals(o, &r, s, mask, &out);
            if (!(s & STOPS)) {
                s = take_literals(o, &r, s, mask, &out);
                if (narrow)
                    amosi_refill(&r);
                if (!(s & STOPS)) {
                    s = take_literals(o, &r, s, mask, &out);
                    continue;
                }
            }
        }
        if (s & AMOSI_SYMBOL_ODD) {
            amosi_refill(&r);
            if (s & AMOSI_SYMBOL_LONG)
                s = amosi_look_up_long(&r, &o->literals, s);
            if (!(s & STOPS)) {
                s = take_literals(o, &r, s, mask, &out);
                continue;
            }
            if (s & AMOSI_SYMBOL_ODD) {
                amosi_consume(&r, s);
                result = end_block(o, s);
                break;
            }
        }
        put_literals(s, &out);
        size_t length = amosi_symbol_length(s) + amosi_take_extra(&r, s);
        amosi_symbol d = amosi_look_up(&r, &o->distances, (1u << AMOSI_DISTANCES_BITS) - 1);
        if (!narrow)
            amosi_refill(&r);
        if (d & AMOSI_SYMBOL_ODD) {
            if (narrow)
                amosi_refill(&r);
            if (d & AMOSI_SYMBOL_LONG)
                d = amosi_look_up_long(&r, &o->distances, d);
            if (d & AMOSI_SYMBOL_ODD) {
                result = AMOSI_INFLATE_BAD;
                break;
            }
        }
        size_t distance = amosi_symbol_value(d) + amosi_take_extra(&r, d);
        s = amosi_look_up(&r, &o->literals, mask);
        if (distance <= (size_t)(out - c->out_begin)) {
            amosi_copy_back(out, distance, length, copy_near);
            out += length;
        } else if (!(out = copy_from_before(o, c, out, length, distance))) {
            return AMOSI_INFLATE_BAD;
        }
    }
    o->held = r.held & 63;
    o->bits = r.bits & (((uint64_t)1 << o->held) - 1);
    c->in = r.in;
    c->out = out;
    return result;
}

static inline __attribute__((always_inline)) enum amosi_inflate_result
run(struct amosi_own *o, struct amosi_own_call *c, amosi_near_copy *copy_near)
{
    return o->literals.root_bits <= NARROW_BITS ? run_with(o, c, copy_near, true) : run_with(o, c, copy_near, false);
}

static enum amosi_inflate_result run_plain(struct amosi_own *o, struct amosi_own_call *c)
{
    return run(o, c, amosi_copy_near_plain);
}

#if defined(__x86_64__)
/* BMI2 shifts by any register and without touching flags. */
__attribute__((target("bmi,bmi2"))) static enum amosi_inflate_result run_bmi2(struct amosi_own *o,
                                                                              struct amosi_own_call *c)
{
    return run(o, c, amosi_copy_near_ssse3);
}
#endif

amosi_own_loop_fn *const *amosi_own_loops(void)
{
    static amosi_own_loop_fn *const plain[] = {run_plain, NULL};
#if defined(__x86_64__)
    static amosi_own_loop_fn *const both[] = {run_bmi2, run_plain, NULL};
    if (amosi_cpu_has(AMOSI_CPU_BMI2))
        return both;
#endif
    return plain;
}
