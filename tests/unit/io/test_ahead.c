/* SPDX-License-Identifier: BSD-3-Clause */
/* A reader with helpers that decode ahead against one without: the same bytes, and for a bad file the same bytes up to
 * the same error. */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "io/gzip/stream.h"
#include "support/make/gzip.h"
#include "support/main.h"
#include "support/opened.h"

#define PLAIN ((size_t)1800 * 1000)

/* ---- files ---- */

/* Like a CT: 16 bits, smooth, with noise, and air around it. */
static struct bytes make_plain(uint64_t seed)
{
    struct bytes b = {0};
    for (size_t i = 0; b.size < PLAIN; i++) {
        size_t x = i % 512, y = i / 512 % 512;
        int value = x < 60 || y < 40 ? -1024 : (int)(x + y) + (int)random_below(&seed, 40);
        unsigned char two[2] = {(unsigned char)value, (unsigned char)((unsigned)value >> 8)};
        bytes_add(&b, two, 2);
    }
    return b;
}

static const struct {
    const char *name;
    int level, strategy, memory;
    size_t flush_each; /* bytes; 0: never */
    int flush;
} kinds[] = {
    {"level 6", 6, Z_DEFAULT_STRATEGY, 8, 0, 0},
    {"level 1", 1, Z_DEFAULT_STRATEGY, 8, 0, 0},
    {"small blocks", 9, Z_DEFAULT_STRATEGY, 3, 0, 0},
    {"no copies", 6, Z_HUFFMAN_ONLY, 8, 0, 0},
    {"blocks as those of pigz", 6, Z_DEFAULT_STRATEGY, 8, 100000, Z_SYNC_FLUSH},
    {"restarts", 6, Z_DEFAULT_STRATEGY, 8, 70000, Z_FULL_FLUSH},
    {"fixed codes only", 6, Z_FIXED, 8, 0, 0},
    {"stored", 0, Z_DEFAULT_STRATEGY, 8, 0, 0},
};
#define KINDS ((int)(sizeof kinds / sizeof kinds[0]))
#define WITH_PIECES 6 /* the first kinds have blocks that can be guessed */

static struct bytes pack(const struct bytes *plain, int kind)
{
    z_stream z = {0};
    ck_assert_int_eq(deflateInit2(&z, kinds[kind].level, Z_DEFLATED, 15 + 16, kinds[kind].memory, kinds[kind].strategy),
                     Z_OK);
    struct bytes out = {0};
    out.capacity = plain->size + plain->size / 2 + 100000;
    out.data = must_alloc(out.capacity);
    z.next_out = out.data;
    z.avail_out = (uInt)out.capacity;
    for (size_t done = 0, n; done < plain->size; done += n) {
        n = kinds[kind].flush_each ? kinds[kind].flush_each : plain->size;
        n = n < plain->size - done ? n : plain->size - done;
        z.next_in = plain->data + done;
        z.avail_in = (uInt)n;
        ck_assert_int_eq(deflate(&z, kinds[kind].flush), Z_OK);
    }
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.size = out.capacity - z.avail_out;
    deflateEnd(&z);
    return out;
}

/* ---- reading ---- */

struct outcome {
    amos_status status;
    amos_error err;
    amos_warnings warnings;
    struct bytes data;
    unsigned taken;
};

static void *help(void *ahead)
{
    amosi_ahead_help(ahead);
    return NULL;
}

static void read_stream(const struct amosi_source *source, uint64_t expected, uint64_t idle, struct amosi_ahead *ahead,
                        struct outcome *o)
{
    const struct amosi_stream_settings settings = {
        .limits = {.max_members = 100, .max_gzip_header = 1000, .max_idle_input = idle},
        .inflate = AMOS_INFLATE_OWN,
        .input_bytes = AMOSI_INPUT_BYTES};
    struct amosi_stream stream;
    uint64_t seed = expected;
    size_t got = 1, want = 1;
    static unsigned char tile[AMOSI_TILE_BYTES];
    ck_assert_int_eq(amosi_stream_open(&stream, source, true, &settings, &o->err), AMOS_OK);
    amosi_stream_expect(&stream, expected);
    if (ahead)
        amosi_stream_use_ahead(&stream, ahead);
    while (!o->status && got == want) {
        want = (size_t)random_below(&seed, 2) ? sizeof tile : 1 + (size_t)random_below(&seed, 50000);
        o->status = amosi_stream_read(&stream, tile, want, &got, &o->err);
        bytes_add(&o->data, tile, got);
    }
    o->warnings = stream.warnings;
    amosi_stream_close(&stream);
}

/* If the file has blocks that can be guessed, the reader starts once a piece is under way, so that it meets one. */
static struct outcome read_with(const struct bytes *file, uint64_t expected, uint64_t idle, unsigned helpers, bool wait)
{
    struct outcome o = {0};
    struct amosi_source source = {0};
    ck_assert_int_eq(amosi_source_open_memory(&source, file->data, file->size, &o.err), AMOS_OK);
    struct amosi_ahead *ahead = helpers ? amosi_ahead_new(&source, expected, helpers) : NULL;
    pthread_t threads[4];
    for (unsigned i = 0; i < helpers; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, help, ahead), 0);
    while (ahead && wait && !amosi_ahead_stop(ahead, 0))
        sched_yield();
    read_stream(&source, expected, idle, ahead, &o);
    if (ahead)
        amosi_ahead_end(ahead);
    for (unsigned i = 0; i < helpers; i++)
        pthread_join(threads[i], NULL);
    o.taken = ahead ? amosi_ahead_taken(ahead) : 0;
    amosi_ahead_free(ahead);
    amosi_source_close(&source);
    return o;
}

/* Returns the number of pieces that were used. */
static unsigned assert_same(const struct bytes *file, uint64_t expected, uint64_t idle, unsigned helpers, bool wait,
                            const char *what, int n)
{
    struct outcome alone = read_with(file, expected, idle, 0, false),
                   helped = read_with(file, expected, idle, helpers, wait);
    ck_assert_msg(alone.status == helped.status && alone.warnings == helped.warnings,
                  "%s %d: %d alone, %d with helpers", what, n, (int)alone.status, (int)helped.status);
    ck_assert_uint_eq(alone.data.size, helped.data.size);
    ck_assert_mem_eq(alone.data.data, helped.data.data, alone.data.size);
    if (alone.status) {
        ck_assert_str_eq(alone.err.message, helped.err.message);
        ck_assert_int_eq(alone.err.offset, helped.err.offset);
    }
    bytes_free(&alone.data);
    bytes_free(&helped.data);
    return helped.taken;
}

#define IDLE 1000000

START_TEST(every_kind_of_file)
{
    struct bytes plain = make_plain((uint64_t)_i), file = pack(&plain, _i);
    for (unsigned helpers = 1; helpers <= 4; helpers += helpers) {
        unsigned taken = assert_same(&file, PLAIN, IDLE, helpers, _i < WITH_PIECES, kinds[_i].name, (int)helpers);
        ck_assert_msg(taken > 0 || _i >= WITH_PIECES, "%s: no piece was used", kinds[_i].name);
    }
    bytes_free(&plain);
    bytes_free(&file);
}
END_TEST

START_TEST(damaged_anywhere)
{
    uint64_t seed = 77 + (uint64_t)_i;
    struct bytes plain = make_plain((uint64_t)_i), file = pack(&plain, _i);
    for (int n = 0; n < 5; n++) {
        size_t at = (size_t)random_below(&seed, (int64_t)file.size), bytes = file.size;
        unsigned char before = file.data[at];
        if (n % 3)
            file.data[at] ^= (unsigned char)(1u << random_below(&seed, 8));
        else
            file.size = at + 1;
        assert_same(&file, PLAIN, IDLE, 1 + (unsigned)n % 3, false, kinds[_i].name, n);
        file.size = bytes;
        file.data[at] = before;
    }
    bytes_free(&plain);
    bytes_free(&file);
}
END_TEST

START_TEST(members_and_what_follows)
{
    struct bytes plain = make_plain(3), members = gzip_in_members(&plain, 900000, NULL);
    assert_same(&members, PLAIN, IDLE, 2, false, "members", 0);
    bytes_add_fill(&members, 0, 100);
    assert_same(&members, PLAIN, IDLE, 2, false, "padding", 0);
    bytes_add_fill(&members, 7, 100);
    assert_same(&members, PLAIN, IDLE, 2, false, "trailing", 0);
    bytes_free(&members);
    bytes_free(&plain);
}
END_TEST

/* A file with far more compressed bytes than were expected ends at the same byte. */
START_TEST(limit_on_input)
{
    struct bytes plain = make_plain(4), file = pack(&plain, 0);
    for (uint64_t idle = 1000; idle < 1200000; idle += 99000)
        assert_same(&file, 1000, idle, 2, false, "limit", (int)idle);
    bytes_free(&file);
    bytes_free(&plain);
}
END_TEST

/* ---- whole volumes ---- */

#define SLICES 12

static struct bytes make_volume(void)
{
    struct bytes voxels = {0};
    for (uint64_t seed = 1; voxels.size < (size_t)SLICES * 512 * 512 * 2; seed++) {
        struct bytes more = make_plain(seed);
        bytes_add(&voxels, more.data, more.size);
        bytes_free(&more);
    }
    const struct nifti_spec spec = {.dim = {512, 512, SLICES}, .type = AMOS_TYPE_INT16, .voxels = voxels.data};
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = pack(&file.bytes, 0);
    ck_assert_uint_gt(packed.size, AMOSI_AHEAD_LEAST);
    bytes_free(&voxels);
    nifti_free(&file);
    return packed;
}

static amos_status read_volume(const struct bytes *file, int threads, const amos_progress *progress, int16_t **voxels,
                               amos_error *err)
{
    amos_volume *volume = open_bytes(file);
    amos_read_options options = {.size = sizeof options, .threads = threads, .progress = *progress};
    const size_t bytes = (size_t)SLICES * 512 * 512 * 2;
    *voxels = must_alloc(bytes);
    amos_status status = amos_volume_read(volume, &options, *voxels, bytes, err);
    amos_volume_free(volume);
    return status;
}

START_TEST(volume_by_several_threads)
{
    const amos_progress none = {0};
    struct bytes file = make_volume();
    for (int damaged = 0; damaged < 3; damaged++) {
        int16_t *alone, *helped;
        amos_error err, other;
        if (damaged)
            file.data[file.size * (size_t)damaged / 3] ^= 16;
        amos_status status = read_volume(&file, 1, &none, &alone, &err);
        ck_assert_int_eq(status == AMOS_OK, damaged == 0);
        for (int threads = 2; threads <= 4; threads++) {
            ck_assert_int_eq(read_volume(&file, threads, &none, &helped, &other), status);
            if (status) {
                ck_assert_str_eq(other.message, err.message);
                ck_assert_int_eq(other.offset, err.offset);
            } else {
                ck_assert_mem_eq(helped, alone, (size_t)SLICES * 512 * 512 * 2);
            }
            free(helped);
        }
        free(alone);
    }
    bytes_free(&file);
}
END_TEST

static int say_stop(void *user, uint64_t done, uint64_t total)
{
    (void)user;
    (void)done;
    (void)total;
    return 1;
}

START_TEST(volume_is_stopped)
{
    const amos_progress stop = {say_stop, NULL};
    struct bytes file = make_volume();
    int16_t *voxels;
    amos_error err;
    amos_status status = read_volume(&file, 3, &stop, &voxels, &err);
    ck_assert_int_eq(status, AMOS_E_CANCEL);
    free(voxels);
    bytes_free(&file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("decoding ahead");
    TCase *all = add_case(suite, "ahead", 120);
    tcase_add_loop_test(all, every_kind_of_file, 0, KINDS);
    tcase_add_loop_test(all, damaged_anywhere, 0, KINDS);
    tcase_add_test(all, members_and_what_follows);
    tcase_add_test(all, limit_on_input);
    tcase_add_test(all, volume_by_several_threads);
    tcase_add_test(all, volume_is_stopped);
    return run_suite(suite);
}
