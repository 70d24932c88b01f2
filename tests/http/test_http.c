/* SPDX-License-Identifier: BSD-3-Clause */
/* Files at URLs: group U of the catalogue of odd input. The server is the tests' own, on loopback. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <amos/amos.h>
#ifdef AMOS_HAVE_CURL
#include <amos/http.h>
#endif

#include "support/command.h"
#include "support/main.h"
#include "support/make/gzip.h"
#include "support/make/nifti.h"
#include "support/make/zip.h"
#include "support/opened.h"
#include "support/serve.h"
#include "support/tmp.h"

/* ---- without a function that opens URLs ---- */

START_TEST(a_library_alone_opens_no_URL)
{
    amos_volume *volume;
    amos_dataset *dataset;
    amos_error err;
    const amos_url_opener none = AMOS_URL_OPENER_INIT;
    assert_status(amos_volume_open("https://127.0.0.1/x.nii", NULL, &volume, &err), AMOS_E_UNSUPPORTED, &err);
    assert_sentence(&err, AMOS_E_UNSUPPORTED, "volume");
    assert_status(amos_dataset_open("HTTP://127.0.0.1/x.zip", NULL, &dataset, &err), AMOS_E_UNSUPPORTED, &err);
    assert_sentence(&err, AMOS_E_UNSUPPORTED, "data set");
    assert_status(amos_url_opener_set(&none, &err), AMOS_E_ARG, &err);
    assert_ok(amos_url_opener_set(NULL, &err), &err);
}
END_TEST

#ifdef AMOS_HAVE_CURL

static struct nifti_file scan;   /* about 1.3 MB */
static struct bytes packed_scan; /* the same, gzipped */

static void make_files(void)
{
    const struct nifti_spec spec = {.ndim = 3, .dim = {100, 90, 70}, .type = AMOS_TYPE_INT16, .seed = 7};
    static const char json[] = "{\"labels\": {\"0\": \"background\", \"1\": \"spleen\"}, \"numTraining\": 1,"
                               "\"training\": [{\"image\": \"./imagesTr/amos_0001.nii.gz\","
                               "\"label\": \"./labelsTr/amos_0001.nii.gz\"}]}";
    scan = nifti_make(&spec);
    packed_scan = gzip_of(&scan.bytes);
    static const unsigned char background[100 * 90 * 70];
    const struct nifti_spec small = {.ndim = 3, .dim = {100, 90, 70}, .type = AMOS_TYPE_UINT8, .voxels = background};
    struct nifti_file label = nifti_make(&small);
    struct bytes packed_label = gzip_of(&label.bytes);
    const struct zip_member members[] = {
        {.name = "set/dataset.json", .data = json, .size = sizeof json - 1, .deflated = 1},
        {.name = "set/imagesTr/amos_0001.nii.gz", .data = packed_scan.data, .size = packed_scan.size},
        {.name = "set/labelsTr/amos_0001.nii.gz", .data = packed_label.data, .size = packed_label.size}};
    struct bytes archive = zip_make(members, 3, NULL);
    free(tmp_write_bytes("scan.nii", &scan.bytes));
    free(tmp_write_bytes("scan.nii.gz", &packed_scan));
    free(tmp_write_bytes("set.zip", &archive));
    free(tmp_write("empty.nii", "", 0));
    free(tmp_write("odd.zip/scan.nii.gz", packed_scan.data, packed_scan.size)); /* a folder of that name */
    bytes_free(&archive);
    bytes_free(&packed_label);
    nifti_free(&label);
    serve_begin();
}

static void free_files(void)
{
    serve_end();
    nifti_free(&scan);
    bytes_free(&packed_scan);
}

/* Waits that a test can wait for. */
static amos_http_options quick(void)
{
    amos_http_options o = AMOS_HTTP_OPTIONS_INIT;
    o.wait_ms = 1;
    o.longest_wait_ms = 2000;
    return o;
}

static amos_status open_volume(const char *url, const amos_http_options *options, amos_volume **volume, amos_error *err)
{
    amos_byte_source source;
    *volume = NULL;
    amos_status status = amos_http_open(url, options, &source, err);
    return status ? status : amos_volume_open_source(&source, NULL, volume, err);
}

static void assert_url_reads(char *url, const amos_http_options *options)
{
    amos_volume *volume;
    amos_error err;
    assert_status_at(__FILE__, __LINE__, url, open_volume(url, options, &volume, &err), AMOS_OK, &err);
    assert_reads_as(volume, &scan);
    amos_volume_free(volume);
    free(url);
}

static void assert_mode_reads(const char *mode)
{
    const amos_http_options o = quick();
    assert_url_reads(serve_url(mode, "scan.nii"), &o);
    assert_url_reads(serve_url(mode, "scan.nii.gz"), &o);
}

/* Opens and reads all; the first failure. */
static amos_status try_all(const char *url, const amos_http_options *options, amos_error *err)
{
    amos_volume *volume;
    amos_array *array = NULL;
    amos_status status = open_volume(url, options, &volume, err);
    if (!status)
        status = amos_volume_load(volume, NULL, &array, err);
    amos_array_free(array);
    amos_volume_free(volume);
    return status;
}

static void assert_url_refused(char *url, const amos_http_options *options, amos_status status, const char *words)
{
    amos_error err;
    assert_status_at(__FILE__, __LINE__, url, try_all(url, options, &err), status, &err);
    assert_sentence(&err, status, url);
    ck_assert_msg(strstr(err.message, words) != NULL, "%s", err.message);
    free(url);
}

static void assert_mode_refused(const char *mode, amos_status status, const char *words)
{
    const amos_http_options o = quick();
    assert_url_refused(serve_url(mode, "scan.nii"), &o, status, words);
}

/* ---- what is read, and what it costs ---- */

START_TEST(a_file_is_read_by_few_requests)
{
    (void)serve_requests();
    assert_url_reads(serve_url("plain", "scan.nii"), NULL);
    cJSON *count = serve_count();
    /* 1.26 MB: 64 KiB, then 128 KiB, 256 KiB and so on */
    ck_assert_int_le((int)member_number(count, "requests"), 6);
    ck_assert_int_eq((int)member_number(count, "bytes"), (int)scan.bytes.size);
    cJSON_Delete(count);
}
END_TEST

START_TEST(a_header_costs_one_request)
{
    amos_volume *volume;
    amos_error err;
    char *url = serve_url("plain", "scan.nii.gz");
    (void)serve_requests();
    assert_ok(open_volume(url, NULL, &volume, &err), &err);
    ck_assert_str_eq(amos_volume_get_info(volume)->path, url);
    ck_assert_uint_eq(amos_volume_get_info(volume)->file_bytes, packed_scan.size);
    cJSON *count = serve_count();
    ck_assert_int_eq((int)member_number(count, "requests"), 1);
    ck_assert_int_eq((int)member_number(count, "bytes"), 65536);
    cJSON_Delete(count);
    amos_volume_free(volume);
    free(url);
}
END_TEST

/* The index of a file at a URL is kept; with it a slice costs its own part of the file, and the two ends. */
START_TEST(a_slice_with_an_index)
{
    const struct nifti_spec spec = {.ndim = 3, .dim = {256, 256, 60}, .type = AMOS_TYPE_INT16, .seed = 5};
    struct nifti_file large = nifti_make(&spec);
    struct bytes packed = gzip_of(&large.bytes);
    char *path = tmp_write_bytes("large.nii.gz", &packed), *url = serve_url("plain", "large.nii.gz");
    char *folder = tmp_path("indexes");
    amos_volume_options options = AMOS_VOLUME_OPTIONS_INIT;
    amos_read_options read = AMOS_READ_OPTIONS_INIT;
    amos_volume *volume;
    amos_array *array;
    amos_error err;
    options.index = AMOS_INDEX_USE;
    options.index_folder = folder;
    assert_ok(amos_http_enable(NULL, &err), &err);
    assert_ok(amos_volume_open(url, &options, &volume, &err), &err);
    assert_ok(amos_volume_build_index(volume, NULL, &err), &err);
    amos_volume_free(volume);
    (void)serve_requests();
    assert_ok(amos_volume_open(url, &options, &volume, &err), &err);
    ck_assert_uint_gt(amos_volume_index_bytes(volume), 0);
    read.box = (amos_box){{0, 0, 40}, {256, 256, 41}};
    assert_ok(amos_volume_load(volume, &read, &array, &err), &err);
    const size_t slice = 256 * 256 * 2;
    ck_assert_mem_eq(amos_array_data(array), large.bytes.data + 352 + 40 * slice, slice);
    cJSON *count = serve_count();
    ck_assert_int_le((int)member_number(count, "requests"), 6);
    ck_assert_int_lt((int)member_number(count, "bytes"), (int)packed.size / 4);
    cJSON_Delete(count);
    amos_array_free(array);
    amos_volume_free(volume);
    bytes_free(&packed);
    nifti_free(&large);
    free(folder);
    free(url);
    free(path);
}
END_TEST

START_TEST(a_data_set_in_an_archive)
{
    char *url = serve_url("plain", "set.zip");
    amos_dataset *dataset;
    amos_volume *volume;
    amos_error err;
    assert_ok(amos_http_enable(NULL, &err), &err);
    (void)serve_requests();
    for (int nested = 0; nested < 2; nested++) {
        char root[200];
        snprintf(root, sizeof root, "%s%s", url, nested ? "/set" : "");
        amos_status status = amos_dataset_open(root, NULL, &dataset, &err);
        if (!nested) { /* its data set is in a folder that is not called amos22 */
            assert_status(status, AMOS_E_OPEN, &err);
            continue;
        }
        assert_ok(status, &err);
        const amos_case_info *info = amos_case_get_info(amos_dataset_find(dataset, "amos_0001"));
        ck_assert_int_eq(info->has_image && info->has_label, 1);
        ck_assert_int_eq(strncmp(info->image_path, url, strlen(url)), 0);
        assert_ok(amos_volume_open(info->image_path, NULL, &volume, &err), &err);
        assert_reads_as(volume, &scan);
        amos_volume_free(volume);
        amos_labelmap *map;
        assert_ok(amos_labelmap_open(info->label_path, NULL, NULL, &map, &err), &err);
        amos_labelmap_free(map);
        amos_dataset_free(dataset);
    }
    /* the archive's end, its beginning and its members: once each, though it was opened several times */
    cJSON *count = serve_count();
    ck_assert_int_le((int)member_number(count, "requests"), 12);
    cJSON_Delete(count);
    free(url);
}
END_TEST

START_TEST(a_url_that_only_looks_like_an_archive)
{
    char *url = serve_url("plain", "odd.zip/scan.nii.gz"), *with_query = serve_url("plain", "scan.nii.gz?download=1");
    char *other = serve_url("plain", "set.zip/set/imagesTr/missing.nii.gz"), *none = serve_url("plain", "scan.nii.gz");
    amos_volume *volume;
    amos_dataset *dataset;
    amos_error err;
    assert_ok(amos_http_enable(NULL, &err), &err);
    assert_ok(amos_volume_open(url, NULL, &volume, &err), &err);
    assert_reads_as(volume, &scan);
    amos_volume_free(volume);
    assert_ok(amos_volume_open(with_query, NULL, &volume, &err), &err);
    amos_volume_free(volume);
    assert_status(amos_volume_open(other, NULL, &volume, &err), AMOS_E_OPEN, &err);
    ck_assert_int_eq(err.sys_errno, ENOENT);
    ck_assert_ptr_nonnull(strstr(err.message, "no such member"));
    assert_status(amos_dataset_open(none, NULL, &dataset, &err), AMOS_E_UNSUPPORTED, &err);
    assert_sentence(&err, AMOS_E_UNSUPPORTED, none);
    free(url);
    free(with_query);
    free(other);
    free(none);
}
END_TEST

/* ---- threads and forks ---- */

static void *read_boxes(void *user)
{
    const amos_volume *volume = user;
    amos_read_options read = AMOS_READ_OPTIONS_INIT;
    const size_t slice = 100 * 90 * 2;
    for (int i = 0; i < 40; i++) {
        int64_t z = (i * 37) % 70;
        amos_array *array;
        amos_error err;
        read.box = (amos_box){{0, 0, z}, {100, 90, z + 1}};
        if (amos_volume_load(volume, &read, &array, &err) != AMOS_OK)
            return NULL;
        int same = memcmp(amos_array_data(array), scan.bytes.data + 352 + (size_t)z * slice, slice) == 0;
        amos_array_free(array);
        if (!same)
            return NULL;
    }
    return user;
}

START_TEST(threads_share_two_connections)
{
    amos_http_options o = quick();
    char *url = serve_url("plain", "scan.nii");
    amos_volume *volume;
    pthread_t threads[6];
    amos_error err;
    o.cache_bytes = 1 << 20; /* less than the file: blocks give way while others read */
    (void)serve_requests();
    assert_ok(open_volume(url, &o, &volume, &err), &err);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, read_boxes, volume), 0);
    for (int i = 0; i < 6; i++) {
        void *good;
        pthread_join(threads[i], &good);
        ck_assert_ptr_eq(good, volume);
    }
    cJSON *count = serve_count();
    ck_assert_int_le((int)member_number(count, "most"), 2);
    cJSON_Delete(count);
    amos_volume_free(volume);
    free(url);
}
END_TEST

START_TEST(a_forked_child_reads_on)
{
    const amos_http_options o = quick();
    char *url = serve_url("plain", "scan.nii");
    amos_volume *volume;
    amos_error err;
    int state;
    assert_ok(open_volume(url, &o, &volume, &err), &err);
    pid_t child = fork();
    if (child == 0)
        _exit(read_boxes(volume) == volume ? 0 : 1);
    void *good = read_boxes(volume);
    ck_assert_int_eq(waitpid(child, &state, 0), child);
    ck_assert_int_eq(state, 0);
    ck_assert_ptr_eq(good, volume);
    amos_volume_free(volume);
    free(url);
}
END_TEST

/* ---- group U ---- */

START_TEST(U01_a_server_that_sends_whole_files_only)
{
    assert_mode_refused("whole", AMOS_E_UNSUPPORTED, "whole files only");
}
END_TEST

START_TEST(U02_Accept_Ranges_is_not_believed)
{
    assert_mode_reads("lying");                                              /* "none", but it does */
    assert_mode_refused("boasting", AMOS_E_UNSUPPORTED, "whole files only"); /* "bytes", but it does not */
}
END_TEST

START_TEST(U03_a_file_that_changes)
{
    assert_mode_refused("changing-1", AMOS_E_CHANGED, "was changed"); /* 412 */
    assert_mode_refused("changing-2", AMOS_E_CHANGED, "was changed"); /* another ETag */
    assert_mode_refused("dated", AMOS_E_CHANGED, "was changed");      /* another Last-Modified */
    assert_mode_refused("growing", AMOS_E_CHANGED, "was changed");    /* another size */
    assert_mode_reads("bare");                                        /* nothing that could be compared */
}
END_TEST

START_TEST(U03_a_change_is_for_good)
{
    const amos_http_options o = quick();
    char *url = serve_url("changing-1", "scan.nii");
    amos_volume *volume;
    amos_array *array;
    amos_error err;
    (void)serve_requests(); /* the server counts anew */
    assert_ok(open_volume(url, &o, &volume, &err), &err);
    for (int i = 0; i < 2; i++)
        assert_status(amos_volume_load(volume, NULL, &array, &err), AMOS_E_CHANGED, &err);
    amos_volume_free(volume);
    free(url);
}
END_TEST

START_TEST(U04_a_busy_server)
{
    static const char *const modes[] = {"busy-429-2-0", "busy-503-3-x", "busy-500-1-x", "busy-429-1-date"};
    assert_mode_reads(modes[_i]);
}
END_TEST

START_TEST(U04_a_server_that_stays_busy)
{
    (void)serve_requests();
    assert_mode_refused("busy-503-99-x", AMOS_E_IO, "busy (503)");
    ck_assert_int_eq(serve_requests(), 5);
    assert_mode_refused("busy-429-1-1000", AMOS_E_IO, "asks to wait 1000 seconds");
    ck_assert_int_eq(serve_requests(), 1);
}
END_TEST

START_TEST(U05_answers_that_end_early)
{
    static const char *const modes[] = {"early", "short", "partial", "drop-2"};
    assert_mode_reads(modes[_i]);
}
END_TEST

START_TEST(U06_other_bytes_than_those_asked_for)
{
    static const char *const modes[] = {"shifted", "unnamed", "beyond", "long"};
    assert_mode_refused(modes[_i], AMOS_E_IO, "other bytes than those it was asked for");
}
END_TEST

START_TEST(U06_a_size_that_is_not_said_again)
{
    assert_mode_reads("starred");
}
END_TEST

START_TEST(U07_redirects)
{
    assert_mode_reads("redirect");
    (void)serve_requests();
    assert_url_reads(serve_url("redirect", "scan.nii"), NULL);
    ck_assert_int_le(serve_requests(), 7); /* followed once */
    assert_mode_reads("signed");           /* to a place that is good for two requests, then anew */
    assert_mode_refused("loop", AMOS_E_IO, "5 redirects");
}
END_TEST

START_TEST(U07_https_stays_https)
{
    amos_http_options o = quick();
    char *certificate = serve_certificate();
    o.ca_file = certificate;
    assert_url_refused(serve_secure_url("downgrade", "scan.nii"), &o, AMOS_E_OPEN, "not encrypted");
    assert_url_reads(serve_url("upgrade", "scan.nii"), &o);
    free(certificate);
}
END_TEST

START_TEST(U08_a_certificate_that_is_not_trusted)
{
    amos_http_options o = quick();
    char *certificate = serve_certificate();
    assert_url_refused(serve_secure_url("plain", "scan.nii"), &o, AMOS_E_OPEN, "not trusted");
    o.ca_file = certificate;
    assert_url_reads(serve_secure_url("plain", "scan.nii"), &o);
    static const char *const names[] = {"CURL_CA_BUNDLE", "SSL_CERT_FILE"};
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(setenv(names[i], certificate, 1), 0);
        o.ca_file = NULL;
        assert_url_reads(serve_secure_url("plain", "scan.nii"), &o);
        unsetenv(names[i]);
    }
    free(certificate);
}
END_TEST

START_TEST(U09_no_server)
{
    const amos_http_options o = quick();
    assert_url_refused(strdup("http://127.0.0.1:9/scan.nii"), &o, AMOS_E_OPEN, "cannot be reached");
    assert_url_refused(strdup("http://nowhere.invalid/scan.nii"), &o, AMOS_E_OPEN, "cannot be reached");
}
END_TEST

START_TEST(U09_what_is_no_URL)
{
    static const char *const urls[] = {"http://",  "https:///x.nii",           "http://?x",
                                       "scan.nii", "ftp://127.0.0.1/scan.nii", "http://user:secret@127.0.0.1/scan.nii"};
    amos_byte_source source;
    amos_error err;
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        assert_status_at(__FILE__, __LINE__, urls[i], amos_http_open(urls[i], NULL, &source, &err), AMOS_E_ARG, &err);
        assert_sentence(&err, AMOS_E_ARG, urls[i]);
        ck_assert_ptr_null(strstr(err.message, "secret"));
    }
}
END_TEST

START_TEST(U10_a_server_that_stalls)
{
    amos_http_options o = quick();
    o.stall_seconds = 1;
    o.attempts = 1;
    assert_url_refused(serve_url("stalling", "scan.nii"), &o, AMOS_E_IO, "too slowly");
}
END_TEST

START_TEST(U11_what_is_not_there_or_not_allowed)
{
    const amos_http_options o = quick();
    amos_error err;
    amos_volume *volume;
    char *url = serve_url("plain", "missing.nii");
    assert_status(open_volume(url, &o, &volume, &err), AMOS_E_OPEN, &err);
    ck_assert_int_eq(err.sys_errno, ENOENT);
    assert_mode_refused("refuse-403", AMOS_E_OPEN, "~/.netrc");
    assert_mode_refused("refuse-410", AMOS_E_OPEN, "nothing at this URL");
    assert_mode_refused("refuse-451", AMOS_E_IO, "answered 451");
    assert_mode_refused("login", AMOS_E_OPEN, "~/.netrc");
    free(url);
}
END_TEST

START_TEST(U11_a_password_comes_from_netrc)
{
    static const char text[] = "machine 127.0.0.1 login user password secret\n";
    char *netrc = tmp_write("home/.netrc", text, sizeof text - 1), *home = tmp_path("home");
    ck_assert_int_eq(setenv("HOME", home, 1), 0);
    assert_mode_reads("login");
    free(netrc);
    free(home);
}
END_TEST

START_TEST(U12_an_empty_file)
{
    const amos_http_options o = quick();
    amos_error err;
    amos_byte_source source;
    char *url = serve_url("plain", "empty.nii");
    assert_ok(amos_http_open(url, &o, &source, &err), &err);
    ck_assert_uint_eq(source.bytes, 0);
    source.close(source.user);
    assert_url_refused(url, &o, AMOS_E_HDR_SHORT, "empty");
}
END_TEST

/* ---- arguments ---- */

START_TEST(options_are_checked)
{
    amos_byte_source source;
    amos_error err;
    amos_http_options o = AMOS_HTTP_OPTIONS_INIT;
    o.connections = 17;
    assert_status(amos_http_open("http://127.0.0.1/x", &o, &source, &err), AMOS_E_ARG, &err);
    o = (amos_http_options)AMOS_HTTP_OPTIONS_INIT;
    o.cache_bytes = 1;
    assert_status(amos_http_open("http://127.0.0.1/x", &o, &source, &err), AMOS_E_ARG, &err);
    o.size = 1;
    assert_status(amos_http_open("http://127.0.0.1/x", &o, &source, &err), AMOS_E_ARG, &err);
    assert_status(amos_http_open(NULL, NULL, &source, &err), AMOS_E_ARG, &err);
    assert_status(amos_http_enable(&o, &err), AMOS_E_ARG, &err);
}
END_TEST

/* ---- the command ---- */

START_TEST(the_command_takes_URLs)
{
    char *url = serve_url("plain", "scan.nii.gz"), *set = serve_url("plain", "set.zip/set");
    char *whole = serve_url("whole", "scan.nii.gz");
    struct outcome o = run_amos("info %s", url);
    assert_exit(&o, 0);
    ck_assert_ptr_nonnull(strstr(o.out, "100 x 90 x 70"));
    outcome_free(&o);
    o = run_amos("list %s", set);
    assert_exit(&o, 0);
    ck_assert_ptr_nonnull(strstr(o.out, "amos_0001"));
    outcome_free(&o);
    o = run_amos("stats %s 1", set);
    assert_exit(&o, 0);
    outcome_free(&o);
    o = run_amos("info %s", whole);
    assert_exit(&o, 1);
    ck_assert_ptr_nonnull(strstr(o.err, "whole files only"));
    outcome_free(&o);
    free(url);
    free(set);
    free(whole);
}
END_TEST

/* libcurl is loaded by the first URL, not by the start of a command. */
START_TEST(the_command_starts_without_libcurl)
{
    char text[256];
    int found = 0;
    snprintf(text, sizeof text, "LD_DEBUG=libs %s --version 2>&1", command_path());
    FILE *output = popen(text, "r");
    while (fgets(text, sizeof text, output)) {
        ck_assert_ptr_null(strstr(text, "libcurl.so"));
        found |= strncmp(text, "libcurl ", 8) == 0;
    }
    ck_assert_int_eq(pclose(output), 0);
    ck_assert_int_eq(found, 1);
}
END_TEST

static void add_cases(Suite *suite)
{
    TCase *good = add_case(suite, "read", 20), *bad = add_case(suite, "refused", 20),
          *arguments = add_case(suite, "arguments", 5);
    tcase_add_unchecked_fixture(good, make_files, free_files);
    tcase_add_unchecked_fixture(bad, make_files, free_files);
    tcase_add_test(good, a_file_is_read_by_few_requests);
    tcase_add_test(good, a_header_costs_one_request);
    tcase_add_test(good, a_slice_with_an_index);
    tcase_add_test(good, a_data_set_in_an_archive);
    tcase_add_test(good, a_url_that_only_looks_like_an_archive);
    tcase_add_test(good, threads_share_two_connections);
    tcase_add_test(good, a_forked_child_reads_on);
    tcase_add_test(good, the_command_takes_URLs);
    tcase_add_test(bad, U01_a_server_that_sends_whole_files_only);
    tcase_add_test(bad, U02_Accept_Ranges_is_not_believed);
    tcase_add_test(bad, U03_a_file_that_changes);
    tcase_add_test(bad, U03_a_change_is_for_good);
    tcase_add_loop_test(bad, U04_a_busy_server, 0, 4);
    tcase_add_test(bad, U04_a_server_that_stays_busy);
    tcase_add_loop_test(bad, U05_answers_that_end_early, 0, 4);
    tcase_add_loop_test(bad, U06_other_bytes_than_those_asked_for, 0, 4);
    tcase_add_test(bad, U06_a_size_that_is_not_said_again);
    tcase_add_test(bad, U07_redirects);
    tcase_add_test(bad, U07_https_stays_https);
    tcase_add_test(bad, U08_a_certificate_that_is_not_trusted);
    tcase_add_test(bad, U09_no_server);
    tcase_add_test(bad, U09_what_is_no_URL);
    tcase_add_test(bad, U10_a_server_that_stalls);
    tcase_add_test(bad, U11_what_is_not_there_or_not_allowed);
    tcase_add_test(bad, U11_a_password_comes_from_netrc);
    tcase_add_test(bad, U12_an_empty_file);
    tcase_add_test(arguments, options_are_checked);
    tcase_add_test(arguments, the_command_starts_without_libcurl);
}

#endif

int main(void)
{
    Suite *suite = suite_create("http");
    TCase *alone = add_case(suite, "alone", 5);
    tcase_add_test(alone, a_library_alone_opens_no_URL);
    serve_add(add_cases, suite);
    return run_suite(suite);
}
