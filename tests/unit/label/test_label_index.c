/* SPDX-License-Identifier: BSD-3-Clause */
/* Labels decoded by several threads with an index: the same map, statistics and sentences as without, bit for bit. */
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "io/seek/cache.h"
#include "support/accept.h"
#include "support/make/gzip.h"
#include "support/make/index.h"
#include "support/main.h"
#include "support/make/nifti.h"
#include "support/opened.h"
#include "support/tmp.h"

enum { X = 160, Y = 140, Z = 90, VOXELS = X * Y * Z };

static const amos_type types[] = {AMOS_TYPE_UINT8, AMOS_TYPE_INT16, AMOS_TYPE_FLOAT32};

/* Short runs of labels, so that the file is large enough for an index of several points. `bad` voxels are not
 * labels. */
static struct nifti_file make_labels(amos_type type, int bad)
{
    const size_t bytes = amos_type_bytes(type);
    unsigned char *voxels = must_alloc(VOXELS * bytes);
    uint64_t seed = 3;
    int64_t run = 0, label = 0;
    for (int64_t i = 0; i < VOXELS; i++) {
        if (run-- <= 0) {
            label = random_below(&seed, 3) ? random_below(&seed, 16) : 0;
            run = random_below(&seed, 12);
        }
        int64_t value = bad && i % (VOXELS / bad) == VOXELS / bad / 2 ? 40 + i % 5 : label;
        float real = (float)value;
        int16_t number = (int16_t)value;
        unsigned char byte = (unsigned char)value;
        memcpy(voxels + (size_t)i * bytes, bytes == 4 ? (void *)&real : bytes == 2 ? (void *)&number : &byte, bytes);
    }
    struct nifti_spec spec = {.ndim = 3, .dim = {X, Y, Z}, .type = type, .voxels = voxels};
    struct nifti_file file = nifti_make(&spec);
    free(voxels);
    return file;
}

static void assert_same_map(const amos_labelmap *got, const amos_labelmap *expected)
{
    const amos_layout *a = amos_labelmap_layout(got), *b = amos_labelmap_layout(expected);
    ck_assert_mem_eq(a->shape, b->shape, sizeof a->shape);
    ck_assert_uint_eq(a->warnings, b->warnings);
    ck_assert_int_eq(amos_labelmap_max_label(got), amos_labelmap_max_label(expected));
    ck_assert_mem_eq(amos_labelmap_get_info(got), amos_labelmap_get_info(expected), sizeof(amos_labelmap_info));
    for (int label = 0; label <= amos_labelmap_max_label(expected); label++)
        ck_assert_mem_eq(amos_labelmap_get_stats(got, label), amos_labelmap_get_stats(expected, label),
                         sizeof(amos_organ_stats));
    const uint8_t *voxels = amos_labelmap_voxels(got), *others = amos_labelmap_voxels(expected);
    ck_assert(!voxels == !others);
    if (others)
        ck_assert_mem_eq(voxels, others, VOXELS);
}

/* Loads with threads from `indexed`, and alone from `plain`. */
static void compare(const amos_volume *indexed, const amos_volume *plain, amos_labelmap_options options,
                    const char *what)
{
    amos_labelmap *got = NULL, *expected = NULL;
    amos_error err = {0}, other = {0};
    amos_status status = amos_labelmap_load(indexed, &options, &got, &err);
    options.threads = 0;
    options.buffer = NULL;
    options.buffer_bytes = 0;
    assert_status_at(__FILE__, __LINE__, what, status, amos_labelmap_load(plain, &options, &expected, &other), &err);
    ck_assert(!got == !expected);
    if (expected)
        assert_same_map(got, expected);
    else
        ck_assert_str_eq(err.message, other.message);
    amos_labelmap_free(expected);
    amos_labelmap_free(got);
}

START_TEST(the_same_with_any_number_of_threads)
{
    static const int64_t ignore[] = {3, 7, 40, 41, 42, 43, 44};
    static const amos_relabel table[] = {{1, 2}, {2, 2}, {3, 9}, {15, 7}};
    struct nifti_file file = make_labels(types[_i % 3], _i / 3 ? 50 : 0);
    struct bytes packed = gzip_of(&file.bytes);
    amos_volume *volume = open_bytes(&packed), *plain = open_bytes(&packed);
    uint8_t *buffer = must_alloc(VOXELS);
    amos_error err;
    assert_ok(amos_volume_build_index(volume, NULL, &err), &err);
    ck_assert_uint_gt(amos_volume_index_bytes(volume), 0);
    for (int threads = 1; threads <= 5; threads++) {
        const amos_labelmap_options as_is = {.size = sizeof as_is, .threads = threads};
        amos_labelmap_options options = as_is;
        compare(volume, plain, options, "as it is");
        options.orientation = "SAR";
        compare(volume, plain, options, "turned");
        options.flags = AMOS_LABELMAP_STATS_ONLY;
        compare(volume, plain, options, "statistics only");
        options = as_is;
        options.accept = ACCEPT(.table = table, .table_count = 4, .flags = AMOS_ACCEPT_DROP_UNLISTED);
        compare(volume, plain, options, "by a table");
        options.accept = ACCEPT(.ignore = ignore, .ignore_count = 7);
        compare(volume, plain, options, "ignored values");
        options.orientation = "SAR";
        compare(volume, plain, options, "ignored values, turned");
        options = as_is;
        memset(buffer, 0xa5, VOXELS);
        options.buffer = buffer;
        options.buffer_bytes = VOXELS;
        compare(volume, plain, options, "into a buffer");
    }
    free(buffer);
    amos_volume_free(volume);
    amos_volume_free(plain);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

/* An index that leads to wrong voxels is refused, which also shows that it was used; the voxels that it wrote are
 * overwritten. */
START_TEST(a_wrong_index_does_no_harm)
{
    struct nifti_file file = make_labels(types[_i], 0);
    struct bytes packed = gzip_of(&file.bytes);
    char *path = tmp_write_bytes("label.nii.gz", &packed), *folder = index_folder(amos_type_name(types[_i]));
    amos_volume *plain = open_bytes(&packed), *volume = open_indexed(path, folder, AMOS_INDEX_NEVER, NULL);
    amos_error err;
    assert_ok(amos_volume_build_index(volume, NULL, &err), &err);
    amos_volume_free(volume);
    struct amosi_index *index = load_index(path, folder);
    ck_assert_uint_gt(index->count, 2);
    for (size_t i = 1; i < index->count; i++) {
        int warnings = 0;
        index->points[i].out += 4;
        assert_ok(amosi_index_cache_save(folder, index, NULL, NULL, &err), &err);
        volume = open_indexed(path, folder, AMOS_INDEX_USE, &warnings);
        compare(volume, plain, (amos_labelmap_options){.size = sizeof(amos_labelmap_options), .threads = 2},
                "wrong index");
        ck_assert_int_eq(warnings, 1);
        ck_assert_uint_eq(amos_volume_index_bytes(volume), 0);
        amos_volume_free(volume);
        index->points[i].out -= 4;
    }
    amosi_index_free(index);
    amos_volume_free(plain);
    bytes_free(&packed);
    nifti_free(&file);
    free(path);
    free(folder);
}
END_TEST

START_TEST(fewer_threads_than_none_are_refused)
{
    struct nifti_file file = make_labels(AMOS_TYPE_UINT8, 0);
    amos_volume *volume = open_bytes(&file.bytes);
    const amos_labelmap_options options = {.size = sizeof options, .threads = -1};
    amos_labelmap *map = NULL;
    amos_error err = {0};
    assert_status(amos_labelmap_load(volume, &options, &map, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(map);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("label index");
    TCase *all = add_case(suite, "all", 60);
    tcase_add_loop_test(all, the_same_with_any_number_of_threads, 0, 6);
    tcase_add_loop_test(all, a_wrong_index_does_no_harm, 0, 3);
    tcase_add_test(all, fewer_threads_than_none_are_refused);
    return run_suite(suite);
}
