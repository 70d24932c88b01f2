/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "export/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <amos/archive.h>

#include "base/system/file.h"
#include "base/text/url.h"
#include "kit/interrupt.h"
#include "kit/message.h"

#define BLOCK ((size_t)1 << 20)

/* ---- names ---- */

static const char *paths_choice(size_t n)
{
    static const char *const names[] = {"absolute", "relative"};
    return n < sizeof names / sizeof names[0] ? names[n] : NULL;
}

static bool parse_paths(const struct args_option *option, const char *text, void *value, char *why, size_t bytes)
{
    (void)option;
    for (size_t n = 0; paths_choice(n); n++) {
        if (strcmp(text, paths_choice(n)) == 0) {
            *(enum export_paths *)value = (enum export_paths)n;
            return true;
        }
    }
    return args_refuse_choice(paths_choice, why, bytes);
}

const struct args_type args_paths = {.parse = parse_paths, .choice = paths_choice};

/* The length of the folders that both paths begin with, up to a slash. */
static size_t common_length(const char *folder, const char *file)
{
    size_t at = 0, slash = 0;
    while (folder[at] && folder[at] == file[at]) {
        if (folder[at] == '/')
            slash = at + 1;
        at++;
    }
    return !folder[at] && file[at] == '/' ? at + 1 : slash;
}

char *export_path_from(const char *folder, const char *file, enum export_paths paths)
{
    size_t same = common_length(folder, file), up = 0;
    const char *rest = folder + (same <= strlen(folder) ? same : strlen(folder));
    for (const char *at = rest; *at; at++)
        up += at == rest || (*at == '/' && at[1]);
    char *text = malloc(3 * up + strlen(file) + 1), *to = text;
    if (!text) {
        cli_error("Memory ran out.");
        return NULL;
    }
    for (size_t i = 0; paths == EXPORT_RELATIVE && i < up; i++, to += 3)
        memcpy(to, "../", 3);
    strcpy(to, paths == EXPORT_RELATIVE ? file + same : file);
    return text;
}

/* ---- copies ---- */

static bool fail(const char *path, const char *what)
{
    cli_error("%s: The file cannot be %s: %s.", path, what, strerror(errno));
    return false;
}

static bool copy_bytes(int from, int to, const char *file, const char *path)
{
    char *block = malloc(BLOCK);
    ssize_t got = block ? 1 : -1;
    while (got > 0) {
        if (interrupt_pending())
            break;
        do
            got = read(from, block, BLOCK);
        while (got < 0 && errno == EINTR);
        if (got > 0 && !amosi_file_write(to, block, (size_t)got)) {
            free(block);
            return fail(path, "written");
        }
    }
    free(block);
    return got == 0 || (got < 0 && fail(file, "read"));
}

struct unpacking {
    const char *path;
    int to;
    bool failed; /* by writing, which is reported */
};

static amos_status take_member(void *user, const void *bytes, size_t count)
{
    struct unpacking *unpacking = user;
    if (amosi_file_write(unpacking->to, bytes, count))
        return AMOS_OK;
    unpacking->failed = true;
    (void)fail(unpacking->path, "written");
    return AMOS_E_IO;
}

/* A member of an archive: its bytes, after they were compared with their CRC-32. */
static bool copy_member(const char *file, const char *path)
{
    struct unpacking unpacking = {path, amosi_file_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL, 0666), false};
    amos_error err;
    if (unpacking.to < 0)
        return fail(path, "made");
    const amos_status status = amos_archive_unpack(file, NULL, take_member, &unpacking, &err);
    if (status && !unpacking.failed)
        cli_error_of(&err);
    const bool good = !status && (amosi_file_sync(unpacking.to) || fail(path, "written"));
    close(unpacking.to);
    return good;
}

static bool copy_file(const char *file, const char *path)
{
    int from = amosi_is_url(file) ? -1 : amosi_file_open(AT_FDCWD, file, O_RDONLY, 0), to = -1;
    if (from < 0 && (amosi_is_url(file) || errno == ENOTDIR))
        return copy_member(file, path);
    if (from < 0)
        return fail(file, "opened");
    bool good = (to = amosi_file_open(AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL, 0666)) >= 0 || fail(path, "made");
    good = good && copy_bytes(from, to, file, path) && (amosi_file_sync(to) || fail(path, "written"));
    if (to >= 0)
        close(to);
    close(from);
    return good;
}

/* ---- links ---- */

static bool link_hard(const char *file, const char *path)
{
    if (linkat(AT_FDCWD, file, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0)
        return true;
    cli_error("%s: No hard link to %s can be made: %s; use --copy, or --symlink.", path, file, strerror(errno));
    return false;
}

static bool link_soft(const char *file, const char *path, const char *folder, enum export_paths paths)
{
    char *to = export_path_from(folder, file, paths);
    bool good = to && (symlink(to, path) == 0 || fail(path, "linked"));
    free(to);
    return good;
}

bool export_put(const char *file, const char *path, const char *folder, enum export_way way, enum export_paths paths)
{
    return way == EXPORT_COPY       ? copy_file(file, path)
           : way == EXPORT_HARDLINK ? link_hard(file, path)
                                    : link_soft(file, path, folder, paths);
}
