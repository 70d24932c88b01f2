/* SPDX-License-Identifier: BSD-3-Clause */
/* How many threads a read starts: several if they decode a large image ahead of the reader or cut a file with an index
 * into parts, none if they would gain nothing. */
#include <stdbool.h>
#include <stdlib.h>

#include <amos/volume.h>
#include <amos/workers.h>

#include "faults/interpose.h"
#include "support/main.h"
#include "support/make/gzip.h"
#include "support/opened.h"

#define SLICES 8

/* Noise of 256 values in 16 bits shrinks to about half, and of one value to almost nothing. */
static const struct {
    const char *name;
    amos_index_use index;
    bool packed, noise;
    int threads, started;
} reads[] = {
    {"image, 2 threads", AMOS_INDEX_NEVER, true, true, 2, 2},
    {"image, 3 threads", AMOS_INDEX_NEVER, true, true, 3, 3},
    {"image that may have an index, 2 threads", AMOS_INDEX_USE, true, true, 2, 2},
    {"image, 1 thread", AMOS_INDEX_NEVER, true, true, 1, 0},
    {"image that shrinks much, 2 threads", AMOS_INDEX_NEVER, true, false, 2, 0},
    {"plain file, 2 threads", AMOS_INDEX_NEVER, false, true, 2, 0},
};
#define READS ((int)(sizeof reads / sizeof reads[0]))

static struct bytes make_file(bool noise, bool packed)
{
    const size_t voxels = (size_t)SLICES * 512 * 512;
    int16_t *values = must_alloc(voxels * sizeof *values);
    uint64_t seed = 1;
    for (size_t i = 0; i < voxels; i++)
        values[i] = (int16_t)(noise ? random_below(&seed, 256) : 0);
    const struct nifti_spec spec = {.dim = {512, 512, SLICES}, .type = AMOS_TYPE_INT16, .voxels = values};
    struct nifti_file file = nifti_make(&spec);
    free(values);
    if (!packed)
        return file.bytes;
    struct bytes gzip = gzip_of(&file.bytes);
    nifti_free(&file);
    return gzip;
}

START_TEST(read_starts)
{
    struct bytes file = make_file(reads[_i].noise, reads[_i].packed);
    const amos_volume_options options = {.size = sizeof options, .index = reads[_i].index};
    const amos_read_options read = {.size = sizeof read, .threads = reads[_i].threads};
    const size_t bytes = (size_t)SLICES * 512 * 512 * 2;
    void *voxels = must_alloc(bytes);
    amos_volume *volume;
    amos_error err;
    ck_assert_int_eq(amos_volume_open_memory(file.data, file.size, &options, &volume, &err), AMOS_OK);
    fault_arm(FAULT_THREAD, 1, 0, FAULT_COUNT);
    amos_status status = amos_volume_read(volume, &read, voxels, bytes, &err);
    const int started = fault_calls();
    fault_disarm();
    ck_assert_int_eq(status, AMOS_OK);
    ck_assert_msg(started == reads[_i].started, "%s: %d threads were started", reads[_i].name, started);
    amos_volume_free(volume);
    free(voxels);
    bytes_free(&file);
}
END_TEST

static amos_status read_item(void *user, size_t index, amos_error *err)
{
    amos_array *array;
    (void)index;
    amos_status status = amos_volume_load(user, NULL, &array, err);
    if (!status)
        amos_array_free(array);
    return status;
}

/* A read that asks for no number of threads leaves the processors to those that read other items. */
START_TEST(items_start_none)
{
    struct bytes file = make_file(true, true);
    const amos_workers_options two = {.size = sizeof two, .threads = 2};
    amos_volume *volume;
    amos_error err;
    ck_assert_int_eq(amos_volume_open_memory(file.data, file.size, NULL, &volume, &err), AMOS_OK);
    fault_arm(FAULT_THREAD, 1, 0, FAULT_COUNT);
    amos_status status = amos_workers_run(4, &two, read_item, NULL, volume, &err);
    const int started = fault_calls();
    fault_disarm();
    ck_assert_int_eq(status, AMOS_OK);
    ck_assert_int_eq(started, 2);
    amos_volume_free(volume);
    bytes_free(&file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("threads of a read");
    TCase *tests = add_case(suite, "read", 60);
    tcase_add_loop_test(tests, read_starts, 0, READS);
    tcase_add_test(tests, items_start_none);
    return run_suite(suite);
}
