/* SPDX-License-Identifier: BSD-3-Clause */
/* amos_archive_writer_open() and its functions. Another program unpacks such archives in tests/install/interchange.py. */
#include <amos/amos.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/bytes.h"
#include "support/main.h"
#include "support/tmp.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static amos_status note_member(void *user, const char *path, uint64_t bytes)
{
    char *text = user;
    const char *name = strstr(path, ".zip/");
    sprintf(text + strlen(text), "%s %llu\n", name + 5, (unsigned long long)bytes);
    return AMOS_OK;
}

START_TEST(members_are_read_back)
{
    char *path = tmp_path("two.zip"), text[256] = "";
    amos_error err;
    amos_archive_writer *archive;
    assert_ok(amos_archive_writer_open(path, NULL, &archive, &err), &err);
    assert_ok(amos_archive_writer_add(archive, "results/a.bin", "hello", 5, &err), &err);
    assert_ok(amos_archive_writer_add(archive, "empty", NULL, 0, &err), &err);
    ck_assert_int_ne(access(path, F_OK), 0); /* it appears as a whole */
    assert_ok(amos_archive_writer_finish(archive, &err), &err);
    assert_status(amos_archive_writer_finish(archive, &err), AMOS_E_ARG, &err);
    assert_status(amos_archive_writer_add(archive, "late", "x", 1, &err), AMOS_E_ARG, &err);
    amos_archive_writer_free(archive);
    assert_ok(amos_archive_list(path, note_member, text, &err), &err);
    ck_assert_str_eq(text, "results/a.bin 5\nempty 0\n");
    free(path);
}
END_TEST

/* The records of APPNOTE.TXT, byte by byte: one member "a" with "x", whose CRC-32 is 8cdc1683. */
START_TEST(an_archive_is_these_bytes)
{
    static const unsigned char
        expected[] = {'P',  'K',  3,    4,    10, 0, 0,  0, 0, 0, 0, 0, 0x21, 0, 0x83, 0x16,
                      0xdc, 0x8c, 1,    0,    0,  0, 1,  0, 0, 0, 1, 0, 0,    0, 'a',  'x', /* the directory */
                      'P',  'K',  1,    2,    10, 0, 10, 0, 0, 0, 0, 0, 0,    0, 0x21, 0,
                      0x83, 0x16, 0xdc, 0x8c, 1,  0, 0,  0, 1, 0, 0, 0, 1,    0, 0,    0,
                      0,    0,    0,    0,    0,  0, 0,  0, 0, 0, 0, 0, 0,    0, 'a', /* its end */
                      'P',  'K',  5,    6,    0,  0, 0,  0, 1, 0, 1, 0, 47,   0, 0,    0,
                      32,   0,    0,    0,    0,  0};
    char *path = tmp_path("bytes.zip");
    amos_error err;
    amos_archive_writer *archive;
    assert_ok(amos_archive_writer_open(path, NULL, &archive, &err), &err);
    assert_ok(amos_archive_writer_add(archive, "a", "x", 1, &err), &err);
    assert_ok(amos_archive_writer_finish(archive, &err), &err);
    amos_archive_writer_free(archive);
    struct bytes got = read_file(path);
    ck_assert_uint_eq(got.size, sizeof expected);
    ck_assert_mem_eq(got.data, expected, sizeof expected);
    bytes_free(&got);
    free(path);
}
END_TEST

static const char *const bad_names[] = {"", "/a", "a/", "../a", "a/../b", "a//b", ".."};

START_TEST(names_that_would_unpack_elsewhere_are_refused)
{
    char *path = tmp_path("names.zip"), long_name[300];
    amos_error err;
    amos_archive_writer *archive;
    memset(long_name, 'n', 256);
    long_name[256] = '\0';
    assert_ok(amos_archive_writer_open(path, NULL, &archive, &err), &err);
    for (int i = 0; i < COUNT(bad_names); i++) {
        amos_status status = amos_archive_writer_add(archive, bad_names[i], "x", 1, &err);
        assert_status(status, AMOS_E_ARG, &err);
        assert_sentence(&err, AMOS_E_ARG, bad_names[i]);
    }
    assert_status(amos_archive_writer_add(archive, long_name, "x", 1, &err), AMOS_E_ARG, &err);
    assert_status(amos_archive_writer_add(archive, NULL, "x", 1, &err), AMOS_E_ARG, &err);
    assert_ok(amos_archive_writer_add(archive, "..a/b..", "x", 1, &err), &err);
    assert_ok(amos_archive_writer_finish(archive, &err), &err);
    amos_archive_writer_free(archive);
    free(path);
}
END_TEST

static void count_events(void *user, const char *path)
{
    int *events = user;
    events[path == NULL]++;
}

START_TEST(what_is_not_finished_is_not_there)
{
    char *path = tmp_path("dropped.zip"), *folder = tmp_path("folder.zip");
    int events[2] = {0, 0};
    amos_error err;
    amos_archive_writer *archive = NULL;
    const amos_archive_options options = {.size = sizeof options, .temporary = count_events, .temporary_user = events};
    assert_ok(amos_archive_writer_open(path, &options, &archive, &err), &err);
    assert_ok(amos_archive_writer_add(archive, "a", "x", 1, &err), &err);
    amos_archive_writer_free(archive);
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert(events[0] >= 1 && events[1] >= 1);
    ck_assert_int_eq(mkdir(folder, 0777), 0);
    assert_status(amos_archive_writer_open(folder, NULL, &archive, &err), AMOS_E_NOTREG, &err);
    ck_assert_ptr_null(archive);
    assert_status(amos_archive_writer_open("", NULL, &archive, &err), AMOS_E_ARG, &err);
    assert_status(amos_archive_writer_add(NULL, "a", "x", 1, &err), AMOS_E_ARG, &err);
    assert_status(amos_archive_writer_finish(NULL, &err), AMOS_E_ARG, &err);
    amos_archive_writer_free(NULL);
    free(folder);
    free(path);
}
END_TEST

START_TEST(more_members_than_zip_counts_are_a_limit)
{
    char *path = tmp_path("many.zip"), name[16];
    amos_error err;
    amos_archive_writer *archive;
    amos_status status = AMOS_OK;
    unsigned count = 0;
    assert_ok(amos_archive_writer_open(path, NULL, &archive, &err), &err);
    while (!status && count < 70000) {
        snprintf(name, sizeof name, "%u", count);
        status = amos_archive_writer_add(archive, name, "", 0, &err);
        count += status == AMOS_OK;
    }
    assert_status(status, AMOS_E_LIMIT, &err);
    ck_assert_uint_eq(count, 65534);
    assert_status(amos_archive_writer_finish(archive, &err), AMOS_E_ARG, &err);
    amos_archive_writer_free(archive);
    ck_assert_int_ne(access(path, F_OK), 0);
    free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("archive_write");
    TCase *write = add_case(suite, "write", 20);
    tcase_add_test(write, members_are_read_back);
    tcase_add_test(write, an_archive_is_these_bytes);
    tcase_add_test(write, names_that_would_unpack_elsewhere_are_refused);
    tcase_add_test(write, what_is_not_finished_is_not_there);
    tcase_add_test(write, more_members_than_zip_counts_are_a_limit);
    return run_suite(suite);
}
