/* SPDX-License-Identifier: BSD-3-Clause */
/* Output files and the progress bar of the command, and amos dump, which uses both. */
#define _XOPEN_SOURCE 700
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "kit/outfile.h"
#include "kit/progress.h"
#include "support/command.h"
#include "support/make/gzip.h"
#include "support/main.h"
#include "support/make/nifti.h"
#include "support/tmp.h"

#define ROUNDS 60
#define CREATORS 4

/* A new folder for outputs; from malloc(). */
static char *make_folder(const char *name)
{
    char *path = tmp_path(name);
    ck_assert_int_eq(mkdir(path, 0777), 0);
    return path;
}

static char *in_folder(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = must_alloc(size);
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

static int count_files(const char *folder)
{
    int count = 0;
    DIR *dir = opendir(folder);
    ck_assert_ptr_nonnull(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    return count;
}

static void assert_content(const char *path, const void *data, size_t size)
{
    struct bytes b = read_file(path);
    ck_assert_uint_eq(b.size, size);
    ck_assert_int_eq(memcmp(b.data, data, size), 0);
    bytes_free(&b);
}

/* ---- outfile ---- */

START_TEST(a_file_appears_when_it_is_whole)
{
    char *folder = make_folder("whole"), *path = in_folder(folder, "x.bin");
    struct stat about;
    umask(027);
    struct outfile *out = outfile_open(path);
    ck_assert_ptr_nonnull(out);
    ck_assert(outfile_write(out, "abc", 3) && outfile_write(out, "", 0) && outfile_write(out, "def", 3));
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert_int_eq(count_files(folder), 1);
    ck_assert(outfile_finish(out, true));
    assert_content(path, "abcdef", 6);
    ck_assert_int_eq(count_files(folder), 1);
    ck_assert_int_eq(stat(path, &about), 0);
    ck_assert_int_eq(about.st_mode & 0777, 0640);
    free(path);
    free(folder);
}
END_TEST

START_TEST(what_is_not_kept_leaves_the_old_file)
{
    char *folder = make_folder("old"), *path = in_folder(folder, "x.bin");
    free(tmp_write("old/x.bin", "old", 3));
    struct outfile *out = outfile_open(path);
    ck_assert_ptr_nonnull(out);
    ck_assert(outfile_write(out, "newer", 5));
    ck_assert(!outfile_finish(out, false));
    ck_assert(!outfile_finish(NULL, true));
    assert_content(path, "old", 3);
    ck_assert_int_eq(count_files(folder), 1);
    free(path);
    free(folder);
}
END_TEST

START_TEST(links_and_permissions_survive)
{
    char *folder = make_folder("links"), *path = in_folder(folder, "x.bin"), *link = in_folder(folder, "link");
    struct stat about;
    free(tmp_write("links/x.bin", "old", 3));
    ck_assert_int_eq(chmod(path, 0600), 0);
    ck_assert_int_eq(symlink("x.bin", link), 0);
    struct outfile *out = outfile_open(link);
    ck_assert(out && outfile_write(out, "new", 3) && outfile_finish(out, true));
    assert_content(path, "new", 3);
    ck_assert_int_eq(lstat(link, &about), 0);
    ck_assert(S_ISLNK(about.st_mode));
    ck_assert_int_eq(stat(path, &about), 0);
    ck_assert_int_eq(about.st_mode & 0777, 0600);
    free(link);
    free(path);
    free(folder);
}
END_TEST

START_TEST(a_long_name_and_a_device_can_be_written)
{
    char name[256] = {0}, *folder = make_folder("long");
    struct stat about;
    memset(name, 'n', 255);
    char *path = in_folder(folder, name);
    struct outfile *out = outfile_open(path);
    ck_assert(out && outfile_finish(out, true));
    ck_assert_int_eq(access(path, F_OK), 0);
    out = outfile_open("/dev/null");
    ck_assert(out && outfile_write(out, "x", 1) && outfile_finish(out, true));
    ck_assert_int_eq(stat("/dev/null", &about), 0);
    ck_assert(S_ISCHR(about.st_mode));
    free(path);
    free(folder);
}
END_TEST

START_TEST(a_signal_leaves_nothing)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    char name[32];
    snprintf(name, sizeof name, "signal%d", _i);
    char *folder = make_folder(name), *path = in_folder(folder, "x.bin"), *other = in_folder(folder, "y.bin");
    int status;
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        signal(signals[_i], SIG_DFL);
        struct outfile *first = outfile_open(path), *second = outfile_open(other);
        if (first && second && outfile_write(first, "x", 1) && count_files(folder) == 2)
            raise(signals[_i]);
        _exit(1);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), signals[_i]);
    ck_assert_int_eq(count_files(folder), 0);
    free(other);
    free(path);
    free(folder);
}
END_TEST

/* Creates and discards files until the process ends. */
static void *create_on(void *path)
{
    for (;;) {
        struct outfile *out = outfile_open(path);
        if (!out)
            _exit(1);
        outfile_finish(out, false);
    }
    return NULL;
}

/* The signal may arrive at any thread, whatever the others do: about to create a file, or just after. */
START_TEST(a_signal_among_threads_leaves_nothing)
{
    char *folder = make_folder("among"), *path = in_folder(folder, "x.bin");
    signal(SIGTERM, SIG_DFL); /* Check's handler would end this test too */
    for (int round = 0; round < ROUNDS; round++) {
        int status;
        pid_t pid = fork();
        ck_assert_int_ge(pid, 0);
        if (pid == 0) {
            pthread_t threads[CREATORS];
            for (int i = 0; i < CREATORS; i++)
                if (pthread_create(&threads[i], NULL, create_on, path))
                    _exit(1);
            pause();
            _exit(1);
        }
        const struct timespec while_they_work = {.tv_nsec = 10000000 + 37000 * round};
        nanosleep(&while_they_work, NULL);
        ck_assert_int_eq(kill(pid, SIGTERM), 0);
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert(WIFSIGNALED(status));
        ck_assert_int_eq(WTERMSIG(status), SIGTERM);
        ck_assert_msg(count_files(folder) == 0, "%d files are left in round %d", count_files(folder), round);
    }
    free(path);
    free(folder);
}
END_TEST

/* Clean-up is impossible then, but the name still refers to the whole old file. */
START_TEST(F34_a_kill_leaves_the_old_file)
{
    char name[32];
    snprintf(name, sizeof name, "kill%d", _i);
    char *folder = make_folder(name), *path = in_folder(folder, "x.bin");
    struct outfile *old = outfile_open(path);
    ck_assert(outfile_write(old, "old", 3) && outfile_finish(old, true));
    int status;
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        struct outfile *out = outfile_open(path);
        for (int i = 0; i < _i; i++)
            outfile_write(out, "newer", 5);
        kill(getpid(), SIGKILL);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_content(path, "old", 3);
    old = outfile_open(path);
    ck_assert(outfile_write(old, "next", 4) && outfile_finish(old, true));
    assert_content(path, "next", 4);
    free(path);
    free(folder);
}
END_TEST

/* Under nohup a command goes on. */
/* Counts files with a temporary name below a folder; removes everything. */
static int clear_folder(const char *folder)
{
    int temporary = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        char *path = in_folder(folder, entry->d_name);
        temporary += strstr(entry->d_name, ".tmp") != NULL;
        temporary += clear_folder(path);
        remove(path);
        free(path);
    }
    if (dir)
        closedir(dir);
    return temporary;
}

/* Files that the library writes for the command. */
START_TEST(a_signal_among_writers_leaves_nothing)
{
    char *folder = tmp_path("writers");
    for (int round = 0; round < ROUNDS / 2; round++) {
        int status;
        pid_t pid = start_amos("phantom %s --cases 200 --size 16x16x8 -j 4", folder);
        const struct timespec while_it_works = {.tv_nsec = 20000000 + 77000 * round};
        nanosleep(&while_it_works, NULL);
        ck_assert_int_eq(kill(pid, SIGINT), 0);
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        int left = clear_folder(folder);
        ck_assert_msg(left == 0, "%d temporary files are left in round %d", left, round);
    }
    free(folder);
}
END_TEST

START_TEST(an_ignored_signal_stays_ignored)
{
    char *folder = make_folder("ignored"), *path = in_folder(folder, "x.bin");
    int status;
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        signal(SIGHUP, SIG_IGN);
        struct outfile *out = outfile_open(path);
        raise(SIGHUP);
        _exit(out && outfile_finish(out, true) ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert_int_eq(access(path, F_OK), 0);
    free(path);
    free(folder);
}
END_TEST

/* ---- progress ---- */

static void nap(long milliseconds)
{
    struct timespec t = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    nanosleep(&t, NULL);
}

static void show_progress(void)
{
    progress_start("measuring", PROGRESS_CASES);
    for (uint64_t i = 0; i <= 12; i++) {
        progress_show(NULL, i, 12);
        nap(50);
    }
    progress_stop();
    _exit(0);
}

/* Runs show_progress() with a terminal of n columns as stderr; returns its output, from malloc(). */
static char *progress_on_terminal(unsigned short columns)
{
    struct winsize size = {.ws_row = 24, .ws_col = columns};
    int master = posix_openpt(O_RDWR | O_NOCTTY), status;
    ck_assert(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    ck_assert(slave >= 0 && ioctl(slave, TIOCSWINSZ, &size) == 0);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        dup2(slave, STDERR_FILENO);
        show_progress();
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    char *text = must_alloc(65536);
    struct pollfd ready = {.fd = master, .events = POLLIN};
    size_t used = 0;
    while (poll(&ready, 1, 100) > 0 && used < 65535) {
        ssize_t got = read(master, text + used, 65535 - used);
        if (got <= 0)
            break;
        used += (size_t)got;
    }
    text[used] = '\0';
    close(slave);
    close(master);
    return text;
}

START_TEST(the_bar_fits_and_goes)
{
    static const unsigned short widths[] = {200, 80, 40, 20, 8};
    char *text = progress_on_terminal(widths[_i]);
    size_t length = strlen(text);
    int drawn = 0;
    ck_assert_ptr_null(strchr(text, '\n'));
    for (const char *at = text; *at; drawn++) {
        ck_assert_int_eq(*at++, '\r');
        size_t letters = strcspn(at, "\033");
        ck_assert_msg(letters < widths[_i], "%zu letters in %d columns", letters, widths[_i]);
        at += letters + strlen("\033[K");
    }
    ck_assert_int_ge(drawn, 3);
    ck_assert_str_eq(text + length - 4, "\r\033[K");
    if (widths[_i] >= 80)
        ck_assert_msg(strstr(text, "measuring  [#") && strstr(text, "/12 cases") && strstr(text, " left"), "%s", text);
    free(text);
}
END_TEST

/* ---- dump ---- */

static char *write_gzipped(const char *name, const struct nifti_file *file)
{
    struct bytes packed = gzip_of(&file->bytes);
    char *path = tmp_write_bytes(name, &packed);
    bytes_free(&packed);
    return path;
}

/* 5 x 4 x 3 big-endian voxels n = 0, 1, 2, ... with slope 2 and inter 1, two frames. */
static struct nifti_file counting_file(void)
{
    int16_t voxels[120];
    for (int n = 0; n < 120; n++)
        voxels[n] = (int16_t)n;
    struct nifti_spec spec = {.big_endian = 1,
                              .ndim = 4,
                              .dim = {5, 4, 3, 2},
                              .type = AMOS_TYPE_INT16,
                              .slope = 2.0,
                              .inter = 1.0,
                              .voxels = voxels};
    nifti_set_sform(&spec, "LAS", (double[3]){1, 1, 1}, (double[3]){0, 0, 0});
    return nifti_make(&spec);
}

START_TEST(dump_writes_little_endian_voxels)
{
    struct nifti_file file = counting_file();
    char *path = write_gzipped("count.nii.gz", &file), *folder = make_folder("dump"), *raw = in_folder(folder, "x.raw");
    unsigned char expected[240];
    for (size_t n = 0; n < 120; n++) {
        expected[2 * n] = (unsigned char)n;
        expected[2 * n + 1] = 0;
    }
    struct outcome first = run_amos("dump %s -o %s", path, raw);
    assert_exit(&first, 0);
    assert_content(raw, expected, 120);
    ck_assert_ptr_nonnull(strstr(first.out, "x.raw: 5 x 4 x 3 int16, little-endian, x fastest, LAS, 120 bytes\n"));
    struct outcome all = run_amos("dump %s -o %s --frame all", path, raw);
    assert_content(raw, expected, 240);
    struct outcome second = run_amos("dump %s -o %s --frame=1", path, raw);
    assert_content(raw, expected + 120, 120);
    ck_assert_int_eq(count_files(folder), 1);
    outcome_free(&first);
    outcome_free(&all);
    outcome_free(&second);
    nifti_free(&file);
    free(raw);
    free(folder);
    free(path);
}
END_TEST

START_TEST(dump_converts_reorients_and_cuts)
{
    struct nifti_file file = counting_file();
    char *path = write_gzipped("count2.nii.gz", &file), *raw = tmp_path("cut.raw");
    struct outcome outcome =
        run_amos("dump %s --type float32 --orient RAS --box 0:2,1:3,2:3 --json --output=%s", path, raw);
    assert_exit(&outcome, 0);
    struct bytes expected = {0};
    for (int y = 0; y < 2; y++)
        for (int x = 0; x < 2; x++) { /* x runs backwards from 4 */
            float value = (float)(2 * (2 * 20 + (1 + y) * 5 + (4 - x)) + 1);
            uint32_t bits;
            memcpy(&bits, &value, sizeof bits);
            bytes_add_u32le(&expected, bits);
        }
    assert_content(raw, expected.data, expected.size);
    cJSON *json = parse_json(outcome.out);
    ck_assert_str_eq(member_text(json, "dtype"), "float32");
    ck_assert_str_eq(member_text(json, "orientation"), "RAS");
    ck_assert_double_eq(member_number(json, "bytes"), 16);
    ck_assert_double_eq(cJSON_GetArrayItem(member(json, "shape"), 1)->valuedouble, 2);
    cJSON_Delete(json);
    outcome_free(&outcome);
    bytes_free(&expected);
    nifti_free(&file);
    free(raw);
    free(path);
}
END_TEST

START_TEST(dump_to_stdout_prints_nothing_else)
{
    struct nifti_file file = counting_file();
    char *path = write_gzipped("count3.nii.gz", &file), *raw = tmp_write("stdout.raw", "", 0);
    int to = open(raw, O_WRONLY);
    struct outcome outcome = run_amos_to(to, "dump %s -o - --type uint8 --saturate", path);
    close(to);
    assert_exit(&outcome, 0);
    struct bytes b = read_file(raw);
    ck_assert_uint_eq(b.size, 60);
    ck_assert_int_eq(b.data[59], 119);
    bytes_free(&b);
    outcome_free(&outcome);
    nifti_free(&file);
    free(raw);
    free(path);
}
END_TEST

START_TEST(dump_that_fails_leaves_nothing)
{
    struct nifti_file file = counting_file();
    char *good = write_gzipped("count4.nii.gz", &file), *folder = make_folder("failed");
    char *raw = in_folder(folder, "x.raw"), *nowhere = in_folder(folder, "none/x.raw");
    bytes_cut_tail(&file.bytes, 1);
    char *bad = write_gzipped("short.nii.gz", &file);
    struct outcome runs[] = {
        run_amos("dump %s -o %s --frame all", bad, raw), run_amos("dump %s -o %s", good, nowhere),
        run_amos("dump %s -o %s", good, folder),         run_amos("dump %s -o /dev/full", good),
        run_amos("dump %s -o %s --frame 2", good, raw),  run_amos("dump %s -o %s --type int8 --frame 1", good, raw)};
    static const char *const parts[] = {"short.nii.gz: ", "No such file", "Is a directory", "No space left", "",
                                        "E_RANGE"};
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        assert_exit(&runs[i], 1);
        ck_assert_str_eq(runs[i].out, "");
        ck_assert_msg(strstr(runs[i].err, parts[i]) != NULL, "\"%s\" is not in: %s", parts[i], runs[i].err);
        outcome_free(&runs[i]);
    }
    ck_assert_int_eq(count_files(folder), 0);
    nifti_free(&file);
    free(bad);
    free(good);
    free(raw);
    free(nowhere);
    free(folder);
}
END_TEST

/* A limit on file size simulates a full disk. */
START_TEST(dump_that_cannot_be_written_leaves_nothing)
{
    struct nifti_file file = counting_file();
    char *path = write_gzipped("count5.nii.gz", &file), *folder = make_folder("limited"), *raw = in_folder(folder, "x");
    struct rlimit old, tight = {64, 64};
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
    tight.rlim_max = old.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &tight), 0);
    pid_t pid = start_amos("dump %s -o %s", path, raw);
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    ck_assert_int_eq(count_files(folder), 0);
    nifti_free(&file);
    free(raw);
    free(folder);
    free(path);
}
END_TEST

/* The signal is sent as soon as the temporary file appears; writing its 48 MB takes far longer. */
START_TEST(interrupted_dump_leaves_nothing)
{
    struct nifti_spec spec = {.dim = {512, 512, 24}, .type = AMOS_TYPE_FLOAT64};
    spec.voxels = calloc((size_t)512 * 512 * 24, sizeof(double));
    ck_assert_ptr_nonnull(spec.voxels);
    struct nifti_file file = nifti_make(&spec);
    char *path = write_gzipped("large.nii.gz", &file), *folder = make_folder("interrupted"), event[4096];
    char *raw = in_folder(folder, "x.raw");
    int watch = inotify_init(), status;
    ck_assert(watch >= 0 && inotify_add_watch(watch, folder, IN_CREATE) >= 0);
    pid_t pid = start_amos("dump %s -o %s", path, raw);
    ck_assert_int_gt(read(watch, event, sizeof event), 0);
    ck_assert_int_eq(kill(pid, SIGINT), 0);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT, "it ended with status %#x", (unsigned)status);
    ck_assert_int_eq(count_files(folder), 0);
    close(watch);
    free((void *)spec.voxels);
    nifti_free(&file);
    free(raw);
    free(folder);
    free(path);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("outfile");
    TCase *file = add_case(suite, "outfile", 20);
    tcase_add_test(file, a_file_appears_when_it_is_whole);
    tcase_add_test(file, what_is_not_kept_leaves_the_old_file);
    tcase_add_test(file, links_and_permissions_survive);
    tcase_add_test(file, a_long_name_and_a_device_can_be_written);
    tcase_add_loop_test(file, a_signal_leaves_nothing, 0, 4);
    tcase_add_test(file, a_signal_among_threads_leaves_nothing);
    tcase_add_test(file, a_signal_among_writers_leaves_nothing);
    tcase_add_loop_test(file, F34_a_kill_leaves_the_old_file, 0, 3);
    tcase_add_test(file, an_ignored_signal_stays_ignored);
    TCase *progress = add_case(suite, "progress", 20);
    tcase_add_loop_test(progress, the_bar_fits_and_goes, 0, 5);
    TCase *dump = add_case(suite, "dump", 30);
    tcase_add_test(dump, dump_writes_little_endian_voxels);
    tcase_add_test(dump, dump_converts_reorients_and_cuts);
    tcase_add_test(dump, dump_to_stdout_prints_nothing_else);
    tcase_add_test(dump, dump_that_fails_leaves_nothing);
    tcase_add_test(dump, dump_that_cannot_be_written_leaves_nothing);
    tcase_add_test(dump, interrupted_dump_leaves_nothing);
    return run_suite(suite);
}
