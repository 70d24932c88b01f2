/* SPDX-License-Identifier: BSD-3-Clause */
/* A folder of cached cases on a bad file server, played by this program's own system calls: no locks, files of others
 * that are seen late, handles that go stale, and answers to link() that are lost. Many processes build and read it. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/make/cache.h"
#include "support/main.h"
#include "support/tmp.h"

#ifdef AMOS_HAVE_LZ4

/* ---- the file server ---- */

/* What goes wrong, for all processes. The counts say how often it did. */
struct server {
    bool is_bad;
    atomic_int locks, unseen, stale, lost; /* refused, ENOENT, ESTALE, EEXIST for a link that was made */
    atomic_int calls;
    atomic_int built, kept, failed, read, missing, wrong; /* what the processes of a test report */
};

static struct server *server;

#define SEEN __attribute__((visibility("default")))
#define NEXT(name, type, ...) \
    static type (*next)(__VA_ARGS__); \
    if (!next) { \
        void *found = dlsym(RTLD_NEXT, name); \
        memcpy(&next, &found, sizeof found); \
    }

static bool is_bad(void)
{
    return server && server->is_bad;
}

/* Every nth call, counted over all processes. */
static bool strikes(int nth)
{
    return atomic_fetch_add(&server->calls, 1) % nth == nth - 1;
}

static bool is_entry(const char *path)
{
    size_t length = strlen(path);
    return length > 9 && strcmp(path + length - 9, ".zarr.zip") == 0;
}

/* For a fifth of a second after it was written, an entry is there or is not. */
static bool is_unseen(int folder, const char *path)
{
    NEXT("fstatat", int, int, const char *, struct stat *, int);
    struct stat state;
    struct timespec now;
    if (!is_bad() || !is_entry(path) || next(folder, path, &state, 0) != 0)
        return false;
    clock_gettime(CLOCK_REALTIME, &now);
    double age = (double)(now.tv_sec - state.st_mtim.tv_sec) + 1e-9 * (double)(now.tv_nsec - state.st_mtim.tv_nsec);
    if (age > 0.2 || strikes(4))
        return false;
    atomic_fetch_add(&server->unseen, 1);
    errno = ENOENT;
    return true;
}

SEEN int flock(int fd, int operation)
{
    NEXT("flock", int, int, int);
    if (!is_bad())
        return next(fd, operation);
    atomic_fetch_add(&server->locks, 1);
    errno = ENOLCK;
    return -1;
}

SEEN int openat(int folder, const char *path, int flags, ...)
{
    NEXT("openat", int, int, const char *, int, ...);
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & O_CREAT ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (is_unseen(folder, path))
        return -1;
    if (is_bad() && is_entry(path) && strikes(5)) {
        atomic_fetch_add(&server->stale, 1);
        errno = ESTALE;
        return -1;
    }
    return next(folder, path, flags, mode);
}

SEEN int fstatat(int folder, const char *restrict path, struct stat *restrict state, int flags)
{
    NEXT("fstatat", int, int, const char *, struct stat *, int);
    return is_unseen(folder, path) ? -1 : next(folder, path, state, flags);
}

SEEN ssize_t pread(int fd, void *buffer, size_t bytes, off_t offset)
{
    NEXT("pread", ssize_t, int, void *, size_t, off_t);
    if (is_bad() && strikes(50)) {
        atomic_fetch_add(&server->stale, 1);
        errno = ESTALE;
        return -1;
    }
    return next(fd, buffer, bytes, offset);
}

SEEN int linkat(int from_folder, const char *from, int folder, const char *path, int flags)
{
    NEXT("linkat", int, int, const char *, int, const char *, int);
    int result = next(from_folder, from, folder, path, flags);
    if (result == 0 && is_bad() && strikes(3)) {
        atomic_fetch_add(&server->lost, 1);
        errno = EEXIST;
        return -1;
    }
    return result;
}

/* ---- building and reading ---- */

#define CASES 6
#define PROCESSES 5

static amos_status note_outcome(void *user, const amos_case *c, amos_cache_outcome outcome, amos_status status,
                                const amos_error *err)
{
    (void)user;
    (void)c;
    if (status)
        fprintf(stderr, "a process that built: %s\n", err->message);
    atomic_fetch_add(status ? &server->failed : outcome == AMOS_CACHE_BUILT ? &server->built : &server->kept, 1);
    return AMOS_OK;
}

static void read_one(const amos_cache *cache, const amos_case *c)
{
    amos_cache_entry *entry = NULL;
    amos_error err;
    amos_status status = amos_cache_entry_open(cache, c, &entry, &err);
    if (!status)
        status = amos_cache_entry_verify(entry, &err);
    amos_cache_entry_free(entry);
    bool passes =
        (status == AMOS_E_OPEN || status == AMOS_E_IO) && (err.sys_errno == ENOENT || err.sys_errno == ESTALE);
    if (status && !passes)
        fprintf(stderr, "a process that read: %s\n", err.message);
    atomic_fetch_add(!status ? &server->read : passes ? &server->missing : &server->wrong, 1);
}

/* Builds, and reads what the others build meanwhile. */
static int work(const amos_dataset *dataset, const char *folder)
{
    amos_cache_options options = body_options();
    const amos_cache_build_options build = {.size = sizeof build, .threads = 1, .built = note_outcome};
    amos_cache *cache = NULL;
    if (amos_cache_open(folder, &options, &cache, NULL) || amos_cache_build(cache, dataset, &build, NULL))
        return 1;
    for (int round = 0; round < 10; round++)
        for (size_t i = 0; i < CASES; i++)
            read_one(cache, amos_dataset_get(dataset, i));
    amos_cache_free(cache);
    return 0;
}

static int files_in(const char *folder)
{
    int found = 0;
    DIR *directory = opendir(folder);
    for (const struct dirent *d; directory && (d = readdir(directory)) != NULL;)
        found += d->d_name[0] != '.';
    if (directory)
        closedir(directory);
    return found;
}

START_TEST(C16_many_processes_build_on_a_bad_file_server)
{
    char name[32], *folder;
    pid_t children[PROCESSES];
    snprintf(name, sizeof name, "network-%d", _i);
    for (int number = 1; number <= CASES; number++)
        body_write(name, number);
    amos_dataset *dataset = cache_tree_open(name);
    snprintf(name, sizeof name, "network-%d-cache", _i);
    folder = tmp_path(name);
    server = mmap(NULL, sizeof *server, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(server != MAP_FAILED);
    server->is_bad = true;
    for (int n = 0; n < PROCESSES; n++) {
        children[n] = fork();
        ck_assert_int_ge(children[n], 0);
        if (children[n] == 0)
            _exit(work(dataset, folder));
    }
    for (int n = 0; n < PROCESSES; n++) {
        int status;
        ck_assert_int_eq(waitpid(children[n], &status, 0), children[n]);
        ck_assert_int_eq(status, 0);
    }
    server->is_bad = false;
    printf("%d locks refused, %d files unseen, %d handles stale, %d answers lost; %d entries built, %d kept, %d read "
           "whole, "
           "%d not there or stale.\n",
           server->locks, server->unseen, server->stale, server->lost, server->built, server->kept, server->read,
           server->missing);
    ck_assert_int_eq(server->failed, 0);
    ck_assert_int_eq(server->wrong, 0);     /* never a half entry */
    ck_assert_int_eq(server->built, CASES); /* never two winners */
    ck_assert_int_eq(server->kept, (PROCESSES - 1) * CASES);
    ck_assert_int_gt(server->read, CASES * PROCESSES);
    ck_assert(server->locks && server->unseen && server->stale && server->lost);
    ck_assert_int_eq(files_in(folder), CASES);
    munmap(server, sizeof *server);
    server = NULL;
    free(folder);
    amos_dataset_free(dataset);
}
END_TEST

/* A folder of copies needs locks, and says so. */
START_TEST(C16_staging_needs_locks)
{
    char *scratch = tmp_path("lockless-scratch");
    amos_cache_options options = body_options();
    struct body_opened o = body_open("lockless", &options);
    amos_cache *cache = NULL;
    amos_error err;
    options.upstream = amos_cache_folder(o.cache);
    assert_ok(amos_cache_open(scratch, &options, &cache, &err), &err);
    server = mmap(NULL, sizeof *server, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(server != MAP_FAILED);
    nanosleep(&(struct timespec){0, 300000000}, NULL); /* the entry is seen by now */
    server->is_bad = true;
    assert_status(amos_cache_stage_case(cache, o.c, NULL, &err), AMOS_E_IO, &err);
    server->is_bad = false;
    assert_sentence(&err, AMOS_E_IO, "locks");
    ck_assert_ptr_nonnull(strstr(err.message, "flock()"));
    amos_cache_free(cache);
    body_close(&o);
    free(scratch);
}
END_TEST

static void add_tests(Suite *suite)
{
    TCase *network = add_case(suite, "network", 60);
    tcase_add_loop_test(network, C16_many_processes_build_on_a_bad_file_server, 0, 4);
    tcase_add_test(network, C16_staging_needs_locks);
}

#else

START_TEST(nothing_is_cached_without_lz4)
{
    amos_cache *cache;
    amos_error err;
    assert_status(amos_cache_open("x", NULL, &cache, &err), AMOS_E_UNSUPPORTED, &err);
}
END_TEST

static void add_tests(Suite *suite)
{
    tcase_add_test(add_case(suite, "absent", 10), nothing_is_cached_without_lz4);
}

#endif

int main(void)
{
    Suite *suite = suite_create("network folder");
    add_tests(suite);
    return run_suite(suite);
}
