/* Our own decoder. Label maps are runs of equal bytes and rows like the row before, which it copies in wide steps in the
 * cache; the libraries copy them bytewise (ISA-L, zlib) or cannot stream (libdeflate). On images it is about as fast as
 * they are. It takes no other bodies than zlib does. */
#include <string.h>

#include "base/alloc.h"
#include "io/inflate/huffman.h"
#include "io/inflate/inflate.h"

#define LONGEST_COPY 258
#define DISTANCE_BITS 9
#define FAST_INPUT 40                       /* four refills */
#define FAST_ROOM (LONGEST_COPY + STEP + 3) /* and three literals */
#define STEP 32                             /* copies may write so much more than they were asked for */

enum state_of_body { AT_BLOCK, AT_STORED_SIZE, IN_STORED, AT_COUNTS, AT_LENGTHS, AT_SYMBOL_LENGTHS, IN_BLOCK, AT_END };

struct call;

struct own {
    enum amosi_inflate_result (*run_fast)(struct own *o, struct call *c);
    struct amosi_alphabet lengths_alphabet, literals_alphabet, distances_alphabet;
    enum state_of_body state;
    uint64_t bits; /* taken from the input and not used; those above `held` are 0, or those of the next bytes of it */
    unsigned held;
    bool last;          /* the block is the last */
    uint32_t stored;    /* bytes that the stored block still has */
    unsigned counts[3]; /* symbols of: literals and lengths, distances, code lengths */
    unsigned read;      /* lengths that have been read */
    uint8_t lengths[AMOSI_MOST_SYMBOLS + 32];
    unsigned copy, distance;               /* what a copy still has to do when the room has ended */
    struct amosi_code literals, distances; /* the code of lengths takes the place of distances */
    bool fixed;                            /* they are the fixed ones */
    size_t kept;                           /* bytes in `before`, the last of them next before the output */
    unsigned char before[2 * AMOSI_WINDOW_BYTES];
};

/* One call: where the input and the output are. */
struct call {
    const unsigned char *in, *in_end;
    unsigned char *out, *out_begin, *out_end;
};

static void begin(void *state)
{
    struct own *o = state;
    o->state = AT_BLOCK;
    o->bits = 0;
    o->held = 0;
    o->copy = 0;
    o->fixed = false;
    o->kept = 0;
}

static bool enter(void *state, const struct amosi_inflate_entry *entry)
{
    struct own *o = state;
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

static void take_byte(struct own *o, struct call *c)
{
    o->bits |= (uint64_t)*c->in++ << o->held;
    o->held += 8;
}

static void use(struct own *o, unsigned bits)
{
    o->bits >>= bits;
    o->held -= bits;
}

static unsigned low_bits(uint64_t bits, unsigned count)
{
    return (unsigned)(bits & (((uint64_t)1 << count) - 1));
}

/* False: the input has no more. */
static bool need(struct own *o, struct call *c, unsigned bits)
{
    while (o->held < bits && c->in < c->in_end)
        take_byte(o, c);
    return o->held >= bits;
}

/* ---- copies ---- */

/* `length` bytes from `distance` before; the same bytes come again and again where the distance is the smaller. Writes up
 * to STEP bytes more. */
static inline void copy_back(unsigned char *out, size_t distance, size_t length)
{
    const unsigned char *from = out - distance;
    if (length <= 8 && distance >= 8) { /* most copies in images: no more is read than was written a while ago */
        memcpy(out, from, 8);
        return;
    }
    if (distance >= STEP) {
        for (size_t n = 0; n < length; n += STEP)
            memcpy(out + n, from + n, STEP);
        return;
    }
    unsigned char pattern[STEP];
    size_t step = STEP; /* what is whole times the distance */
    if (distance == 1)
        memset(pattern, *from, STEP);
    else
        for (size_t n = 0, at = 0; n < STEP; n++) {
            pattern[n] = from[at++];
            if (at >= distance) {
                at = 0;
                step = n + 1;
            }
        }
    for (size_t n = 0; n < length; n += step)
        memcpy(out + n, pattern, STEP);
}

/* The same near the ends of the memory: what came before the output of this call, and no byte more than there is room for.
 * False: nothing was there. */
static bool copy_carefully(struct own *o, struct call *c)
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
        } else if (n + STEP <= room) {
            copy_back(c->out, o->distance, n);
        } else {
            for (size_t i = 0; i < n; i++)
                c->out[i] = *(c->out + i - o->distance);
        }
        c->out += n;
        o->copy -= (unsigned)n;
    }
    return true;
}

/* Keeps the end of the output for copies in the next call. */
static void keep(struct own *o, const struct call *c)
{
    size_t made = (size_t)(c->out - c->out_begin), most = AMOSI_WINDOW_BYTES;
    if (made >= most) {
        memcpy(o->before, c->out - most, most);
        o->kept = most;
        return;
    }
    if (o->kept + made > sizeof o->before) {
        memmove(o->before, o->before + o->kept - most, most);
        o->kept = most;
    }
    if (made)
        memcpy(o->before + o->kept, c->out_begin, made);
    o->kept += made;
}

/* ---- blocks ---- */

/* The next eight bytes of input, the first of them lowest. */
static inline uint64_t load(const unsigned char *in)
{
    uint64_t word;
    memcpy(&word, in, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* The input, kept in registers; only the low eight bits of `held` count. */
struct reader {
    uint64_t bits;
    uint32_t held;
    const unsigned char *in;
};

static inline void refill(struct reader *r)
{
    r->bits |= load(r->in) << (r->held & 63);
    r->in += (63 - (r->held & 63)) / 8;
    r->held |= 56;
}

static inline void consume(struct reader *r, amosi_symbol s)
{
    r->bits >>= s & 63;
    r->held -= s;
}

static inline size_t take_number(struct reader *r, amosi_symbol s)
{
    size_t number = amosi_symbol_number(s, r->bits);
    consume(r, s);
    return number;
}

static inline amosi_symbol look_up(const struct reader *r, const struct amosi_code *code, int root_bits)
{
    return code->root[r->bits & ((1u << root_bits) - 1)];
}

/* Puts a literal out; returns the next symbol. */
static inline amosi_symbol take_literal(const struct own *o, struct reader *r, amosi_symbol s, unsigned char **out)
{
    *(*out)++ = (unsigned char)amosi_symbol_value(s);
    consume(r, s);
    return look_up(r, &o->literals, AMOSI_ROOT_BITS);
}

/* Decodes as long as there is input for the refills of a turn, and room for the longest copy. After a refill all 64 bits are
 * those of the input, though only 56 of them count as taken. A literal takes at most 11 bits, a length from the table 16, a
 * distance from the table 22; so 15 are left for looking up the next symbol. Longer words have a refill of their own. */
static inline __attribute__((always_inline)) enum amosi_inflate_result run_fast(struct own *o, struct call *c)
{
    struct reader r = {o->bits, o->held, c->in};
    unsigned char *out = c->out;
    enum amosi_inflate_result result = AMOSI_INFLATE_MORE;
    refill(&r);
    amosi_symbol s = look_up(&r, &o->literals, AMOSI_ROOT_BITS);
    while (c->in_end - r.in >= FAST_INPUT && c->out_end - out >= FAST_ROOM) {
        refill(&r);
        if (s & AMOSI_SYMBOL_LITERAL) {
            s = take_literal(o, &r, s, &out);
            if (s & AMOSI_SYMBOL_LITERAL) {
                s = take_literal(o, &r, s, &out);
                refill(&r);
                if (s & AMOSI_SYMBOL_LITERAL) {
                    s = take_literal(o, &r, s, &out);
                    continue;
                }
            }
        }
        if (s & AMOSI_SYMBOL_ODD) {
            if (s & AMOSI_SYMBOL_LONG)
                s = amosi_code_long(&o->literals, r.bits);
            refill(&r);
            if (s & AMOSI_SYMBOL_LITERAL) {
                s = take_literal(o, &r, s, &out);
                continue;
            }
            if (s & AMOSI_SYMBOL_ODD) {
                consume(&r, s);
                o->state = o->last ? AT_END : AT_BLOCK;
                result = s & AMOSI_SYMBOL_END ? AMOSI_INFLATE_MORE : AMOSI_INFLATE_BAD;
                break;
            }
        }
        size_t length = take_number(&r, s);
        amosi_symbol d = look_up(&r, &o->distances, DISTANCE_BITS);
        if (d & AMOSI_SYMBOL_ODD) {
            refill(&r);
            d = amosi_code_long(&o->distances, r.bits);
            if (d & AMOSI_SYMBOL_ODD) {
                result = AMOSI_INFLATE_BAD;
                break;
            }
        }
        size_t distance = take_number(&r, d);
        s = look_up(&r, &o->literals, AMOSI_ROOT_BITS);
        if (distance > (size_t)(out - c->out_begin)) {
            c->out = out;
            o->copy = (unsigned)length;
            o->distance = (unsigned)distance;
            if (!copy_carefully(o, c)) {
                result = AMOSI_INFLATE_BAD;
                break;
            }
            out = c->out;
        } else {
            copy_back(out, distance, length);
            out += length;
        }
    }
    o->held = r.held & 63;
    o->bits = r.bits & (((uint64_t)1 << o->held) - 1);
    c->in = r.in;
    c->out = out;
    return result;
}

static enum amosi_inflate_result run_fast_plain(struct own *o, struct call *c)
{
    return run_fast(o, c);
}

#if defined(__x86_64__)
/* Shifts by any register, and no flags in between. */
__attribute__((target("bmi,bmi2"))) static enum amosi_inflate_result run_fast_bmi2(struct own *o, struct call *c)
{
    return run_fast(o, c);
}
#endif

/* One symbol, with its copy, near the end of the input or of the room. MORE with *stuck set: out of one of both. */
static enum amosi_inflate_result run_carefully(struct own *o, struct call *c, bool *stuck)
{
    *stuck = true;
    if (c->out == c->out_end)
        return AMOSI_INFLATE_MORE;
    need(o, c, 48);
    uint64_t bits = o->bits;
    amosi_symbol s = o->literals.root[low_bits(bits, AMOSI_ROOT_BITS)], d = 0;
    if (s & AMOSI_SYMBOL_LONG)
        s = amosi_code_long(&o->literals, bits);
    unsigned used = amosi_symbol_bits(s), length = 0, distance = 0;
    bool copies = !(s & (AMOSI_SYMBOL_LITERAL | AMOSI_SYMBOL_ODD));
    if (copies) {
        length = amosi_symbol_number(s, bits);
        d = amosi_code_long(&o->distances, bits >> used);
        distance = amosi_symbol_number(d, bits >> used);
        used += amosi_symbol_bits(d);
    }
    if (used > o->held)
        return AMOSI_INFLATE_MORE;
    *stuck = false;
    if ((s & AMOSI_SYMBOL_ODD && !(s & AMOSI_SYMBOL_END)) || d & AMOSI_SYMBOL_ODD)
        return AMOSI_INFLATE_BAD;
    use(o, used);
    if (s & AMOSI_SYMBOL_LITERAL)
        *c->out++ = (unsigned char)amosi_symbol_value(s);
    if (s & AMOSI_SYMBOL_END)
        o->state = o->last ? AT_END : AT_BLOCK;
    o->copy = length;
    o->distance = distance;
    return copy_carefully(o, c) ? AMOSI_INFLATE_MORE : AMOSI_INFLATE_BAD;
}

static enum amosi_inflate_result run_block(struct own *o, struct call *c, bool *stuck)
{
    if (o->copy) {
        *stuck = c->out == c->out_end;
        return copy_carefully(o, c) ? AMOSI_INFLATE_MORE : AMOSI_INFLATE_BAD;
    }
    if (c->in_end - c->in >= FAST_INPUT && c->out_end - c->out >= FAST_ROOM) {
        *stuck = false;
        return o->run_fast(o, c);
    }
    return run_carefully(o, c, stuck);
}

/* ---- what stands before a block's data ---- */

static void use_fixed_codes(struct own *o)
{
    if (!o->fixed) {
        for (unsigned n = 0; n < 288; n++)
            o->lengths[n] = n < 144 ? 8 : n < 256 ? 9 : n < 280 ? 7 : 8;
        amosi_code_make(&o->literals, &o->literals_alphabet, o->lengths, 288);
        memset(o->lengths, 5, 32);
        amosi_code_make(&o->distances, &o->distances_alphabet, o->lengths, 32);
        o->fixed = true;
    }
    o->state = IN_BLOCK;
}

static enum amosi_inflate_result begin_block(struct own *o)
{
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

static enum amosi_inflate_result begin_stored(struct own *o)
{
    o->stored = low_bits(o->bits, 16);
    bool good = o->stored == (low_bits(o->bits >> 16, 16) ^ 0xffff);
    use(o, 32);
    o->state = IN_STORED;
    return good ? AMOSI_INFLATE_MORE : AMOSI_INFLATE_BAD;
}

static enum amosi_inflate_result run_stored(struct own *o, struct call *c, bool *stuck)
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

static enum amosi_inflate_result begin_lengths(struct own *o)
{
    static const unsigned from[3] = {257, 1, 4}, bits[3] = {5, 5, 4};
    for (int i = 0; i < 3; i++) {
        o->counts[i] = from[i] + low_bits(o->bits, bits[i]);
        use(o, bits[i]);
    }
    o->fixed = false;
    o->read = 0;
    memset(o->lengths, 0, 19);
    o->state = AT_LENGTHS;
    return o->counts[0] <= 286 && o->counts[1] <= 30 ? AMOSI_INFLATE_MORE : AMOSI_INFLATE_BAD;
}

/* The lengths of the code of lengths, three bits each. */
static enum amosi_inflate_result take_length(struct own *o)
{
    static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    o->lengths[order[o->read++]] = (uint8_t)low_bits(o->bits, 3);
    use(o, 3);
    if (o->read < o->counts[2])
        return AMOSI_INFLATE_MORE;
    o->read = 0;
    o->state = AT_SYMBOL_LENGTHS;
    return amosi_code_make(&o->distances, &o->lengths_alphabet, o->lengths, 19) ? AMOSI_INFLATE_MORE
                                                                                : AMOSI_INFLATE_BAD;
}

static enum amosi_inflate_result make_codes(struct own *o)
{
    o->state = IN_BLOCK;
    return o->lengths[256] && amosi_code_make(&o->literals, &o->literals_alphabet, o->lengths, (int)o->counts[0]) &&
                   amosi_code_make(&o->distances, &o->distances_alphabet, o->lengths + o->counts[0], (int)o->counts[1])
               ? AMOSI_INFLATE_MORE
               : AMOSI_INFLATE_BAD;
}

/* The lengths of the words of both codes; some are repeated. */
static enum amosi_inflate_result take_symbol_lengths(struct own *o, struct call *c, bool *stuck)
{
    static const unsigned more[3] = {2, 3, 7}, from[3] = {3, 3, 11};
    const unsigned all = o->counts[0] + o->counts[1];
    while (o->read < all) {
        need(o, c, 14);
        amosi_symbol s = o->distances.root[low_bits(o->bits, 7)];
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

static enum amosi_inflate_result step(struct own *o, struct call *c, bool *stuck)
{
    static const unsigned needed[] = {[AT_BLOCK] = 3, [AT_STORED_SIZE] = 32, [AT_COUNTS] = 14, [AT_LENGTHS] = 3};
    if (o->state == IN_BLOCK)
        return run_block(o, c, stuck);
    if (o->state == IN_STORED)
        return run_stored(o, c, stuck);
    if (o->state == AT_SYMBOL_LENGTHS)
        return take_symbol_lengths(o, c, stuck);
    *stuck = !need(o, c, needed[o->state]);
    if (*stuck)
        return AMOSI_INFLATE_MORE;
    return o->state == AT_BLOCK         ? begin_block(o)
           : o->state == AT_STORED_SIZE ? begin_stored(o)
           : o->state == AT_COUNTS      ? begin_lengths(o)
                                        : take_length(o);
}

static enum amosi_inflate_result run(void *state, struct amosi_inflate_io *io)
{
    struct own *o = state;
    struct call c = {io->in, io->in + io->in_bytes, io->out, io->out, io->out + io->out_bytes};
    enum amosi_inflate_result result = AMOSI_INFLATE_MORE;
    for (bool stuck = false; result == AMOSI_INFLATE_MORE && !stuck && o->state != AT_END;)
        result = step(o, &c, &stuck);
    if (result == AMOSI_INFLATE_MORE && o->state == AT_END) {
        result = AMOSI_INFLATE_END;
        io->unused = o->held / 8;
    }
    keep(o, &c);
    io->in = c.in;
    io->in_bytes = (size_t)(c.in_end - c.in);
    io->out = c.out;
    io->out_bytes = (size_t)(c.out_end - c.out);
    return result;
}

static void *create(void)
{
    struct own *o = amosi_alloc(sizeof *o);
    if (!o)
        return NULL;
    amosi_alphabet_make(&o->lengths_alphabet, AMOSI_ALPHABET_LENGTHS);
    amosi_alphabet_make(&o->literals_alphabet, AMOSI_ALPHABET_LITERALS);
    amosi_alphabet_make(&o->distances_alphabet, AMOSI_ALPHABET_DISTANCES);
    o->run_fast = run_fast_plain;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("bmi2"))
        o->run_fast = run_fast_bmi2;
#endif
    return o;
}

const struct amosi_inflate_backend amosi_inflate_own = {
    AMOS_INFLATE_OWN, "own", false, create, begin, enter, run, destroy,
};
