/* SPDX-License-Identifier: BSD-3-Clause */
/* Compressing: each compressor at each of its levels, blocks that go on, and gzip members made by threads. All that was
 * written is read by zlib's own inflate and by the decoder of libamos. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <amos/amos.h>

#include "base/system/cpu.h"
#include "io/crc32.h"
#include "io/deflate/gzip.h"
#include "io/deflate/method.h"
#include "io/deflate/smallest.h"
#include "io/inflate/last.h"
#include "support/bytes.h"
#include "support/main.h"
#include "support/make/gzip.h"
#include "support/tmp.h"

static amos_error err;

/* ---- data ---- */

static void fill_zeros(unsigned char *data, size_t bytes, uint64_t *seed)
{
    (void)seed;
    memset(data, 0, bytes);
}

static void fill_noise(unsigned char *data, size_t bytes, uint64_t *seed)
{
    for (size_t i = 0; i < bytes; i++)
        data[i] = (unsigned char)random_next(seed);
}

/* 16-bit voxels of a CT: air, and a gradient with noise. */
static void fill_image(unsigned char *data, size_t bytes, uint64_t *seed)
{
    for (size_t i = 0; i + 1 < bytes; i += 2) {
        size_t x = i / 2 % 512, y = i / 1024;
        int value = x < 100 ? -1024 : (int)(x + y) / 8 + (int)random_below(seed, 40);
        data[i] = (unsigned char)value;
        data[i + 1] = (unsigned char)((unsigned)value >> 8);
    }
    if (bytes % 2)
        data[bytes - 1] = 7;
}

/* Labels: rows that equal the row before, with a border that moves. */
static void fill_labels(unsigned char *data, size_t bytes, uint64_t *seed)
{
    size_t border = 200;
    for (size_t i = 0; i < bytes; i++) {
        if (i % 512 == 0)
            border += (size_t)random_below(seed, 3) - 1;
        data[i] = i % 512 > border && i % 512 < border + 90 ? 6 : 0;
    }
}

/* Runs of voxels of 16 or 32 bits, which begin and end anywhere in a group of eight words. */
static void fill_runs(unsigned char *data, size_t bytes, size_t voxel, uint64_t *seed)
{
    size_t left = 0;
    unsigned value = 0;
    for (size_t i = 0; i < bytes; i++) {
        if (i % voxel == 0 && left-- == 0) {
            left = (size_t)random_below(seed, 30);
            value = 0x43210000 + (unsigned)random_below(seed, 40) * 0x13;
        }
        data[i] = (unsigned char)(value >> 8 * (i % voxel));
    }
}

static void fill_steps(unsigned char *data, size_t bytes, uint64_t *seed)
{
    fill_runs(data, bytes, 2, seed);
}

static void fill_wide_steps(unsigned char *data, size_t bytes, uint64_t *seed)
{
    fill_runs(data, bytes, 4, seed);
}

/* Voxels of 32 bits in noise. */
static void fill_wide(unsigned char *data, size_t bytes, uint64_t *seed)
{
    unsigned value = 0;
    for (size_t i = 0; i < bytes; i++) {
        value = i % 4 == 0 ? 300 + (unsigned)random_below(seed, 1000) : value >> 8;
        data[i] = (unsigned char)value;
    }
}

static const struct {
    const char *name;
    void (*fill)(unsigned char *data, size_t bytes, uint64_t *seed);
} kinds[] = {{"zeros", fill_zeros}, {"noise", fill_noise},           {"image", fill_image}, {"labels", fill_labels},
             {"steps", fill_steps}, {"wide steps", fill_wide_steps}, {"wide", fill_wide}};
#define KINDS 7

static unsigned char *make_data(int kind, size_t bytes)
{
    uint64_t seed = bytes + 1;
    unsigned char *data = must_alloc(bytes + 1);
    kinds[kind].fill(data, bytes, &seed);
    return data;
}

/* ---- compressors ---- */

static const size_t sizes[] = {1, 2, 3, 257, 4096, 65535, 65536, 65537, 400003};
#define SIZES ((int)(sizeof sizes / sizeof sizes[0]))

/* Inflates a whole raw stream; it must end with the last byte, and no block before it may be marked as the last. */
static void assert_inflates(const struct bytes *stream, const unsigned char *data, size_t bytes, const char *what)
{
    unsigned char *out = must_alloc(bytes + 1);
    z_stream z;
    memset(&z, 0, sizeof z);
    ck_assert_int_eq(inflateInit2(&z, -15), Z_OK);
    z.next_in = stream->data;
    z.avail_in = (uInt)stream->size;
    z.next_out = out;
    z.avail_out = (uInt)bytes + 1;
    ck_assert_msg(inflate(&z, Z_FINISH) == Z_STREAM_END, "%s: zlib says %s", what, z.msg ? z.msg : "that it is cut");
    ck_assert_msg(z.avail_in == 0 && z.total_out == bytes, "%s: %lu bytes are left", what, (unsigned long)z.avail_in);
    ck_assert_msg(memcmp(out, data, bytes) == 0, "%s: the data are others", what);
    inflateEnd(&z);
    struct amosi_inflate_io io = {stream->data, stream->size, out, bytes + 1, 0, 0, 0};
    void *own = amosi_inflate_own.create();
    amosi_inflate_own.begin(own);
    memset(out, 0, bytes);
    ck_assert_msg(amosi_inflate_own.run(own, &io) == AMOSI_INFLATE_END && memcmp(out, data, bytes) == 0,
                  "%s: the decoder of libamos reads it otherwise", what);
    amosi_inflate_own.destroy(own);
    free(out);
}

/* Two pieces of the same data, one after the other, and a last block. */
static void check_method(const struct amosi_deflate_method *method, int level, int kind, size_t bytes)
{
    static const unsigned char last[] = {3, 0};
    char what[100];
    snprintf(what, sizeof what, "%s %d, %zu bytes of %s", method->name, level, bytes, kinds[kind].name);
    void *state = method->create(level);
    size_t room = bytes + bytes / 8 + 1000;
    unsigned char *data = make_data(kind, 2 * bytes), *out = must_alloc(room + 1);
    struct bytes stream = {0};
    for (size_t at = 0; at < 2 * bytes; at += bytes) {
        out[room] = 0xa5;
        size_t made = method->run(state, data + at, bytes, out, room);
        ck_assert_msg(made > 0 && made <= room && out[room] == 0xa5, "%s: makes %zu bytes", what, made);
        bytes_add(&stream, out, made);
        memset(out, 0xa5, room);
        ck_assert_msg(method->run(state, data + at, bytes, out, made - 1) == 0, "%s: fits into less", what);
        ck_assert_msg(out[made - 1] == 0xa5, "%s: writes beyond its room", what);
    }
    bytes_add(&stream, last, sizeof last);
    assert_inflates(&stream, data, 2 * bytes, what);
    method->destroy(state);
    bytes_free(&stream);
    free(data);
    free(out);
}

START_TEST(pieces_go_on)
{
    size_t bytes = sizes[_i % SIZES];
    for (const struct amosi_deflate_method *const *m = amosi_deflate_methods; *m; m++)
        for (int level = (*m)->least; level <= (*m)->most; level++)
            if (level < 10 || bytes < 100000) /* else it takes a second */
                check_method(*m, level, _i / SIZES, bytes);
}
END_TEST

/* Code for any processor makes what vector code does. */
START_TEST(processors_make_the_same)
{
    size_t bytes = sizes[_i % SIZES], made[2];
    unsigned char *data = make_data(_i / SIZES, bytes), *out[2];
    for (int plain = 0; plain < 2; plain++) {
        amosi_cpu_limit(plain ? 0 : AMOSI_CPU_ALL);
        void *state = amosi_deflate_words.create(1);
        out[plain] = must_alloc(2 * bytes + 1000);
        made[plain] = amosi_deflate_words.run(state, data, bytes, out[plain], 2 * bytes + 1000);
        amosi_deflate_words.destroy(state);
    }
    amosi_cpu_limit(AMOSI_CPU_ALL);
    ck_assert_uint_eq(made[0], made[1]);
    ck_assert_mem_eq(out[0], out[1], made[0]);
    free(out[0]);
    free(out[1]);
    free(data);
}
END_TEST

/* Sizes around those of chunks and sections of the smallest compressor. */
START_TEST(smallest_in_sections)
{
    static const size_t around[] = {8, AMOSI_CHUNK, AMOSI_SECTION_MOST, AMOSI_SECTION_MOST + AMOSI_CHUNK};
    for (size_t bytes = around[_i % 4] - 1; bytes <= around[_i % 4] + 1; bytes++)
        check_method(&amosi_deflate_smallest, 1, _i / 4, bytes);
}
END_TEST

static size_t packed_size(const struct amosi_deflate_method *method, int level, const unsigned char *data, size_t bytes)
{
    unsigned char *out = must_alloc(2 * bytes);
    void *state = method->create(level);
    size_t made = method->run(state, data, bytes, out, 2 * bytes);
    method->destroy(state);
    free(out);
    return made;
}

START_TEST(smallest_is_small)
{
    enum { IMAGE = 2, BYTES = 400000 };
    unsigned char *data = make_data(IMAGE, BYTES);
    size_t zlib = packed_size(&amosi_deflate_zlib, 9, data, BYTES), last = zlib - zlib / 50;
    for (int level = amosi_deflate_smallest.least; level <= amosi_deflate_smallest.most; level++) {
        size_t made = packed_size(&amosi_deflate_smallest, level, data, BYTES);
        ck_assert_msg(made > 0 && made <= last, "%d: %zu bytes, %zu before, zlib %zu", level, made, last, zlib);
        last = made;
    }
    free(data);
}
END_TEST

START_TEST(data_have_a_kind)
{
    static const enum amosi_deflate_kind expected[KINDS] = {
        AMOSI_DEFLATE_RUNS,  AMOSI_DEFLATE_NOISE, AMOSI_DEFLATE_NOISE, AMOSI_DEFLATE_RUNS,
        AMOSI_DEFLATE_NOISE, AMOSI_DEFLATE_WIDE,  AMOSI_DEFLATE_WIDE};
    unsigned char *data = make_data(_i, 400000);
    ck_assert_int_eq(amosi_deflate_kind_of(data, 400000), expected[_i]);
    amosi_deflate_kind_of(data, 1); /* reads no other byte */
    free(data);
}
END_TEST

START_TEST(a_level_has_a_compressor)
{
    for (int kind = 0; kind < AMOSI_DEFLATE_KINDS; kind++) {
        for (int level = 0; level <= 9; level++) {
            struct amosi_deflate_choice choice = amosi_deflate_choose(level, (enum amosi_deflate_kind)kind);
            ck_assert(choice.level >= choice.method->least && choice.level <= choice.method->most);
        }
        struct amosi_deflate_choice none = amosi_deflate_choose(0, (enum amosi_deflate_kind)kind),
                                    second = amosi_deflate_choose(2, (enum amosi_deflate_kind)kind);
        ck_assert(none.method == second.method && none.level == second.level);
    }
}
END_TEST

/* ---- the last block ---- */

/* A stream of several blocks of each kind. */
START_TEST(the_last_block_is_found)
{
    struct amosi_last_finder *finder = amosi_last_finder_new();
    unsigned char *data = make_data(_i % KINDS, 300000);
    struct bytes stream = {0};
    struct amosi_last_block last;
    gzip_add_body(&stream, data, 300000, &(struct gzip_member){.level = 1 + _i / KINDS * 4});
    ck_assert(amosi_last_block_find(finder, stream.data, stream.size, &last));
    ck_assert_uint_eq((last.end + 7) / 8, stream.size);
    ck_assert(stream.data[last.begin / 8] >> last.begin % 8 & 1);
    stream.data[last.begin / 8] ^= (unsigned char)(1u << last.begin % 8);
    ck_assert(!amosi_last_block_find(finder, stream.data, stream.size, &last)); /* it has no end now */
    stream.data[last.begin / 8] ^= (unsigned char)(1u << last.begin % 8);
    ck_assert(!amosi_last_block_find(finder, stream.data, stream.size - 1, &last));
    bytes_add_fill(&stream, 0, 1);
    ck_assert(!amosi_last_block_find(finder, stream.data, stream.size, &last));
    bytes_free(&stream);
    free(data);
    amosi_last_finder_free(finder);
}
END_TEST

/* ---- members ---- */

/* How data are added: in pieces of which size, and whether they stay. */
struct way {
    int threads;
    size_t part;
    bool stays;
};

static struct bytes make_member(const unsigned char *data, size_t bytes, int level, const struct way *way,
                                struct amosi_index *index)
{
    char *path = tmp_path("member.gz");
    struct amosi_outfile file = {.file = {.fd = -1}};
    const struct amosi_gzip_plan plan = {
        .total = bytes, .first = 352, .step = 50000, .level = level, .threads = way->threads, .index = index != NULL};
    struct amosi_gzip *gzip;
    unsigned char *lent = way->stays ? NULL : must_alloc(way->part);
    assert_ok(amosi_outfile_open(&file, path, &err), &err);
    assert_ok(amosi_gzip_open(&file, &plan, &gzip, &err), &err);
    for (size_t at = 0; at < bytes; at += way->part) {
        size_t n = bytes - at < way->part ? bytes - at : way->part;
        if (lent)
            memcpy(lent, data + at, n);
        assert_ok(amosi_gzip_add(gzip, lent ? lent : data + at, n, way->stays, &err), &err);
        if (lent)
            memset(lent, 0xee, n);
    }
    assert_ok(amosi_gzip_finish(gzip, &err), &err);
    if (index) {
        *index = *amosi_gzip_index(gzip);
        index->points = must_alloc(index->count * sizeof *index->points);
        memcpy(index->points, amosi_gzip_index(gzip)->points, index->count * sizeof *index->points);
    }
    assert_ok(amosi_outfile_keep(&file, &err), &err);
    amosi_gzip_free(gzip);
    amosi_outfile_close(&file);
    struct bytes made = read_file(path);
    free(lent);
    free(path);
    return made;
}

static void assert_member(const struct bytes *made, const unsigned char *data, size_t bytes)
{
    static const unsigned char begin[8] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0}; /* no name, no time */
    struct bytes body = {made->data + 10, made->size - 18, 0};
    ck_assert_mem_eq(made->data, begin, sizeof begin);
    assert_inflates(&body, data, bytes, "the member");
    uint32_t trailer[2];
    for (int i = 0; i < 2; i++) {
        const unsigned char *p = made->data + made->size - 8 + 4 * i;
        trailer[i] = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    }
    ck_assert_uint_eq(trailer[0], crc32_z(0, data, bytes));
    ck_assert_uint_eq(trailer[1], bytes);
}

static const size_t totals[] = {0, 1, 351, 352, 353, 50351, 50352, 50353, 400000};
#define TOTALS ((int)(sizeof totals / sizeof totals[0]))

START_TEST(any_number_of_threads_gives_the_same)
{
    static const struct way ways[] = {{1, SIZE_MAX / 2, true}, {1, 7, false},     {2, SIZE_MAX / 2, true},
                                      {2, 4096, true},         {3, 50000, false}, {5, 99999, true},
                                      {7, 13, true},           {2, 123457, false}};
    size_t bytes = totals[_i % TOTALS];
    int level = _i / TOTALS;
    unsigned char *data = make_data(level % 3 + 1, bytes);
    struct bytes first = make_member(data, bytes, level, &ways[0], NULL);
    assert_member(&first, data, bytes);
    for (size_t i = 1; i < sizeof ways / sizeof ways[0]; i++) {
        struct way way = ways[i];
        way.part = way.part < bytes + 1 ? way.part : bytes + 1;
        struct bytes again = make_member(data, bytes, level, &way, NULL);
        ck_assert_uint_eq(again.size, first.size);
        ck_assert_mem_eq(again.data, first.data, first.size);
        bytes_free(&again);
    }
    bytes_free(&first);
    free(data);
}
END_TEST

/* Each point is a place from which the segment can be decoded without what is before it. */
START_TEST(the_index_has_a_point_for_each_piece)
{
    size_t bytes = 400000, at = 0;
    unsigned char *data = make_data(_i % 2 + 1, bytes), *out = must_alloc(bytes);
    const struct way way = {1 + _i / 2, 4096, true};
    struct amosi_index index;
    struct bytes made = make_member(data, bytes, 0, &way, &index);
    ck_assert_uint_eq(index.out_bytes, bytes);
    ck_assert_uint_eq(index.count, 8);
    ck_assert_uint_eq(index.key.size, made.size);
    ck_assert_mem_eq(index.key.trailer, made.data + made.size - 8, 8);
    for (size_t i = 0; i < index.count; i++, at = 352 + i * 50000) {
        const struct amosi_index_point *point = &index.points[i];
        size_t end = i + 1 < index.count ? (size_t)index.points[i + 1].out : bytes;
        ck_assert_uint_eq(point->out, at);
        ck_assert_uint_eq(point->bit % 8, 0);
        ck_assert_uint_eq(point->crc, crc32_z(0, data + at, end - at));
        size_t from = i ? (size_t)point->bit / 8 : 10;
        struct amosi_inflate_io io = {made.data + from, made.size - from, out, end - at, 0, 0, 0};
        void *own = amosi_inflate_own.create();
        amosi_inflate_own.begin(own);
        ck_assert_int_ne(amosi_inflate_own.run(own, &io), AMOSI_INFLATE_BAD);
        ck_assert_uint_eq(io.out_bytes, 0);
        ck_assert_mem_eq(out, data + at, end - at);
        amosi_inflate_own.destroy(own);
    }
    free(index.points);
    bytes_free(&made);
    free(data);
    free(out);
}
END_TEST

/* Zeros compress so well that points would make the index too large: it has fewer. */
START_TEST(the_index_stays_small)
{
    size_t bytes = 4000000;
    unsigned char *data = make_data(0, bytes);
    struct amosi_index index;
    struct bytes made = make_member(data, bytes, 9, &(struct way){1, 4096, true}, &index);
    ck_assert_uint_lt(index.count, 80);
    ck_assert_uint_eq(index.points[0].crc, crc32_z(0, data, index.count > 1 ? (size_t)index.points[1].out : bytes));
    free(index.points);
    bytes_free(&made);
    free(data);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("deflate");
    TCase *methods = add_case(suite, "methods", 60);
    tcase_add_loop_test(methods, pieces_go_on, 0, KINDS * SIZES);
    tcase_add_loop_test(methods, processors_make_the_same, 0, KINDS * SIZES);
    tcase_add_loop_test(methods, smallest_in_sections, 0, KINDS * 4);
    tcase_add_test(methods, smallest_is_small);
    tcase_add_loop_test(methods, data_have_a_kind, 0, KINDS);
    tcase_add_test(methods, a_level_has_a_compressor);
    tcase_add_loop_test(add_case(suite, "last", 10), the_last_block_is_found, 0, KINDS * 3);
    TCase *threads = add_case(suite, "threads", 60);
    tcase_add_loop_test(threads, any_number_of_threads_gives_the_same, 0, TOTALS * 10);
    tcase_add_loop_test(threads, the_index_has_a_point_for_each_piece, 0, 6);
    tcase_add_test(threads, the_index_stays_small);
    return run_suite(suite);
}
