/* SPDX-License-Identifier: BSD-3-Clause */
/* Both families of functions, with off_t and with off64_t, are defined below; callers use the one they were built
 * for. */
#undef _FILE_OFFSET_BITS
#undef _TIME_BITS
/* The definitions below are those of the C library's own names, which fortified headers define as well. */
#undef _FORTIFY_SOURCE
#define _GNU_SOURCE
#include "faults/interpose.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The symbols must be seen from outside although everything is compiled with -fvisibility=hidden. */
#define SEEN __attribute__((visibility("default")))

static atomic_int armed = FAULT_KINDS, fault_nth, fault_code, fault_mode, calls, injected;

const char *fault_name(enum fault_kind kind)
{
    static const char *const names[FAULT_KINDS] = {
        [FAULT_OPEN] = "open",       [FAULT_READ] = "read",
        [FAULT_PREAD] = "pread",     [FAULT_FSTAT] = "fstat",
        [FAULT_STAT] = "stat",       [FAULT_FOLDER] = "fdopendir",
        [FAULT_READDIR] = "readdir", [FAULT_REALPATH] = "realpath",
        [FAULT_CLOSE] = "close",     [FAULT_WRITE] = "write",
        [FAULT_FSYNC] = "fsync",     [FAULT_RENAME] = "rename",
        [FAULT_MKDIR] = "mkdir",     [FAULT_THREAD] = "pthread_create",
    };
    return names[kind];
}

void fault_arm(enum fault_kind kind, int nth, int code, enum fault_mode mode)
{
    atomic_store(&fault_nth, nth);
    atomic_store(&fault_code, code);
    atomic_store(&fault_mode, mode);
    atomic_store(&calls, 0);
    atomic_store(&injected, 0);
    atomic_store(&armed, kind);
}

int fault_disarm(void)
{
    atomic_store(&armed, FAULT_KINDS);
    return atomic_load(&injected);
}

int fault_calls(void)
{
    return atomic_load(&calls);
}

/* ---- orders from the environment ---- */

__attribute__((constructor)) static void take_orders(void)
{
    const char *orders = getenv("AMOS_FAULT");
    int kind, nth, code, mode;
    if (orders && sscanf(orders, "%d %d %d %d", &kind, &nth, &code, &mode) == 4)
        fault_arm((enum fault_kind)kind, nth, code, (enum fault_mode)mode);
}

__attribute__((destructor)) static void report(void)
{
    const char *path = getenv("AMOS_FAULT_REPORT");
    int sum = fault_disarm();
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file) {
        fprintf(file, "%d %d\n", fault_calls(), sum);
        fclose(file);
    }
}

/* ---- does this call fail? ---- */

static bool strikes(enum fault_kind kind)
{
    if (atomic_load(&armed) != (int)kind)
        return false;
    int call = atomic_fetch_add(&calls, 1) + 1, nth = atomic_load(&fault_nth), mode = atomic_load(&fault_mode);
    int last = mode == FAULT_FROM_THEN_ON ? call : mode == FAULT_FOUR_TIMES ? nth + 3 : nth;
    bool now = mode != FAULT_COUNT && call >= nth && call <= last;
    if (now)
        atomic_fetch_add(&injected, 1);
    if (now && mode == FAULT_SIGNAL)
        raise(atomic_load(&fault_code));
    return now && mode != FAULT_SIGNAL;
}

static bool fails(enum fault_kind kind)
{
    if (!strikes(kind))
        return false;
    errno = atomic_load(&fault_code);
    return true;
}

/* The number of bytes that a read may return; -1 with errno if it fails. */
static ssize_t allowed(enum fault_kind kind, size_t bytes)
{
    if (!strikes(kind))
        return (ssize_t)bytes;
    int code = atomic_load(&fault_code);
    if (code <= 0)
        return bytes < (size_t)-code ? (ssize_t)bytes : -code;
    errno = code;
    return -1;
}

static void look_up(void *function, const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(function, &found, sizeof found);
}

/* Declares `next`, the function that would be called without this file. */
#define NEXT(name, type, ...) \
    static type (*next)(__VA_ARGS__); \
    if (!next) \
    look_up(&next, name)

/* MemorySanitizer recognises by name what libc's functions write; here these names are ours. */
#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define WRITTEN(memory, bytes) __msan_unpoison(memory, bytes)
#define WRITTEN_TEXT(text) __msan_unpoison_string(text)
#endif
#endif
#ifndef WRITTEN
#define WRITTEN(memory, bytes) ((void)(memory), (void)(bytes))
#define WRITTEN_TEXT(text) ((void)(text))
#endif

/* ---- the functions that the library and the command call ---- */

static mode_t mode_of(int flags, va_list more)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
}

#define OPEN(name) \
    SEEN int name(const char *path, int flags, ...) \
    { \
        NEXT(#name, int, const char *, int, ...); \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = mode_of(flags, more); \
        va_end(more); \
        return fails(FAULT_OPEN) ? -1 : next(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    SEEN int name(int folder, const char *path, int flags, ...) \
    { \
        NEXT(#name, int, int, const char *, int, ...); \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = mode_of(flags, more); \
        va_end(more); \
        return fails(FAULT_OPEN) ? -1 : next(folder, path, flags, mode); \
    }
OPENAT(openat)
OPENAT(openat64)

SEEN ssize_t read(int fd, void *buffer, size_t bytes)
{
    NEXT("read", ssize_t, int, void *, size_t);
    ssize_t most = allowed(FAULT_READ, bytes), n = most < 0 ? -1 : next(fd, buffer, (size_t)most);
    if (n > 0)
        WRITTEN(buffer, (size_t)n);
    return n;
}

#define PREAD(name, offset_type) \
    SEEN ssize_t name(int fd, void *buffer, size_t bytes, offset_type offset) \
    { \
        NEXT(#name, ssize_t, int, void *, size_t, offset_type); \
        ssize_t most = allowed(FAULT_PREAD, bytes), n = most < 0 ? -1 : next(fd, buffer, (size_t)most, offset); \
        if (n > 0) \
            WRITTEN(buffer, (size_t)n); \
        return n; \
    }
PREAD(pread, off_t)
PREAD(pread64, off64_t)

#define STAT(name, kind, file_type, stat_type) \
    SEEN int name(file_type file, stat_type *out) \
    { \
        NEXT(#name, int, file_type, stat_type *); \
        int code = fails(kind) ? -1 : next(file, out); \
        if (code == 0) \
            WRITTEN(out, sizeof *out); \
        return code; \
    }
STAT(fstat, FAULT_FSTAT, int, struct stat)
STAT(fstat64, FAULT_FSTAT, int, struct stat64)
STAT(stat, FAULT_STAT, const char *, struct stat)
STAT(stat64, FAULT_STAT, const char *, struct stat64)
STAT(lstat, FAULT_STAT, const char *, struct stat)
STAT(lstat64, FAULT_STAT, const char *, struct stat64)

SEEN DIR *fdopendir(int fd)
{
    NEXT("fdopendir", DIR *, int);
    return fails(FAULT_FOLDER) ? NULL : next(fd);
}

SEEN DIR *opendir(const char *path)
{
    NEXT("opendir", DIR *, const char *);
    return fails(FAULT_FOLDER) ? NULL : next(path);
}

#define READDIR(name, entry) \
    SEEN entry *name(DIR *folder) \
    { \
        NEXT(#name, entry *, DIR *); \
        entry *found = fails(FAULT_READDIR) ? NULL : next(folder); \
        if (found) \
            WRITTEN(found, sizeof *found); \
        return found; \
    }
READDIR(readdir, struct dirent)
READDIR(readdir64, struct dirent64)

SEEN char *realpath(const char *restrict path, char *restrict out)
{
    NEXT("realpath", char *, const char *, char *);
    char *found = fails(FAULT_REALPATH) ? NULL : next(path, out);
    if (found)
        WRITTEN_TEXT(found);
    return found;
}

/* What _FORTIFY_SOURCE makes of a call with a buffer of known size. */
SEEN char *__realpath_chk(const char *path, char *out, size_t room); /* NOLINT(bugprone-reserved-identifier) */
SEEN char *__realpath_chk(const char *path, char *out, size_t room)  /* NOLINT(bugprone-reserved-identifier) */
{
    (void)room;
    return realpath(path, out);
}

SEEN int close(int fd)
{
    NEXT("close", int, int);
    int code = next(fd);
    return fails(FAULT_CLOSE) ? -1 : code;
}

SEEN ssize_t write(int fd, const void *data, size_t bytes)
{
    NEXT("write", ssize_t, int, const void *, size_t);
    ssize_t most = allowed(FAULT_WRITE, bytes);
    return most < 0 ? -1 : next(fd, data, (size_t)most);
}

/* Does not really sync: no test cuts the power, and disks are slow. */
SEEN int fsync(int fd)
{
    (void)fd;
    return fails(FAULT_FSYNC) ? -1 : 0;
}

/* Does not wait before the library tries a failed call again. */
SEEN int nanosleep(const struct timespec *time, struct timespec *left)
{
    NEXT("nanosleep", int, const struct timespec *, struct timespec *);
    return atomic_load(&injected) ? 0 : next(time, left);
}

SEEN int rename(const char *from, const char *to)
{
    NEXT("rename", int, const char *, const char *);
    return fails(FAULT_RENAME) ? -1 : next(from, to);
}

SEEN int mkdir(const char *path, mode_t mode)
{
    NEXT("mkdir", int, const char *, mode_t);
    return fails(FAULT_MKDIR) ? -1 : next(path, mode);
}

SEEN int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict attributes, void *(*start)(void *),
                        void *restrict argument)
{
    NEXT("pthread_create", int, pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    return strikes(FAULT_THREAD) ? atomic_load(&fault_code) : next(thread, attributes, start, argument);
}
