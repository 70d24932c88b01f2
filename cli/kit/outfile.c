#define _XOPEN_SOURCE 700
#include "kit/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "kit/interrupt.h"
#include "kit/message.h"

#define NAME_TRIES 100
#define NAME_FORMAT ".amos-%016llx.tmp"
#define NAME_BYTES 32

struct outfile {
    int fd;
    int slot;        /* of interrupt.h; -1 where there is no temporary file */
    char *name;      /* as the caller gave it, for messages */
    char *target;    /* where it goes; symbolic links resolved */
    char *temporary; /* NULL where the target is written directly */
};

static void report_failure(const struct outfile *out, const char *what)
{
    cli_error("%s: The file cannot be %s: %s.", out->name, what, strerror(errno));
}

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

/* The folder of the target with a name of its own; the name alone is not longer than any file system allows. */
static char *temporary_name(const char *target)
{
    const char *slash = strrchr(target, '/');
    size_t folder = slash ? (size_t)(slash - target) + 1 : 0;
    char *name = malloc(folder + NAME_BYTES);
    if (name) {
        memcpy(name, target, folder);
        snprintf(name + folder, NAME_BYTES, NAME_FORMAT, unique_number());
    }
    return name;
}

static int open_retrying(const char *path, int flags)
{
    int fd;
    do {
        fd = open(path, flags | O_CLOEXEC, 0666);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

static int create_noted(struct outfile *out)
{
    sigset_t before;
    interrupt_hold(&before);
    out->slot = interrupt_add_file(out->temporary);
    if (out->slot < 0)
        errno = ENAMETOOLONG;
    int fd = out->slot < 0 ? -1 : open_retrying(out->temporary, O_WRONLY | O_CREAT | O_EXCL);
    int error = errno;
    interrupt_release(&before);
    errno = error;
    return fd;
}

static bool open_temporary(struct outfile *out)
{
    for (int i = 0; i < NAME_TRIES; i++) {
        free(out->temporary);
        out->temporary = temporary_name(out->target);
        if (!out->temporary) {
            errno = ENOMEM;
            return false;
        }
        out->fd = create_noted(out);
        if (out->fd >= 0)
            return true;
        interrupt_forget_file(out->slot);
        out->slot = -1; /* it may be another thread's by the time of release_outfile() */
        if (errno != EEXIST)
            return false;
    }
    return false;
}

static bool open_stdout(struct outfile *out)
{
    cli_flush();
    out->fd = dup(STDOUT_FILENO);
    return out->fd >= 0;
}

/* A device or pipe must not be replaced by a file; a file keeps its permissions, and a link stays a link. */
static bool open_target(struct outfile *out, const char *path)
{
    struct stat old;
    bool exists = stat(path, &old) == 0;
    if (exists && S_ISDIR(old.st_mode)) {
        errno = EISDIR;
        return false;
    }
    out->target = exists ? realpath(path, NULL) : strdup(path);
    if (!out->target)
        return false;
    if (exists && !S_ISREG(old.st_mode)) {
        out->fd = open_retrying(out->target, O_WRONLY | O_NOCTTY);
        return out->fd >= 0;
    }
    if (!open_temporary(out))
        return false;
    if (exists)
        (void)fchmod(out->fd, old.st_mode & 0777); /* not all file systems know permissions */
    return true;
}

static void release_outfile(struct outfile *out)
{
    interrupt_forget_file(out->slot);
    free(out->temporary);
    free(out->target);
    free(out->name);
    free(out);
}

struct outfile *outfile_open(const char *path)
{
    struct outfile *out = calloc(1, sizeof *out);
    if (!out || !(out->name = strdup(strcmp(path, "-") ? path : "standard output"))) {
        free(out);
        cli_error("Memory ran out.");
        return NULL;
    }
    out->fd = -1;
    out->slot = -1;
    if (!(strcmp(path, "-") ? open_target(out, path) : open_stdout(out))) {
        report_failure(out, "opened for writing");
        release_outfile(out);
        return NULL;
    }
    return out;
}

bool outfile_write(struct outfile *out, const void *data, size_t bytes)
{
    const char *at = data;
    while (bytes > 0) {
        ssize_t written = write(out->fd, at, bytes);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            report_failure(out, "written");
            return false;
        }
        at += written;
        bytes -= (size_t)written;
    }
    return true;
}

/* Devices and pipes have nothing to synchronise. */
static bool synchronise(const struct outfile *out)
{
    if (!out->temporary)
        return true;
    int failed;
    do {
        failed = fsync(out->fd);
    } while (failed && errno == EINTR);
    return !failed;
}

bool outfile_finish(struct outfile *out, bool keep)
{
    if (!out)
        return false;
    bool good = keep && synchronise(out);
    bool closed = close(out->fd) == 0 || errno == EINTR;
    if (keep && !(good = good && closed && (!out->temporary || rename(out->temporary, out->target) == 0)))
        report_failure(out, "written");
    if (out->temporary && !good)
        unlink(out->temporary);
    release_outfile(out);
    return good;
}
