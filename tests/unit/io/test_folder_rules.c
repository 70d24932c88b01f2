/* SPDX-License-Identifier: BSD-3-Clause */
/* Whose folders of indexes and cached cases are read and written, and who may read what is written there. */
#define _GNU_SOURCE
#include "io/folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/main.h"
#include "support/tmp.h"

/* A folder of the test with these rights; from malloc(). */
static char *folder_made(const char *name, mode_t mode)
{
    char *path = tmp_path(name);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(chmod(path, mode), 0);
    return path;
}

static amos_status write_one(const struct amosi_folder *folder, const struct amosi_readers *readers, amos_error *err)
{
    struct amosi_folder_file file;
    amos_status status = amosi_folder_create(folder, "one.amosidx", "one", readers, &file, err);
    if (!status)
        status = amosi_folder_write(&file, "x", 1, err);
    return status ? status : amosi_folder_finish(&file, err);
}

static amos_status read_one(const struct amosi_folder *folder, amos_error *err)
{
    int fd;
    uint64_t bytes = 0;
    amos_status status = amosi_folder_open_file(folder, "one.amosidx", "one", &fd, &bytes, err);
    if (!status)
        close(fd);
    return status;
}

/* ---- whose folder ---- */

enum access_to { REFUSED, READ, WRITTEN };

static const struct folder_row {
    const char *name;
    mode_t mode;
    bool foreign; /* of another user; only root can make one */
    bool link;    /* reached through a symbolic link */
    const char *end;
    enum access_to access;
} rows[] = {
    {"own", 0700, false, false, "", WRITTEN},
    {"own, for all to read", 0755, false, false, "", WRITTEN},
    {"own, of a group that may write", 0775, false, false, "", WRITTEN},
    {"own, of a group that may write, with its group kept", 02770, false, false, "", WRITTEN},
    {"own, for all to write", 0777, false, false, "", REFUSED},
    {"own, for all to write, sticky", 01777, false, false, "", REFUSED},
    {"a link to one's own", 0700, false, true, "", WRITTEN},
    {"a link to one's own, with a slash", 0700, false, true, "/", WRITTEN},
    {"a link to one for all to write, with a slash", 0777, false, true, "/", REFUSED},
    {"a colleague's", 0755, true, false, "", READ},
    {"a colleague's, of a group that may write", 0775, true, false, "", READ},
    {"a link to a colleague's", 0755, true, true, "", READ},
    {"a colleague's, for all to write", 0777, true, false, "", REFUSED},
};
#define ROWS (int)(sizeof rows / sizeof rows[0])

START_TEST(C11_rules_of_folders)
{
    const struct folder_row *row = &rows[_i];
    amos_error err;
    struct amosi_folder folder;
    if (row->foreign && geteuid() != 0)
        return;
    char name[64], path[4096];
    snprintf(name, sizeof name, "link-%d", _i);
    char *link = tmp_path(name);
    snprintf(name, sizeof name, "real-%d", _i);
    char *real = folder_made(name, 0700);
    snprintf(name, sizeof name, "real-%d/one.amosidx", _i);
    free(tmp_write(name, "x", 1));
    ck_assert_int_eq(symlink(real, link), 0);
    ck_assert_int_eq(chmod(real, row->mode), 0);
    if (row->foreign)
        ck_assert_int_eq(chown(real, 12345, 12345), 0);
    snprintf(path, sizeof path, "%s%s", row->link ? link : real, row->end);
    amos_status status = amosi_folder_open(&folder, path, false, &err);
    assert_status_at(__FILE__, __LINE__, row->name, status, row->access == REFUSED ? AMOS_E_OPEN : AMOS_OK, &err);
    if (status) {
        assert_sentence(&err, AMOS_E_OPEN, "everybody may write");
    } else {
        assert_ok(read_one(&folder, &err), &err);
        status = write_one(&folder, NULL, &err);
        assert_status_at(__FILE__, __LINE__, row->name, status, row->access == WRITTEN ? AMOS_OK : AMOS_E_OPEN, &err);
        if (status) {
            assert_sentence(&err, AMOS_E_OPEN, "another user");
            ck_assert_str_eq(err.path, path);
        }
    }
    amosi_folder_close(&folder);
    free(link);
    free(real);
}
END_TEST

/* Another folder's temporary files are not this user's to remove. */
START_TEST(a_foreign_folder_is_not_swept)
{
    if (geteuid() != 0)
        return;
    char *path = folder_made("foreign", 0755), *left = tmp_write("foreign/1.amosidx.7-7.tmp", "half", 4);
    struct amosi_folder folder;
    amos_error err;
    assert_ok(amosi_folder_open(&folder, path, false, &err), &err);
    folder.writable = false;
    assert_ok(amosi_folder_sweep(&folder, &err), &err);
    ck_assert_int_eq(access(left, F_OK), 0);
    folder.writable = true;
    assert_ok(amosi_folder_sweep(&folder, &err), &err);
    ck_assert_int_ne(access(left, F_OK), 0);
    amosi_folder_close(&folder);
    free(left);
    free(path);
}
END_TEST

START_TEST(C11_files_that_are_not_read)
{
    char *path = folder_made("files", 0700), *file = tmp_write("files/one.amosidx", "x", 1), *other = tmp_path("other");
    struct amosi_folder folder;
    amos_error err;
    assert_ok(amosi_folder_open(&folder, path, false, &err), &err);
    assert_ok(read_one(&folder, &err), &err);
    ck_assert_int_eq(chmod(file, 0666), 0);
    assert_status(read_one(&folder, &err), AMOS_E_INDEX, &err);
    ck_assert_int_eq(chmod(file, 0644), 0);
    ck_assert_int_eq(rename(file, other), 0);
    ck_assert_int_eq(symlink(other, file), 0);
    assert_status(read_one(&folder, &err), AMOS_E_OPEN, &err);
    amosi_folder_close(&folder);
    free(other);
    free(file);
    free(path);
}
END_TEST

START_TEST(a_named_folder_is_made_by_the_umask)
{
    static const mode_t masks[][2] = {{022, 0755}, {002, 0775}, {077, 0700}, {0, 0775}};
    char *path = tmp_path("named");
    for (int i = 0; i < 4; i++) {
        struct amosi_folder folder;
        struct stat state;
        amos_error err;
        umask(masks[i][0]);
        assert_ok(amosi_folder_open(&folder, path, true, &err), &err);
        ck_assert_int_eq(fstat(folder.fd, &state), 0);
        ck_assert_uint_eq(state.st_mode & 0777, masks[i][1]);
        amosi_folder_close(&folder);
        ck_assert_int_eq(rmdir(path), 0);
    }
    free(path);
}
END_TEST

/* ---- who may read a new file ---- */

static const struct mode_row {
    mode_t image, label; /* 0: none */
    mode_t umask, expected;
} modes[] = {
    {0644, 0, 022, 0644},    {0600, 0, 022, 0600},    {0640, 0, 022, 0640},
    {0444, 0, 022, 0644},    {0644, 0, 077, 0600},    {0644, 0600, 022, 0600},
    {0644, 0640, 022, 0640}, {0604, 0644, 022, 0604}, {0666, 0664, 0, 0644},
};

START_TEST(an_entry_is_read_by_those_who_may_read_its_files)
{
    const struct mode_row *row = &modes[_i];
    char name[64];
    snprintf(name, sizeof name, "modes-%d", _i);
    char *path = folder_made(name, 0755);
    snprintf(name, sizeof name, "modes-%d/one.amosidx", _i);
    char *made = tmp_path(name);
    struct amosi_folder folder;
    struct stat state = {.st_mode = row->image, .st_gid = getegid()}, label = state;
    amos_error err;
    struct amosi_readers readers = amosi_readers_of(&state), other;
    label.st_mode = row->label;
    other = amosi_readers_of(&label);
    if (row->label)
        readers = amosi_readers_both(&readers, &other);
    umask(row->umask);
    assert_ok(amosi_folder_open(&folder, path, false, &err), &err);
    assert_ok(write_one(&folder, &readers, &err), &err);
    ck_assert_int_eq(stat(made, &state), 0);
    ck_assert_msg((state.st_mode & 0777) == row->expected, "%o, not %o", state.st_mode & 0777, row->expected);
    amosi_folder_close(&folder);
    free(made);
    free(path);
}
END_TEST

/* Of files of two groups, only those can read both who are in one and among the others of the other. */
START_TEST(groups_are_not_confused)
{
    const struct amosi_readers a = {true, false, 1}, b = {true, false, 2}, open = {true, true, 3};
    struct amosi_readers both = amosi_readers_both(&a, &b);
    ck_assert(!both.group && !both.others);
    both = amosi_readers_both(&a, &open);
    ck_assert(both.group && both.gid == 1 && !both.others);
    both = amosi_readers_both(&open, &b);
    ck_assert(both.group && both.gid == 2 && !both.others);
    char *path = folder_made("groups", 0755), *made = tmp_path("groups/one.amosidx");
    struct amosi_folder folder;
    struct stat state;
    amos_error err;
    const struct amosi_readers strangers = {true, false, getegid() + 1};
    assert_ok(amosi_folder_open(&folder, path, false, &err), &err);
    assert_ok(write_one(&folder, &strangers, &err), &err);
    ck_assert_int_eq(stat(made, &state), 0);
    ck_assert_uint_eq(state.st_mode & 0777, 0600);
    amosi_folder_close(&folder);
    free(made);
    free(path);
}
END_TEST

/* ---- who is told of temporary files ---- */

struct told {
    char text[64]; /* a letter for each event */
    char path[4096];
};

static void tell(void *user, const char *path, amos_temporary_event event)
{
    static const char letters[] = "?mMg";
    struct told *told = user;
    size_t used = strlen(told->text);
    ck_assert_uint_lt(used + 1, sizeof told->text);
    told->text[used] = letters[event];
    if (event == AMOS_TEMPORARY_MAKING) {
        snprintf(told->path, sizeof told->path, "%s", path);
        ck_assert_int_ne(access(path, F_OK), 0);
    }
    ck_assert_str_eq(told->path, path);
    ck_assert_int_eq(access(path, F_OK) == 0, event == AMOS_TEMPORARY_MADE);
}

START_TEST(temporary_files_are_told)
{
    char *path = folder_made("told", 0700);
    struct amosi_folder folder;
    struct amosi_folder_file file;
    struct told told = {.text = ""};
    amos_error err;
    assert_ok(amosi_folder_open(&folder, path, false, &err), &err);
    folder.temporaries = (amos_temporaries){tell, &told};
    assert_ok(write_one(&folder, NULL, &err), &err);
    ck_assert_str_eq(told.text, "mMg");
    ck_assert_int_eq(strncmp(told.path, path, strlen(path)), 0);
    assert_ok(amosi_folder_create(&folder, "two.amosidx", "two", NULL, &file, &err), &err);
    amosi_folder_drop(&file);
    ck_assert_str_eq(told.text, "mMgmMg");
    close(folder.fd); /* nothing can be created any more */
    folder.fd = -1;
    assert_status(write_one(&folder, NULL, &err), AMOS_E_IO, &err);
    ck_assert_str_eq(told.text, "mMgmMgmg");
    amosi_folder_close(&folder);
    free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("folder_rules");
    TCase *folders = add_case(suite, "folders", 10), *files = add_case(suite, "files", 10);
    tcase_add_loop_test(folders, C11_rules_of_folders, 0, ROWS);
    tcase_add_test(folders, a_foreign_folder_is_not_swept);
    tcase_add_test(folders, a_named_folder_is_made_by_the_umask);
    tcase_add_test(files, C11_files_that_are_not_read);
    tcase_add_loop_test(files, an_entry_is_read_by_those_who_may_read_its_files, 0,
                        (int)(sizeof modes / sizeof modes[0]));
    tcase_add_test(files, groups_are_not_confused);
    tcase_add_test(files, temporary_files_are_told);
    return run_suite(suite);
}
