/* SPDX-License-Identifier: BSD-3-Clause */
/* A file that exists whole or not at all. The writers of such files have tests of their own. */
#define _XOPEN_SOURCE 700
#include "base/system/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/system/tree.h"
#include "support/main.h"
#include "support/tmp.h"

static char noted[4096];
static int noted_count;

static void note(void *user, const char *path)
{
    ck_assert_ptr_eq(user, noted);
    snprintf(noted, sizeof noted, "%s", path ? path : "");
    noted_count++;
    ck_assert(!path || access(path, F_OK) != 0); /* before it exists */
    errno = EDOM;
}

static void assert_content(const char *path, const char *text)
{
    struct bytes content = read_file(path);
    ck_assert_uint_eq(content.size, strlen(text));
    ck_assert_int_eq(memcmp(content.data, text, content.size), 0);
    bytes_free(&content);
}

/* In a folder below the temporary directory. */
static int files_in(const char *name)
{
    char *path = tmp_path(name);
    DIR *directory = opendir(path);
    int count = 0;
    ck_assert_ptr_nonnull(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(directory);
    free(path);
    return count;
}

START_TEST(a_whole_file_replaces_the_old_one)
{
    char *path = tmp_write("whole/x", "old", 3);
    struct amosi_whole_file file = {.notify = note, .user = noted};
    ck_assert(amosi_whole_file_open(&file, path));
    ck_assert_str_eq(noted, file.temporary);
    ck_assert_int_eq(strncmp(file.temporary, path, strlen(path) - 1), 0); /* the same folder */
    ck_assert(amosi_file_write(file.fd, "new one", 7));
    assert_content(path, "old");
    ck_assert(amosi_whole_file_keep(&file));
    assert_content(path, "new one");
    ck_assert_str_eq(noted, "");
    ck_assert_int_eq(noted_count, 2);
    amosi_whole_file_close(&file);
    ck_assert_int_eq(noted_count, 2);
    free(path);
}
END_TEST

START_TEST(what_is_not_kept_goes)
{
    char *path = tmp_write("dropped/x", "old", 3), temporary[4096];
    struct amosi_whole_file file = {.notify = note, .user = noted};
    ck_assert(amosi_whole_file_open(&file, path));
    snprintf(temporary, sizeof temporary, "%s", file.temporary);
    ck_assert_int_eq(access(temporary, F_OK), 0);
    errno = EDOM;
    amosi_whole_file_close(&file);
    ck_assert_int_eq(errno, EDOM);
    ck_assert_int_ne(access(temporary, F_OK), 0);
    ck_assert_str_eq(noted, "");
    assert_content(path, "old");
    free(path);
}
END_TEST

START_TEST(permissions_and_links_stay)
{
    static const mode_t modes[] = {0600, 0444, 0640, 0777};
    char *path = tmp_write("modes/x", "old", 3), *link = tmp_path("modes/link");
    struct stat about;
    umask(022);
    (void)unlink(link);
    ck_assert(symlink("x", link) == 0 && chmod(path, modes[_i]) == 0);
    struct amosi_whole_file file = {0};
    ck_assert(amosi_whole_file_open(&file, link));
    ck_assert(fstat(file.fd, &about) == 0 && (about.st_mode & 0777) == modes[_i]);
    ck_assert(amosi_file_write(file.fd, "new", 3) && amosi_whole_file_keep(&file));
    amosi_whole_file_close(&file);
    ck_assert(lstat(link, &about) == 0 && S_ISLNK(about.st_mode));
    ck_assert(stat(path, &about) == 0 && (about.st_mode & 0777) == modes[_i]);
    assert_content(path, "new");
    free(link);
    free(path);
}
END_TEST

/* A process that is killed while it writes leaves its file; who writes the same target next removes it. */
START_TEST(what_a_killed_process_left_goes)
{
    char *path = tmp_path("killed/x"), *keep = tmp_write("killed/.amos-other.tmp", "", 0);
    struct amosi_whole_file file = {0}, second = {0};
    pid_t child = fork();
    if (child == 0) {
        bool opened = amosi_whole_file_open(&file, path);
        _exit(opened ? 7 : 8); /* without closing it */
    }
    int state;
    ck_assert(waitpid(child, &state, 0) == child && WEXITSTATUS(state) == 7);
    ck_assert_int_eq(files_in("killed"), 2);
    ck_assert(amosi_whole_file_open(&file, path));
    ck_assert_int_eq(files_in("killed"), 2);
    ck_assert(amosi_whole_file_open(&second, path)); /* is written, so it is no leftover */
    ck_assert_int_eq(files_in("killed"), 3);
    ck_assert(amosi_file_write(file.fd, "new", 3) && amosi_whole_file_keep(&file));
    amosi_whole_file_close(&second);
    amosi_whole_file_close(&file);
    ck_assert_int_eq(files_in("killed"), 2);
    assert_content(path, "new");
    free(keep);
    free(path);
}
END_TEST

/* Of a group that this process is not in: its members get no rights by the new file, nor does this process's group. */
START_TEST(never_wider_than_the_target)
{
    char *path = tmp_write("narrow/x", "old", 3);
    struct stat about;
    umask(0);
    ck_assert_int_eq(chmod(path, 0640), 0);
    if (geteuid() == 0)
        ck_assert_int_eq(chown(path, (uid_t)-1, 12345), 0);
    struct amosi_whole_file file = {0};
    ck_assert(amosi_whole_file_open(&file, path));
    ck_assert_int_eq(fstat(file.fd, &about), 0);
    ck_assert(about.st_gid == (geteuid() == 0 ? 12345 : getegid()) && (about.st_mode & 0777) == 0640);
    amosi_whole_file_close(&file);
    free(path);
}
END_TEST

START_TEST(a_failure_leaves_errno_and_no_name)
{
    struct amosi_whole_file file = {.notify = note, .user = noted};
    ck_assert(!amosi_whole_file_open(&file, "/nowhere/x"));
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_ptr_null(file.temporary);
    ck_assert_str_eq(noted, "");
    amosi_whole_file_close(&file);
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(places_are_distinguished)
{
    char *path = tmp_write("places/file", "x", 1), *none = tmp_path("places/none"), *folder = tmp_path("places");
    ck_assert_int_eq(amosi_place_at(path), AMOSI_PLACE_FILE);
    ck_assert_int_eq(amosi_place_at(none), AMOSI_PLACE_FREE);
    ck_assert_int_eq(amosi_place_at(folder), AMOSI_PLACE_FOLDER);
    ck_assert_int_eq(amosi_place_at("/dev/null"), AMOSI_PLACE_OTHER);
    free(folder);
    free(none);
    free(path);
}
END_TEST

START_TEST(writing_to_a_full_device_fails)
{
    int fd = amosi_file_open(AT_FDCWD, "/dev/full", O_WRONLY, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    ck_assert(amosi_file_write(fd, "", 0));
    ck_assert(!amosi_file_write(fd, "x", 1));
    ck_assert_int_eq(errno, ENOSPC);
    close(fd);
}
END_TEST

/* More files than one read of the folder gives; links in it lead out of it. */
START_TEST(a_folder_goes_with_all_that_is_in_it)
{
    char name[40], *root = tmp_path("removed"), *kept = tmp_write("kept/x", "stays", 5),
                   *link = tmp_path("removed/a/link");
    char *beyond = tmp_path("kept/x/y");
    for (int i = 0; i < 300; i++) {
        snprintf(name, sizeof name, "removed/%s/file-%03d", i % 2 ? "a" : "a/b", i);
        free(tmp_write(name, "x", 1));
    }
    ck_assert_int_eq(symlink("../../kept", link), 0);
    ck_assert(amosi_tree_remove(root));
    ck_assert_int_eq(access(root, F_OK), -1);
    assert_content(kept, "stays");
    ck_assert(amosi_tree_remove(root)); /* it is not there */
    ck_assert(!amosi_tree_remove(beyond));
    ck_assert_int_eq(errno, ENOTDIR);
    free(beyond);
    free(link);
    free(kept);
    free(root);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file");
    TCase *whole = add_case(suite, "whole", 10);
    tcase_add_test(whole, a_whole_file_replaces_the_old_one);
    tcase_add_test(whole, what_is_not_kept_goes);
    tcase_add_loop_test(whole, permissions_and_links_stay, 0, 4);
    tcase_add_test(whole, what_a_killed_process_left_goes);
    tcase_add_test(whole, never_wider_than_the_target);
    tcase_add_test(whole, a_failure_leaves_errno_and_no_name);
    TCase *calls = add_case(suite, "calls", 10);
    tcase_add_test(calls, places_are_distinguished);
    tcase_add_test(calls, writing_to_a_full_device_fails);
    tcase_add_test(calls, a_folder_goes_with_all_that_is_in_it);
    return run_suite(suite);
}
