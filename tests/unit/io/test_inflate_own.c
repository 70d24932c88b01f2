/* SPDX-License-Identifier: BSD-3-Clause */
/* Our own decoder against zlib's: the same bytes from every kind of body, with input and output in pieces of any
 * size, started anywhere; and the same verdict on bad bodies of every kind. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "io/inflate/copy.h"
#include "io/inflate/own.h"
#include "support/make/gzip.h"
#include "support/main.h"

#define PLAIN (200 * 1000)

/* ---- bodies ---- */

enum content { RUNS, ROWS, WORDS, NOISE, TEXT, EMPTY, CONTENTS };

/* Data that compresses in different ways: long and short copies from near and far, long and short codes. */
static struct bytes make_content(enum content kind, uint64_t seed)
{
    struct bytes b = {0};
    size_t bytes = kind == EMPTY ? 0 : 1 + (size_t)random_below(&seed, PLAIN);
    while (b.size < bytes) {
        size_t n = 1 + (size_t)random_below(&seed, 700);
        unsigned char any = (unsigned char)random_below(&seed, kind == TEXT ? 90 : 256);
        size_t back = 1 + (size_t)random_below(&seed, 1 + random_below(&seed, 40000));
        if (kind == NOISE || (kind == TEXT && n % 4)) {
            /* Fibonacci frequencies make the longest code words */
            for (int bits = (int)random_below(&seed, 20); bits > 0; bits--)
                any = (unsigned char)(random_next(&seed) % 2 ? any + 1 : any);
            bytes_add_fill(&b, any, 1);
        } else if (kind == RUNS || back > b.size) {
            bytes_add_fill(&b, any, kind == RUNS ? n * n / 50 + 1 : n % 20 + 1);
        } else {
            ck_assert_ptr_nonnull(b.data); /* so there is a byte before it */
            size_t unit = kind == WORDS ? 1 + n % 40 : back;
            for (size_t i = 0; i < n; i++)
                bytes_add_fill(&b, b.data[b.size - (unit < b.size ? unit : b.size)], 1);
        }
    }
    return b;
}

static const struct {
    int level, strategy;
} ways[] = {{6, Z_DEFAULT_STRATEGY}, {1, Z_DEFAULT_STRATEGY},
            {9, Z_DEFAULT_STRATEGY}, {6, Z_FIXED},
            {6, Z_HUFFMAN_ONLY},     {6, Z_RLE},
            {0, Z_DEFAULT_STRATEGY}, {6, Z_FILTERED}};
#define WAYS ((int)(sizeof ways / sizeof ways[0]))

/* A body of several blocks, some of them empty ones. */
static struct bytes deflate_by(const struct bytes *plain, int way, uint64_t seed)
{
    z_stream z = {0};
    ck_assert_int_eq(
        deflateInit2(&z, ways[way].level, Z_DEFLATED, -15, 1 + (int)random_below(&seed, 9), ways[way].strategy), Z_OK);
    struct bytes out = {0};
    size_t room = plain->size + plain->size / 8 + 100000, done = 0;
    out.data = must_alloc(room);
    out.capacity = room;
    z.next_out = out.data;
    z.avail_out = (uInt)room;
    static const int flushes[] = {Z_NO_FLUSH, Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_BLOCK};
    while (done < plain->size) {
        size_t n = 1 + (size_t)random_below(&seed, 60000);
        n = n < plain->size - done ? n : plain->size - done;
        z.next_in = plain->data + done;
        z.avail_in = (uInt)n;
        ck_assert_int_eq(deflate(&z, flushes[random_below(&seed, 5)]), Z_OK);
        ck_assert_uint_eq(z.avail_in, 0);
        done += n;
    }
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.size = room - z.avail_out;
    deflateEnd(&z);
    return out;
}

/* ---- decoding ---- */

struct outcome {
    enum amosi_inflate_result result; /* MORE: the input ended too early */
    size_t used, bytes;
    unsigned char *data;
};

/* The loop of our own decoder that runs. */
static size_t loop;

/* Decodes with a backend, with input and output in pieces of at most n bytes, each in memory of exactly its size. */
static struct outcome decode(const struct amosi_inflate_backend *backend, const struct amosi_inflate_entry *entry,
                             const unsigned char *body, size_t size, size_t piece, size_t room, uint64_t seed)
{
    struct outcome o = {AMOSI_INFLATE_MORE, 0, 0, must_alloc(room + 1)};
    void *state = backend->create();
    ck_assert_ptr_nonnull(state);
    if (backend == &amosi_inflate_own)
        ((struct amosi_own *)state)->loop = amosi_own_loops()[loop];
    if (entry)
        ck_assert(backend->enter(state, entry));
    else
        backend->begin(state);
    while (o.result == AMOSI_INFLATE_MORE && o.bytes < room) {
        size_t in = 1 + (size_t)random_below(&seed, (int64_t)piece),
               out = 1 + (size_t)random_below(&seed, (int64_t)piece);
        in = in < size - o.used ? in : size - o.used;
        out = out < room - o.bytes ? out : room - o.bytes;
        unsigned char *from = must_alloc(in + !in), *to = must_alloc(out);
        memcpy(from, body + o.used, in);
        struct amosi_inflate_io io = {from, in, to, out, 0, 0, 0};
        o.result = backend->run(state, &io);
        ck_assert_ptr_eq(io.in, from + (in - io.in_bytes));
        ck_assert_ptr_eq(io.out, to + (out - io.out_bytes));
        memcpy(o.data + o.bytes, to, out - io.out_bytes);
        o.bytes += out - io.out_bytes;
        o.used += in - io.in_bytes;
        ck_assert_uint_le(io.unused, o.used);
        o.used -= io.unused;
        bool starved = o.used == size && io.out_bytes > 0;
        free(from);
        free(to);
        if (starved)
            break;
    }
    backend->destroy(state);
    return o;
}

static const size_t pieces[] = {1 << 20, 70000, 9000, 300, 20, 1};
#define PIECES ((int)(sizeof pieces / sizeof pieces[0]))

START_TEST(every_kind_of_body)
{
    loop = (size_t)_i / CONTENTS;
    for (uint64_t seed = 0; seed < 3; seed++)
        for (int way = 0; way < WAYS; way++) {
            struct bytes plain = make_content((enum content)(_i % CONTENTS), seed),
                         body = deflate_by(&plain, way, seed);
            for (int p = 0; p < PIECES; p++) {
                struct outcome o =
                    decode(&amosi_inflate_own, NULL, body.data, body.size, pieces[p], plain.size + 1, seed);
                ck_assert_int_eq(o.result, AMOSI_INFLATE_END);
                ck_assert_uint_eq(o.used, body.size);
                ck_assert_uint_eq(o.bytes, plain.size);
                if (plain.size)
                    ck_assert_mem_eq(o.data, plain.data, plain.size);
                free(o.data);
            }
            bytes_free(&body);
            bytes_free(&plain);
        }
}
END_TEST

/* The ends of blocks according to zlib, with the output so far as the window. */
START_TEST(entered_at_any_block)
{
    int entered = 0;
    for (int way = 0; way < WAYS; way++) {
        struct bytes plain = make_content((enum content)_i, 5), body = deflate_by(&plain, way, 5);
        void *state = amosi_inflate_blocks.create();
        unsigned char *out = must_alloc(plain.size + 1);
        ck_assert_ptr_nonnull(state);
        amosi_inflate_blocks.begin(state);
        struct amosi_inflate_io io = {body.data, body.size, out, plain.size + 1, 0, 0, 0};
        while (amosi_inflate_blocks.run(state, &io) == AMOSI_INFLATE_BLOCK) {
            size_t before = (size_t)(io.out - out), window = before < AMOSI_WINDOW_BYTES ? before : AMOSI_WINDOW_BYTES;
            struct amosi_inflate_entry entry = {io.bits, io.bits ? (unsigned)io.in[-1] >> (8 - io.bits) : 0,
                                                io.out - window, window};
            struct outcome o = decode(&amosi_inflate_own, &entry, io.in, io.in_bytes, 5000, plain.size - before + 1, 8);
            ck_assert_int_eq(o.result, AMOSI_INFLATE_END);
            ck_assert_uint_eq(o.bytes, plain.size - before);
            ck_assert(o.bytes == 0 || memcmp(o.data, plain.data + before, o.bytes) == 0);
            free(o.data);
            entered++;
        }
        amosi_inflate_blocks.destroy(state);
        free(out);
        bytes_free(&body);
        bytes_free(&plain);
    }
    ck_assert_int_gt(entered, WAYS);
}
END_TEST

/* ---- copies ---- */

static void check_copy(amosi_near_copy *near, size_t distance, size_t length)
{
    unsigned char expected[800], got[800];
    uint64_t seed = distance * 1000 + length;
    for (size_t i = 0; i < sizeof expected; i++)
        expected[i] = got[i] = (unsigned char)random_next(&seed);
    for (size_t i = 0; i < length; i++)
        expected[400 + i] = expected[400 + i - distance];
    amosi_copy_back(got + 400, distance, length, near);
    ck_assert_msg(memcmp(got, expected, 400 + length) == 0, "%zu bytes from %zu before", length, distance);
    size_t beyond = 400 + length + AMOSI_COPY_STEP - 1;
    ck_assert_mem_eq(got + beyond, expected + beyond, sizeof got - beyond);
}

START_TEST(copies_of_every_length)
{
    for (size_t distance = 1; distance < 300; distance++)
        for (size_t length = 1; length <= 258; length++) {
            check_copy(amosi_copy_near_plain, distance, length);
#if defined(__x86_64__)
            if (__builtin_cpu_supports("ssse3"))
                check_copy(amosi_copy_near_ssse3, distance, length);
#endif
        }
}
END_TEST

/* ---- wrong bodies ---- */

/* END, BAD or, if the body is cut off, MORE must be the same, and so must the bytes. */
static void assert_same(const unsigned char *body, size_t size, size_t room, const char *what, uint64_t n)
{
    struct outcome zlib = decode(&amosi_inflate_zlib, NULL, body, size, 1 << 20, room, 1);
    struct outcome fast = decode(&amosi_inflate_own, NULL, body, size, 1 << 20, room, 1);
    struct outcome slow = decode(&amosi_inflate_own, NULL, body, size, 1, room, 1);
    for (int i = 0; i < 2; i++) {
        const struct outcome *own = i ? &slow : &fast;
        ck_assert_msg(own->result == zlib.result, "%s %d: %d by our own, %d by zlib", what, (int)n, (int)own->result,
                      (int)zlib.result);
        ck_assert(own->result != AMOSI_INFLATE_END || own->used == zlib.used);
        size_t common = own->bytes < zlib.bytes ? own->bytes : zlib.bytes;
        ck_assert(zlib.result == AMOSI_INFLATE_BAD || own->bytes == zlib.bytes);
        ck_assert(memcmp(own->data, zlib.data, common) == 0);
    }
    free(zlib.data);
    free(fast.data);
    free(slow.data);
}

START_TEST(cut_off_anywhere)
{
    struct bytes plain = make_content((enum content)_i, 3);
    bytes_cut(&plain, plain.size < 3000 ? plain.size : 3000);
    for (int way = 0; way < WAYS; way++) {
        struct bytes body = deflate_by(&plain, way, 3);
        for (size_t size = 0; size < body.size; size += 1 + size / 100)
            assert_same(body.data, size, plain.size + 1, "cut at", size);
        bytes_free(&body);
    }
    bytes_free(&plain);
}
END_TEST

START_TEST(turned_bits)
{
    uint64_t seed = (uint64_t)_i;
    struct bytes plain = make_content((enum content)(_i % EMPTY), 11);
    bytes_cut(&plain, plain.size < 3000 ? plain.size : 3000);
    for (int n = 0; n < 400; n++) {
        struct bytes body = deflate_by(&plain, n % WAYS, seed);
        /* mostly before the data of the first block */
        int64_t among = 8 * (int64_t)(n % 3 && body.size > 80 ? 80 : body.size);
        for (int turns = 1 + n % 4; turns > 0; turns--) {
            int64_t bit = random_below(&seed, among);
            body.data[bit / 8] ^= (unsigned char)(1u << bit % 8);
        }
        assert_same(body.data, body.size, plain.size + 5000, "damage", (uint64_t)n);
        bytes_free(&body);
    }
    bytes_free(&plain);
}
END_TEST

/* Gives `words` of the first `count` symbols lengths that form a complete code; `forced` is one of them, -1: none. */
static void make_lengths(uint8_t *lengths, int count, int words, int forced, uint64_t *seed)
{
    uint8_t leaves[300] = {words > 1 ? 0 : 1};
    for (int n = 1; n < words; n++) { /* a leaf becomes two */
        int at = random_below(seed, 3) ? n - 1 : (int)random_below(seed, n);
        while (leaves[at] == 15)
            at = (int)random_below(seed, n);
        leaves[n] = ++leaves[at];
    }
    memset(lengths, 0, (size_t)count);
    for (int n = 0; n < words; n++) {
        int symbol = n == 0 && forced >= 0 ? forced : (int)random_below(seed, count);
        while (lengths[symbol])
            symbol = (symbol + 1) % count;
        lengths[symbol] = leaves[n];
    }
}

/* Writes a symbol of the code-length code in which 0..12 have 4 bits, and 13..18 have 5. */
static void add_length(struct bit_writer *w, unsigned symbol)
{
    if (symbol < 13)
        bits_add_code(w, symbol, 4);
    else
        bits_add_code(w, 13 + symbol, 5);
}

/* A dynamic block with complete codes or, if `wrong`, with one changed length or repeat; followed by random bits. */
static struct bytes any_block(bool wrong, uint64_t *seed)
{
    static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    struct bit_writer w = {{0}, 0, 0};
    int literals = 257 + (int)random_below(seed, wrong ? 32 : 30),
        distances = 1 + (int)random_below(seed, wrong ? 32 : 30);
    int all = literals + distances, odd = wrong ? (int)random_below(seed, random_below(seed, 2) ? all : 3) : all;
    uint8_t lengths[288 + 32];
    make_lengths(lengths, literals, 1 + (int)random_below(seed, 1 + random_below(seed, literals)), 256, seed);
    make_lengths(lengths + literals, distances, (int)random_below(seed, 1 + random_below(seed, 1 + distances)), -1,
                 seed);
    bits_add(&w, 5, 3); /* the last block, dynamic */
    bits_add(&w, (uint32_t)literals - 257, 5);
    bits_add(&w, (uint32_t)distances - 1, 5);
    bits_add(&w, 15, 4);
    for (int i = 0; i < 19; i++)
        bits_add(&w, order[i] < 13 ? 4 : 5, 3);
    for (int i = 0; i < all; i++) {
        uint8_t length = lengths[i];
        if (i == odd || (odd == 2 && length)) /* or all of them, so that a code may have one word */
            length = (uint8_t)(odd == 2 ? length + 1 : random_below(seed, 19));
        add_length(&w, length);
        if (length > 15)
            bits_add(&w, (uint32_t)random_below(seed, 2), length == 16 ? 2 : length == 17 ? 3 : 7);
    }
    for (int i = 0; i < 60; i++)
        bits_add(&w, (uint32_t)random_below(seed, 1 << 16), 16);
    bits_flush(&w);
    return w.out;
}

START_TEST(any_codes)
{
    uint64_t seed = 1000 + (uint64_t)_i;
    int good = 0;
    for (int n = 0; n < 2000; n++) {
        struct bytes body = any_block(n % 3 == 0, &seed);
        struct outcome o = decode(&amosi_inflate_zlib, NULL, body.data, body.size, 1 << 20, 5000, 1);
        good += o.bytes > 0;
        free(o.data);
        assert_same(body.data, body.size, 5000, "codes", (uint64_t)n);
        bytes_free(&body);
    }
    ck_assert_int_gt(good, 700); /* else this tests little */
}
END_TEST

/* The code word of a symbol in a code of these lengths (RFC 1951, 3.2.2). */
static void add_symbol(struct bit_writer *w, const uint8_t *lengths, int count, int symbol)
{
    unsigned word = 0;
    for (int n = 0; n < count;
         n++) /* a shorter word, or an equal one of an earlier symbol, counts as 2^n words of this length */
        if (lengths[n] && (lengths[n] < lengths[symbol] || (n < symbol && lengths[n] == lengths[symbol])))
            word += 1u << (lengths[symbol] - lengths[n]);
    bits_add_code(w, word, lengths[symbol]);
}

/* The most bits that one iteration of the fast loop can use: a literal and a length of 11 bits each with 5 extra
 * bits, a distance of 15 with 13; before them two entries of two literals, and one with the length, of 13 bits each. */
START_TEST(as_many_bits_as_there_can_be)
{
    struct bit_writer w = {{0}, 0, 0};
    uint8_t lengths[286 + 30] = {0}, *distances = lengths + 286;
    for (int n = 0; n < 9; n++)
        lengths[n] = (uint8_t)(n + 1);
    lengths[256] = 10;
    lengths[200] = lengths[284] = 11;
    for (int n = 0; n < 14; n++)
        distances[n] = (uint8_t)(n + 1);
    distances[28] = distances[29] = 15;
    bits_add(&w, 5, 3);
    bits_add(&w, 286 - 257, 5);
    bits_add(&w, 30 - 1, 5);
    bits_add(&w, 15, 4);
    for (int i = 0; i < 19; i++) /* 16, 17 and 18 have none, the others four bits */
        bits_add(&w, i < 3 ? 0 : 4, 3);
    for (int i = 0; i < 286 + 30; i++)
        bits_add_code(&w, lengths[i], 4);
    for (int i = 0; i < 40000; i++)
        add_symbol(&w, lengths, 286, i % 9);
    for (int i = 0; i < 3000; i++) {
        static const int thirteen[5] = {3, 8, 3, 8, 1};
        for (int n = 0; n < 5 && i % 5 == 0; n++)
            add_symbol(&w, lengths, 286, thirteen[n]);
        for (int n = 0; n < i % 4 && i % 5; n++)
            add_symbol(&w, lengths, 286, 200);
        add_symbol(&w, lengths, 286, 284);
        bits_add(&w, (uint32_t)(i * 7 % 31), 5);
        add_symbol(&w, distances, 30, 28 + i % 2);
        bits_add(&w, (uint32_t)(i * 101 % 8192), 13);
    }
    add_symbol(&w, lengths, 286, 256);
    bits_flush(&w);
    assert_same(w.out.data, w.out.size, 1000000, "so many bits", 0);
    struct outcome o = decode(&amosi_inflate_own, NULL, w.out.data, w.out.size, 1 << 20, 1000000, 1);
    ck_assert_int_eq(o.result, AMOSI_INFLATE_END);
    ck_assert_uint_gt(o.bytes, 40000 + 3000 * 227);
    free(o.data);
    bytes_free(&w.out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("inflate own");
    TCase *good = add_case(suite, "good", 60);
    int loops = 0;
    while (amosi_own_loops()[loops])
        loops++;
    tcase_add_loop_test(good, every_kind_of_body, 0, loops * CONTENTS);
    tcase_add_test(good, copies_of_every_length);
    tcase_add_loop_test(good, entered_at_any_block, 0, EMPTY);
    tcase_add_test(good, as_many_bits_as_there_can_be);
    TCase *bad = add_case(suite, "bad", 60);
    tcase_add_loop_test(bad, cut_off_anywhere, 0, CONTENTS);
    tcase_add_loop_test(bad, turned_bits, 0, 8);
    tcase_add_loop_test(bad, any_codes, 0, 4);
    return run_suite(suite);
}
