/* SPDX-License-Identifier: BSD-3-Clause */
/* The bytes of a cache entry, valid and hostile: bad bytes give E_INDEX, and an accepted entry can be read without
 * harm. Checksums are corrected after most changes, so that the code behind them is tested. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/make/cache.h"
#include "support/make/cache_seal.h"
#include "support/main.h"
#include "support/tmp.h"

#ifdef AMOS_HAVE_LZ4

#include "cache/entry.h"

static struct amosi_scratch_pool pool;

/* The bytes of a valid entry. */
static struct bytes honest_bytes(void)
{
    amos_cache_options options = body_options();
    char name[32]; /* each test is a process */
    snprintf(name, sizeof name, "file-%ld", (long)getpid());
    struct body_opened o = body_open(name, &options);
    char *path = cache_only_path(o.cache);
    struct bytes b = read_file(path);
    free(path);
    body_close(&o);
    return b;
}

/* Opens bytes as an entry; if that works, everything in it is read. */
static amos_status judge(const unsigned char *data, size_t size, amos_error *err)
{
    unsigned char *exact = must_alloc(size ? size : 1);
    if (size)
        memcpy(exact, data, size);
    struct amosi_source source;
    amos_cache_entry *entry = NULL;
    assert_ok(amosi_source_open_memory(&source, exact, size, err), err);
    amos_status status = amosi_cache_entry_open(&source, &pool, &entry, err);
    ck_assert((status == AMOS_OK) == (entry != NULL));
    if (!status)
        status = amos_cache_entry_verify(entry, err);
    amos_cache_entry_free(entry);
    free(exact);
    return status;
}

static void refuse(const unsigned char *data, size_t size, const char *what)
{
    amos_error err;
    amos_status status = judge(data, size, &err);
    assert_status_at(__FILE__, __LINE__, what, status, AMOS_E_INDEX, &err);
    assert_sentence(&err, AMOS_E_INDEX, what);
}

START_TEST(C01_every_truncation_is_refused)
{
    struct bytes b = honest_bytes();
    amos_error err;
    assert_ok(judge(b.data, b.size, &err), &err);
    for (size_t size = 0; size < b.size; size += size < 200 || size + 2000 > b.size ? 1 : 97)
        refuse(b.data, size, "cut");
    bytes_free(&b);
}
END_TEST

START_TEST(C07_every_changed_byte_is_noticed)
{
    struct bytes b = honest_bytes();
    for (size_t i = 0; i < b.size; i += i % 5 == 4 && i < b.size - 3000 ? 29 : 1) {
        b.data[i] ^= (unsigned char)(1u << i % 8);
        refuse(b.data, b.size, "changed");
        b.data[i] ^= (unsigned char)(1u << i % 8);
    }
    bytes_free(&b);
}
END_TEST

/* ---- with correct checksums ---- */

/* The first position of a text. */
static unsigned char *find(const struct bytes *b, const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= b->size; i++)
        if (memcmp(b->data + i, text, length) == 0)
            return b->data + i;
    ck_abort_msg("%s is not there", text);
    return NULL;
}

/* The attributes are JSON. Each of these replacements, of the same length as the original, makes one invalid. */
static const struct {
    const char *is, *becomes;
} texts[] = {
    {"\"version\":5,", "\"version\":4,"},
    {"\"lost\":[],", "\"lots\":[],"},
    {"\"lost\":[],", "\"lost\":{},"},
    {"\"collapsed\":0,", "\"collapsed\":8,"},
    {"\"not_finite\":0,", "\"not_finite\":-,"},
    {"\"key\":\"v", "\"kez\":\"v"},
    {"\"modality\":\"CT\"", "\"modality\":\"XT\""},
    {"\"split\":\"training\"", "\"split\":\"trainxxx\""},
    {"\"type\":\"int16\"", "\"type\":\"rgb24\""},
    {"\"type\":\"int16\"", "\"type\":\"int64\""},
    {"\"type\":\"int16\"", "\"type\":\"int32\""},
    {"\"chunk\":[8,16,5]", "\"chunk\":[0,16,5]"},
    {"\"chunk\":[8,16,5]", "\"chunk\":[8,17,5]"},
    {"\"chunk\":[8,16,5]", "\"chunk\":[8,1e9]"},
    {"\"chunk\":[8,16,5]", "\"chunk\":[-8,1,5]"},
    {"\"chunk\":[8,16,5]", "\"chunk\":[8,16.5]"},
    {"\"shape\":[37,29,21]", "\"shape\":[37,29,20]"},
    {"\"shape\":[37,29,21]", "\"shape\":[1e7,1e7,9]"},
    {"\"shape\":[37,29,21]", "\"shape\":[9e99,1,1] "},
    {"\"shape\":[37,29,21]", "\"shape\":[-7,29,21]"},
    {"\"shape\":[37,29,21]", "\"shape\":[37,29,0 ]"},
    {"\"shape\":[37,29,21]", "\"shape\":[37,29   ]"},
    {"\"source\":\"sform\"", "\"source\":7      "},
    {"\"source\":\"sform\"", "\"source\":\"tform\""},
    {"\"orientation\":\"LAS\"", "\"orientation\":\"LLS\""},
    {"\"orientation\":\"LAS\"", "\"orientation\":\"LA\" "},
    {"\"max_label\":15", "\"max_label\":0 "},
    {"\"max_label\":15", "\"max_label\":2 "},
    {"\"max_label\":15", "\"max_label\":1e"},
    {"\"labels\":[{", "\"labels\":{{{"},
    {"\"label\":2,", "\"label\":1,"},
    {"\"label\":2,\"voxels\":9", "\"label\":2,\"voxels\":0"},
    {"\"positions\":50}", "\"positions\":51}"},
    {"\"positions\":9}", "\"positions\":8}"},
    {"\"positions\":0}", "\"positions\":1}"},
    {"\"mean\":", "\"neam\":"},
    {"\"slope\":1,", "\"slope\":{},"},
    {"\"warnings\":0,", "\"warnings\":-,"},
    {"\"zarr_format\":2", "\"zarr_format\":3"},
    {"\"rounded\":0,", "\"rounded\":-,"},
    {"\"relabelled\":0,", "\"relabelled\":{,"},
    {"\"displacement\":0}", "\"displacement\":}}"},
    {"\"dtype\":\"<i2\"", "\"dtype\":\">i2\""},
    {"\"dtype\":\"<i4\"", "\"dtype\":\"<i8\""},
    {"\"order\":\"C\"", "\"order\":\"F\""},
    {"\"cname\":\"lz4\"", "\"cname\":\"gz4\""},
    {",\"amos\":", ",\"soma\":"},
};

START_TEST(C06_attributes_that_do_not_fit_are_refused)
{
    struct bytes b = honest_bytes();
    size_t length = strlen(texts[_i].becomes), old = strlen(texts[_i].is);
    unsigned char *at = find(&b, texts[_i].is);
    ck_assert_uint_ge(old + 1, length);
    if (length > old) { /* one byte longer: starts at a key's last letter */
        length = old;
    }
    memcpy(at, texts[_i].becomes, length);
    cache_reseal(b.data, b.size);
    refuse(b.data, b.size, texts[_i].becomes);
    bytes_free(&b);
}
END_TEST

/* Names of members that are invalid, duplicate or outside. */
static const struct {
    const char *is, *becomes;
} names[] = {
    {"0/0/0/0", "0/0/0/9"},
    {"0/0/0/0", "0/0/0/1"},
    {"0/0/0/0", "0/00/00"},
    {"0/0/0/0", "0/0/0/a"},
    {"0/0/0/0", "1/0/0/0"},
    {"0/0/0/0", "0//00/0"},
    {"0/0/0/0", "0/0.0/0"},
    {"0/0/0/0", "0.0.0.0"},
    {"positions/.zarray", "positions/.zarrax"},
    {"values/0", "values/1"},
    {"positions/0/0", "positions/0/1"},
    {"labels/organs/0/.zarray", "labels/organs/0/.zarraz"},
    {"labels/organs/.zattrs", "labels/organs/.zattrx"},
    {"nifti/0", "nifti/1"},
};

START_TEST(C02_C03_names_that_do_not_fit_are_refused)
{
    struct bytes b = honest_bytes();
    size_t length = strlen(names[_i].is);
    ck_assert_uint_le(strlen(names[_i].becomes), length);
    int found = 0;
    for (size_t i = 0; i + length <= b.size; i++) /* before the data and in the directory */
        if (memcmp(b.data + i, names[_i].is, length) == 0) {
            memcpy(b.data + i, names[_i].becomes, strlen(names[_i].becomes));
            found++;
        }
    ck_assert_int_eq(found, 2);
    cache_reseal(b.data, b.size);
    refuse(b.data, b.size, names[_i].becomes);
    bytes_free(&b);
}
END_TEST

/* Exchanges two names of the same length, both before the data and in the directory. */
static void exchange(const struct bytes *b, const char *one, const char *other)
{
    size_t length = strlen(one);
    for (size_t i = 0; i + length <= b->size; i++)
        if (memcmp(b->data + i, one, length) == 0)
            memcpy(b->data + i, other, length);
        else if (memcmp(b->data + i, other, length) == 0)
            memcpy(b->data + i, one, length);
}

/* Finds the image in the bytes of an entry. */
static int16_t *image_of(const struct bytes *b)
{
    struct amosi_source source;
    amos_cache_entry *entry = NULL;
    amos_error err;
    int16_t *voxels = must_alloc(BODY_VOXELS * sizeof *voxels);
    assert_ok(amosi_source_open_memory(&source, b->data, b->size, &err), &err);
    assert_ok(amosi_cache_entry_open(&source, &pool, &entry, &err), &err);
    assert_ok(amos_cache_entry_read_image(entry, NULL, voxels, BODY_VOXELS * sizeof *voxels, &err), &err);
    amos_cache_entry_free(entry);
    return voxels;
}

/* Zarr does not define the order of chunks. Here it differs from the order of reading. */
START_TEST(chunks_may_stand_in_any_order)
{
    struct bytes b = honest_bytes();
    const int64_t *shape = body_shape;
    exchange(&b, "0/1/1/1", "0/1/1/3");
    cache_reseal(b.data, b.size);
    int16_t *voxels = image_of(&b);
    for (int64_t i = 0; i < BODY_VOXELS; i++) {
        int64_t x = i % shape[0], y = i / shape[0] % shape[1], z = i / shape[0] / shape[1];
        bool moved = z / 5 == 1 && y / 16 == 1 && (x / 8 == 1 || x / 8 == 3);
        int64_t from = !moved ? x : x / 8 == 1 ? x + 16 : x - 16;
        ck_assert_int_eq(voxels[i], body_image(from, y, z));
    }
    free(voxels);
    bytes_free(&b);
}
END_TEST

/* Every field of the directory and of the archive's end, set to impossible numbers. */
START_TEST(C02_C03_numbers_that_do_not_fit_are_refused)
{
    static const unsigned char fills[][4] = {{0, 0, 0, 0}, {255, 255, 255, 255}, {255, 255, 255, 127}, {1, 0, 0, 128}};
    struct bytes b = honest_bytes();
    unsigned char *end = b.data + b.size - 69, kept[4];
    size_t directory = (size_t)end[16] | (size_t)end[17] << 8 | (size_t)end[18] << 16;
    for (size_t f = 0; f < 4; f++) {
        for (size_t at = 0; at < 22; at++)
            for (size_t n = 1; n <= 4; n += n) {
                memcpy(kept, end + at, n);
                memcpy(end + at, fills[f], n);
                if (memcmp(kept, end + at, n) != 0)
                    refuse(b.data, b.size, "the end");
                memcpy(end + at, kept, n);
            }
        for (size_t at = directory; at < directory + 3 * 60; at++) {
            memcpy(kept, b.data + at, 4);
            memcpy(b.data + at, fills[f], 4);
            struct bytes copy = {0};
            bytes_add(&copy, b.data, b.size);
            memcpy(b.data + at, kept, 4);
            cache_reseal(copy.data, copy.size);
            amos_error err;
            amos_status status = judge(copy.data, copy.size, &err);
            bool same = memcmp(copy.data + directory, b.data + directory, b.size - directory) == 0; /* a checksum */
            ck_assert_int_eq(status, same ? AMOS_OK : AMOS_E_INDEX);
            bytes_free(&copy);
        }
    }
    bytes_free(&b);
}
END_TEST

/* The start of a member's data, and its size in bytes. */
static unsigned char *data_of(const struct bytes *b, const char *name, size_t *bytes)
{
    unsigned char *at = find(b, name) - 30;
    *bytes = (size_t)at[18] | (size_t)at[19] << 8;
    return at + 30 + strlen(name);
}

/* Changes every byte of a chunk's header, and some of its content, with correct checksums. It may decode to other
 * voxels, but must not do harm, and a header with another size must be refused. */
START_TEST(C13_chunks_with_right_checksums_do_no_harm)
{
    static const char *const members[] = {"0/1/1/1", "labels/organs/0/1/0/1", "positions/0/0", "values/0"};
    struct bytes b = honest_bytes();
    size_t bytes;
    unsigned char *data = data_of(&b, members[_i], &bytes);
    for (size_t i = 0; i < bytes; i++)
        for (int value = 0; value < 256; value += i < 20 ? 1 : 51) {
            unsigned char kept = data[i];
            amos_error err;
            data[i] = (unsigned char)value;
            cache_reseal(b.data, b.size);
            amos_status status = judge(b.data, b.size, &err);
            ck_assert(status == AMOS_OK || status == AMOS_E_INDEX);
            if (i >= 4 && i < 8 && value != kept) /* uncompressed size */
                ck_assert_int_eq(status, AMOS_E_INDEX);
            data[i] = kept;
        }
    bytes_free(&b);
}
END_TEST

static void add_tests(Suite *suite)
{
    TCase *sealed = add_case(suite, "sealed", 60);
    tcase_add_test(sealed, C01_every_truncation_is_refused);
    tcase_add_test(sealed, C07_every_changed_byte_is_noticed);
    TCase *behind = add_case(suite, "behind", 60);
    tcase_add_loop_test(behind, C06_attributes_that_do_not_fit_are_refused, 0, (int)(sizeof texts / sizeof texts[0]));
    tcase_add_loop_test(behind, C02_C03_names_that_do_not_fit_are_refused, 0, (int)(sizeof names / sizeof names[0]));
    tcase_add_test(behind, chunks_may_stand_in_any_order);
    tcase_add_test(behind, C02_C03_numbers_that_do_not_fit_are_refused);
    tcase_add_loop_test(behind, C13_chunks_with_right_checksums_do_no_harm, 0, 4);
}

#else

START_TEST(no_file_is_read_without_lz4)
{
    amos_cache *cache;
    amos_error err;
    assert_status(amos_cache_open("x", NULL, &cache, &err), AMOS_E_UNSUPPORTED, &err);
    ck_assert_ptr_null(cache);
}
END_TEST

static void add_tests(Suite *suite)
{
    tcase_add_test(add_case(suite, "absent", 10), no_file_is_read_without_lz4);
}

#endif

int main(void)
{
    Suite *suite = suite_create("cache file");
    add_tests(suite);
    return run_suite(suite);
}
