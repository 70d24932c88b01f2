/* SPDX-License-Identifier: BSD-3-Clause */
/* The life of a handle: options and limits, logging, misuse, threads and child processes. */
#define _POSIX_C_SOURCE 200809L
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <amos/amos.h>

#include "support/make/gzip.h"
#include "support/main.h"
#include "support/opened.h"

/* ---- options ---- */

static amos_status open_with(const struct bytes *b, const amos_volume_options *options, amos_volume **out,
                             amos_error *err)
{
    return amos_volume_open_memory(b->data, b->size, options, out, err);
}

START_TEST(a_shorter_or_longer_struct_works)
{
    struct nifti_spec spec = {.no_forms = 1, .pixdim = {1, -1, 1, 1}};
    struct nifti_file file = nifti_make(&spec);
    struct {
        amos_volume_options known;
        char later[64];
    } o = {{.size = offsetof(amos_volume_options, inflate), .flags = AMOS_OPEN_LENIENT, .inflate = (amos_inflate)77},
           {0}};
    amos_volume *volume = NULL;
    amos_error err = {0};
    assert_ok(open_with(&file.bytes, &o.known, &volume, &err), &err); /* inflate is beyond the stated size */
    ck_assert_uint_ne(amos_volume_warnings(volume) & AMOS_W_PIXDIM, 0);
    amos_volume_free(volume);
    o.known.inflate = AMOS_INFLATE_ZLIB;
    o.known.size = sizeof o;
    assert_ok(open_with(&file.bytes, &o.known, &volume, &err), &err);
    amos_volume_free(volume);
    o.later[63] = 1;
    assert_status(open_with(&file.bytes, &o.known, &volume, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(volume);
    o.known.size = 3;
    assert_status(open_with(&file.bytes, &o.known, &volume, &err), AMOS_E_ARG, &err);
    assert_sentence(&err, AMOS_E_ARG, "size 3");
    nifti_free(&file);
}
END_TEST

START_TEST(short_limits_work)
{
    struct nifti_spec spec = {0};
    struct nifti_file file = nifti_make(&spec);
    amos_limits limits = {.size = offsetof(amos_limits, max_extra), .max_uncompressed = 23, .max_members = 1};
    amos_volume_options o = {.size = sizeof o, .limits = &limits};
    amos_volume *volume = NULL;
    amos_error err = {0};
    assert_status(open_with(&file.bytes, &o, &volume, &err), AMOS_E_LIMIT, &err);
    limits.max_uncompressed = 24;
    assert_ok(open_with(&file.bytes, &o, &volume, &err), &err);
    amos_volume_free(volume);
    limits.size = 1;
    assert_status(open_with(&file.bytes, &o, &volume, &err), AMOS_E_ARG, &err);
    nifti_free(&file);
}
END_TEST

START_TEST(options_are_copied)
{
    struct nifti_spec spec = {.seed = 3};
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = gzip_in_members(&file.bytes, 100, NULL);
    amos_limits *limits = must_alloc(sizeof *limits);
    *limits = (amos_limits){.size = sizeof *limits, .max_members = 50};
    amos_volume_options *o = must_alloc(sizeof *o);
    *o = (amos_volume_options){.size = sizeof *o, .limits = limits, .inflate = AMOS_INFLATE_ZLIB};
    amos_volume *volume = NULL;
    amos_error err = {0};
    assert_ok(open_with(&packed, o, &volume, &err), &err);
    free(limits);
    free(o);
    assert_reads_as(volume, &file);
    amos_volume_free(volume);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

START_TEST(wrong_options_are_refused)
{
    struct nifti_spec spec = {0};
    struct nifti_file file = nifti_make(&spec);
    amos_volume_options rows[] = {
        {.size = sizeof rows[0], .flags = 0x40000000u},
        {.size = sizeof rows[0], .inflate = (amos_inflate)3},
        {.size = sizeof rows[0], .inflate = (amos_inflate)-1},
    };
    amos_volume *volume = (amos_volume *)&spec;
    amos_error err = {0};
    assert_status(open_with(&file.bytes, &rows[_i], &volume, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(volume);
    assert_sentence(&err, AMOS_E_ARG, "options");
    nifti_free(&file);
}
END_TEST

struct said {
    int lines;
    char text[4096];
};

static void listen(void *user, amos_log_level level, const char *message)
{
    struct said *said = user;
    ck_assert_int_ge((int)level, AMOS_LOG_DEBUG);
    ck_assert_int_le((int)level, AMOS_LOG_WARNING);
    ck_assert_ptr_null(strchr(message, '\n'));
    size_t length = strlen(message);
    ck_assert_uint_gt(length, 5);
    ck_assert_int_eq(message[length - 1], '.');
    said->lines++;
    strncat(said->text, message, sizeof said->text - strlen(said->text) - 1);
}

/* H52: extensions and texts may have a patient's name. */
START_TEST(H52_the_log_names_warnings_and_no_patient)
{
    static const char secret[32] = "\x20\0\0\0\x02\0\0\0SECRET^PATIENT";
    struct nifti_spec spec = {.extensions = secret, .extension_bytes = sizeof secret, .descrip = "SECRET^PATIENT"};
    struct nifti_file file = nifti_make(&spec);
    nifti_poke(&file, "bitpix", 0, 77);
    struct said said = {0};
    amos_volume_options o = {.size = sizeof o, .log = listen, .log_user = &said};
    amos_volume *volume = NULL;
    amos_error err;
    assert_ok(open_with(&file.bytes, &o, &volume, &err), &err);
    assert_warnings(amos_volume_warnings(volume), AMOS_W_BITPIX);
    ck_assert_int_ge(said.lines, 1);
    ck_assert_msg(strstr(said.text, "bitpix") != NULL, "%s", said.text);
    ck_assert_ptr_null(strstr(said.text, "SECRET"));
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* ---- NULL ---- */

START_TEST(F27_null_is_harmless)
{
    amos_volume *volume = (amos_volume *)&volume;
    amos_geometry geometry;
    amos_error err = {0};
    amos_volume_free(NULL);
    ck_assert_ptr_null(amos_volume_get_info(NULL));
    ck_assert_uint_eq(amos_volume_warnings(NULL), 0);
    assert_status(amos_volume_get_geometry(NULL, &geometry, &err), AMOS_E_ARG, &err);
    assert_status(amos_volume_open(NULL, NULL, &volume, &err), AMOS_E_ARG, &err);
    ck_assert_ptr_null(volume);
    assert_sentence(&err, AMOS_E_ARG, "NULL path");
    assert_status(amos_volume_open("x", NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_volume_open_memory(NULL, 10, NULL, &volume, &err), AMOS_E_ARG, &err);
    assert_status(amos_volume_open_memory("x", 1, NULL, NULL, &err), AMOS_E_ARG, &err);
    assert_status(amos_volume_open_memory(NULL, 10, NULL, &volume, NULL), AMOS_E_ARG, NULL);
    struct nifti_spec spec = {0};
    struct nifti_file file = nifti_make(&spec);
    volume = open_made(&file);
    assert_status(amos_volume_get_geometry(volume, NULL, &err), AMOS_E_ARG, &err);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* A successful call does not change the caller's error. */
START_TEST(success_does_not_touch_the_error)
{
    struct nifti_spec spec = {0};
    struct nifti_file file = nifti_make(&spec);
    struct bytes packed = gzip_of(&file.bytes);
    amos_error err, before;
    memset(&err, 0x5c, sizeof err);
    before = err;
    amos_volume *volume = NULL;
    amos_array *array = NULL;
    amos_geometry geometry;
    ck_assert_int_eq(open_with(&packed, NULL, &volume, &err), AMOS_OK);
    ck_assert_int_eq(amos_volume_load(volume, NULL, &array, &err), AMOS_OK);
    ck_assert_int_eq(amos_volume_verify(volume, NULL, NULL, &err), AMOS_OK);
    ck_assert_int_eq(amos_volume_get_geometry(volume, &geometry, &err), AMOS_OK);
    ck_assert_mem_eq(&err, &before, sizeof err);
    amos_array_free(array);
    amos_volume_free(volume);
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

/* ---- threads and processes ---- */

struct reader {
    const amos_volume *volume;
    const unsigned char *expected; /* stored voxels in host order */
    const float *values;           /* scaled */
    uint64_t seed;
    int failures;
};

enum { X = 64, Y = 60, Z = 50 };

static int read_one_box(struct reader *r)
{
    amos_read_options o = {.size = sizeof o, .type = random_below(&r->seed, 2) ? AMOS_TYPE_FLOAT32 : AMOS_TYPE_STORED};
    for (int d = 0; d < 3; d++) {
        int64_t n = d == 0 ? X : d == 1 ? Y : Z;
        o.box.start[d] = random_below(&r->seed, n);
        o.box.stop[d] = o.box.start[d] + 1 + random_below(&r->seed, n - o.box.start[d]);
    }
    amos_array *array = NULL;
    if (amos_volume_load(r->volume, &o, &array, NULL))
        return 0;
    const amos_layout *layout = amos_array_layout(array);
    const unsigned char *got = amos_array_data(array);
    size_t size = o.type ? 4 : 2;
    const unsigned char *from = o.type ? (const unsigned char *)r->values : r->expected;
    int same = 1;
    for (int64_t z = 0; z < layout->shape[2]; z++)
        for (int64_t y = 0; y < layout->shape[1]; y++) {
            int64_t n = o.box.start[0] + X * (o.box.start[1] + y + Y * (o.box.start[2] + z));
            size_t row = (size_t)layout->shape[0] * size;
            same = same && memcmp(got + (size_t)(y * layout->strides[1] + z * layout->strides[2]),
                                  from + (size_t)n * size, row) == 0;
        }
    amos_array_free(array);
    return same;
}

static void *reader_main(void *argument)
{
    struct reader *r = argument;
    for (int i = 0; i < 12; i++) {
        r->failures += !read_one_box(r);
        if (i % 6 == 0)
            r->failures += amos_volume_verify(r->volume, NULL, NULL, NULL) != AMOS_OK;
        amos_geometry g;
        r->failures += amos_volume_get_geometry(r->volume, &g, NULL) != AMOS_OK;
        r->failures += amos_volume_warnings(r->volume) != 0;
    }
    return NULL;
}

/* F28: sixteen threads, one handle. */
START_TEST(F28_many_threads_read_through_one_handle)
{
    enum { THREADS = 16 };
    struct nifti_spec spec = {.ndim = 3,
                              .dim = {X, Y, Z},
                              .type = AMOS_TYPE_INT16,
                              .slope = 0.5,
                              .inter = 7,
                              .seed = 31,
                              .big_endian = _i & 1};
    struct nifti_file file = nifti_make(&spec);
    char stem[32];
    snprintf(stem, sizeof stem, "threads%d", _i);
    amos_volume *volume = open_written(&file, stem, _i >> 1);
    size_t bytes;
    struct reader readers[THREADS];
    pthread_t threads[THREADS];
    unsigned char *expected = nifti_host_voxels(&file, &bytes);
    float *values = model_read(&file, 0, AMOS_TYPE_FLOAT32, 0, &bytes);
    for (int i = 0; i < THREADS; i++) {
        readers[i] = (struct reader){volume, expected, values, (uint64_t)i, 0};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, reader_main, &readers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_msg(readers[i].failures == 0, "thread %d: %d failures", i, readers[i].failures);
    }
    free(values);
    free(expected);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* F22: a child reads through an inherited handle while the parent does the same. */
START_TEST(F22_a_forked_child_can_read)
{
    struct nifti_spec spec = {.ndim = 3, .dim = {X, Y, Z}, .type = AMOS_TYPE_INT16, .seed = 31};
    struct nifti_file file = nifti_make(&spec);
    amos_volume *volume = open_written(&file, "fork", _i);
    size_t bytes, expected_bytes;
    unsigned char *expected = nifti_host_voxels(&file, &expected_bytes);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    unsigned char *got = must_alloc(expected_bytes);
    amos_status status = amos_volume_read(volume, NULL, got, expected_bytes, NULL);
    int same = status == AMOS_OK && memcmp(got, expected, expected_bytes) == 0;
    if (child == 0)
        _exit(same ? 0 : 1);
    ck_assert_int_eq(same, 1);
    int result = -1;
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    ck_assert(WIFEXITED(result) && WEXITSTATUS(result) == 0);
    free(got);
    got = read_all(volume, AMOS_TYPE_STORED, &bytes);
    ck_assert_mem_eq(got, expected, bytes);
    free(got);
    free(expected);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("handle");
    TCase *options = add_case(suite, "options", 10);
    tcase_add_test(options, a_shorter_or_longer_struct_works);
    tcase_add_test(options, short_limits_work);
    tcase_add_test(options, options_are_copied);
    tcase_add_loop_test(options, wrong_options_are_refused, 0, 3);
    tcase_add_test(options, H52_the_log_names_warnings_and_no_patient);
    tcase_add_test(options, F27_null_is_harmless);
    tcase_add_test(options, success_does_not_touch_the_error);
    TCase *threads = add_case(suite, "threads", 60);
    tcase_add_loop_test(threads, F28_many_threads_read_through_one_handle, 0, 4);
    tcase_add_loop_test(threads, F22_a_forked_child_can_read, 0, 2);
    return run_suite(suite);
}
