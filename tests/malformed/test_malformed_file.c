/* SPDX-License-Identifier: BSD-3-Clause */
/* The files and run-time section of the catalogue of odd input, without those that need injected faults: rows F01
 * to F31. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <amos/amos.h>

#include "support/make/gzip.h"
#include "support/main.h"
#include "support/opened.h"
#include "support/tmp.h"

static void assert_not_opened(const char *path, amos_status expected, int sys_errno)
{
    amos_volume *volume = (amos_volume *)&expected;
    amos_error err = {0};
    assert_status_at(__FILE__, __LINE__, path, amos_volume_open(path, NULL, &volume, &err), expected, &err);
    ck_assert_ptr_null(volume);
    assert_sentence(&err, expected, path);
    ck_assert_int_eq(err.sys_errno, sys_errno);
}

static struct nifti_file small_file(uint64_t seed)
{
    struct nifti_spec spec = {.ndim = 3, .dim = {20, 10, 6}, .type = AMOS_TYPE_INT16, .seed = seed};
    return nifti_make(&spec);
}

START_TEST(F01_a_missing_file_has_no_sibling)
{
    static const char *const there[] = {"gone.nii.gz", "gone.nii", "gone.hdr", "gone.img", "gone"};
    static const char *const asked[] = {"gone.nii", "gone.nii.gz", "gone", "gone.hdr"};
    struct nifti_file file = small_file(1);
    for (int i = 0; i < 5; i++) {
        if (strcmp(there[i], asked[_i]) == 0)
            continue;
        free(tmp_write_bytes(there[i], &file.bytes));
    }
    char *path = tmp_path(asked[_i]);
    unlink(path);
    assert_not_opened(path, AMOS_E_OPEN, ENOENT);
    free(path);
    nifti_free(&file);
}
END_TEST

START_TEST(F02_a_directory_is_no_file)
{
    char *path = tmp_path("directory.nii.gz");
    ck_assert_int_eq(mkdir(path, 0777), 0);
    assert_not_opened(path, AMOS_E_NOTREG, 0);
    free(path);
}
END_TEST

/* Returns at once: neither opening nor reading may wait for a writer. */
START_TEST(F03_a_pipe_is_no_file)
{
    char *path = tmp_path("pipe.nii.gz");
    ck_assert_int_eq(mkfifo(path, 0666), 0);
    alarm(3);
    assert_not_opened(path, AMOS_E_NOTREG, 0);
    alarm(0);
    free(path);
}
END_TEST

START_TEST(F04_devices_are_no_files)
{
    static const char *const paths[] = {"/dev/zero", "/dev/null", "/dev/tty0", "/dev/ptmx"};
    struct stat info;
    if (stat(paths[_i], &info) == 0) /* containers lack some; opening a missing one is F01 */
        assert_not_opened(paths[_i], AMOS_E_NOTREG, 0);
    else
        assert_not_opened(paths[_i], AMOS_E_OPEN, ENOENT);
}
END_TEST

/* A socket cannot be opened at all (ENXIO); the message says that it is not a file. */
START_TEST(F04_a_socket_is_no_file)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%.80s/s.nii", tmp_dir());
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_not_opened(address.sun_path, AMOS_E_NOTREG, 0);
    close(fd);
}
END_TEST

START_TEST(F04_a_proc_file_is_empty)
{
    char *path = tmp_path("proc.nii.gz");
    ck_assert_int_eq(symlink("/proc/version", path), 0);
    assert_not_opened(path, AMOS_E_GZ_TRUNC, 0);
    free(path);
}
END_TEST

START_TEST(F05_links_that_lead_nowhere)
{
    char *loop = tmp_path("loop.nii"), *dangling = tmp_path("dangling.nii");
    ck_assert_int_eq(symlink(loop, loop), 0);
    ck_assert_int_eq(symlink("/nowhere/x.nii", dangling), 0);
    assert_not_opened(loop, AMOS_E_OPEN, ELOOP);
    assert_not_opened(dangling, AMOS_E_OPEN, ENOENT);
    free(loop);
    free(dangling);
}
END_TEST

/* Root may read everything, so the test changes its user. */
START_TEST(F06_permission_denied)
{
    struct nifti_file file = small_file(1);
    char *path = tmp_write_bytes(_i ? "locked/x.nii" : "locked.nii", &file.bytes);
    char *directory = tmp_path("locked");
    ck_assert_int_eq(chmod(_i ? directory : path, 0), 0);
    ck_assert_int_eq(chmod(tmp_dir(), 0711), 0);
    if (geteuid() == 0)
        ck_assert_int_eq(seteuid(65534), 0);
    assert_not_opened(path, AMOS_E_OPEN, EACCES);
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
    chmod(_i ? directory : path, 0700);
    free(directory);
    free(path);
    nifti_free(&file);
}
END_TEST

START_TEST(F07_names_too_long)
{
    char path[6000];
    memset(path, 'x', sizeof path);
    path[0] = '/';
    if (_i)
        for (size_t i = 0; i < sizeof path; i += 100)
            path[i] = '/';
    path[_i ? sizeof path - 1 : 400] = '\0';
    assert_not_opened(path, AMOS_E_OPEN, ENAMETOOLONG);
}
END_TEST

START_TEST(F07_an_empty_name)
{
    assert_not_opened("", AMOS_E_ARG, 0);
}
END_TEST

START_TEST(F08_no_descriptors_left)
{
    struct nifti_file file = small_file(1);
    amos_volume *before = open_written(&file, "descriptors", 1);
    char *path = tmp_path("descriptors.nii.gz");
    int taken[64], count = 0;
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = 40;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    while (count < 64 && (taken[count] = open("/dev/null", O_RDONLY)) >= 0)
        count++;
    ck_assert_int_lt(count, 64);
    assert_not_opened(path, AMOS_E_OPEN, EMFILE);
    while (count > 0)
        close(taken[--count]);
    amos_volume *after = NULL;
    amos_error err;
    size_t bytes;
    assert_ok(amos_volume_open(path, NULL, &after, &err), &err);
    free(read_all(after, AMOS_TYPE_STORED, &bytes));
    free(read_all(before, AMOS_TYPE_STORED, &bytes));
    amos_volume_free(before);
    amos_volume_free(after);
    free(path);
    nifti_free(&file);
}
END_TEST

/* No descriptor is left open after any result. */
static int count_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

START_TEST(descriptors_are_closed)
{
    struct nifti_file file = small_file(1);
    struct bytes packed = gzip_of(&file.bytes);
    int before = count_descriptors();
    for (size_t cut = 1; cut <= packed.size; cut += 97) {
        char *path = tmp_write("leak.nii.gz", packed.data, cut);
        amos_volume *volume = NULL;
        size_t bytes = 2400;
        void *buffer = must_alloc(bytes);
        if (amos_volume_open(path, NULL, &volume, NULL) == AMOS_OK)
            (void)!amos_volume_read(volume, NULL, buffer, bytes, NULL);
        amos_volume_free(volume);
        free(buffer);
        free(path);
        ck_assert_int_eq(count_descriptors(), before);
    }
    bytes_free(&packed);
    nifti_free(&file);
}
END_TEST

/* A child of exec() inherits nothing. */
START_TEST(descriptors_close_on_exec)
{
    struct nifti_file file = small_file(1);
    int before[256], opened = 0;
    for (int fd = 0; fd < 256; fd++)
        before[fd] = fcntl(fd, F_GETFD) >= 0;
    amos_volume *volume = open_written(&file, "exec", 0);
    for (int fd = 0; fd < 256; fd++)
        if (!before[fd] && fcntl(fd, F_GETFD) >= 0) {
            opened++;
            ck_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
        }
    ck_assert_int_le(opened, 1);
    amos_volume_free(volume);
    nifti_free(&file);
}
END_TEST

/* ---- files that change under an open handle ---- */

static amos_status read_status(const amos_volume *volume, void *buffer, amos_error *err)
{
    return amos_volume_read(volume, NULL, buffer, 2400, err);
}

static char *written(const struct nifti_file *file, const char *name, int gzip)
{
    struct bytes packed = gzip_of(&file->bytes);
    char *path = tmp_write_bytes(name, gzip ? &packed : &file->bytes);
    bytes_free(&packed);
    return path;
}

START_TEST(F13_F14_a_changed_file_is_noticed)
{
    struct nifti_file file = small_file(1), other = small_file(2);
    int gzip = _i & 1;
    char *path = written(&file, gzip ? "changed.nii.gz" : "changed.nii", gzip);
    amos_volume *volume = NULL;
    amos_error err = {0};
    int16_t buffer[1200];
    assert_ok(amos_volume_open(path, NULL, &volume, &err), &err);
    assert_ok(read_status(volume, buffer, &err), &err);
    usleep(20000); /* more than one tick of the file system's clock */
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    int fd = open(path, O_RDWR);
    switch (_i >> 1) {
    case 0:
        ck_assert_int_eq(ftruncate(fd, info.st_size / 2), 0);
        break;
    case 1:
        ck_assert_int_eq(ftruncate(fd, info.st_size + 100), 0);
        break;
    case 2:
        ck_assert_int_eq(ftruncate(fd, 0), 0);
        break;
    default:
        ck_assert_int_eq(pwrite(fd, other.bytes.data + 352, 1000, 400), 1000);
        break; /* same size, other bytes */
    }
    close(fd);
    assert_status(read_status(volume, buffer, &err), AMOS_E_CHANGED, &err);
    assert_sentence(&err, AMOS_E_CHANGED, "changed");
    assert_status(amos_volume_verify(volume, NULL, NULL, &err), AMOS_E_CHANGED, &err);
    amos_volume_free(volume);
    free(path);
    nifti_free(&file);
    nifti_free(&other);
}
END_TEST

/* The handle keeps the file that it opened. */
START_TEST(F15_a_replaced_file_stays_the_old_one)
{
    struct nifti_file file = small_file(1), other = small_file(2);
    int gzip = _i & 1;
    char *path = written(&file, gzip ? "replaced.nii.gz" : "replaced.nii", gzip);
    char *second = written(&other, "replacement", gzip);
    amos_volume *volume = NULL;
    amos_error err = {0};
    assert_ok(amos_volume_open(path, NULL, &volume, &err), &err);
    usleep(20000);
    ck_assert_int_eq(_i >> 1 ? unlink(path) : rename(second, path), 0);
    size_t bytes;
    unsigned char *expected = nifti_host_voxels(&file, &bytes);
    int16_t buffer[1200];
    assert_ok(read_status(volume, buffer, &err), &err);
    ck_assert_mem_eq(buffer, expected, bytes);
    free(expected);
    amos_volume_free(volume);
    free(second);
    free(path);
    nifti_free(&file);
    nifti_free(&other);
}
END_TEST

/* ---- the caller's process is left as it was ---- */

static void *read_on_a_small_stack(void *argument)
{
    const char *path = argument;
    amos_volume *volume = NULL;
    amos_array *array = NULL;
    amos_read_options o = {.size = sizeof o, .type = AMOS_TYPE_FLOAT32, .orientation = "SPL"};
    amos_labelmap *map = NULL;
    amos_error err = {0};
    if (amos_volume_open(path, NULL, &volume, &err) == AMOS_OK && amos_volume_load(volume, &o, &array, &err) == AMOS_OK)
        (void)!amos_labelmap_load(volume, NULL, &map, &err);
    amos_labelmap_free(map);
    amos_array_free(array);
    amos_volume_free(volume);
    return err.status == AMOS_E_LABEL ? argument : NULL; /* it was read, and these voxels are not labels */
}

START_TEST(F21_a_small_stack_is_enough)
{
    struct nifti_file file = small_file(1);
    char *path = written(&file, "stack.nii.gz", 1);
    pthread_attr_t attributes;
    pthread_t thread;
    void *result = NULL;
    pthread_attr_init(&attributes);
    set_small_stack(&attributes);
    ck_assert_int_eq(pthread_create(&thread, &attributes, read_on_a_small_stack, path), 0);
    pthread_join(thread, &result);
    pthread_attr_destroy(&attributes);
    ck_assert_ptr_eq(result, path);
    free(path);
    nifti_free(&file);
}
END_TEST

/* Signals, locale, rounding mode and umask stay unchanged, and none of them affects a voxel. */
START_TEST(F29_F30_the_process_is_left_alone)
{
    struct nifti_spec spec = {
        .ndim = 3, .dim = {20, 10, 6}, .type = AMOS_TYPE_FLOAT64, .slope = 0.1, .inter = 0.3, .seed = 1};
    struct nifti_file file = nifti_make(&spec);
    char *path = written(&file, "alone.nii.gz", 1);
    size_t bytes;
    struct sigaction before[32], after;
    memset(before, 0, sizeof before);
    for (int s = 1; s < 32; s++)
        sigaction(s, NULL, &before[s]);
    ck_assert_int_eq(fesetround(FE_UPWARD), 0);
    umask(0123);
    amos_volume *volume = NULL;
    amos_error err;
    assert_ok(amos_volume_open(path, NULL, &volume, &err), &err);
    free(read_all(volume, AMOS_TYPE_FLOAT32, &bytes));
    amos_volume_free(volume);
    ck_assert_int_eq(fegetround(), FE_UPWARD);
    fesetround(FE_TONEAREST);
    ck_assert_int_eq((int)umask(022), 0123);
    ck_assert_str_eq(setlocale(LC_ALL, NULL), "C");
    for (int s = 1; s < 32; s++) {
        sigaction(s, NULL, &after);
        ck_assert(after.sa_handler == before[s].sa_handler);
    }
    free(path);
    nifti_free(&file);
}
END_TEST

/* F31: with stdout and stderr closed the first descriptors are free, and nothing may be written to them. */
START_TEST(F31_closed_output_does_no_harm)
{
    struct nifti_file file = small_file(1);
    char *path = written(&file, "closed.nii.gz", 1);
    struct bytes before = read_file(path);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        close(1);
        close(2);
        amos_volume *volume = NULL;
        static int16_t buffer[1200];
        int good = amos_volume_open(path, NULL, &volume, NULL) == AMOS_OK &&
                   read_status(volume, buffer, NULL) == AMOS_OK &&
                   amos_volume_open("/nowhere", NULL, &(amos_volume *){NULL}, NULL) == AMOS_E_OPEN;
        amos_volume_free(volume);
        _exit(good ? 0 : 1);
    }
    int result = -1;
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    ck_assert(WIFEXITED(result) && WEXITSTATUS(result) == 0);
    struct bytes after = read_file(path);
    ck_assert_uint_eq(after.size, before.size);
    ck_assert_mem_eq(after.data, before.data, before.size);
    bytes_free(&before);
    bytes_free(&after);
    free(path);
    nifti_free(&file);
}
END_TEST

/* F19: less memory than the volume needs. */
#ifndef SANITIZED
START_TEST(F19_not_enough_memory)
{
    struct nifti_spec spec = {.ndim = 3, .dim = {400, 400, 400}, .type = AMOS_TYPE_FLOAT64};
    unsigned char *zeros = calloc(64000000, 8);
    ck_assert_ptr_nonnull(zeros);
    spec.voxels = zeros;
    struct nifti_file file = nifti_make(&spec); /* 512 MB of zeros */
    struct gzip_member quick = {.level = 1};
    struct bytes packed = {0};
    gzip_add(&packed, file.bytes.data, file.bytes.size, &quick);
    nifti_free(&file);
    free(zeros);
    amos_volume *volume;
    amos_error err = {0};
    assert_ok(amos_volume_open_memory(packed.data, packed.size, NULL, &volume, &err), &err);
    struct rlimit limit = {256u << 20, 256u << 20};
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    amos_array *array = (amos_array *)&limit;
    assert_status(amos_volume_load(volume, NULL, &array, &err), AMOS_E_NOMEM, &err);
    ck_assert_ptr_null(array);
    assert_sentence(&err, AMOS_E_NOMEM, "memory");
    assert_ok(amos_volume_verify(volume, NULL, NULL, &err), &err); /* a tile at a time */
    amos_volume_free(volume);
    bytes_free(&packed);
}
END_TEST
#endif

/* Read-ahead is advice: no kind of file can block it, let it fail or leak a descriptor. */
START_TEST(reading_ahead_takes_any_path)
{
    char *paths[] = {NULL, tmp_path("absent"), tmp_path("pipe"), tmp_path("folder"), tmp_write("file", "x", 1)};
    ck_assert_int_eq(mkfifo(paths[2], 0666), 0);
    ck_assert_int_eq(mkdir(paths[3], 0777), 0);
    int before = dup(0);
    ck_assert_int_ge(before, 0);
    close(before);
    for (int i = 0; i < 5 * 100; i++)
        amos_file_read_ahead(paths[i % 5]);
    int after = dup(0);
    close(after);
    ck_assert_int_eq(after, before);
    for (int i = 0; i < 5; i++)
        free(paths[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("malformed file");
    TCase *opening = add_case(suite, "opening", 10);
    tcase_add_loop_test(opening, F01_a_missing_file_has_no_sibling, 0, 4);
    tcase_add_test(opening, reading_ahead_takes_any_path);
    tcase_add_test(opening, F02_a_directory_is_no_file);
    tcase_add_test(opening, F03_a_pipe_is_no_file);
    tcase_add_loop_test(opening, F04_devices_are_no_files, 0, 4);
    tcase_add_test(opening, F04_a_socket_is_no_file);
    tcase_add_test(opening, F04_a_proc_file_is_empty);
    tcase_add_test(opening, F05_links_that_lead_nowhere);
    tcase_add_loop_test(opening, F06_permission_denied, 0, 2);
    tcase_add_loop_test(opening, F07_names_too_long, 0, 2);
    tcase_add_test(opening, F07_an_empty_name);
    TCase *descriptors = add_case(suite, "descriptors", 10);
    tcase_add_test(descriptors, F08_no_descriptors_left);
    tcase_add_test(descriptors, descriptors_are_closed);
    tcase_add_test(descriptors, descriptors_close_on_exec);
    TCase *changing = add_case(suite, "changing", 10);
    tcase_add_loop_test(changing, F13_F14_a_changed_file_is_noticed, 0, 8);
    tcase_add_loop_test(changing, F15_a_replaced_file_stays_the_old_one, 0, 4);
    TCase *process = add_case(suite, "process", 30);
    tcase_add_test(process, F21_a_small_stack_is_enough);
    tcase_add_test(process, F29_F30_the_process_is_left_alone);
    tcase_add_test(process, F31_closed_output_does_no_harm);
#ifdef SANITIZED
    puts("Skipped: F19_not_enough_memory, as a sanitizer reserves more address space than RLIMIT_AS leaves.");
#else
    if (getenv("AMOS_EMULATOR"))
        puts("Skipped: F19_not_enough_memory, as an emulator does not hold its program to RLIMIT_AS.");
    else
        tcase_add_test(process, F19_not_enough_memory);
#endif
    return run_suite(suite);
}
