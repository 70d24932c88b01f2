/* SPDX-License-Identifier: BSD-3-Clause */
/* The format of cache entries: names of files by docs/cache-format.md, entries of the format before, and what
 * `amos cache check` sees of what is meant for other programs. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "support/make/cache.h"
#include "support/make/cache_seal.h"
#include "support/main.h"
#include "support/tmp.h"

#ifdef AMOS_HAVE_LZ4

/* The key in the attributes of an entry; from malloc(). */
static char *key_in(const struct bytes *b)
{
    static const char mark[] = "\"key\":\"";
    for (size_t i = 0; i + sizeof mark < b->size; i++)
        if (memcmp(b->data + i, mark, sizeof mark - 1) == 0) {
            const char *key = (const char *)b->data + i + sizeof mark - 1;
            return strndup(key, (size_t)(strchr(key, '"') - key));
        }
    ck_abort_msg("there is no key");
    return NULL;
}

static uint64_t fnv1a(const char *from, const char *to)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; from < to; from++)
        hash = (hash ^ (unsigned char)*from) * UINT64_C(1099511628211);
    return hash;
}

/* The name of an entry, as the page says it. */
static void name_of(char name[128], const char *id, const char *key)
{
    const char *image = strstr(key, "image;"), *files = strstr(image, "file;");
    snprintf(name, 128, "%s-%016llx-%08lx.zarr.zip", id, (unsigned long long)fnv1a(image, files),
             crc32(0, (const unsigned char *)key, (uInt)(image - key)));
}

START_TEST(C06_an_entry_of_the_format_before_is_named_and_replaced)
{
    amos_cache_options options = body_options();
    struct body_opened o = body_open("older", &options);
    char *path = cache_only_path(o.cache), name[128], folder[2048], older[4096];
    struct bytes b = read_file(path);
    char *key = key_in(&b);
    name_of(name, "amos_0001", key);
    ck_assert_str_eq(strrchr(path, '/') + 1, name);

    ck_assert_int_eq(strncmp(key, "version=5;", 10), 0);
    key[8] = '4';
    name_of(name, "amos_0001", key);
    snprintf(folder, sizeof folder, "%s", amos_cache_folder(o.cache));
    snprintf(older, sizeof older, "%s/%s", folder, name);
    ck_assert_int_eq(rename(path, older), 0);

    amos_error err;
    amos_cache_entry *entry = NULL;
    assert_status(amos_cache_entry_open(o.cache, o.c, &entry, &err), AMOS_E_OPEN, &err);
    ck_assert_ptr_nonnull(strstr(err.message, "format 4"));
    ck_assert_ptr_nonnull(strstr(err.message, "reads format 5"));
    ck_assert_ptr_nonnull(strstr(err.message, "amos cache build"));
    assert_sentence(&err, AMOS_E_OPEN, "older");
    amos_cache_entry_free(cache_entry_built(o.cache, o.c, AMOS_CACHE_REBUILT));
    ck_assert_int_ne(access(older, F_OK), 0);
    ck_assert_int_eq(access(path, F_OK), 0);
    amos_cache_entry_free(cache_entry_built(o.cache, o.c, AMOS_CACHE_KEPT));
    bytes_free(&b);
    free(key);
    free(path);
    body_close(&o);
}
END_TEST

/* What other programs read, changed by one byte with right checksums: libamos reads the entry, and the check refuses it. */
static const struct {
    const char *after; /* the first member with this name, or the first such text in one */
    const char *is, *becomes;
} lies[] = {
    {".zattrs", "\"scale\":[5,", "\"scale\":[6,"},
    {".zattrs", "\"path\":\"0\"", "\"path\":\"1\""},
    {"labels/.zattrs", "[\"organs\"]", "[\"organz\"]"},
    {"labels/organs/.zattrs", "\"version\":\"0.4\"", "\"version\":\"0.3\""},
    {"labels/organs/.zattrs", "\"rgba\":[0,", "\"rgba\":[1,"},
    {"labels/organs/.zgroup", "\"zarr_format\":2", "\"zarr_format\":3"},
    {"nifti/.zarray", "348", "347"},
};

static unsigned char *find_after(const struct bytes *b, const unsigned char *from, const char *text)
{
    size_t length = strlen(text);
    for (const unsigned char *p = from; p + length <= b->data + b->size; p++)
        if (memcmp(p, text, length) == 0)
            return b->data + (p - b->data);
    ck_abort_msg("%s is not there", text);
    return NULL;
}

/* The local header of a member stands before its data: 30 bytes, the name. */
static unsigned char *member(const struct bytes *b, const char *name)
{
    size_t length = strlen(name);
    unsigned char *at = b->data;
    do {
        at = find_after(b, at + 1, name);
    } while (cache_get(at - 4, 2) != length || memcmp(at - 30, "PK\3\4", 4) != 0);
    return at;
}

START_TEST(C06_what_is_meant_for_others_is_verified)
{
    amos_cache_options options = body_options();
    char tree[32];
    snprintf(tree, sizeof tree, "lies-%d", _i);
    struct body_opened o = body_open(tree, &options);
    char *path = cache_only_path(o.cache);
    struct bytes b = read_file(path);
    unsigned char *at = find_after(&b, member(&b, lies[_i].after), lies[_i].is);
    memcpy(at, lies[_i].becomes, strlen(lies[_i].becomes));
    cache_reseal(b.data, b.size);
    amos_cache_entry_free(o.entry);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(b.data, 1, b.size, file), b.size);
    ck_assert_int_eq(fclose(file), 0);
    amos_error err;
    assert_ok(amos_cache_entry_open(o.cache, o.c, &o.entry, &err), &err);
    assert_status(amos_cache_entry_verify(o.entry, &err), AMOS_E_INDEX, &err);
    ck_assert_ptr_nonnull(strstr(err.message, lies[_i].after[0] == 'n' ? "table" : "cached again"));
    bytes_free(&b);
    free(path);
    body_close(&o);
}
END_TEST

static void add_tests(Suite *suite)
{
    TCase *format = add_case(suite, "format", 30);
    tcase_add_test(format, C06_an_entry_of_the_format_before_is_named_and_replaced);
    tcase_add_loop_test(format, C06_what_is_meant_for_others_is_verified, 0, (int)(sizeof lies / sizeof lies[0]));
}

#else

START_TEST(there_are_no_entries_without_lz4)
{
    amos_cache *cache;
    amos_error err;
    assert_status(amos_cache_open("x", NULL, &cache, &err), AMOS_E_UNSUPPORTED, &err);
}
END_TEST

static void add_tests(Suite *suite)
{
    tcase_add_test(add_case(suite, "absent", 10), there_are_no_entries_without_lz4);
}

#endif

int main(void)
{
    Suite *suite = suite_create("cache format");
    add_tests(suite);
    return run_suite(suite);
}
