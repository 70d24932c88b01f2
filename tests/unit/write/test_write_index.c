/* SPDX-License-Identifier: BSD-3-Clause */
/* Compressed volumes: the same bytes with any number of threads, at every level, and the seek index that is made while
 * they are written. */
#define _XOPEN_SOURCE 700
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <amos/amos.h>

#include "support/main.h"
#include "support/opened.h"
#include "support/tmp.h"

static amos_error err;

#define X 160
#define Y 128
#define Z 40
#define VOXELS ((size_t)X * Y * Z)
#define BYTES (VOXELS * sizeof(int16_t)) /* 1.6 MB: four pieces */
static int16_t voxels[VOXELS];
static const amos_layout layout = {.type = AMOS_TYPE_INT16, .shape = {X, Y, Z, 1}};

static void make_voxels(void)
{
    uint64_t seed = 3;
    for (size_t i = 0; i < VOXELS; i++)
        voxels[i] = i % X < 60 ? -1024 : (int16_t)(i / X % Y + (size_t)random_below(&seed, 50));
}

/* A new folder for each run of a loop. */
static char *make_folder(const char *name, int run)
{
    char numbered[40];
    snprintf(numbered, sizeof numbered, "%s-%d", name, run);
    char *path = tmp_path(numbered);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    return path;
}

static size_t files_in(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t count = 0;
    ck_assert_ptr_nonnull(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

/* By zlib alone: a header of 352 bytes, then the voxels, and nothing else. */
static void assert_zlib_reads(const char *path)
{
    unsigned char *got = must_alloc(352 + BYTES + 1);
    gzFile file = gzopen(path, "rb");
    ck_assert_int_eq(gzread(file, got, 352 + BYTES + 1), (int)(352 + BYTES));
    ck_assert(!gzdirect(file));
    ck_assert_int_eq(gzclose(file), Z_OK);
    unsigned char low_byte = (unsigned char)(uint16_t)voxels[VOXELS - 1];
    ck_assert_int_eq(got[352 + BYTES - 2], low_byte);
    for (size_t i = 0; i < VOXELS; i++)
        ck_assert_int_eq((int16_t)(got[352 + 2 * i] | got[353 + 2 * i] << 8), voxels[i]);
    free(got);
}

/* ---- threads and levels ---- */

static void write_in_pieces(const char *path, const amos_write_options *options, size_t piece)
{
    amos_writer *writer;
    int16_t *lent = must_alloc(piece * sizeof *lent);
    assert_ok(amos_writer_open(path, &layout, options, &writer, &err), &err);
    for (size_t at = 0; at < VOXELS; at += piece) {
        size_t n = VOXELS - at < piece ? VOXELS - at : piece;
        memcpy(lent, voxels + at, n * sizeof *lent);
        assert_ok(amos_writer_add(writer, lent, n, &err), &err);
        memset(lent, 0x5a, n * sizeof *lent); /* it is the caller's again */
    }
    assert_ok(amos_writer_finish(writer, &err), &err);
    amos_writer_free(writer);
    free(lent);
}

static void assert_same_file(const char *path, const struct bytes *expected, int threads, size_t piece)
{
    struct bytes got = read_file(path);
    ck_assert_msg(got.size == expected->size && memcmp(got.data, expected->data, got.size) == 0,
                  "%d threads and pieces of %zu voxels give other bytes", threads, piece);
    bytes_free(&got);
}

START_TEST(threads_give_the_same_bytes)
{
    static const int threads[] = {1, 3, 8, 0, 2};
    static const size_t pieces[] = {X * Y, 12345, VOXELS};
    size_t count = _i < 8 ? sizeof threads / sizeof *threads : 2; /* the highest levels take long */
    char *path = tmp_path("threads.nii.gz");
    amos_write_options options = AMOS_WRITE_OPTIONS_INIT;
    options.level = _i;
    struct bytes first = {0};
    make_voxels();
    for (size_t t = 0; t < count; t++) {
        options.threads = threads[t];
        assert_ok(amos_file_write(path, &layout, voxels, BYTES, &options, &err), &err);
        if (t == 0) {
            first = read_file(path);
            assert_zlib_reads(path);
        }
        assert_same_file(path, &first, threads[t], 0);
        write_in_pieces(path, &options, pieces[t % 3]);
        assert_same_file(path, &first, threads[t], pieces[t % 3]);
    }
    bytes_free(&first);
    free(path);
}
END_TEST

/* Rows and slices with gaps between them, and axes that go the other way. */
START_TEST(strides_give_the_same_bytes)
{
    char *packed = tmp_path("packed.nii.gz"), *path = tmp_path("strided.nii.gz");
    amos_write_options options = AMOS_WRITE_OPTIONS_INIT;
    options.threads = 2;
    amos_layout strided = layout;
    size_t slice = (size_t)X * Y + 5, room = slice * Z * sizeof(int16_t);
    int16_t *spread = must_alloc(room);
    make_voxels();
    assert_ok(amos_file_write(packed, &layout, voxels, BYTES, &options, &err), &err);
    struct bytes expected = read_file(packed);
    strided.strides[0] = 2;
    strided.strides[1] = 2 * X;
    strided.strides[2] = (int64_t)slice * 2 * (_i ? -1 : 1);
    strided.strides[3] = (int64_t)room;
    strided.offset = _i ? (int64_t)slice * 2 * (Z - 1) : 0;
    for (size_t z = 0; z < Z; z++)
        memcpy(spread + slice * (_i ? Z - 1 - z : z), voxels + z * X * Y, (size_t)X * Y * 2);
    assert_ok(amos_file_write(path, &strided, spread, room, &options, &err), &err);
    assert_same_file(path, &expected, 2, 0);
    bytes_free(&expected);
    free(spread);
    free(packed);
    free(path);
}
END_TEST

START_TEST(bad_options_are_refused)
{
    char *path = tmp_path("refused.nii.gz");
    amos_write_options options = AMOS_WRITE_OPTIONS_INIT;
    options.threads = -1;
    assert_status(amos_file_write(path, &layout, voxels, BYTES, &options, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "threads");
    options.threads = 1;
    options.index = (amos_index_use)3;
    assert_status(amos_file_write(path, &layout, voxels, BYTES, &options, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "index");
    ck_assert_int_ne(access(path, F_OK), 0);
    free(path);
}
END_TEST

/* ---- the index ---- */

static void refuse_warning(void *user, amos_log_level level, const char *message)
{
    (void)user;
    ck_assert_msg(level != AMOS_LOG_WARNING || !strstr(message, "its index"), "%s", message);
}

/* Reads some boxes by the index of the folder, and the whole by several threads. */
static void assert_index_serves(const char *path, const char *folder)
{
    amos_volume *volume;
    amos_volume_options opening = AMOS_VOLUME_OPTIONS_INIT;
    opening.index = AMOS_INDEX_USE;
    opening.index_folder = folder;
    opening.log = refuse_warning;
    assert_ok(amos_volume_open(path, &opening, &volume, &err), &err);
    ck_assert_uint_gt(amos_volume_index_bytes(volume), 0);
    int16_t *got = must_alloc(BYTES);
    amos_read_options reading = AMOS_READ_OPTIONS_INIT;
    for (int64_t z = 0; z < Z; z += 3) {
        amos_box box = {{1, 2, z}, {X, Y, z + 1}};
        reading.box = box;
        assert_ok(amos_volume_read(volume, &reading, got, (X - 1) * (Y - 2) * sizeof *got, &err), &err);
        for (int y = 0; y < Y - 2; y++)
            ck_assert_mem_eq(got + y * (X - 1), voxels + 1 + X * (y + 2 + Y * z), (X - 1) * sizeof *got);
    }
    reading.box = (amos_box){{0, 0, 0}, {0, 0, 0}};
    reading.threads = 3;
    assert_ok(amos_volume_read(volume, &reading, got, BYTES, &err), &err);
    ck_assert_mem_eq(got, voxels, BYTES);
    free(got);
    amos_volume_free(volume);
}

START_TEST(the_index_is_made_while_writing)
{
    char *path = tmp_path("indexed.nii.gz"), *folder = make_folder("indexes", _i);
    amos_write_options options = AMOS_WRITE_OPTIONS_INIT;
    options.level = _i;
    options.threads = 1 + _i % 3;
    options.index = AMOS_INDEX_BUILD;
    options.index_folder = folder;
    make_voxels();
    assert_ok(amos_file_write(path, &layout, voxels, BYTES, &options, &err), &err);
    ck_assert_uint_eq(files_in(folder), 1);
    assert_index_serves(path, folder);
    ck_assert_uint_eq(files_in(folder), 1);
    free(folder);
    free(path);
}
END_TEST

START_TEST(no_index_is_saved_unasked)
{
    char *path = tmp_path("unasked.nii.gz"), *plain = tmp_path("unasked.nii"), *folder = make_folder("empty", _i);
    amos_write_options options = AMOS_WRITE_OPTIONS_INIT;
    options.index_folder = folder;
    assert_ok(amos_file_write(path, &layout, voxels, BYTES, &options, &err), &err);
    options.index = AMOS_INDEX_USE;
    assert_ok(amos_file_write(path, &layout, voxels, BYTES, &options, &err), &err);
    options.index = AMOS_INDEX_BUILD;
    assert_ok(amos_file_write(plain, &layout, voxels, BYTES, &options, &err), &err); /* needs none */
    ck_assert_uint_eq(files_in(folder), 0);
    free(folder);
    free(plain);
    free(path);
}
END_TEST

/* A folder that everybody may write to is not used. Then there is no file either, or the old one. */
START_TEST(without_its_index_there_is_no_file)
{
    char *path = tmp_path("unindexed.nii.gz"), *folder = make_folder("open", _i);
    amos_write_options options = AMOS_WRITE_OPTIONS_INIT;
    options.index = AMOS_INDEX_BUILD;
    options.index_folder = folder;
    ck_assert_int_eq(chmod(folder, 0777), 0);
    assert_status(amos_file_write(path, &layout, voxels, BYTES, &options, &err), AMOS_E_OPEN, &err);
    assert_sentence(&err, AMOS_E_OPEN, "folder");
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert_uint_eq(files_in(folder), 0);
    free(folder);
    free(path);
}
END_TEST

/* Who can read the file can read its index, and nobody else. */
START_TEST(the_index_has_the_readers_of_the_file)
{
    char *path = tmp_write("private.nii.gz", "", 0), *folder = make_folder("readers", _i), command[600];
    amos_write_options options = AMOS_WRITE_OPTIONS_INIT;
    options.index = AMOS_INDEX_BUILD;
    options.index_folder = folder;
    ck_assert_int_eq(chmod(path, _i ? 0644 : 0600), 0);
    umask(0);
    assert_ok(amos_file_write(path, &layout, voxels, BYTES, &options, &err), &err);
    snprintf(command, sizeof command, "test \"$(stat -c %%a '%s'/*)\" = %s", folder, _i ? "644" : "600");
    ck_assert_int_eq(system(command), 0); // NOLINT(cert-env33-c): words of its own
    free(folder);
    free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("write_index");
    TCase *threads = add_case(suite, "threads", 60);
    tcase_add_loop_test(threads, threads_give_the_same_bytes, 0, 10);
    tcase_add_loop_test(threads, strides_give_the_same_bytes, 0, 2);
    tcase_add_loop_test(threads, the_index_is_made_while_writing, 0, 10);
    TCase *saved = add_case(suite, "saved", 10);
    tcase_add_test(saved, bad_options_are_refused);
    tcase_add_test(saved, no_index_is_saved_unasked);
    tcase_add_test(saved, without_its_index_there_is_no_file);
    tcase_add_loop_test(saved, the_index_has_the_readers_of_the_file, 0, 2);
    return run_suite(suite);
}
