/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading with a seek index: the same results as without, whatever is damaged, and less is decoded. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <amos/amos.h>

#include "base/system/platform.h"
#include "io/seek/cache.h"
#include "io/seek/file.h"
#include "support/make/gzip.h"
#include "support/make/index.h"
#include "support/main.h"
#include "support/opened.h"
#include "support/tmp.h"
#include "volume/volume.h"

static const amos_inflate backends[] = {AMOS_INFLATE_AUTO, AMOS_INFLATE_ZLIB, AMOS_INFLATE_OWN};
#define BACKENDS ((int)(sizeof backends / sizeof backends[0]))

/* ---- a source that counts its reads ---- */

struct counted {
    const struct bytes *bytes;
    _Atomic uint64_t read;
};

static int64_t read_counted(void *user, uint64_t offset, void *buffer, size_t bytes)
{
    struct counted *c = user;
    size_t n = bytes < c->bytes->size - offset ? bytes : c->bytes->size - (size_t)offset;
    memcpy(buffer, c->bytes->data + offset, n);
    atomic_fetch_add(&c->read, n);
    return (int64_t)n;
}

static amos_volume *open_counted(struct counted *counted, const amos_volume_options *options)
{
    const amos_byte_source source = {.size = sizeof source,
                                     .name = "counted.nii.gz",
                                     .bytes = counted->bytes->size,
                                     .read_at = read_counted,
                                     .user = counted};
    amos_volume *volume = NULL;
    amos_error err;
    assert_ok(amos_volume_open_source(&source, options, &volume, &err), &err);
    return volume;
}

static void build(const amos_volume *volume)
{
    amos_error err;
    assert_ok(amos_volume_build_index(volume, NULL, &err), &err);
    ck_assert_uint_gt(amos_volume_index_bytes(volume), 0);
}

/* ---- a read with an index against one without ---- */

struct result {
    amos_status status;
    amos_error err;
    unsigned char *voxels;
    size_t bytes;
};

static struct result read_with(const amos_volume *volume, const amos_read_options *options)
{
    struct result r = {0};
    amos_layout layout;
    assert_ok(amos_volume_get_layout(volume, options, &layout, &r.err), &r.err);
    r.bytes = layout.bytes;
    r.voxels = must_alloc(r.bytes);
    memset(r.voxels, 0xa5, r.bytes);
    r.status = amos_volume_read(volume, options, r.voxels, r.bytes, &r.err);
    return r;
}

static void assert_same_read(const amos_volume *indexed, const amos_volume *plain, const amos_read_options *options,
                             const char *what)
{
    amos_read_options alone = *options;
    alone.threads = 0;
    struct result got = read_with(indexed, options), expected = read_with(plain, &alone);
    assert_status_at(__FILE__, __LINE__, what, got.status, expected.status, &got.err);
    if (expected.status)
        ck_assert_str_eq(got.err.message, expected.err.message);
    else
        ck_assert_msg(memcmp(got.voxels, expected.voxels, expected.bytes) == 0, "%s: other voxels", what);
    free(got.voxels);
    free(expected.voxels);
}

static amos_read_options random_read(const int64_t shape[3], int64_t frames, uint64_t *seed)
{
    static const amos_type types[] = {AMOS_TYPE_STORED, AMOS_TYPE_FLOAT32, AMOS_TYPE_INT32, AMOS_TYPE_UINT8};
    static const char *const orientations[] = {NULL, "RAS", "SPL", "LAS"};
    amos_read_options options = {.size = sizeof options};
    options.type = types[random_below(seed, 4)];
    options.orientation = orientations[random_below(seed, 4)];
    options.frame = random_below(seed, frames + 1) - 1;
    options.threads = (int)random_below(seed, 6);
    options.flags = random_below(seed, 8) ? AMOS_READ_SATURATE : 0; /* else uint8 is refused somewhere */
    bool swapped = options.orientation && options.orientation[0] == 'S';
    for (int i = 0; i < 3 && random_below(seed, 5); i++) { /* sometimes all, sometimes a box */
        int64_t n = swapped ? shape[i == 0 ? 2 : i == 1 ? 1 : 0] : shape[i];
        options.box.start[i] = random_below(seed, n);
        options.box.stop[i] = options.box.start[i] + 1 + random_below(seed, n - options.box.start[i]);
        if (i < 2)
            continue;
        return options;
    }
    memset(&options.box, 0, sizeof options.box);
    return options;
}

static void compare_many_reads(const struct bytes *packed, int64_t frames, amos_inflate backend, int reads,
                               const char *what)
{
    amos_volume_options options = {.size = sizeof options, .inflate = backend};
    amos_volume *indexed = NULL, *plain = open_bytes(packed);
    amos_error err;
    assert_ok(amos_volume_open_memory(packed->data, packed->size, &options, &indexed, &err), &err);
    build(indexed);
    const int64_t *shape = amos_volume_get_info(plain)->shape;
    uint64_t seed = (uint64_t)backend * 1000 + packed->size;
    for (int i = 0; i < reads; i++) {
        amos_read_options reading = random_read(shape, frames, &seed);
        assert_same_read(indexed, plain, &reading, what);
    }
    ck_assert_uint_gt(amos_volume_index_bytes(indexed), 0); /* it was not refused meanwhile */
    amos_volume_free(indexed);
    amos_volume_free(plain);
}

START_TEST(every_packing_and_library)
{
    struct nifti_file file = index_volume(1, 1);
    struct bytes packed = pack_gzip(&file.bytes, (enum packing)_i);
    for (int b = 0; b < BACKENDS; b++)
        compare_many_reads(&packed, 1, backends[b], 12, packing_name((enum packing)_i));
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

START_TEST(strongly_compressed_files)
{
    enum { X = 256, Y = 256, Z = 96, RUN = 90 };
    uint8_t *voxels = must_alloc((size_t)X * Y * Z);
    uint64_t seed = 41;
    memset(voxels, 0, (size_t)X * Y * Z);
    for (int i = 0; i < 6000; i++)
        memset(voxels + random_below(&seed, (int64_t)X * Y * Z - RUN), 1 + i % 15, (size_t)random_below(&seed, RUN));
    struct nifti_spec spec = {.ndim = 3, .dim = {X, Y, Z}, .voxels = voxels};
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = gzip_of(&file.bytes);
    ck_assert_uint_ge(file.bytes.size / 32, packed.size); /* else the test has no point */
    for (int b = 0; b < BACKENDS; b++)
        compare_many_reads(&packed, 1, backends[b], 12, "strongly compressed");
    bytes_free(&packed);
    nifti_free(&file);
    free(voxels);
}
END_TEST

START_TEST(frames)
{
    struct nifti_file file = index_volume(3, 2);
    struct bytes packed = pack_gzip(&file.bytes, PACK_DYNAMIC);
    compare_many_reads(&packed, 3, AMOS_INFLATE_AUTO, 40, "three frames");
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

/* Voxels that cross the borders of segments, in the other byte order. */
START_TEST(wide_voxels)
{
    struct nifti_spec spec = {.ndim = 3, .dim = {61, 67, 83}, .type = AMOS_TYPE_COMPLEX256, .big_endian = 1, .seed = 3};
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = pack_gzip(&file.bytes, PACK_DYNAMIC);
    amos_volume *indexed = open_bytes(&packed), *plain = open_bytes(&packed);
    build(indexed);
    for (int threads = 0; threads < 6; threads++) {
        amos_read_options options = {.size = sizeof options, .threads = threads};
        assert_same_read(indexed, plain, &options, "complex256");
        options.box = (amos_box){{3, 5, 41}, {60, 66, 82}};
        assert_same_read(indexed, plain, &options, "a box of complex256");
    }
    amos_volume_free(indexed);
    amos_volume_free(plain);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

/* Reading a slice costs a slice: the header, and the data between two points. */
START_TEST(decodes_only_what_is_needed)
{
    struct nifti_file file = index_volume(2, 4);
    struct bytes packed = pack_gzip(&file.bytes, PACK_DYNAMIC);
    struct counted counted = {&packed, 0};
    amos_volume *volume = open_counted(&counted, NULL), *plain = open_bytes(&packed);
    build(volume);
    amosi_volume_set_window(volume, 4096);
    for (int64_t z = 20; z < 120; z += 9) {
        amos_read_options options = {.size = sizeof options, .frame = 1, .box = {{0, 0, z}, {128, 96, z + 1}}};
        uint64_t before = counted.read;
        assert_same_read(volume, plain, &options, "a slice");
        uint64_t most = (uint64_t)packed.size * (AMOSI_TILE_BYTES * 2 + 600000) / file.bytes.size;
        ck_assert_msg(counted.read - before < most, "slice %d: %u of %zu bytes were read", (int)z,
                      (unsigned)(counted.read - before), packed.size);
    }
    amos_volume_free(volume);
    amos_volume_free(plain);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

START_TEST(index_is_small)
{
    struct nifti_file file = index_volume(2, 5);
    for (enum packing packing = 0; packing < PACKINGS; packing++) {
        struct bytes packed = pack_gzip(&file.bytes, packing);
        amos_volume *volume = open_bytes(&packed);
        build(volume);
        double share = (double)amos_volume_index_bytes(volume) / (double)packed.size;
        ck_assert_msg(share < 0.04, "%s: the index has %.4f of the file", packing_name(packing), share);
        amos_volume_free(volume);
        bytes_free(&packed);
    }
    nifti_free(&file);
}
END_TEST

/* ---- threads, progress, cancel ---- */

struct progress_log {
    pthread_t thread;
    uint64_t last, total;
    int calls;
    int stop_at; /* 0: never */
};

static int note_progress(void *user, uint64_t done, uint64_t total)
{
    struct progress_log *seen = user;
    ck_assert(pthread_equal(seen->thread, pthread_self()));
    ck_assert_uint_ge(done, seen->last);
    ck_assert_uint_le(done, total);
    seen->last = done;
    seen->total = total;
    return ++seen->calls == seen->stop_at;
}

START_TEST(progress_and_cancel_with_threads)
{
    struct nifti_file file = index_volume(2, 6);
    struct bytes packed = pack_gzip(&file.bytes, PACK_DYNAMIC);
    amos_volume *volume = open_bytes(&packed), *plain = open_bytes(&packed);
    struct progress_log seen = {.thread = pthread_self()};
    amos_read_options options = {
        .size = sizeof options, .frame = AMOS_FRAME_ALL, .threads = 3, .progress = {note_progress, &seen}};
    build(volume);
    struct result whole = read_with(volume, &options);
    assert_ok(whole.status, &whole.err);
    ck_assert_int_gt(seen.calls, 3);
    ck_assert_uint_eq(seen.last, seen.total);
    ck_assert_uint_eq(seen.total, whole.bytes);
    seen = (struct progress_log){.thread = pthread_self(), .stop_at = 1};
    struct result stopped = read_with(volume, &options);
    assert_status(stopped.status, AMOS_E_CANCEL, &stopped.err);
    assert_sentence(&stopped.err, AMOS_E_CANCEL, "cancel");
    options.progress.function = NULL;
    assert_same_read(volume, plain, &options, "after a cancel");
    free(whole.voxels);
    free(stopped.voxels);
    amos_volume_free(volume);
    amos_volume_free(plain);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

/* A source that notes which threads read it. */
struct readers {
    const struct bytes *file;
    pthread_t caller;
    atomic_int others; /* reads by another thread than the caller's */
};

static int64_t read_noted(void *user, uint64_t offset, void *buffer, size_t bytes)
{
    struct readers *readers = user;
    const size_t left = readers->file->size - (size_t)offset;
    const size_t n = bytes < left ? bytes : left;
    if (!pthread_equal(readers->caller, pthread_self()))
        atomic_fetch_add(&readers->others, 1);
    memcpy(buffer, readers->file->data + offset, n);
    return (int64_t)n;
}

/* 1: the caller's thread alone; 0: as many as amosi_processors() gives. */
START_TEST(threads_0_and_1_of_a_read)
{
    struct nifti_file file = index_volume(2, 6);
    struct bytes packed = pack_gzip(&file.bytes, PACK_DYNAMIC);
    struct readers readers = {.file = &packed, .caller = pthread_self()};
    const amos_byte_source source = {
        .size = sizeof source, .name = "x.nii.gz", .bytes = packed.size, .read_at = read_noted, .user = &readers};
    amos_volume *volume = NULL;
    amos_error err;
    assert_ok(amos_volume_open_source(&source, NULL, &volume, &err), &err);
    build(volume);
    amos_read_options options = {.size = sizeof options, .frame = AMOS_FRAME_ALL, .threads = 1};
    struct result one = read_with(volume, &options);
    assert_ok(one.status, &one.err);
    ck_assert_int_eq(atomic_load(&readers.others), 0);
    options.threads = 0;
    struct result all = read_with(volume, &options);
    assert_ok(all.status, &all.err);
    ck_assert_int_eq(atomic_load(&readers.others) > 0, amosi_processors() > 1);
    ck_assert_uint_eq(one.bytes, all.bytes);
    ck_assert_int_eq(memcmp(one.voxels, all.voxels, one.bytes), 0);
    free(one.voxels);
    free(all.voxels);
    amos_volume_free(volume);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

START_TEST(building_tells_progress_and_can_be_cancelled)
{
    struct nifti_file file = index_volume(1, 7);
    struct bytes packed = pack_gzip(&file.bytes, PACK_DYNAMIC);
    amos_volume *volume = open_bytes(&packed);
    struct progress_log seen = {.thread = pthread_self(), .stop_at = 3};
    amos_error err;
    assert_status(amos_volume_build_index(volume, &(amos_progress){note_progress, &seen}, &err), AMOS_E_CANCEL, &err);
    ck_assert_uint_eq(amos_volume_index_bytes(volume), 0);
    seen = (struct progress_log){.thread = pthread_self()};
    assert_ok(amos_volume_build_index(volume, &(amos_progress){note_progress, &seen}, &err), &err);
    ck_assert_uint_eq(seen.last, seen.total);
    ck_assert_uint_gt(amos_volume_index_bytes(volume), 0);
    amos_volume_free(volume);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

struct reader {
    const amos_volume *volume, *plain;
    uint64_t seed;
};

static void *read_slices(void *user)
{
    struct reader *r = user;
    for (int i = 0; i < 6; i++) {
        int64_t z = random_below(&r->seed, 119);
        amos_read_options options = {.size = sizeof options, .box = {{0, 0, z}, {128, 96, z + 2}}, .threads = i % 3};
        assert_same_read(r->volume, r->plain, &options, "one of many threads");
    }
    return NULL;
}

/* All threads look for the index at the same time: one builds it, the others read without, and all get the same. */
START_TEST(many_threads_on_one_handle)
{
    struct nifti_file file = index_volume(1, 8);
    struct bytes packed = pack_gzip(&file.bytes, PACK_DYNAMIC);
    char *path = tmp_write_bytes("shared.nii.gz", &packed), *folder = index_folder("shared-indexes");
    amos_volume *plain = open_bytes(&packed);
    for (int round = 0; round < 2; round++) {
        amos_volume *volume = open_indexed(path, folder, AMOS_INDEX_BUILD, NULL);
        struct reader readers[8];
        pthread_t threads[8];
        for (int i = 0; i < 8; i++) {
            readers[i] = (struct reader){volume, plain, (uint64_t)(round * 8 + i)};
            ck_assert_int_eq(pthread_create(&threads[i], NULL, read_slices, &readers[i]), 0);
        }
        for (int i = 0; i < 8; i++)
            pthread_join(threads[i], NULL);
        ck_assert_uint_gt(amos_volume_index_bytes(volume), 0);
        amos_volume_free(volume);
    }
    ck_assert_int_eq(folder_count(folder), 1);
    amos_volume_free(plain);
    bytes_free(&packed);
    nifti_free(&file);
    free(path);
    free(folder);
}
END_TEST

/* ---- finding and building ---- */

START_TEST(used_built_or_neither)
{
    struct nifti_file file = index_volume(1, 9);
    struct bytes packed = pack_gzip(&file.bytes, PACK_DYNAMIC);
    char *path = tmp_write_bytes("uses.nii.gz", &packed), *folder = index_folder("uses");
    amos_read_options options = {.size = sizeof options, .box = {{0, 0, 100}, {128, 96, 101}}};
    amos_volume *plain = open_bytes(&packed);
    static const struct {
        amos_index_use use;
        int files, has;
    } steps[] = {{AMOS_INDEX_NEVER, 0, 0}, {AMOS_INDEX_USE, 0, 0},   {AMOS_INDEX_BUILD, 1, 1},
                 {AMOS_INDEX_USE, 1, 1},   {AMOS_INDEX_NEVER, 1, 0}, {AMOS_INDEX_BUILD, 1, 1}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        int warnings = 0;
        amos_volume *volume = open_indexed(path, folder, steps[i].use, &warnings);
        assert_same_read(volume, plain, &options, "a step");
        ck_assert_int_eq(amos_volume_index_bytes(volume) > 0, steps[i].has);
        ck_assert_int_eq(folder_count(folder), steps[i].files);
        ck_assert_int_eq(warnings, 0);
        amos_volume_free(volume);
    }
    amos_volume_free(plain);
    bytes_free(&packed);
    nifti_free(&file);
    free(path);
    free(folder);
}
END_TEST

START_TEST(what_needs_no_index)
{
    struct nifti_file file = index_volume(1, 10);
    amos_error err;
    char *path = tmp_write_bytes("plain.nii", &file.bytes), *folder = index_folder("plain");
    amos_volume *volume = open_indexed(path, folder, AMOS_INDEX_BUILD, NULL), *plain = open_bytes(&file.bytes);
    assert_ok(amos_volume_build_index(volume, NULL, &err), &err);
    amos_read_options options = {.size = sizeof options, .threads = 4};
    assert_same_read(volume, plain, &options, "not compressed");
    ck_assert_uint_eq(amos_volume_index_bytes(volume), 0);
    ck_assert_uint_eq(amos_volume_index_bytes(NULL), 0);
    ck_assert_int_eq(folder_count(folder), 0);
    assert_status(amos_volume_build_index(NULL, NULL, &err), AMOS_E_ARG, &err);
    options.threads = -1;
    struct result refused = read_with(plain, &(amos_read_options){.size = sizeof options});
    assert_status(amos_volume_read(plain, &options, refused.voxels, refused.bytes, &err), AMOS_E_ARG, &err);
    amos_volume *none;
    amos_volume_options wrong = {.size = sizeof wrong, .index = (amos_index_use)3};
    assert_status(amos_volume_open(path, &wrong, &none, &err), AMOS_E_ARG, &err);
    free(refused.voxels);
    amos_volume_free(volume);
    amos_volume_free(plain);
    nifti_free(&file);
    free(path);
    free(folder);
}
END_TEST

/* The index of a pair belongs to its .img.gz. */
START_TEST(pair)
{
    struct nifti_spec spec = {.ndim = 3, .dim = {100, 90, 170}, .type = AMOS_TYPE_UINT8, .pair = 1, .seed = 11};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *plain = open_written(&file, "pair", 2);
    char *folder = index_folder("pair-indexes");
    amos_volume *volume = open_indexed(amos_volume_get_info(plain)->path, folder, AMOS_INDEX_BUILD, NULL);
    uint64_t seed = 11;
    for (int i = 0; i < 10; i++) {
        amos_read_options options = random_read(amos_volume_get_info(plain)->shape, 1, &seed);
        options.orientation = NULL;
        options.box = (amos_box){{0, 0, 0}, {0, 0, 0}};
        assert_same_read(volume, plain, &options, "a pair");
        options.box = (amos_box){{7, 9, 100 + i}, {77, 80, 110 + i}};
        assert_same_read(volume, plain, &options, "a box of a pair");
    }
    ck_assert_uint_gt(amos_volume_index_bytes(volume), 0);
    amos_volume_free(volume);
    amos_volume_free(plain);
    nifti_free(&file);
    free(folder);
}
END_TEST

/* ---- data after the voxels ---- */

START_TEST(warnings_are_the_same)
{
    struct nifti_file file = index_volume(1, 12);
    bytes_add_fill(&file.bytes, 7, 1000);
    struct bytes packed = pack_gzip(&file.bytes, PACK_MEMBERS);
    bytes_add(&packed, "rubbish", 7);
    amos_volume *volume = open_bytes(&packed), *plain = open_bytes(&packed);
    build(volume);
    amos_read_options options = {.size = sizeof options, .threads = 2};
    assert_same_read(volume, plain, &options, "bytes after the end");
    assert_warnings(amos_volume_warnings(volume), AMOS_W_EXTRA | AMOS_W_TRAILING);
    assert_warnings(amos_volume_warnings(plain), AMOS_W_EXTRA | AMOS_W_TRAILING);
    amos_volume_free(volume);
    amos_volume_free(plain);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

/* Files that a whole read refuses get no index, and the same status. */
START_TEST(bad_files_get_no_index)
{
    static const amos_status expected[] = {AMOS_E_GZ_CRC,     AMOS_E_GZ_SIZE,   AMOS_E_GZ_TRUNC,
                                           AMOS_E_DATA_SHORT, AMOS_E_DATA_LONG, AMOS_E_GZ_TRUNC};
    struct nifti_file file = index_volume(1, 13);
    const size_t whole = file.bytes.size;
    for (int i = 0; i < 6; i++) {
        struct gzip_member member = {.level = 1, .crc_xor = i == 0, .size_add = i == 1, .trailer_cut = i == 2 ? 3 : 0};
        if (i == 4)
            bytes_add_fill(&file.bytes, 0, (1 << 20) + 1);
        struct bytes packed = {0};
        gzip_add(&packed, file.bytes.data, i == 3 ? whole - 1 : file.bytes.size, &member);
        if (i == 5)
            bytes_cut_tail(&packed, packed.size / 3);
        amos_volume *volume = open_bytes(&packed), *plain = open_bytes(&packed);
        amos_error err;
        assert_status(amos_volume_build_index(volume, NULL, &err), expected[i], &err);
        ck_assert_uint_eq(amos_volume_index_bytes(volume), 0);
        amos_read_options options = {.size = sizeof options, .threads = 2};
        assert_same_read(volume, plain, &options, "a bad file");
        amos_volume_free(volume);
        amos_volume_free(plain);
        bytes_free(&packed);
        if (i == 4)
            bytes_cut(&file.bytes, whole);
    }
    nifti_free(&file);
}
END_TEST

/* The file is damaged after its index was built: undamaged parts can still be read, damaged ones give an error,
 * even if a read without an index would have stopped before noticing. */
START_TEST(file_is_damaged_later)
{
    struct nifti_file file = index_volume(1, 14);
    struct bytes packed = pack_gzip(&file.bytes, PACK_DYNAMIC);
    amos_volume *before = open_bytes(&packed);
    amos_read_options late = {.size = sizeof late, .box = {{0, 0, 100}, {128, 96, 101}}};
    amos_read_options hit = {.size = sizeof hit, .box = {{0, 0, 50}, {128, 96, 80}}};
    struct result expected = read_with(before, &late);
    assert_ok(expected.status, &expected.err);
    uint64_t seed = 14;
    for (int i = 0; i < 30; i++) {
        unsigned char *victim = packed.data + packed.size / 2 + (size_t)random_below(&seed, 40000);
        const unsigned char flip = (unsigned char)(1 << random_below(&seed, 8));
        amos_volume *volume = open_bytes(&packed);
        build(volume);
        *victim ^= flip;
        struct result got = read_with(volume, &late);
        assert_ok(got.status, &got.err);
        ck_assert_mem_eq(got.voxels, expected.voxels, expected.bytes);
        free(got.voxels);
        hit.threads = i % 3;
        got = read_with(volume, &hit);
        ck_assert_msg(got.status == AMOS_E_GZ_CRC || got.status == AMOS_E_GZ_DATA || got.status == AMOS_E_GZ_TRUNC ||
                          got.status == AMOS_E_GZ_HEADER || got.status == AMOS_E_GZ_SIZE ||
                          got.status == AMOS_E_DATA_SHORT,
                      "damage gives %s", amos_status_name(got.status));
        free(got.voxels);
        *victim ^= flip;
        amos_volume_free(volume);
    }
    free(expected.voxels);
    amos_volume_free(before);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

/* ---- C09: a copy, and another content with the same two ends ---- */

START_TEST(C09_a_copy_has_the_index_of_its_original)
{
    struct nifti_file file = index_volume(1, 77);
    struct bytes packed = pack_gzip(&file.bytes, PACK_DYNAMIC);
    char *path = tmp_write_bytes("original.nii.gz", &packed), *copy = tmp_write_bytes("copy.nii.gz", &packed);
    char *folder = index_folder("c09-copy");
    amos_error err;
    amos_volume *volume = open_indexed(path, folder, AMOS_INDEX_NEVER, NULL);
    assert_ok(amos_volume_build_index(volume, NULL, &err), &err);
    amos_volume_free(volume);
    volume = open_indexed(copy, folder, AMOS_INDEX_USE, NULL);
    ck_assert_uint_gt(amos_volume_index_bytes(volume), 0);
    amos_volume_free(volume);
    free(folder);
    free(copy);
    free(path);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

/* Members of stored bytes: one voxel in the middle changes neither the size nor the ends of the file. */
START_TEST(C09_the_same_ends_of_another_content)
{
    const struct gzip_member stored = {.form = GZIP_BODY_STORED};
    struct nifti_file file = index_volume(1, 78);
    struct bytes first = gzip_in_members(&file.bytes, 600000, &stored);
    file.bytes.data[file.bytes.size / 2] ^= 1;
    struct bytes second = gzip_in_members(&file.bytes, 600000, &stored);
    char *path = tmp_write_bytes("first.nii.gz", &first), *other = tmp_write_bytes("second.nii.gz", &second);
    char *folder = index_folder("c09-ends");
    const amos_read_options options = {.size = sizeof options, .box = {{0, 0, 50}, {128, 96, 70}}};
    amos_error err;
    int warnings = 0;
    amos_volume *volume = open_indexed(path, folder, AMOS_INDEX_NEVER, NULL);
    assert_ok(amos_volume_build_index(volume, NULL, &err), &err);
    amos_volume_free(volume);
    amos_volume *plain = open_indexed(other, folder, AMOS_INDEX_NEVER, NULL);
    volume = open_indexed(other, folder, AMOS_INDEX_USE, &warnings);
    ck_assert_uint_gt(amos_volume_index_bytes(volume), 0);
    assert_same_read(volume, plain, &options, "the same ends");
    ck_assert(warnings == 1 && amos_volume_index_bytes(volume) == 0);
    amos_volume_free(volume);
    amos_volume_free(plain);
    free(folder);
    free(other);
    free(path);
    bytes_free(&second);
    bytes_free(&first);
    nifti_free(&file);
}
END_TEST

/* ---- C13: a wrong index with correct checksums ---- */

/* Saves a wrong index and reads with it: the voxels are right. */
static void assert_right(const char *path, const char *folder, const struct amosi_index *wrong,
                         const amos_read_options *options, const amos_volume *plain, const char *what)
{
    amos_error err;
    assert_ok(amosi_index_cache_save(folder, wrong, NULL, NULL, &err), &err);
    amos_volume *volume = open_indexed(path, folder, AMOS_INDEX_USE, NULL);
    assert_same_read(volume, plain, options, what);
    amos_volume_free(volume);
}

/* The same if the wrong part is certainly used: the index is never used again. */
static void assert_survives(const char *path, const char *folder, const struct amosi_index *wrong,
                            const amos_read_options *options, const amos_volume *plain, const char *what)
{
    amos_error err;
    int warnings = 0;
    assert_ok(amosi_index_cache_save(folder, wrong, NULL, NULL, &err), &err);
    amos_volume *volume = open_indexed(path, folder, AMOS_INDEX_USE, &warnings);
    assert_same_read(volume, plain, options, what);
    ck_assert_msg(warnings == 1 && amos_volume_index_bytes(volume) == 0 && folder_count(folder) == 0,
                  "%s: it was not refused", what);
    assert_same_read(volume, plain, options, what);
    amos_volume_free(volume);
}

START_TEST(c13_wrong_window_or_point_with_right_checksums)
{
    struct nifti_file file = index_volume(1, 15);
    struct bytes packed = pack_gzip(&file.bytes, PACK_DYNAMIC);
    char *path = tmp_write_bytes("c13.nii.gz", &packed), *folder = index_folder("c13");
    amos_volume *plain = open_bytes(&packed), *volume = open_indexed(path, folder, AMOS_INDEX_NEVER, NULL);
    build(volume);
    amos_volume_free(volume);
    amos_read_options whole = {.size = sizeof whole, .threads = 2};
    struct amosi_index *index = load_index(path, folder);
    ck_assert_uint_gt(index->count, 3);
    for (size_t i = 1; i < index->count; i++) {
        /* One slice from the segment, so that only the damaged point is used. */
        int64_t z = (int64_t)((index->points[i].out - file.vox_offset) / (128 * 96 * 2)) + 1;
        amos_read_options slice = {.size = sizeof slice, .box = {{0, 0, z}, {128, 96, z + 1}}};
        struct amosi_index_point *point = &index->points[i], kept = *point;
        unsigned char *window = index->windows + point->window_at;
        uint32_t at = point->window_bytes / 2;
        window[at] ^= 0x55;
        assert_survives(path, folder, index, &slice, plain, "wrong window");
        assert_right(path, folder, index, &whole, plain, "wrong window, threads"); /* threads may use other points */
        window[at] ^= 0x55;
        point->bit += 1;
        assert_survives(path, folder, index, &slice, plain, "wrong bit");
        *point = kept;
        point->out += 2;
        assert_survives(path, folder, index, &slice, plain, "wrong output");
        assert_survives(path, folder, index, &whole, plain, "wrong output, threads");
        *point = kept;
        point->crc ^= 1;
        assert_survives(path, folder, index, &slice, plain, "wrong checksum");
        *point = kept;
    }
    index->out_bytes++;
    amos_read_options last = {.size = sizeof last, .box = {{0, 0, 119}, {128, 96, 120}}};
    assert_survives(path, folder, index, &last, plain, "wrong length");
    amosi_index_free(index);
    amos_volume_free(plain);
    bytes_free(&packed);
    nifti_free(&file);
    free(path);
    free(folder);
}
END_TEST

/* Whatever valid nonsense an index holds, the voxels are right. */
START_TEST(c13_nonsense)
{
    struct nifti_file file = index_volume(1, 16);
    struct bytes packed = pack_gzip(&file.bytes, _i ? PACK_BGZF : PACK_DYNAMIC);
    char *path = tmp_write_bytes("nonsense.nii.gz", &packed), *folder = index_folder(_i ? "nonsense-bgzf" : "nonsense");
    amos_volume *plain = open_indexed(path, folder, AMOS_INDEX_NEVER, NULL);
    amos_volume *volume = open_indexed(path, folder, AMOS_INDEX_NEVER, NULL);
    build(volume);
    amos_volume_free(volume);
    struct amosi_index *index = load_index(path, folder);
    uint64_t seed = 16;
    for (int round = 0; round < 60; round++) {
        struct bytes bytes = index_bytes(index);
        for (int edits = 0; edits < 3; edits++) {
            size_t payload = bytes.size - AMOSI_INDEX_HEADER, points = 24 * index->count;
            size_t at = (size_t)random_below(&seed, (int64_t)(round % 2 ? points : payload));
            bytes.data[AMOSI_INDEX_HEADER + at] ^= (unsigned char)(1 << random_below(&seed, 8));
        }
        index_seal(&bytes);
        struct amosi_index *edited = NULL;
        if (amosi_index_file_parse(bytes.data, bytes.size, &index->key, path, &edited, NULL) == AMOS_OK) {
            amos_read_options reading = random_read(amos_volume_get_info(plain)->shape, 1, &seed);
            assert_right(path, folder, edited, &reading, plain, "nonsense");
        }
        amosi_index_free(edited);
        bytes_free(&bytes);
    }
    amosi_index_free(index);
    amos_volume_free(plain);
    bytes_free(&packed);
    nifti_free(&file);
    free(path);
    free(folder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("index");
    TCase *same = add_case(suite, "the same voxels", 30);
    tcase_add_loop_test(same, every_packing_and_library, 0, PACKINGS);
    tcase_add_test(same, strongly_compressed_files);
    tcase_add_test(same, frames);
    tcase_add_test(same, wide_voxels);
    tcase_add_test(same, warnings_are_the_same);
    TCase *work = add_case(suite, "less work", 30);
    tcase_add_test(work, decodes_only_what_is_needed);
    tcase_add_test(work, index_is_small);
    TCase *threads = add_case(suite, "threads", 30);
    tcase_add_test(threads, progress_and_cancel_with_threads);
    tcase_add_test(threads, threads_0_and_1_of_a_read);
    tcase_add_test(threads, building_tells_progress_and_can_be_cancelled);
    tcase_add_test(threads, many_threads_on_one_handle);
    TCase *finding = add_case(suite, "finding", 30);
    tcase_add_test(finding, used_built_or_neither);
    tcase_add_test(finding, what_needs_no_index);
    tcase_add_test(finding, pair);
    TCase *damage = add_case(suite, "damaged files", 30);
    tcase_add_test(damage, bad_files_get_no_index);
    tcase_add_test(damage, file_is_damaged_later);
    TCase *content = add_case(suite, "content", 30);
    tcase_add_test(content, C09_a_copy_has_the_index_of_its_original);
    tcase_add_test(content, C09_the_same_ends_of_another_content);
    TCase *wrong = add_case(suite, "C13 wrong with right checksums", 60);
    tcase_add_test(wrong, c13_wrong_window_or_point_with_right_checksums);
    TCase *nonsense = add_thorough_case(suite, "C13 nonsense with right checksums", 60);
    tcase_add_loop_test(nonsense, c13_nonsense, 0, 2);
    return run_suite(suite);
}
