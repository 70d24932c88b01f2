/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "kit/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/interrupt.h"
#include "kit/message.h"
#include "base/system/file.h"

struct outfile {
    struct amosi_whole_file file; /* temporary NULL: written directly */
    int slot;                     /* of interrupt.h; -1 if there is no temporary file */
    char *name;                   /* as the caller gave it, for messages */
};

static void report_failure(const struct outfile *out, const char *what)
{
    cli_error("%s: The file cannot be %s: %s.", out->name, what, strerror(errno));
}

/* No signal is delivered between creating the temporary file and noting it. A file that cannot be noted is removed. */
static bool open_whole(struct outfile *out, const char *path)
{
    sigset_t before;
    out->file.notify = interrupt_watch;
    out->file.user = &out->slot;
    interrupt_hold(&before);
    bool good = amosi_whole_file_open(&out->file, path);
    int error = good && out->slot < 0 ? ENAMETOOLONG : errno;
    interrupt_release(&before);
    errno = error;
    return good && out->slot >= 0;
}

static bool open_stdout(struct outfile *out)
{
    cli_flush();
    out->file.fd = dup(STDOUT_FILENO);
    return out->file.fd >= 0;
}

/* A device or pipe is written directly. */
static bool open_target(struct outfile *out, const char *path)
{
    switch (amosi_place_at(path)) {
    case AMOSI_PLACE_FOLDER:
        errno = EISDIR;
        return false;
    case AMOSI_PLACE_OTHER:
        out->file.fd = amosi_file_open(AT_FDCWD, path, O_WRONLY | O_NOCTTY, 0);
        return out->file.fd >= 0;
    default:
        return open_whole(out, path);
    }
}

static void release_outfile(struct outfile *out)
{
    amosi_whole_file_close(&out->file);
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
    out->file.fd = -1;
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
    bool good = amosi_file_write(out->file.fd, data, bytes);
    if (!good)
        report_failure(out, "written");
    return good;
}

int outfile_descriptor(const struct outfile *out)
{
    return out->file.fd;
}

/* For a device or pipe, only closing can fail. */
static bool keep_file(struct outfile *out)
{
    if (out->file.temporary)
        return amosi_whole_file_keep(&out->file);
    int fd = out->file.fd;
    out->file.fd = -1;
    return close(fd) == 0 || errno == EINTR;
}

bool outfile_finish(struct outfile *out, bool keep)
{
    if (!out)
        return false;
    bool good = keep && keep_file(out);
    if (keep && !good)
        report_failure(out, "written");
    release_outfile(out);
    return good;
}
