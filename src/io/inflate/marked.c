/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/inflate/marked.h"

#include "base/system/cpu.h"
#include "io/inflate/reader.h"

#define STEP 16 /* units copied at a time */
#define STOPS (AMOSI_SYMBOL_LENGTH | AMOSI_SYMBOL_ODD)

/* Copies units that repeat after fewer than STEP of them: one by one until a multiple of the distance is far enough. */
static void copy_near(uint16_t *out, size_t distance, size_t length)
{
    size_t n = 0;
    for (; n < length && n < 2 * STEP; n++)
        out[n] = *(out + n - distance);
    distance *= (STEP + distance - 1) / distance;
    for (; n < length; n += STEP)
        memcpy(out + n, out + n - distance, STEP * sizeof *out);
}

static inline void copy_units(uint16_t *out, size_t distance, size_t length)
{
    if (length <= STEP / 2 && distance >= STEP / 2) { /* most copies in images */
        memcpy(out, out - distance, STEP / 2 * sizeof *out);
        return;
    }
    if (distance < STEP) {
        copy_near(out, distance, length);
        return;
    }
    memcpy(out, out - distance, STEP * sizeof *out);
    for (size_t n = STEP; n < length; n += STEP)
        memcpy(out + n, out + n - distance, STEP * sizeof *out);
}

static inline amosi_symbol take_literals(const struct amosi_own *o, struct amosi_reader *r, amosi_symbol s,
                                         uint32_t mask, uint16_t **out)
{
    (*out)[0] = s >> 16 & 0xff;
    (*out)[1] = (uint16_t)(s >> 24);
    *out += amosi_symbol_literals(s);
    amosi_consume(r, s);
    return amosi_look_up(r, &o->literals, mask);
}

/* As in loop.c, with fewer literals at a time. */
static inline __attribute__((always_inline)) bool run(struct amosi_own *o, struct amosi_own_call *c, uint16_t **to,
                                                      const uint16_t *end)
{
    struct amosi_reader r = {o->bits, o->held, c->in};
    const uint32_t mask = (1u << o->literals.root_bits) - 1;
    uint16_t *out = *to;
    bool ended = false;
    amosi_refill(&r);
    amosi_symbol s = amosi_look_up(&r, &o->literals, mask);
    while (r.in <= c->in_end && out < end) {
        amosi_refill(&r);
        if (!(s & STOPS)) {
            s = take_literals(o, &r, s, mask, &out);
            if (!(s & STOPS)) {
                s = take_literals(o, &r, s, mask, &out);
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
                ended = s & AMOSI_SYMBOL_END;
                break;
            }
        }
        *out = s >> 16 & 0xff;
        out += amosi_symbol_literals(s);
        size_t length = amosi_symbol_length(s) + amosi_take_extra(&r, s);
        amosi_symbol d = amosi_look_up(&r, &o->distances, (1u << AMOSI_DISTANCES_BITS) - 1);
        amosi_refill(&r);
        if (d & AMOSI_SYMBOL_ODD) {
            if (d & AMOSI_SYMBOL_LONG)
                d = amosi_look_up_long(&r, &o->distances, d);
            if (d & AMOSI_SYMBOL_ODD)
                break;
        }
        size_t distance = amosi_symbol_value(d) + amosi_take_extra(&r, d);
        s = amosi_look_up(&r, &o->literals, mask);
        copy_units(out, distance, length);
        out += length;
    }
    o->held = r.held & 63;
    o->bits = r.bits & (((uint64_t)1 << o->held) - 1);
    c->in = r.in;
    *to = out;
    return ended && out <= end;
}

static bool run_plain(struct amosi_own *o, struct amosi_own_call *c, uint16_t **out, const uint16_t *end)
{
    return run(o, c, out, end);
}

#if defined(__x86_64__)
__attribute__((target("bmi,bmi2"))) static bool run_bmi2(struct amosi_own *o, struct amosi_own_call *c, uint16_t **out,
                                                         const uint16_t *end)
{
    return run(o, c, out, end);
}
#endif

static bool run_symbols(struct amosi_own *o, struct amosi_own_call *c, uint16_t **out, const uint16_t *end)
{
#if defined(__x86_64__)
    if (amosi_cpu_has(AMOSI_CPU_BMI2))
        return run_bmi2(o, c, out, end);
#endif
    return run_plain(o, c, out, end);
}

/* Bytes that are stored as they are. The reader may hold some of them. */
static bool copy_stored(struct amosi_own *o, struct amosi_own_call *c, uint16_t **out, const uint16_t *end)
{
    c->in -= o->held / 8;
    o->bits = 0;
    o->held = 0;
    if (o->stored > (size_t)(c->in_end - c->in) || o->stored > (size_t)(end - *out))
        return false;
    for (; o->stored; o->stored--)
        *(*out)++ = *c->in++;
    return true;
}

bool amosi_marked_block(struct amosi_own *o, struct amosi_own_call *c, uint16_t **out, const uint16_t *end)
{
    bool good = o->state == IN_STORED ? copy_stored(o, c, out, end) : run_symbols(o, c, out, end);
    return good && c->in - o->held / 8 <= c->in_end;
}
