/* SPDX-License-Identifier: BSD-3-Clause */
/* The library's own folder on a file system that reports every lock as taken. */
#include "io/folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "support/main.h"
#include "support/tmp.h"

static int lock_calls;

/* Replaces the C library's function. */
int flock(int fd, int operation)
{
    (void)fd;
    (void)operation;
    lock_calls++;
    errno = EWOULDBLOCK;
    return -1;
}

static amos_status assert_no_file(void *user, const char *name, amos_error *err)
{
    (void)user;
    (void)err;
    ck_assert_msg(name[0] == '.', "%s was left behind", name);
    return AMOS_OK;
}

START_TEST(locks_that_are_always_taken_end_in_an_error)
{
    char *path = tmp_path("locked");
    struct amosi_folder folder;
    struct amosi_folder_file file;
    amos_error err;
    assert_ok(amosi_folder_open(&folder, path, true, &err), &err);
    assert_status(amosi_folder_create(&folder, "x", "locked/x", NULL, &file, &err), AMOS_E_IO, &err);
    assert_sentence(&err, AMOS_E_IO, "locks; use a folder on another one.");
    ck_assert(lock_calls > 1 && lock_calls <= 1000);
    assert_ok(amosi_folder_list(&folder, assert_no_file, NULL, &err), &err);
    amosi_folder_close(&folder);
    free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("folder");
    tcase_add_test(add_case(suite, "locks", 10), locks_that_are_always_taken_end_in_an_error);
    return run_suite(suite);
}
