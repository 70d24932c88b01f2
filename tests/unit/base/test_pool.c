/* SPDX-License-Identifier: BSD-3-Clause */
/* Reused memory: the same voxels as without a pool, whatever the memory had before, and a respected bound. */
#define _POSIX_C_SOURCE 200809L
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <amos/amos.h>

#include "base/work/pool.h"
#include "support/main.h"
#include "support/opened.h"

static amos_buffer_pool *new_pool(uint64_t bytes)
{
    amos_buffer_pool *pool;
    amos_error err;
    assert_ok(amos_buffer_pool_make(bytes, &pool, &err), &err);
    return pool;
}

static struct nifti_file make_labels(int64_t x, uint64_t seed)
{
    unsigned char voxels[64 * 7 * 5] = {0};
    for (size_t i = 0; i < sizeof voxels; i++)
        voxels[i] = (unsigned char)((i / 11 + seed) % 3 ? 0 : (i / 11 * seed) % 16);
    struct nifti_spec spec = {.ndim = 3, .dim = {x, 7, 5}, .voxels = voxels};
    return nifti_make(&spec);
}

static amos_array *load(const amos_volume *volume, amos_buffer_pool *pool)
{
    amos_read_options options = {.size = sizeof options, .pool = pool};
    amos_array *array;
    amos_error err;
    assert_ok(amos_volume_load(volume, &options, &array, &err), &err);
    return array;
}

static amos_labelmap *load_map(const amos_volume *volume, amos_buffer_pool *pool, const char *orientation)
{
    amos_labelmap_options options = {.size = sizeof options, .pool = pool, .orientation = orientation};
    amos_labelmap *map;
    amos_error err;
    assert_ok(amos_labelmap_load(volume, &options, &map, &err), &err);
    return map;
}

START_TEST(what_is_freed_is_used_again)
{
    amos_buffer_pool *pool = new_pool(0);
    struct nifti_file file = make_labels(64, 1);
    amos_volume *volume = open_made(&file);
    amos_array *array = load(volume, pool);
    void *data = amos_array_data(array);
    ck_assert_uint_eq((uintptr_t)data % 64, 0);
    ck_assert_uint_eq(amos_buffer_pool_idle_bytes(pool), 0);
    amos_array_free(array);
    ck_assert_uint_ge(amos_buffer_pool_idle_bytes(pool), 64 * 7 * 5);
    array = load(volume, pool);
    ck_assert_ptr_eq(amos_array_data(array), data);
    ck_assert_uint_eq(amos_buffer_pool_idle_bytes(pool), 0);
    amos_array_free(array);
    amos_buffer_pool_free(pool);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* Memory of a pool is not zero: background must be written as well, in either order. */
START_TEST(label_maps_are_those_without_a_pool)
{
    static const char *const orientations[] = {NULL, "LPI", "SAR"};
    amos_buffer_pool *pool = new_pool(0);
    for (uint64_t seed = 1; seed < 9; seed++) {
        struct nifti_file file = make_labels((int64_t)(56 + seed), seed);
        amos_volume *volume = open_made(&file);
        amos_labelmap *plain = load_map(volume, NULL, orientations[_i]),
                      *pooled = load_map(volume, pool, orientations[_i]);
        const amos_layout *layout = amos_labelmap_layout(plain);
        ck_assert_mem_eq(amos_labelmap_voxels(pooled), amos_labelmap_voxels(plain), layout->bytes);
        for (int label = 0; label < 16; label++)
            ck_assert_uint_eq(amos_labelmap_get_stats(pooled, label)->voxels,
                              amos_labelmap_get_stats(plain, label)->voxels);
        memset((void *)(uintptr_t)amos_labelmap_voxels(pooled), 0xaa, layout->bytes);
        amos_labelmap_free(plain);
        amos_labelmap_free(pooled);
        amos_volume_free(volume);
        nifti_free(&file);
    }
    ck_assert_uint_gt(amos_buffer_pool_idle_bytes(pool), 0);
    amos_buffer_pool_free(pool);
}
END_TEST

START_TEST(no_more_is_kept_than_was_said)
{
    enum { COUNT = 40 };
    struct nifti_file file = make_labels(64, 2);
    const uint64_t one = 64 * 7 * 5, most[] = {1, one, 3 * one + 1, 0};
    const uint64_t kept[] = {0, one, 3 * one, 16 * one};
    amos_buffer_pool *pool = new_pool(most[_i]);
    amos_volume *volume = open_made(&file);
    amos_array *arrays[COUNT];
    for (int i = 0; i < COUNT; i++)
        arrays[i] = load(volume, pool);
    for (int i = 0; i < COUNT; i++)
        amos_array_free(arrays[i]);
    ck_assert_uint_eq(amos_buffer_pool_idle_bytes(pool), kept[_i]);
    amos_buffer_pool_free(pool);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* A small volume does not keep the memory of a large one. */
START_TEST(a_piece_that_is_far_too_large_is_left)
{
    amos_buffer_pool *pool = new_pool(0);
    struct nifti_file large = make_labels(64, 3), small = make_labels(20, 3);
    amos_volume *volumes[] = {open_made(&large), open_made(&small)};
    amos_array_free(load(volumes[0], pool));
    uint64_t idle = amos_buffer_pool_idle_bytes(pool);
    amos_array *array = load(volumes[1], pool);
    ck_assert_uint_eq(amos_buffer_pool_idle_bytes(pool), idle);
    amos_array_free(array);
    amos_buffer_pool_free(pool);
    amos_volume_free(volumes[0]);
    amos_volume_free(volumes[1]);
    nifti_free(&large);
    nifti_free(&small);
}
END_TEST

START_TEST(arrays_may_outlive_their_pool)
{
    amos_buffer_pool *pool = new_pool(0);
    struct nifti_file file = make_labels(64, 4);
    amos_volume *volume = open_made(&file);
    amos_array *array = load(volume, pool);
    amos_labelmap *map = load_map(volume, pool, NULL);
    amos_buffer_pool_free(pool);
    amos_labelmap_free(map);
    assert_reads_as(volume, &file);
    ck_assert_mem_eq(amos_array_data(array), file.bytes.data + file.vox_offset, 64);
    amos_array_free(array);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

#ifdef __SANITIZE_ADDRESS__
#define KEEPS 0
#else
#define KEEPS 1
#endif

#define MIB ((size_t)1 << 20)

static void *get(struct amosi_buffer *buffer, size_t bytes)
{
    ck_assert_int_eq(amosi_buffer_get(buffer, NULL, bytes), 1);
    return memset(buffer->data, 0x5a, bytes);
}

START_TEST(without_a_pool_what_was_freed_last_is_used_again)
{
    struct amosi_buffer first, second, third;
    void *data = get(&first, 30 * MIB);
    void *other = get(&second, 64 * MIB);
    amosi_buffer_release(&first);
    amosi_buffer_release(&second);
    ck_assert_int_eq(get(&first, 64 * MIB - 5) == other, KEEPS);
    ck_assert_ptr_ne(get(&third, 4 * MIB), data);
    ck_assert_int_eq(get(&second, 29 * MIB) == data, KEEPS);
    amosi_buffer_release(&third);
    amosi_buffer_release(&second);
    amosi_buffer_release(&first);
}
END_TEST

START_TEST(a_label_map_has_nothing_of_the_one_before)
{
    static const char *const orientations[] = {NULL, "LPI", "SAR"};
    static uint16_t voxels[200 * 120 * 100];
    voxels[100] = 3;
    struct nifti_spec spec = {.ndim = 3, .dim = {200, 120, 100}, .type = AMOS_TYPE_UINT16, .voxels = voxels};
    struct nifti_file file = nifti_make(&spec);
    struct amosi_buffer before;
    get(&before, sizeof voxels / 2);
    amosi_buffer_release(&before);
    amos_volume *volume = open_made(&file);
    amos_labelmap *map = load_map(volume, NULL, orientations[_i]);
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof voxels / 2; i++)
        sum += amos_labelmap_voxels(map)[i];
    ck_assert_uint_eq(sum, 3);
    amos_labelmap_free(map);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* Of 90 and 60 MiB the last is kept; 200 MiB and a few bytes never are. */
START_TEST(without_a_pool_128_mib_are_kept_at_most)
{
    struct amosi_buffer large, small;
    ck_assert_uint_eq(amosi_buffer_spare_bytes(), 0);
    get(&large, 90 * MIB);
    get(&small, 60 * MIB);
    amosi_buffer_release(&large);
    ck_assert_uint_eq(amosi_buffer_spare_bytes(), KEEPS * 90 * MIB);
    amosi_buffer_release(&small);
    ck_assert_uint_eq(amosi_buffer_spare_bytes(), KEEPS * 60 * MIB);
    get(&large, 200 * MIB);
    get(&small, 200);
    amosi_buffer_release(&large);
    amosi_buffer_release(&small);
    ck_assert_uint_eq(amosi_buffer_spare_bytes(), KEEPS * 60 * MIB);
}
END_TEST

/* A sanitizer ends the program when it is asked for so much. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
START_TEST(what_is_kept_is_freed_when_memory_runs_out)
{
    struct amosi_buffer buffer;
    get(&buffer, 100 * MIB);
    amosi_buffer_release(&buffer);
    ck_assert_uint_eq(amosi_buffer_spare_bytes(), 100 * MIB);
    ck_assert_int_eq(amosi_buffer_get(&buffer, NULL, PTRDIFF_MAX - 4096), 0);
    ck_assert_uint_eq(amosi_buffer_spare_bytes(), 0);
}
END_TEST
#endif

struct shared {
    amos_volume *volume;
    amos_buffer_pool *pool;
    const struct nifti_file *file;
};

static amos_status load_and_compare(void *user, size_t index, amos_error *err)
{
    struct shared *s = user;
    amos_read_options options = {.size = sizeof options, .pool = s->pool};
    amos_array *array;
    (void)index;
    amos_status status = amos_volume_load(s->volume, &options, &array, err);
    if (!status && memcmp(amos_array_data(array), s->file->bytes.data + s->file->vox_offset, 64 * 7 * 5) != 0)
        status = AMOS_E_LABEL;
    amos_array_free(array);
    return status;
}

START_TEST(threads_share_a_pool)
{
    struct nifti_file file = make_labels(64, 5);
    struct shared s = {open_made(&file), new_pool(5 * 64 * 7 * 5), &file};
    amos_workers_options options = {.size = sizeof options, .threads = 8};
    amos_error err;
    assert_ok(amos_workers_run(2000, &options, load_and_compare, NULL, &s, &err), &err);
    ck_assert_uint_le(amos_buffer_pool_idle_bytes(s.pool), 5 * 64 * 7 * 5);
    amos_buffer_pool_free(s.pool);
    amos_volume_free(s.volume);
    nifti_free(&file);
}
END_TEST

START_TEST(a_child_goes_on_with_its_parents_pool)
{
    struct nifti_file file = make_labels(64, 6);
    struct shared s = {open_made(&file), new_pool(0), &file};
    amos_array_free(load(s.volume, s.pool));
    pid_t child = fork();
    if (child == 0)
        _exit(load_and_compare(&s, 0, NULL) == AMOS_OK ? 0 : 1);
    int how = 1;
    ck_assert_int_eq(waitpid(child, &how, 0), child);
    ck_assert_int_eq(how, 0);
    amos_buffer_pool_free(s.pool);
    amos_volume_free(s.volume);
    nifti_free(&file);
}
END_TEST

START_TEST(F27_null_is_harmless)
{
    amos_error err;
    amos_buffer_pool_free(NULL);
    ck_assert_uint_eq(amos_buffer_pool_idle_bytes(NULL), 0);
    assert_status(amos_buffer_pool_make(0, NULL, &err), AMOS_E_ARG, &err);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pool");
    TCase *all = add_case(suite, "pool", 30);
    tcase_add_test(all, what_is_freed_is_used_again);
    tcase_add_loop_test(all, label_maps_are_those_without_a_pool, 0, 3);
    tcase_add_loop_test(all, no_more_is_kept_than_was_said, 0, 4);
    tcase_add_test(all, a_piece_that_is_far_too_large_is_left);
    tcase_add_test(all, arrays_may_outlive_their_pool);
    tcase_add_test(all, without_a_pool_what_was_freed_last_is_used_again);
    tcase_add_loop_test(all, a_label_map_has_nothing_of_the_one_before, 0, 3);
    tcase_add_test(all, without_a_pool_128_mib_are_kept_at_most);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    tcase_add_test(all, what_is_kept_is_freed_when_memory_runs_out);
#endif
    tcase_add_test(all, threads_share_a_pool);
    tcase_add_test(all, a_child_goes_on_with_its_parents_pool);
    tcase_add_test(all, F27_null_is_harmless);
    return run_suite(suite);
}
