/* SPDX-License-Identifier: BSD-3-Clause */
/* Chunks of the cache: c-blosc 1 can read written chunks (the Python tests check it), and no bad chunk does harm. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cache/chunk.h"
#include "nifti/type.h"
#include "support/bytes.h"
#include "support/main.h"

#ifdef AMOS_HAVE_LZ4

/* A chunk of n items, and its compressed form. */
struct packed {
    amos_type type;
    size_t n, bytes, packed_bytes;
    unsigned char *voxels, *work, *packed, *out;
};

static const amos_type types[] = {AMOS_TYPE_UINT8, AMOS_TYPE_INT16, AMOS_TYPE_FLOAT32, AMOS_TYPE_FLOAT64};
enum { TYPES = sizeof types / sizeof types[0] };

static struct packed make(amos_type type, size_t n)
{
    struct packed p = {.type = type, .n = n, .bytes = n * amos_type_bytes(type)};
    p.voxels = must_alloc(p.bytes);
    p.work = must_alloc(amosi_chunk_work(p.bytes));
    p.packed = must_alloc(p.bytes + AMOSI_CHUNK_OVERHEAD);
    p.out = must_alloc(p.bytes);
    return p;
}

static void drop(struct packed *p)
{
    free(p->voxels);
    free(p->work);
    free(p->packed);
    free(p->out);
}

static void pack(struct packed *p)
{
    const struct amosi_chunk_rows all = {p->voxels, p->n, 1, 0, 0, 0};
    amosi_chunk_split(p->type, p->work, p->n, &all);
    p->packed_bytes = amosi_chunk_compress(p->type, p->work, p->bytes, p->packed);
    ck_assert_uint_le(p->packed_bytes, p->bytes + AMOSI_CHUNK_OVERHEAD);
}

/* Decodes a copy of exactly n bytes, so that a sanitizer detects reads beyond it. */
static bool unpack(struct packed *p, const unsigned char *from, size_t from_bytes)
{
    unsigned char *copy = must_alloc(from_bytes);
    memcpy(copy, from, from_bytes);
    memset(p->out, 0xa5, p->bytes);
    bool good = amosi_chunk_decompress(p->type, copy, from_bytes, p->out, p->bytes, p->work);
    free(copy);
    return good;
}

/* Only noise, only zeros, a ramp, or noise only in the lowest byte. */
static void fill(struct packed *p, int kind, uint64_t seed)
{
    size_t item = amos_type_bytes(p->type);
    for (size_t i = 0; i < p->bytes; i++) {
        unsigned char noise = (unsigned char)random_next(&seed);
        p->voxels[i] = kind == 0 ? noise : kind == 1 ? 0 : kind == 2 ? (unsigned char)(i / 97) : i % item ? 3 : noise;
    }
}

START_TEST(what_is_packed_comes_back)
{
    static const size_t sizes[] = {1, 2, 31, 32, 33, 127, 128, 129, 1000, 4096, 70000};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (int kind = 0; kind < 4; kind++) {
            struct packed p = make(types[_i], sizes[s]);
            fill(&p, kind, s + 1);
            pack(&p);
            ck_assert(unpack(&p, p.packed, p.packed_bytes));
            ck_assert_mem_eq(p.out, p.voxels, p.bytes);
            drop(&p);
        }
}
END_TEST

/* Rows of a larger array, as they are gathered into a chunk. */
START_TEST(rows_are_put_where_they_belong)
{
    enum { WIDTH = 50, ROWS = 3, N = 40, CHUNK_WIDTH = 45 };
    struct packed p = make(types[_i], (size_t)CHUNK_WIDTH * ROWS), image = make(types[_i], (size_t)WIDTH * ROWS);
    size_t item = amos_type_bytes(types[_i]);
    fill(&image, 0, 7);
    memset(p.work, 0, p.bytes);
    const struct amosi_chunk_rows rows = {image.voxels, N, ROWS - 1, WIDTH, CHUNK_WIDTH, CHUNK_WIDTH};
    amosi_chunk_split(p.type, p.work, p.n, &rows);
    p.packed_bytes = amosi_chunk_compress(p.type, p.work, p.bytes, p.packed);
    memset(p.voxels, 0, p.bytes);
    for (size_t row = 1; row < ROWS; row++)
        memcpy(p.voxels + row * CHUNK_WIDTH * item, image.voxels + (row - 1) * WIDTH * item, N * item);
    ck_assert(unpack(&p, p.packed, p.packed_bytes));
    ck_assert_mem_eq(p.out, p.voxels, p.bytes);
    drop(&image);
    drop(&p);
}
END_TEST

static uint32_t get(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* README_CHUNK_FORMAT.rst of c-blosc 1.21, on any host. */
START_TEST(the_format_is_that_of_c_blosc)
{
    enum { N = 200 };
    struct packed p = make(AMOS_TYPE_INT16, N);
    for (int i = 0; i < N; i++) {
        int16_t value = (int16_t)(i * 37 % 251 + (i * 91 % 241) * 256 - 32768);
        memcpy(p.voxels + 2 * i, &value, 2);
    }
    pack(&p);
    static const unsigned char begin[] = {2, 1, 0x21, 2}; /* version, that of LZ4, shuffled and LZ4, bytes of an item */
    ck_assert_mem_eq(p.packed, begin, sizeof begin);
    ck_assert_uint_eq(get(p.packed + 4), p.bytes);         /* uncompressed */
    ck_assert_uint_eq(get(p.packed + 8), p.bytes);         /* in one block */
    ck_assert_uint_eq(get(p.packed + 12), p.packed_bytes); /* compressed, in all */
    ck_assert_uint_eq(get(p.packed + 16), 20);             /* start of the block */
    ck_assert_uint_eq(p.packed_bytes, 20 + 2 * (4 + N));   /* no byte plane is compressible */
    for (int byte = 0; byte < 2; byte++) {
        const unsigned char *plane = p.packed + 20 + byte * (4 + N);
        ck_assert_uint_eq(get(plane), N);
        for (int i = 0; i < N; i++) {
            int value = i * 37 % 251 + (i * 91 % 241) * 256 - 32768;
            ck_assert_uint_eq(plane[4 + i], (unsigned)value >> 8 * byte & 0xff);
        }
    }
    drop(&p);
}
END_TEST

START_TEST(C13_every_truncation_of_a_chunk_is_refused)
{
    for (int kind = 0; kind < 4; kind++) {
        struct packed p = make(types[_i], 300);
        fill(&p, kind, 5);
        pack(&p);
        for (size_t n = 0; n < p.packed_bytes; n++)
            ck_assert_msg(!unpack(&p, p.packed, n), "the first %zu bytes", n);
        drop(&p);
    }
}
END_TEST

/* Its header and lengths must stay correct; its content may change. */
START_TEST(C13_every_changed_byte_of_a_chunk_does_no_harm)
{
    for (int kind = 0; kind < 4; kind++) {
        struct packed p = make(types[_i], 300);
        fill(&p, kind, 5);
        pack(&p);
        for (size_t at = 0; at < p.packed_bytes; at++)
            for (int change = 1; change < 256; change += at < 24 ? 1 : 37) {
                p.packed[at] ^= (unsigned char)change;
                bool good = unpack(&p, p.packed, p.packed_bytes);
                ck_assert_msg(at >= 24 || !good, "byte %zu changed by %d", at, change);
                p.packed[at] ^= (unsigned char)change;
            }
        drop(&p);
    }
}
END_TEST

START_TEST(C13_a_chunk_of_another_size_or_type_is_refused)
{
    struct packed p = make(AMOS_TYPE_INT16, 300);
    fill(&p, 3, 5);
    pack(&p);
    p.bytes -= 2;
    ck_assert(!unpack(&p, p.packed, p.packed_bytes));
    p.bytes += 2;
    ck_assert(unpack(&p, p.packed, p.packed_bytes));
    p.type = AMOS_TYPE_FLOAT32;
    ck_assert(!unpack(&p, p.packed, p.packed_bytes));
    /* the same modulo 32 bits as in the header; nothing may be written */
    ck_assert(!amosi_chunk_decompress(AMOS_TYPE_INT16, p.packed, p.packed_bytes, p.out,
                                      (size_t)((uint64_t)p.bytes + ((uint64_t)1 << 32)), p.work) ||
              sizeof(size_t) == 4);
    drop(&p);
}
END_TEST

/* LZ4 could decode it, but no valid stream is longer than its data, so a length never exceeds an int. */
START_TEST(C13_a_stream_longer_than_its_bytes_is_refused)
{
    struct packed p = make(AMOS_TYPE_UINT8, 10);
    fill(&p, 0, 5);
    pack(&p);
    ck_assert_uint_eq(p.packed_bytes, 24 + 10);
    memmove(p.packed + 25, p.packed + 24, 10);
    p.packed[24] = 10 << 4; /* ten literals */
    p.packed[20] = 11;
    p.packed[12] = (unsigned char)++p.packed_bytes;
    ck_assert(!unpack(&p, p.packed, p.packed_bytes));
    drop(&p);
}
END_TEST

static void add_tests(Suite *suite)
{
    TCase *format = add_case(suite, "format", 20);
    tcase_add_loop_test(format, what_is_packed_comes_back, 0, TYPES);
    tcase_add_loop_test(format, rows_are_put_where_they_belong, 0, TYPES);
    tcase_add_test(format, the_format_is_that_of_c_blosc);
    TCase *damage = add_case(suite, "damage", 20);
    tcase_add_loop_test(damage, C13_every_truncation_of_a_chunk_is_refused, 0, TYPES);
    tcase_add_loop_test(damage, C13_every_changed_byte_of_a_chunk_does_no_harm, 0, TYPES);
    tcase_add_test(damage, C13_a_stream_longer_than_its_bytes_is_refused);
    tcase_add_test(damage, C13_a_chunk_of_another_size_or_type_is_refused);
}

#else

START_TEST(without_lz4_nothing_is_packed)
{
    unsigned char bytes[64] = {0}, out[64], work[64];
    ck_assert(!amosi_chunk_supported());
    ck_assert_uint_eq(amosi_chunk_work(64), 64);
    ck_assert_uint_eq(amosi_chunk_compress(AMOS_TYPE_UINT8, work, 64, out), 0);
    ck_assert(!amosi_chunk_decompress(AMOS_TYPE_UINT8, bytes, 64, out, 64, work));
}
END_TEST

static void add_tests(Suite *suite)
{
    tcase_add_test(add_case(suite, "absent", 10), without_lz4_nothing_is_packed);
}

#endif

int main(void)
{
    Suite *suite = suite_create("cache chunk");
    add_tests(suite);
    return run_suite(suite);
}
