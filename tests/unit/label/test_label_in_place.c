/* SPDX-License-Identifier: BSD-3-Clause */
/* Strongly compressed labels are decoded by our own decoder, in the memory of the label map: for every kind of
 * file, the result is the same as with zlib. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>

#include "support/make/gzip.h"
#include "support/main.h"
#include "support/opened.h"

#define STRONG 32 /* as in scan.c */

static struct nifti_file make_label(uint8_t odd_value)
{
    static uint8_t voxels[96 * 80 * 40];
    uint64_t seed = 77;
    memset(voxels, 0, sizeof voxels);
    for (int organ = 1; organ < 16; organ++)
        for (int row = 0; row < 30; row++)
            memset(voxels + random_below(&seed, (int64_t)sizeof voxels - 50), organ, (size_t)random_below(&seed, 50));
    voxels[sizeof voxels - 7] = odd_value;
    struct nifti_spec spec = {.ndim = 3, .dim = {96, 80, 40}, .voxels = voxels};
    return nifti_make(&spec);
}

struct outcome {
    amos_error err;
    amos_labelmap *map;
};

static struct outcome load_with(const struct bytes *file, amos_inflate inflate, amos_buffer_pool *pool,
                                uint64_t max_extra)
{
    const amos_limits limits = {.size = sizeof limits, .max_extra = max_extra};
    const amos_volume_options opening = {.size = sizeof opening, .inflate = inflate, .limits = &limits};
    const amos_labelmap_options loading = {.size = sizeof loading, .pool = pool};
    struct outcome o = {.map = NULL};
    amos_volume *volume;
    amos_status status = amos_volume_open_memory(file->data, file->size, &opening, &volume, &o.err);
    if (!status) {
        status = amos_labelmap_load(volume, &loading, &o.map, &o.err);
        amos_volume_free(volume);
    }
    o.err.status = status;
    return o;
}

/* Loads by the fastest path and by zlib, both into reused memory. */
static amos_status assert_same(const struct bytes *file, amos_buffer_pool *pool, uint64_t max_extra, const char *what,
                               size_t where)
{
    struct outcome quick = load_with(file, AMOS_INFLATE_AUTO, pool, max_extra);
    struct outcome plain = load_with(file, AMOS_INFLATE_ZLIB, NULL, max_extra);
    ck_assert_msg(quick.err.status == plain.err.status, "%s %zu: %s against %s", what, where,
                  amos_status_name(quick.err.status), amos_status_name(plain.err.status));
    if (plain.map) {
        const amos_layout *layout = amos_labelmap_layout(plain.map);
        ck_assert_mem_eq(amos_labelmap_voxels(quick.map), amos_labelmap_voxels(plain.map), layout->bytes);
        ck_assert_uint_eq(amos_labelmap_layout(quick.map)->warnings, layout->warnings);
        for (int label = 0; label < 16; label++) {
            const amos_organ_stats *a = amos_labelmap_get_stats(quick.map, label),
                                   *b = amos_labelmap_get_stats(plain.map, label);
            ck_assert_uint_eq(a->voxels, b->voxels);
            ck_assert_mem_eq(&a->box, &b->box, sizeof a->box);
        }
    } else {
        ck_assert_str_eq(quick.err.message, plain.err.message);
    }
    amos_labelmap_free(quick.map);
    amos_labelmap_free(plain.map);
    return plain.err.status;
}

static amos_buffer_pool *used_pool(void)
{
    amos_buffer_pool *pool;
    amos_error err;
    assert_ok(amos_buffer_pool_make(0, &pool, &err), &err);
    return pool;
}

START_TEST(whole_files)
{
    struct nifti_file file = make_label(3);
    amos_buffer_pool *pool = used_pool();
    struct bytes forms[] = {gzip_of(&file.bytes), gzip_in_members(&file.bytes, 100000, NULL),
                            gzip_in_members(&file.bytes, 20011, NULL), gzip_bgzf(&file.bytes)};
    ck_assert_uint_ge(file.bytes.size / STRONG, forms[0].size); /* else this tests nothing */
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        ck_assert_int_eq(assert_same(&forms[i], pool, 0, "form", i), AMOS_OK);
        ck_assert_int_eq(assert_same(&forms[i], NULL, 0, "form", i), AMOS_OK);
        bytes_free(&forms[i]);
    }
    amos_buffer_pool_free(pool);
    nifti_free(&file);
}
END_TEST

START_TEST(files_cut_off_anywhere)
{
    struct nifti_file file = make_label(3);
    struct bytes packed = _i ? gzip_in_members(&file.bytes, 100000, NULL) : gzip_of(&file.bytes);
    amos_buffer_pool *pool = used_pool();
    for (size_t size = packed.size - 1; size > 100; size -= 13 < size ? 13 : size) {
        struct bytes cut = {packed.data, size, size};
        ck_assert_int_ne(assert_same(&cut, pool, 0, "cut at", size), AMOS_OK);
    }
    amos_buffer_pool_free(pool);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

START_TEST(damage_anywhere)
{
    struct nifti_file file = make_label(3);
    struct bytes packed = gzip_of(&file.bytes);
    amos_buffer_pool *pool = used_pool();
    size_t harmless = 0;
    for (size_t at = 10; at < packed.size; at += 7) {
        unsigned char before = packed.data[at];
        packed.data[at] ^= (unsigned char)(1 << at % 8);
        harmless += assert_same(&packed, pool, 0, "damaged at", at) == AMOS_OK;
        packed.data[at] = before;
    }
    ck_assert_uint_lt(harmless, packed.size / 7 / 20); /* a copy from elsewhere in the background has no effect */
    amos_buffer_pool_free(pool);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

/* More or less data than the header says, and voxels that are not labels. */
START_TEST(wrong_content)
{
    static const struct {
        int change; /* bytes after the voxels; negative: missing bytes */
        uint8_t value;
        amos_status status;
    } rows[] = {{1, 3, AMOS_OK},
                {200, 3, AMOS_OK},
                {201, 3, AMOS_E_DATA_LONG},
                {90000, 3, AMOS_E_DATA_LONG},
                {-1, 3, AMOS_E_DATA_SHORT},
                {-50000, 3, AMOS_E_DATA_SHORT},
                {0, 16, AMOS_E_LABEL},
                {0, 255, AMOS_E_LABEL},
                {300, 16, AMOS_E_DATA_LONG}};
    struct nifti_file file = make_label(rows[_i].value);
    if (rows[_i].change > 0)
        bytes_add_fill(&file.bytes, 9, (size_t)rows[_i].change);
    else
        bytes_cut_tail(&file.bytes, (size_t)-rows[_i].change);
    struct bytes packed = gzip_of(&file.bytes), members = gzip_in_members(&file.bytes, 100000, NULL);
    amos_buffer_pool *pool = used_pool();
    ck_assert_int_eq(assert_same(&packed, pool, 200, "row", (size_t)_i), rows[_i].status);
    ck_assert_int_eq(assert_same(&members, pool, 200, "row", (size_t)_i), rows[_i].status);
    amos_buffer_pool_free(pool);
    bytes_free(&members);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("label in place");
    TCase *all = add_case(suite, "in place", 60);
    tcase_add_test(all, whole_files);
    tcase_add_loop_test(all, files_cut_off_anywhere, 0, 2);
    tcase_add_test(all, damage_anywhere);
    tcase_add_loop_test(all, wrong_content, 0, 9);
    return run_suite(suite);
}
