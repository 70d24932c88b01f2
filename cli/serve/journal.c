/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "serve/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error/fail.h"
#include "kit/json.h"
#include "kit/message.h"

enum { LONGEST_LINE = 1 << 20 };

/* ---- a verdict as text ---- */

static cJSON *entry_to_json(const amos_verdict_entry *entry, const char *time)
{
    cJSON *object = cJSON_CreateObject();
    json_put_text(object, "case", entry->case_id);
    json_put_text(object, "verdict", amos_verdict_name(entry->verdict));
    json_put_text(object, "organ", entry->organ);
    json_put_text(object, "text", entry->text);
    if (entry->has_voxel)
        json_put_integers(object, "voxel", entry->voxel, 3);
    else
        json_put_null(object, "voxel");
    if (entry->has_mm)
        json_put_numbers(object, "mm", entry->mm, 3);
    else
        json_put_null(object, "mm");
    json_put_text(object, "time", time);
    return object;
}

static const char *present_time(char text[32])
{
    struct tm parts;
    time_t seconds = time(NULL);
    if (!gmtime_r(&seconds, &parts) || strftime(text, 32, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        text[0] = '\0';
    return text;
}

/* With a newline; from malloc(). */
static char *line_of(const amos_verdict_entry *entry, size_t *length)
{
    char now[32];
    cJSON *object = entry_to_json(entry, *entry->time ? entry->time : present_time(now));
    char *text = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    *length = text ? strlen(text) + 1 : 0;
    char *line = text ? malloc(*length) : NULL;
    if (line) {
        memcpy(line, text, *length - 1);
        line[*length - 1] = '\n';
    }
    cJSON_free(text);
    return line;
}

/* ---- the file ---- */

static amos_status fail(amos_error *err, amos_status status, const char *path, const char *what)
{
    return amosi_fail_errno(err, status, path, errno, "The verdict cannot be %s", what);
}

static void sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(folder);
}

/* Opens the file with its lock; a new one is in its folder for good before the first verdict is. */
static int open_locked(const char *path)
{
    bool is_new = access(path, F_OK) != 0;
    int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (fd >= 0 && flock(fd, LOCK_EX) != 0) {
        int kept = errno;
        close(fd);
        errno = kept;
        return -1;
    }
    if (fd >= 0 && is_new)
        sync_folder(path);
    return fd;
}

/* Whether the bytes from `start` to the end are a whole verdict that only lacks its newline. */
static bool is_whole(int fd, off_t start, off_t end)
{
    amos_verdicts *verdicts = NULL;
    size_t bytes = (size_t)(end - start);
    char *text = malloc(bytes + 1);
    bool whole = text && pread(fd, text, bytes, start) == (ssize_t)bytes &&
                 amos_verdicts_open_memory(text, bytes, &verdicts, NULL) == AMOS_OK &&
                 amos_verdicts_get_info(verdicts)->count == 1;
    amos_verdicts_free(verdicts);
    free(text);
    return whole;
}

/* Where the last line begins; -1 after a failure, or if that line is longer than any of ours. */
static off_t find_last_line(int fd, off_t end)
{
    char block[4096];
    for (off_t at = end; at > 0 && end - at < LONGEST_LINE;) {
        off_t start = at > (off_t)sizeof block ? at - (off_t)sizeof block : 0;
        size_t bytes = (size_t)(at - start);
        if (pread(fd, block, bytes, start) != (ssize_t)bytes)
            return -1;
        for (size_t i = bytes; i-- > 0;)
            if (block[i] == '\n')
                return start + (off_t)i + 1;
        at = start;
    }
    return end < LONGEST_LINE ? 0 : -1;
}

/* Ends the last line if a killed process wrote all but its end, else removes it. */
static bool repair(int fd)
{
    char last = '\n';
    off_t end = lseek(fd, 0, SEEK_END);
    if (end <= 0)
        return end == 0;
    if (pread(fd, &last, 1, end - 1) != 1)
        return false;
    if (last == '\n')
        return true;
    off_t start = find_last_line(fd, end);
    if (start < 0)
        return false;
    return is_whole(fd, start, end) ? write(fd, "\n", 1) == 1 : ftruncate(fd, start) == 0;
}

/* One write; if it is not whole, nothing of it stays. */
static bool put_line(int fd, const char *line, size_t length)
{
    off_t end = lseek(fd, 0, SEEK_END);
    ssize_t written;
    while ((written = write(fd, line, length)) < 0 && errno == EINTR) {
    }
    if (written == (ssize_t)length && fsync(fd) == 0)
        return true;
    int kept = written >= 0 && written != (ssize_t)length ? ENOSPC : errno;
    if (written > 0)
        (void)!ftruncate(fd, end);
    errno = kept;
    return false;
}

amos_status journal_append(const char *path, const amos_verdict_entry *entry, amos_error *err)
{
    size_t length;
    char *line = line_of(entry, &length);
    if (!line)
        return amosi_fail_nomem(err, path);
    int fd = open_locked(path);
    amos_status status = fd < 0 ? fail(err, AMOS_E_OPEN, path, "kept") : AMOS_OK;
    if (!status && (!repair(fd) || !put_line(fd, line, length)))
        status = fail(err, AMOS_E_IO, path, "written");
    if (fd >= 0)
        close(fd);
    free(line);
    return status;
}

/* ---- what is there ---- */

static bool is_there(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 || errno != ENOENT;
}

long journal_check(const char *path)
{
    amos_verdicts *verdicts;
    amos_error err;
    if (!is_there(path))
        return 0;
    if (amos_verdicts_open(path, &verdicts, &err)) {
        cli_error_of(&err);
        return -1;
    }
    const amos_verdicts_info *info = amos_verdicts_get_info(verdicts);
    long count = info->lines ? (long)info->count : -1;
    if (!info->lines)
        cli_error(
            "%s: The file is no list of JSON lines, to which verdicts can be appended; choose another by --verdicts.",
            path);
    else if (info->cut)
        cli_error("%s: The last line is cut off and counts as none; the next verdict takes its place.", path);
    amos_verdicts_free(verdicts);
    return count;
}

amos_status journal_list(const char *path, cJSON **out, amos_error *err)
{
    amos_verdicts *verdicts = NULL;
    *out = NULL;
    amos_status status = is_there(path) ? amos_verdicts_open(path, &verdicts, err) : AMOS_OK;
    if (status)
        return status;
    cJSON *list = cJSON_CreateArray();
    const amos_verdict_entry *entry;
    for (size_t i = 0; (entry = amos_verdicts_get(verdicts, i)) != NULL; i++)
        json_append(list, entry_to_json(entry, *entry->time ? entry->time : NULL));
    amos_verdicts_free(verdicts);
    *out = list;
    return list ? AMOS_OK : amosi_fail_nomem(err, path);
}
