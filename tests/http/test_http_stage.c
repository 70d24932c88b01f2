/* SPDX-License-Identifier: BSD-3-Clause */
/* An upstream at a URL: entries are copied from the tests' own server, which serves them well and badly. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/amos.h>
#ifdef AMOS_HAVE_CURL
#include <amos/http.h>
#endif

#include "support/main.h"
#include "support/make/cache.h"
#include "support/serve.h"
#include "support/tmp.h"

#if defined AMOS_HAVE_CURL && defined AMOS_HAVE_LZ4

/* What a server does, and what comes of it. */
static const struct {
    const char *mode;
    amos_status status;
} modes[] = {
    {"plain", AMOS_OK},
    {"bare", AMOS_OK},
    {"lying", AMOS_OK},   /* it says that it has no ranges, and has */
    {"partial", AMOS_OK}, /* less than was asked for, and says so */
    {"redirect", AMOS_OK},
    {"short", AMOS_OK},            /* fewer bytes than it says: the rest is asked for again */
    {"early", AMOS_OK},            /* the connection ends: it goes on from there */
    {"whole", AMOS_E_UNSUPPORTED}, /* no ranges */
    {"long", AMOS_E_IO},           /* more bytes than it says */
    {"shifted", AMOS_E_IO},        /* other bytes than were asked for */
    {"growing", AMOS_E_CHANGED},   /* another length in each answer */
};

static int files_in(const char *folder)
{
    int found = 0;
    DIR *directory = opendir(folder);
    for (const struct dirent *d; directory && (d = readdir(directory)) != NULL;)
        found += strstr(d->d_name, ".zarr.zip") != NULL;
    if (directory)
        closedir(directory);
    return found;
}

/* With short waits. */
static void open_urls(void)
{
    static amos_http_options http = AMOS_HTTP_OPTIONS_INIT;
    amos_error err;
    http.wait_ms = 10;
    assert_ok(amos_http_enable(&http, &err), &err);
}

/* An entry that takes many requests: voxels that compress badly. */
static void write_noise(const char *tree)
{
    const struct nifti_spec spec = {.ndim = 3, .dim = {96, 96, 64}, .type = AMOS_TYPE_INT16, .seed = 11};
    cache_case_write(tree, "Tr", 1, &spec, NULL);
}

START_TEST(C15_a_server_is_an_upstream)
{
    char tree[64], entries[64];
    snprintf(tree, sizeof tree, "served-%s", modes[_i].mode);
    snprintf(entries, sizeof entries, "entries-%s", modes[_i].mode);
    write_noise(tree);
    amos_dataset *dataset = cache_tree_open(tree);
    amos_cache *upstream = cache_open(entries, NULL), *cache = NULL;
    const amos_case *c = amos_dataset_get(dataset, 0);
    amos_cache_entry *entry = cache_entry_built(upstream, c, AMOS_CACHE_BUILT);
    char *url = serve_url(modes[_i].mode, entries), *scratch;
    amos_cache_options options = AMOS_CACHE_OPTIONS_INIT;
    amos_cache_outcome outcome;
    amos_error err = {.status = AMOS_OK};
    snprintf(entries, sizeof entries, "scratch-%s", modes[_i].mode);
    scratch = tmp_path(entries);
    options.upstream = url;
    open_urls();
    assert_ok(amos_cache_open(scratch, &options, &cache, &err), &err);
    amos_status status = amos_cache_stage_case(cache, c, &outcome, &err);
    ck_assert_msg(status == modes[_i].status, "%s: %s %s", modes[_i].mode, amos_status_name(status), err.message);
    if (status) {
        assert_sentence(&err, status, modes[_i].mode);
        ck_assert_int_eq(files_in(scratch), 0);
    } else {
        amos_cache_entry *copy = NULL;
        assert_ok(amos_cache_entry_open(cache, c, &copy, &err), &err);
        assert_ok(amos_cache_entry_verify(copy, &err), &err);
        ck_assert_uint_eq(amos_cache_entry_get_info(copy)->file_bytes, amos_cache_entry_get_info(entry)->file_bytes);
        ck_assert_int_eq(files_in(scratch), 1);
        amos_cache_entry_free(copy);
    }
    amos_cache_entry_free(entry);
    amos_cache_free(cache);
    amos_cache_free(upstream);
    amos_dataset_free(dataset);
    free(scratch);
    free(url);
}
END_TEST

START_TEST(C15_a_server_that_has_no_entry)
{
    body_write("unserved", 1);
    amos_dataset *dataset = cache_tree_open("unserved");
    char *url = serve_url("plain", "nowhere"), *scratch = tmp_path("unserved-scratch");
    amos_cache_options options = AMOS_CACHE_OPTIONS_INIT;
    amos_cache *cache = NULL;
    amos_error err;
    options.upstream = url;
    open_urls();
    assert_ok(amos_cache_open(scratch, &options, &cache, &err), &err);
    assert_status(amos_cache_stage_case(cache, amos_dataset_get(dataset, 0), NULL, &err), AMOS_E_OPEN, &err);
    ck_assert_int_eq(err.sys_errno, ENOENT);
    assert_sentence(&err, AMOS_E_OPEN, "neither");
    amos_cache_free(cache);
    amos_dataset_free(dataset);
    free(scratch);
    free(url);
}
END_TEST

static void add_tests(Suite *suite)
{
    TCase *served = add_case(suite, "served", 60);
    tcase_add_unchecked_fixture(served, serve_begin, serve_end);
    tcase_add_loop_test(served, C15_a_server_is_an_upstream, 0, (int)(sizeof modes / sizeof modes[0]));
    tcase_add_test(served, C15_a_server_that_has_no_entry);
}

#else

START_TEST(a_URL_is_refused_as_upstream_without_an_opener)
{
    amos_error err;
    assert_ok(amos_url_opener_set(NULL, &err), &err);
}
END_TEST

static void add_tests(Suite *suite)
{
    printf("Skipped: what needs libcurl and LZ4, as this build lacks one\n");
    tcase_add_test(add_case(suite, "absent", 10), a_URL_is_refused_as_upstream_without_an_opener);
}

#endif

int main(void)
{
    Suite *suite = suite_create("http stage");
    add_tests(suite);
    return run_suite(suite);
}
