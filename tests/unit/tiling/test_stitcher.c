/* SPDX-License-Identifier: BSD-3-Clause */
/* A stitcher gives the labels that the sum of the whole volume gives, bit by bit, whatever the tiles, types and threads;
 * its memory is what the rows between their first and their last tile need. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "base/system/cpu.h"
#include "support/bytes.h"
#include "support/main.h"
#include "tiling/kernels.h"

static amos_error err;

/* ---- kernels ---- */

enum { LONGEST = 150 };

static float odd_value(uint64_t *seed)
{
    static const float odd[] = {NAN, INFINITY, -INFINITY, 0.0f, -0.0f, 1e-40f, 3e38f};
    return random_below(seed, 10) ? (float)random_below(seed, 17) - 8 : odd[random_below(seed, 7)];
}

static void assert_same(const float *a, const float *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ck_assert(memcmp(&a[i], &b[i], sizeof a[i]) == 0 || (isnan(a[i]) && isnan(b[i])));
}

START_TEST(vector_sums_are_the_plain_ones)
{
    const struct amosi_tile_kernels *plain = &amosi_tile_kernels_plain, *fast = amosi_tile_kernels();
    for (size_t n = 0; n <= LONGEST; n++) {
        float tile[LONGEST + 3], weights[LONGEST + 3], a[LONGEST + 3], b[LONGEST + 3];
        uint64_t seed = n + 1;
        for (size_t i = 0; i < LONGEST + 3; i++) {
            tile[i] = odd_value(&seed);
            weights[i] = (float)random_below(&seed, 1000) / 1000;
            a[i] = b[i] = odd_value(&seed);
        }
        plain->add(a + 1, tile + 3, weights + 2, 0.3f, n);
        fast->add(b + 1, tile + 3, weights + 2, 0.3f, n);
        assert_same(a, b, LONGEST + 3);
        plain->put(a + 2, tile + 1, weights + 3, 0.7f, n);
        fast->put(b + 2, tile + 1, weights + 3, 0.7f, n);
        assert_same(a, b, LONGEST + 3);
    }
}
END_TEST

/* One voxel after the other, as the header says. */
static uint8_t largest_of(const float *values, int64_t step, int channels)
{
    float best = -INFINITY;
    int found = 0;
    for (int c = 0; c < channels; c++)
        if (values[c * step] > best) {
            best = values[c * step];
            found = c;
        }
    return (uint8_t)found;
}

START_TEST(the_largest_is_found_by_every_set)
{
    static const int channels[] = {1, 2, 16, 255, 256};
    enum { STEP = LONGEST + 5 };
    float *values = must_alloc(256 * STEP * sizeof *values);
    for (int k = 0; k < 5; k++) {
        uint64_t seed = (uint64_t)k + 1;
        for (int i = 0; i < 256 * STEP; i++)
            values[i] = odd_value(&seed);
        for (int c = 0; c < channels[k]; c++)
            values[c * STEP + 7] = NAN;
        for (size_t n = 0; n <= LONGEST; n++) {
            uint8_t plain[LONGEST + 1], fast[LONGEST + 1];
            plain[n] = fast[n] = 77;
            amosi_tile_kernels_plain.largest(values, STEP, channels[k], plain, n);
            amosi_tile_kernels()->largest(values, STEP, channels[k], fast, n);
            for (size_t i = 0; i < n; i++) {
                ck_assert_uint_eq(plain[i], largest_of(values + i, STEP, channels[k]));
                ck_assert_uint_eq(plain[i], fast[i]);
            }
            ck_assert(plain[n] == 77 && fast[n] == 77);
        }
    }
    free(values);
}
END_TEST

/* All 65536 values, by their meaning and by both sets. */
START_TEST(numbers_of_16_bits_become_float32)
{
    static uint16_t all[65536 + 3];
    static float plain[65536 + 3], fast[65536 + 3];
    for (int i = 0; i < 65536 + 3; i++)
        all[i] = (uint16_t)i;
    amosi_tile_kernels_plain.from_half(plain, all, 65536 + 3);
    amosi_tile_kernels()->from_half(fast, all, 65536 + 3);
    ck_assert_mem_eq(plain, fast, sizeof plain);
    for (int i = 0; i < 65536; i++) {
        int exponent = i >> 10 & 31, fraction = i & 1023;
        double magnitude = exponent == 0 ? ldexp(fraction, -24) : ldexp(1024 + fraction, exponent - 25);
        if (exponent == 31)
            ck_assert(fraction ? isnan(plain[i]) : isinf(plain[i]));
        else
            ck_assert(fabs((double)plain[i]) == magnitude);
        ck_assert_int_eq(!signbit(plain[i]), !(i & 0x8000));
    }
    amosi_tile_kernels_plain.from_bfloat(plain, all, 65536 + 3);
    amosi_tile_kernels()->from_bfloat(fast, all, 65536 + 3);
    ck_assert_mem_eq(plain, fast, sizeof plain);
    ck_assert(plain[0x3F80] == 1.0f && plain[0xC049] == -3.140625f && isinf(plain[0x7F80]));
}
END_TEST

/* ---- volumes ---- */

static const struct scene {
    int64_t shape[3], patch[3];
    double overlap;
    int64_t channels;
} scenes[] = {
    {{50, 41, 23}, {16, 16, 8}, 0.5, 3}, {{50, 41, 23}, {16, 16, 8}, 0.75, 2}, {{16, 16, 8}, {16, 16, 8}, 0.5, 16},
    {{10, 33, 5}, {16, 16, 8}, 0.25, 4}, {{33, 10, 40}, {16, 16, 8}, 0.25, 4}, {{1, 1, 1}, {16, 16, 8}, 0, 1},
    {{40, 7, 9}, {3, 2, 1}, 0, 5},       {{9, 20, 31}, {4, 5, 7}, 0.7, 2},     {{300, 5, 6}, {290, 4, 4}, 0.5, 2},
    {{96, 80, 40}, {64, 64, 16}, 0.5, 8} /* large enough for threads */
};
enum { SCENES = sizeof scenes / sizeof scenes[0] };

static int64_t product(const int64_t n[3])
{
    return n[0] * n[1] * n[2];
}

static amos_tiling *tiling_of(const struct scene *s, int threads)
{
    amos_tiling_options o = AMOS_TILING_OPTIONS_INIT;
    amos_tiling *tiling;
    memcpy(o.patch, s->patch, sizeof o.patch);
    o.overlap = s->overlap;
    o.threads = threads;
    assert_ok(amos_tiling_make(s->shape, &o, &tiling, &err), &err);
    return tiling;
}

/* A tile whose values depend on its number and flips only: multiples of 1/8, and NaN, that every type can hold. */
static void make_tile(const struct scene *s, int64_t index, uint32_t flips, float *tile)
{
    uint64_t seed = (uint64_t)index * 8 + flips + 1;
    for (int64_t i = 0; i < product(s->patch) * s->channels; i++)
        tile[i] = random_below(&seed, 50) ? (float)random_below(&seed, 255) / 8 - 16 : NAN;
}

/* The tile as it lies in the volume. */
static void turn_back(const struct scene *s, uint32_t flips, const float *tile, float *to)
{
    const int64_t *p = s->patch;
    for (int64_t c = 0, n = 0; c < s->channels; c++)
        for (int64_t z = 0; z < p[2]; z++)
            for (int64_t y = 0; y < p[1]; y++)
                for (int64_t x = 0; x < p[0]; x++, n++) {
                    const int64_t at[3] = {flips & AMOS_FLIP_X ? p[0] - 1 - x : x,
                                           flips & AMOS_FLIP_Y ? p[1] - 1 - y : y,
                                           flips & AMOS_FLIP_Z ? p[2] - 1 - z : z};
                    to[n] = tile[((c * p[2] + at[2]) * p[1] + at[1]) * p[0] + at[0]];
                }
}

/* The labels by the sum of the whole volume; the mean of the mirrored tiles by halves of them, which is exact. */
static uint8_t *expected_labels(const struct scene *s, uint32_t flips, int threads)
{
    amos_tiling *tiling = tiling_of(s, threads);
    size_t voxels = (size_t)product(s->shape), values = voxels * (size_t)s->channels,
           tile_values = (size_t)(product(s->patch) * s->channels);
    float *sum = calloc(values, sizeof *sum), *tile = must_alloc(tile_values * sizeof *tile),
          *turned = must_alloc(tile_values * sizeof *turned);
    uint8_t *labels = must_alloc(voxels);
    ck_assert_ptr_nonnull(sum);
    for (int64_t i = 0; i < amos_tiling_count(tiling); i++)
        for (uint32_t f = 0; f <= flips; f++) {
            if (f & ~flips)
                continue;
            make_tile(s, i, f, tile);
            turn_back(s, f, tile, turned);
            for (size_t k = 0; k < tile_values; k++)
                turned[k] *= 1.0f / (float)(1 << __builtin_popcount(flips));
            assert_ok(amos_tiling_add(tiling, i, turned, s->channels, sum, values, &err), &err);
        }
    assert_ok(amos_tiling_argmax(tiling, sum, s->channels, labels, voxels, &err), &err);
    for (size_t i = 0; i < voxels; i++)
        ck_assert_uint_eq(labels[i], largest_of(sum + i, (int64_t)voxels, (int)s->channels));
    free(turned);
    free(tile);
    free(sum);
    amos_tiling_free(tiling);
    return labels;
}

/* Exact: the values of make_tile() need few bits. */
static void narrow(const float *from, size_t n, amos_tile_type type, uint16_t *to)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        int exponent;
        memcpy(&bits, &from[i], sizeof bits);
        float fraction = frexpf(fabsf(from[i]), &exponent);
        uint16_t half = isnan(from[i]) ? 0x7E00
                        : from[i] == 0 ? 0
                                       : (uint16_t)((exponent + 14) << 10 | ((int)(fraction * 2048) & 1023));
        to[i] = type == AMOS_TILE_TYPE_BFLOAT16 ? (uint16_t)(bits >> 16) : (uint16_t)(half | (bits >> 16 & 0x8000));
    }
}

struct receiver {
    const struct scene *scene;
    uint8_t *labels;
    int64_t next;
    int64_t fail_at; /* -1: never */
};

static amos_status receive(void *user, const uint8_t *labels, int64_t start, int64_t stop, amos_error *e)
{
    struct receiver *r = user;
    const int64_t plane = r->scene->shape[0] * r->scene->shape[1];
    ck_assert_int_eq(start, r->next);
    ck_assert_int_gt(stop, start);
    memcpy(r->labels + start * plane, labels, (size_t)((stop - start) * plane));
    r->next = stop;
    if (r->fail_at < 0 || stop <= r->fail_at)
        return AMOS_OK;
    e->status = AMOS_E_CANCEL;
    strcpy(e->message, "Enough.");
    return AMOS_E_CANCEL;
}

static amos_status add_next(amos_stitcher *stitcher, const struct scene *s, amos_tile_type type)
{
    const amos_stitcher_info *info = amos_stitcher_get_info(stitcher);
    size_t n = (size_t)(product(s->patch) * s->channels), item = type == AMOS_TILE_TYPE_FLOAT32 ? 4 : 2;
    float *tile = must_alloc(n * sizeof *tile);
    uint16_t *narrowed = must_alloc(n * sizeof *narrowed);
    make_tile(s, info->tile, info->flips, tile);
    narrow(tile, n, type, narrowed);
    const void *values = type == AMOS_TILE_TYPE_FLOAT32 ? (const void *)tile : narrowed;
    amos_status status = amos_stitcher_add(stitcher, info->tile, info->flips, values, type, n * item, &err);
    free(narrowed);
    free(tile);
    return status;
}

/* To labels and to a function at once, or to one of them. */
static void check_way(const struct scene *s, const amos_tiling *tiling, amos_tile_type type, uint32_t flips, int way,
                      const uint8_t *expected)
{
    const size_t voxels = (size_t)product(s->shape);
    uint8_t *labels = must_alloc(voxels), *planes = must_alloc(voxels);
    struct receiver r = {s, planes, 0, -1};
    amos_stitcher_options o = AMOS_STITCHER_OPTIONS_INIT;
    amos_stitcher *stitcher;
    o.channels = s->channels;
    o.flips = flips;
    o.labels = way & 1 ? labels : NULL;
    o.bytes = voxels;
    o.planes = way & 2 ? receive : NULL;
    o.user = &r;
    assert_ok(amos_stitcher_make(tiling, &o, &stitcher, &err), &err);
    const amos_stitcher_info *info = amos_stitcher_get_info(stitcher);
    ck_assert_uint_eq(info->sum_bytes, voxels * (size_t)s->channels * sizeof(float));
    while (info->tile < amos_tiling_count(tiling))
        assert_ok(add_next(stitcher, s, type), &err);
    ck_assert_int_eq(info->planes, s->shape[2]);
    if (way & 1)
        ck_assert_mem_eq(labels, expected, voxels);
    if (way & 2) {
        ck_assert_int_eq(r.next, s->shape[2]);
        ck_assert_mem_eq(planes, expected, voxels);
    }
    assert_status(add_next(stitcher, s, type), AMOS_E_ARG, &err);
    amos_stitcher_free(stitcher);
    free(labels);
    free(planes);
}

START_TEST(labels_are_those_of_the_whole_sum)
{
    const struct scene *s = &scenes[_i];
    uint8_t *expected = expected_labels(s, 0, 1);
    for (int threads = 0; threads < 4; threads++) {
        amos_tiling *tiling = tiling_of(s, threads);
        uint8_t *again = expected_labels(s, 0, threads);
        ck_assert_mem_eq(again, expected, (size_t)product(s->shape));
        check_way(s, tiling, (amos_tile_type)(threads % 3), 0, 1 + threads % 3, expected);
        free(again);
        amos_tiling_free(tiling);
    }
    free(expected);
}
END_TEST

START_TEST(mirrored_tiles_are_turned_back)
{
    const struct scene *s = &scenes[_i % (SCENES - 1)];
    const uint32_t flips = (uint32_t)(1 + _i % 7);
    uint8_t *expected = expected_labels(s, flips, 1);
    amos_tiling *tiling = tiling_of(s, 2);
    for (int type = 0; type < 3; type++)
        check_way(s, tiling, (amos_tile_type)type, flips, 3, expected);
    amos_tiling_free(tiling);
    free(expected);
}
END_TEST

/* The kernels for other processors give the same labels. */
START_TEST(plain_kernels_give_the_same_labels)
{
    for (int i = 0; i < SCENES; i++) {
        uint8_t *expected = expected_labels(&scenes[i], 0, 1);
        amos_tiling *tiling = tiling_of(&scenes[i], 1);
        amosi_cpu_limit(0);
        check_way(&scenes[i], tiling, AMOS_TILE_TYPE_FLOAT16, 0, 1, expected);
        amosi_cpu_limit(AMOSI_CPU_ALL);
        amos_tiling_free(tiling);
        free(expected);
    }
}
END_TEST

/* ---- memory ---- */

/* The first and the last line of tiles (y + z * tiles along y) that covers a row. */
static void lines_of(const amos_tiling *tiling, const struct scene *s, int64_t y, int64_t z, int64_t *first,
                     int64_t *last)
{
    amos_box box, before = {.start = {-1, -1, -1}};
    *first = *last = -1;
    for (int64_t i = 0, line = -1; i < amos_tiling_count(tiling); i++) {
        assert_ok(amos_tiling_get_box(tiling, i, &box, &err), &err);
        line += i == 0 || box.start[1] != before.start[1] || box.start[2] != before.start[2];
        before = box;
        if (box.start[1] <= y && y < box.stop[1] && box.start[2] <= z && z < box.stop[2]) {
            *first = *first < 0 ? line : *first;
            *last = line;
        }
    }
    (void)s;
}

static int64_t most_rows(const amos_tiling *tiling, const struct scene *s)
{
    int64_t *change = calloc((size_t)amos_tiling_count(tiling) + 1, sizeof *change), most = 0;
    ck_assert_ptr_nonnull(change);
    for (int64_t z = 0; z < s->shape[2]; z++)
        for (int64_t y = 0; y < s->shape[1]; y++) {
            int64_t first, last;
            lines_of(tiling, s, y, z, &first, &last);
            change[first]++;
            change[last + 1]--;
        }
    for (int64_t line = 0, open = 0; line < amos_tiling_count(tiling); line++) {
        open += change[line];
        most = open > most ? open : most;
    }
    free(change);
    return most;
}

/* Rows of float32, a few bytes for each row of the volume, and the planes if there is no other place for them. */
START_TEST(memory_is_that_of_the_open_rows)
{
    const struct scene *s = &scenes[_i];
    amos_tiling *tiling = tiling_of(s, 1);
    uint8_t *labels = must_alloc((size_t)product(s->shape));
    amos_stitcher_options o = {
        .size = sizeof o, .channels = s->channels, .labels = labels, .bytes = (size_t)product(s->shape)};
    amos_stitcher *stitcher;
    assert_ok(amos_stitcher_make(tiling, &o, &stitcher, &err), &err);
    const uint64_t rows = (uint64_t)most_rows(tiling, s),
                   row_bytes = (uint64_t)(s->channels * s->shape[0]) * sizeof(float),
                   found = amos_stitcher_get_info(stitcher)->bytes,
                   most = (uint64_t)(s->shape[1] * s->patch[2] * 4 + (s->shape[1] + s->shape[2]) * 8) + rows * 4 + 1024;
    ck_assert_uint_ge(found, rows * row_bytes);
    ck_assert_uint_le(found, rows * row_bytes + most);
    amos_stitcher_free(stitcher);
    free(labels);
    amos_tiling_free(tiling);
}
END_TEST

/* ---- mistakes ---- */

START_TEST(a_function_can_stop_it)
{
    const struct scene *s = &scenes[0];
    amos_tiling *tiling = tiling_of(s, 1);
    struct receiver r = {s, must_alloc((size_t)product(s->shape)), 0, 10};
    amos_stitcher_options o = {.size = sizeof o, .channels = s->channels, .planes = receive, .user = &r};
    amos_stitcher *stitcher;
    amos_status status = AMOS_OK;
    assert_ok(amos_stitcher_make(tiling, &o, &stitcher, &err), &err);
    while (!status)
        status = add_next(stitcher, s, AMOS_TILE_TYPE_FLOAT32);
    assert_status(status, AMOS_E_CANCEL, &err);
    ck_assert_str_eq(err.message, "Enough.");
    assert_status(add_next(stitcher, s, AMOS_TILE_TYPE_FLOAT32), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "stopped");
    amos_stitcher_free(stitcher);
    free(r.labels);
    amos_tiling_free(tiling);
}
END_TEST

START_TEST(mistakes_are_told)
{
    const struct scene *s = &scenes[0];
    amos_tiling *tiling = tiling_of(s, 1);
    static uint8_t labels[50 * 41 * 23];
    static float tile[16 * 16 * 8 * 3];
    const amos_stitcher_options good = {.size = sizeof good, .channels = 3, .labels = labels, .bytes = sizeof labels};
    amos_stitcher_options wrong[] = {good, good, good, good, good};
    const char *words[] = {"channels", "channels", "flips", "place", "room"};
    amos_stitcher *stitcher = (void *)&err;
    wrong[0].channels = 0;
    wrong[1].channels = 257;
    wrong[2].flips = 8;
    wrong[3].labels = NULL;
    wrong[4].bytes--;
    for (int i = 0; i < 5; i++) {
        assert_status(amos_stitcher_make(tiling, &wrong[i], &stitcher, &err), AMOS_E_ARG, &err);
        assert_sentence(&err, AMOS_E_ARG, words[i]);
        ck_assert_ptr_null(stitcher);
    }
    assert_status(amos_stitcher_make(NULL, &good, &stitcher, &err), AMOS_E_ARG, &err);
    assert_status(amos_stitcher_make(tiling, &good, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_stitcher_make(tiling, NULL, &stitcher, &err), AMOS_E_ARG, &err);
    assert_ok(amos_stitcher_make(tiling, &good, &stitcher, &err), &err);
    assert_status(amos_stitcher_add(NULL, 0, 0, tile, AMOS_TILE_TYPE_FLOAT32, sizeof tile, &err), AMOS_E_ARG, &err);
    assert_status(amos_stitcher_add(stitcher, 0, 0, NULL, AMOS_TILE_TYPE_FLOAT32, sizeof tile, &err), AMOS_E_ARG, &err);
    assert_status(amos_stitcher_add(stitcher, 1, 0, tile, AMOS_TILE_TYPE_FLOAT32, sizeof tile, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "order");
    assert_status(amos_stitcher_add(stitcher, 0, 1, tile, AMOS_TILE_TYPE_FLOAT32, sizeof tile, &err), AMOS_E_ARG, &err);
    assert_status(amos_stitcher_add(stitcher, 0, 0, tile, AMOS_TILE_TYPE_FLOAT16, sizeof tile, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "bytes");
    assert_status(amos_stitcher_add(stitcher, 0, 0, tile, (amos_tile_type)3, sizeof tile, &err), AMOS_E_ARG, &err);
    ck_assert_int_eq(amos_stitcher_get_info(stitcher)->tile, 0);
    assert_ok(amos_stitcher_add(stitcher, 0, 0, tile, AMOS_TILE_TYPE_FLOAT32, sizeof tile, &err), &err);
    amos_stitcher_free(stitcher);
    amos_stitcher_free(NULL);
    ck_assert_ptr_null(amos_stitcher_get_info(NULL));
    amos_tiling_free(tiling);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stitcher");
    TCase *all = add_case(suite, "stitcher", 60);
    tcase_add_test(all, vector_sums_are_the_plain_ones);
    tcase_add_test(all, the_largest_is_found_by_every_set);
    tcase_add_test(all, numbers_of_16_bits_become_float32);
    tcase_add_loop_test(all, labels_are_those_of_the_whole_sum, 0, SCENES);
    tcase_add_loop_test(all, mirrored_tiles_are_turned_back, 0, 2 * (SCENES - 1));
    tcase_add_test(all, plain_kernels_give_the_same_labels);
    tcase_add_loop_test(all, memory_is_that_of_the_open_rows, 0, SCENES);
    tcase_add_test(all, a_function_can_stop_it);
    tcase_add_test(all, mistakes_are_told);
    return run_suite(suite);
}
