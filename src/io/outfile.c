#define _XOPEN_SOURCE 700
#include "io/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/fail.h"

#define NAME_TRIES 100
#define NAME_FORMAT ".amos-%016llx.tmp"
#define NAME_BYTES 32

static unsigned long long unique_number(void)
{
    static atomic_uint counter;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t mixed = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    mixed ^= (uint64_t)getpid() << 32;
    mixed += atomic_fetch_add(&counter, 1) * 0x9e3779b97f4a7c15u;
    return mixed;
}

static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

static int open_retrying(const char *path)
{
    int fd;
    do {
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

static void tell(const struct amosi_outfile *out, const char *path)
{
    if (out->tell)
        out->tell(out->tell_user, path);
}

/* The name alone is not longer than any file system allows. It is told before the file exists, so that no signal can
 * come between. */
static amos_status open_temporary(struct amosi_outfile *out, amos_error *err)
{
    size_t folder = folder_length(out->target);
    out->temporary = amosi_alloc(folder + NAME_BYTES);
    if (!out->temporary)
        return amosi_fail_nomem(err, out->name);
    memcpy(out->temporary, out->target, folder);
    for (int i = 0; i < NAME_TRIES && out->fd < 0; i++) {
        snprintf(out->temporary + folder, NAME_BYTES, NAME_FORMAT, unique_number());
        tell(out, out->temporary);
        out->fd = open_retrying(out->temporary);
        int code = errno;
        if (out->fd < 0)
            tell(out, NULL);
        errno = code;
        if (out->fd < 0 && errno != EEXIST)
            break;
    }
    if (out->fd >= 0)
        return AMOS_OK;
    amos_status status = amosi_fail_errno(err, AMOS_E_OPEN, out->name, errno, "the file cannot be opened for writing");
    amosi_free(out->temporary);
    out->temporary = NULL;
    return status;
}

/* A device or pipe must not be replaced by a file. */
static amos_status find_target(struct amosi_outfile *out, const char *path, struct stat *old, bool *exists,
                               amos_error *err)
{
    char real[PATH_MAX];
    *exists = stat(path, old) == 0;
    if (*exists && !S_ISREG(old->st_mode))
        return amosi_fail(err, AMOS_E_NOTREG, path, "there is a %s of this name; it cannot be replaced by a file.",
                          S_ISDIR(old->st_mode) ? "directory" : "device, pipe or socket");
    if (*exists && !realpath(path, real))
        return amosi_fail_errno(err, AMOS_E_OPEN, path, errno, "where the path leads cannot be found out");
    out->target = amosi_strdup(*exists ? real : path);
    return out->target ? AMOS_OK : amosi_fail_nomem(err, path);
}

amos_status amosi_outfile_open(struct amosi_outfile *out, const char *path, amos_error *err)
{
    struct stat old;
    bool exists;
    out->fd = -1;
    out->name = amosi_strdup(path);
    if (!out->name)
        return amosi_fail_nomem(err, path);
    amos_status status = find_target(out, path, &old, &exists, err);
    if (!status)
        status = open_temporary(out, err);
    if (!status && exists)
        (void)fchmod(out->fd, old.st_mode & 0777); /* not all file systems know permissions */
    return status;
}

static amos_status fail(const struct amosi_outfile *out, amos_error *err)
{
    return amosi_fail_errno(err, AMOS_E_IO, out->name, errno, "the file cannot be written");
}

amos_status amosi_outfile_write(struct amosi_outfile *out, const void *data, size_t bytes, amos_error *err)
{
    const char *at = data;
    while (bytes > 0) {
        ssize_t written = write(out->fd, at, bytes);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return fail(out, err);
        at += written;
        bytes -= (size_t)written;
    }
    return AMOS_OK;
}

/* After fsync() nothing is left that close() could report. */
amos_status amosi_outfile_keep(struct amosi_outfile *out, amos_error *err)
{
    int failed;
    do {
        failed = fsync(out->fd);
    } while (failed && errno == EINTR);
    if (failed || rename(out->temporary, out->target) != 0)
        return fail(out, err);
    tell(out, NULL);
    amosi_free(out->temporary);
    out->temporary = NULL;
    return AMOS_OK;
}

void amosi_outfile_close(struct amosi_outfile *out)
{
    if (out->fd >= 0)
        (void)close(out->fd);
    if (out->temporary) {
        (void)unlink(out->temporary);
        tell(out, NULL);
    }
    amosi_free(out->temporary);
    amosi_free(out->target);
    amosi_free(out->name);
}
