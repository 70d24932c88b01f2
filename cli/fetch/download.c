/* SPDX-License-Identifier: BSD-3-Clause */
/* A download that can be interrupted at any moment. What is on the disk counts only up to a checkpoint: a length and the
 * MD5 of the bytes up to it, written after they were flushed. */
#define _POSIX_C_SOURCE 200809L
#include "kit/message.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/math/digest.h"
#include "base/system/file.h"
#include "base/text/number.h"
#include "fetch/fetch.h"
#include "kit/describe.h"
#include "kit/progress.h"

#define LEAST_STEP ((uint64_t)64 << 10) /* between checkpoints */
#define MOST_STEP ((uint64_t)64 << 20)
#define LINE 512

struct work {
    const struct download *asked;
    char part[4200], state[4200];
    int fd, state_fd;
    bool begun;          /* the head of the state file is written */
    uint64_t done, next; /* bytes on the disk; the next checkpoint */
    uint64_t start;      /* bytes that were there before */
    struct amosi_digest md5, sha256;
    amos_http_transfer transfer;
    int error; /* errno of what failed here */
};

bool disk_has_room(const char *folder, uint64_t bytes)
{
    struct statvfs disk;
    char need[DESCRIBE_BYTES], have[DESCRIBE_BYTES];
    if (statvfs(folder, &disk) != 0)
        return true; /* writing will say it */
    uint64_t left = (uint64_t)disk.f_bavail * disk.f_frsize;
    if (left >= bytes)
        return true;
    cli_error("%s: %s are needed, but the disk has %s left; choose another folder, or make room.", folder,
              describe_bytes(bytes, need), describe_bytes(left, have));
    return false;
}

/* ---- the state file ---- */

static bool put_line(struct work *w, const char *format, const char *text, uint64_t number)
{
    char line[LINE];
    int length = text ? snprintf(line, sizeof line, format, number, text) : snprintf(line, sizeof line, format, number);
    return length > 0 && length < LINE && amosi_file_write(w->state_fd, line, (size_t)length);
}

/* Of which file the bytes are. */
static bool put_head(struct work *w)
{
    char line[LINE + 64];
    int length = snprintf(line, sizeof line, "amos-fetch 1\nbytes %" PRIu64 "\netag %s\nmodified %s\n",
                          w->transfer.bytes, w->transfer.etag, w->transfer.modified);
    w->begun = true;
    return ftruncate(w->state_fd, 0) == 0 && lseek(w->state_fd, 0, SEEK_SET) == 0 &&
           amosi_file_write(w->state_fd, line, (size_t)length);
}

static bool put_checkpoint(struct work *w)
{
    char md5[65];
    uint64_t step = w->done / 16;
    amosi_digest_text(w->md5, md5);
    step = step < LEAST_STEP ? LEAST_STEP : step > MOST_STEP ? MOST_STEP : step;
    w->next = w->done + step;
    return amosi_file_sync(w->fd) && put_line(w, "at %" PRIu64 " %s\n", md5, w->done) && amosi_file_sync(w->state_fd);
}

/* Reads the part up to a length into the digests. */
static bool digest_until(struct work *w, uint64_t length)
{
    static unsigned char block[1 << 16];
    while (w->done < length) {
        size_t want = length - w->done < sizeof block ? (size_t)(length - w->done) : sizeof block;
        ssize_t got = pread(w->fd, block, want, (off_t)w->done);
        if (got <= 0)
            return false;
        amosi_digest_take(&w->md5, block, (size_t)got);
        amosi_digest_take(&w->sha256, block, (size_t)got);
        w->done += (uint64_t)got;
    }
    return true;
}

static void begin_anew(struct work *w)
{
    amosi_md5_begin(&w->md5);
    amosi_sha256_begin(&w->sha256);
    w->done = w->next = 0;
    w->begun = false;
    w->transfer.bytes = UINT64_MAX;
    w->transfer.etag[0] = w->transfer.modified[0] = '\0';
}

/* The text of a line "NAME text". */
static bool take_text(const char *line, const char *name, char *to, size_t bytes)
{
    size_t n = strlen(name), length = strcspn(line, "\n");
    if (strncmp(line, name, n) != 0 || line[length] != '\n' || length - n >= bytes)
        return false;
    memcpy(to, line + n, length - n);
    to[length - n] = '\0';
    return true;
}

/* The number of a line "NAME number", and where it ends. */
static bool take_number(const char *line, const char *name, uint64_t *to, const char **end)
{
    size_t n = strlen(name);
    *end = line + n;
    return strncmp(line, name, n) == 0 && amosi_number_take(end, 10, to);
}

/* A checkpoint: "at LENGTH MD5". */
static bool take_checkpoint(const char *line, uint64_t *length, char md5[65])
{
    const char *end;
    return take_number(line, "at ", length, &end) && take_text(end, " ", md5, 65);
}

static bool read_head(struct work *w, FILE *file)
{
    char line[LINE];
    const char *end;
    return fgets(line, LINE, file) && strcmp(line, "amos-fetch 1\n") == 0 && fgets(line, LINE, file) &&
           take_number(line, "bytes ", &w->transfer.bytes, &end) && fgets(line, LINE, file) &&
           take_text(line, "etag ", w->transfer.etag, sizeof w->transfer.etag) && fgets(line, LINE, file) &&
           take_text(line, "modified ", w->transfer.modified, sizeof w->transfer.modified);
}

/* Goes on from the last checkpoint whose MD5 is right, and drops the bytes after it. Without an ETag or a date it cannot be
 * known whether the file is still the same, so then it begins anew. */
static void resume(struct work *w)
{
    char line[LINE], md5[65], text[65];
    uint64_t length;
    FILE *file = fopen(w->state, "r");
    struct work good;
    begin_anew(w);
    good = *w;
    if (file && read_head(w, file) && (w->transfer.etag[0] || w->transfer.modified[0])) {
        good = *w;
        while (fgets(line, LINE, file) && take_checkpoint(line, &length, md5) && length >= w->done &&
               digest_until(w, length)) {
            amosi_digest_text(w->md5, text);
            if (strcmp(text, md5) != 0)
                break;
            good = *w;
        }
    }
    *w = good;
    if (w->done == 0)
        begin_anew(w);
    if (file)
        fclose(file);
}

/* ---- the bytes ---- */

static int take(void *user, const void *bytes, size_t n)
{
    struct work *w = user;
    bool good = (w->begun || put_head(w)) && amosi_file_write(w->fd, bytes, n);
    if (good) {
        amosi_digest_take(&w->md5, bytes, n);
        if (w->asked->sha256[0])
            amosi_digest_take(&w->sha256, bytes, n);
        w->done += n;
        uint64_t total = w->transfer.bytes == UINT64_MAX ? w->done : w->transfer.bytes;
        progress_show(NULL, w->done - w->start, total - w->start); /* so that the rate is that of this run */
        good = w->done < w->next || put_checkpoint(w);
    }
    w->error = good ? 0 : errno;
    return !good;
}

static bool cut_part(struct work *w)
{
    return ftruncate(w->fd, (off_t)w->done) == 0 && lseek(w->fd, (off_t)w->done, SEEK_SET) >= 0 &&
           (w->done == 0 ? ftruncate(w->state_fd, 0) == 0 : put_head(w) && put_checkpoint(w));
}

static amos_status get(struct work *w, amos_error *err)
{
    if (!cut_part(w)) {
        w->error = errno;
        return AMOS_E_CANCEL;
    }
    w->transfer.first = w->start = w->done;
    if (w->done && w->done == w->transfer.bytes)
        return AMOS_OK;
    return amos_http_get(w->asked->url, NULL, &w->transfer, err);
}

/* If the file is another one by now, or the server cannot go on in the middle, it begins anew, once. */
static bool get_all(struct work *w)
{
    amos_error err = {.status = AMOS_OK};
    bool resumed = w->done > 0;
    amos_status status = get(w, &err);
    if (resumed && (status == AMOS_E_CHANGED || status == AMOS_E_UNSUPPORTED)) {
        cli_error("%s: what was downloaded before cannot be continued, because %s; it is downloaded anew.",
                  w->asked->path,
                  status == AMOS_E_CHANGED ? "the file has changed" : "the server sends whole files only");
        begin_anew(w);
        status = get(w, &err);
    }
    if (w->error)
        cli_error("%s: writing failed: %s; what is there is kept, so make room and call the same command again.",
                  w->part, strerror(w->error));
    else if (status)
        cli_error_of(&err);
    return !status;
}

/* ---- the end ---- */

static bool is_right(struct work *w)
{
    char md5[65], sha256[65] = "";
    const struct download *d = w->asked;
    amosi_digest_text(w->md5, md5);
    if (d->sha256[0])
        amosi_digest_text(w->sha256, sha256);
    if (d->bytes != UINT64_MAX && w->done != d->bytes)
        cli_error("%s: it has %" PRIu64 " bytes, but must have %" PRIu64 "; it is removed, so fetch it again.", d->url,
                  w->done, d->bytes);
    else if (d->md5[0] && strcmp(md5, d->md5) != 0)
        cli_error("%s: its MD5 is %s, but must be %s; it is removed, so fetch it again.", d->url, md5, d->md5);
    else if (d->sha256[0] && strcmp(sha256, d->sha256) != 0)
        cli_error("%s: its SHA-256 is %s, but must be %s; it is removed, so fetch it again.", d->url, sha256,
                  d->sha256);
    else
        return true;
    unlink(w->part);
    unlink(w->state);
    return false;
}

/* A file that has the name already must be the one. */
static bool check_existing(struct work *w, bool *was_there)
{
    const struct download *d = w->asked;
    struct stat about;
    w->fd = amosi_file_open(AT_FDCWD, d->path, O_RDONLY, 0);
    *was_there = w->fd >= 0;
    if (w->fd < 0 && errno == ENOENT)
        return true;
    char md5[65] = "", sha256[65] = "";
    begin_anew(w);
    if (w->fd >= 0 && fstat(w->fd, &about) == 0 && S_ISREG(about.st_mode) && (d->md5[0] || d->sha256[0]) &&
        (d->bytes == UINT64_MAX || (uint64_t)about.st_size == d->bytes) && digest_until(w, (uint64_t)about.st_size)) {
        amosi_digest_text(w->md5, md5);
        amosi_digest_text(w->sha256, sha256);
    }
    bool same = md5[0] && (!d->md5[0] || strcmp(md5, d->md5) == 0) && (!d->sha256[0] || strcmp(sha256, d->sha256) == 0);
    if (w->fd >= 0)
        close(w->fd);
    w->fd = -1;
    if (!same)
        cli_error("%s: this is there already, and %s; move it away, or choose another folder.", d->path,
                  d->md5[0] || d->sha256[0] ? "is not the file that would be fetched"
                                            : "there is no checksum to compare it with");
    return same;
}

static bool open_work(struct work *w)
{
    w->fd = amosi_file_open(AT_FDCWD, w->part, O_RDWR | O_CREAT, 0666);
    w->state_fd = w->fd < 0 ? -1 : amosi_file_open(AT_FDCWD, w->state, O_RDWR | O_CREAT, 0666);
    if (w->state_fd < 0)
        cli_error("%s: the file cannot be written: %s.", w->part, strerror(errno));
    else if (flock(w->state_fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        cli_error("%s: another process is fetching this file; wait for it.", w->part);
    else
        return true;
    return false;
}

static bool fetch_file(struct work *w)
{
    char folder[4200];
    const char *slash = strrchr(w->asked->path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - w->asked->path) : 1, slash ? w->asked->path : ".");
    resume(w);
    if (w->asked->bytes != UINT64_MAX &&
        !disk_has_room(folder, w->asked->bytes - (w->done < w->asked->bytes ? w->done : 0)))
        return false;
    progress_start("fetching", PROGRESS_BYTES);
    bool good = get_all(w);
    progress_stop();
    if (!good || !is_right(w))
        return false;
    good = amosi_file_sync(w->fd) && rename(w->part, w->asked->path) == 0;
    if (good)
        unlink(w->state);
    else
        cli_error("%s: the file cannot get its name: %s.", w->asked->path, strerror(errno));
    return good;
}

bool download_file(const struct download *download, bool *was_there)
{
    struct work w = {.asked = download, .fd = -1, .state_fd = -1, .transfer = AMOS_HTTP_TRANSFER_INIT};
    w.transfer.take = take;
    w.transfer.user = &w;
    w.transfer.per_second = download->per_second;
    snprintf(w.part, sizeof w.part, "%s.part", download->path);
    snprintf(w.state, sizeof w.state, "%s.part.state", download->path);
    bool good = check_existing(&w, was_there);
    if (good && !*was_there)
        good = open_work(&w) && fetch_file(&w);
    if (w.fd >= 0)
        close(w.fd);
    if (w.state_fd >= 0)
        close(w.state_fd);
    return good;
}
