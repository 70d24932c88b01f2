/* SPDX-License-Identifier: BSD-3-Clause */
/* A compressed volume of 5 GiB, more than 32 bits count: written in pieces by two threads, and read back by zlib's own
 * inflate, by gzip and by libamos, with the index that was made while writing. */
#define _XOPEN_SOURCE 700
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <zlib.h>

#include <amos/amos.h>

#include "support/main.h"
#include "support/tmp.h"

static amos_error err;

#define SIDE 2048
#define SLICES 640
#define SLICE_BYTES ((size_t)SIDE * SIDE * sizeof(int16_t)) /* 8 MiB */
#define ALL_BYTES ((uint64_t)SLICE_BYTES * SLICES)

/* Zeros, with the number of the slice in its last voxel. */
static void mark(int16_t *slice, int z)
{
    slice[SIDE * SIDE - 1] = (int16_t)z;
}

static void write_all(const char *path, const char *folder)
{
    int16_t *slice = must_alloc(SLICE_BYTES);
    amos_layout layout = {.type = AMOS_TYPE_INT16, .shape = {SIDE, SIDE, SLICES, 1}};
    amos_write_options options = AMOS_WRITE_OPTIONS_INIT;
    amos_writer *writer;
    options.level = 1;
    options.threads = 2;
    options.index = AMOS_INDEX_BUILD;
    options.index_folder = folder;
    memset(slice, 0, SLICE_BYTES);
    assert_ok(amos_writer_open(path, &layout, &options, &writer, &err), &err);
    for (int z = 0; z < SLICES; z++) {
        mark(slice, z);
        assert_ok(amos_writer_add(writer, slice, SIDE * SIDE, &err), &err);
    }
    assert_ok(amos_writer_finish(writer, &err), &err);
    amos_writer_free(writer);
    free(slice);
}

/* gzread() checks the CRC-32, and the length modulo 2^32. */
static void assert_zlib_reads(const char *path)
{
    int16_t *expected = must_alloc(SLICE_BYTES), *got = must_alloc(SLICE_BYTES);
    gzFile file = gzopen(path, "rb");
    memset(expected, 0, SLICE_BYTES);
    ck_assert_int_eq(gzread(file, got, 352), 352);
    for (int z = 0; z < SLICES; z++) {
        mark(expected, z);
        ck_assert_int_eq(gzread(file, got, SLICE_BYTES), SLICE_BYTES);
        ck_assert_mem_eq(got, expected, SLICE_BYTES);
    }
    ck_assert_int_eq(gzread(file, got, 1), 0);
    ck_assert_int_eq(gzclose(file), Z_OK);
    free(expected);
    free(got);
}

static void assert_libamos_reads(const char *path, const char *folder)
{
    amos_volume *volume;
    amos_volume_options options = AMOS_VOLUME_OPTIONS_INIT;
    options.index = AMOS_INDEX_USE;
    options.index_folder = folder;
    assert_ok(amos_volume_open(path, &options, &volume, &err), &err);
    ck_assert_uint_gt(amos_volume_index_bytes(volume), 0);
    for (int z = 0; z < SLICES; z += 71) {
        int16_t voxel = -1;
        amos_read_options reading = AMOS_READ_OPTIONS_INIT;
        reading.box = (amos_box){{SIDE - 1, SIDE - 1, z}, {SIDE, SIDE, z + 1}};
        assert_ok(amos_volume_read(volume, &reading, &voxel, sizeof voxel, &err), &err);
        ck_assert_int_eq(voxel, z);
    }
    assert_ok(amos_volume_verify(volume, NULL, NULL, &err), &err);
    amos_volume_free(volume);
}

START_TEST(five_gibibytes)
{
    char *path = tmp_path("large.nii.gz"), *folder = tmp_path("indexes"), command[600];
    struct rusage usage;
    ck_assert_uint_gt(ALL_BYTES, UINT64_C(5) * 1000 * 1000 * 1000);
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    write_all(path, folder);
    ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
#ifndef SANITIZED
    ck_assert_int_lt(usage.ru_maxrss, 64 * 1024); /* KiB: a few pieces of each thread */
#endif
    snprintf(command, sizeof command, "gzip -t '%s'", path);
    ck_assert_int_eq(system(command), 0); // NOLINT(cert-env33-c): words of its own
    assert_zlib_reads(path);
    assert_libamos_reads(path, folder);
    free(folder);
    free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("write_large");
    tcase_add_test(add_case(suite, "large", 1200), five_gibibytes);
    return run_suite(suite);
}
