/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "convert/record.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/system/file.h"
#include "base/text/number.h"
#include "base/text/volume_name.h"
#include "folder.h"
#include "kit/message.h"

#define RECORD_NAME ".amos-convert"
#define HEAD_BYTES 4096
#define LINE_BYTES 8192

struct line {
    uint64_t key;
    bool whole; /* finished, with: */
    uint64_t bytes, tail;
    size_t order;
    const char *name; /* in the text */
};

struct record {
    char *path, *text;
    struct line *lines; /* by name, then in the order of the file */
    size_t count;
};

/* ---- keys ---- */

uint64_t record_hash(uint64_t seed, const void *data, size_t bytes) /* FNV-1a */
{
    for (const unsigned char *at = data; bytes; bytes--, at++)
        seed = (seed ^ *at) * 1099511628211u;
    return seed;
}

/* Reads up to `bytes` bytes, however many a call gives; returns how many there were, -1 after a failure. */
static ssize_t read_at(int fd, unsigned char *to, size_t bytes, int64_t offset)
{
    size_t done = 0;
    while (done < bytes) {
        const ssize_t got = pread(fd, to + done, bytes - done, (off_t)(offset + (int64_t)done));
        if (got < 0 && errno != EINTR)
            return -1;
        if (got == 0)
            break;
        done += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)done;
}

/* Adds size, head and tail of an open file. */
static bool hash_open(uint64_t *key, int fd, int64_t size)
{
    unsigned char head[HEAD_BYTES], tail[8];
    const ssize_t first = read_at(fd, head, sizeof head, 0),
                  last = read_at(fd, tail, sizeof tail, size < 8 ? 0 : size - 8);
    if (first < 0 || last < 0)
        return false;
    *key = record_hash(*key, &size, sizeof size);
    *key = record_hash(*key, head, (size_t)first);
    *key = record_hash(*key, tail, (size_t)last);
    return true;
}

/* Adds a regular file. False with errno: ENOENT, ENOTDIR or EISDIR if there is none. */
static bool hash_regular(uint64_t *key, const char *path)
{
    struct stat about;
    const int fd = amosi_file_open(AT_FDCWD, path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
    bool good = fd >= 0 && fstat(fd, &about) == 0;
    int error = errno;
    if (good && !S_ISREG(about.st_mode)) {
        good = false;
        error = EISDIR;
    } else if (good) {
        good = hash_open(key, fd, about.st_size);
        error = errno;
    }
    if (fd >= 0)
        close(fd);
    errno = error;
    return good;
}

/* The voxels of a pair, which are in one of two files. */
static bool hash_image(uint64_t *key, const char *path)
{
    static const char *const suffixes[] = {".img", ".img.gz"};
    const struct amosi_volume_name name = amosi_volume_name(path);
    bool good = true;
    for (int i = 0; i < 2 && name.kind == AMOSI_NAME_HEADER && good; i++) {
        char image[LINE_BYTES];
        snprintf(image, sizeof image, "%.*s%s", (int)name.stem, path, suffixes[i]);
        good = hash_regular(key, image) || errno == ENOENT;
    }
    return good;
}

/* A label that is a folder of masks: all of them. */
static bool hash_folder(uint64_t *key, const char *path)
{
    struct folder folder;
    bool good = folder_list(&folder, path);
    for (size_t i = 0; good && i < folder.count; i++)
        good = hash_regular(key, folder.paths[i]);
    const int error = errno;
    folder_free(&folder);
    errno = error;
    return good;
}

bool record_hash_file(uint64_t *key, const char *path)
{
    struct stat about;
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return hash_folder(key, path);
    char *at = strdup(path), *slash = NULL;
    bool good = false;
    if (!at)
        return false;
    while (!(good = hash_regular(key, at)) && errno == ENOTDIR && (slash = strrchr(at, '/')) != NULL)
        *slash = '\0'; /* up to the archive */
    if (good)
        *key = record_hash(*key, path + strlen(at), strlen(path) - strlen(at));
    const int error = errno;
    free(at);
    errno = error;
    return good && hash_image(key, path);
}

/* ---- reading ---- */

static int by_name(const void *one, const void *other)
{
    const struct line *a = one, *b = other;
    const int order = strcmp(a->name, b->name);
    return order ? order : (a->order > b->order) - (a->order < b->order);
}

/* A number and the blank after it. */
static bool take_number(const char **text, unsigned base, uint64_t *value)
{
    if (!amosi_number_take(text, base, value) || **text != ' ')
        return false;
    ++*text;
    return true;
}

/* "begun KEY NAME" or "whole KEY BYTES TAIL NAME". A line that is neither, such as one that a full disk cut, is left
 * out. */
static bool parse_line(const char *text, struct line *line)
{
    *line = (struct line){.whole = strncmp(text, "whole ", 6) == 0};
    if (!line->whole && strncmp(text, "begun ", 6) != 0)
        return false;
    text += 6;
    if (!take_number(&text, 16, &line->key))
        return false;
    if (line->whole && !(take_number(&text, 10, &line->bytes) && take_number(&text, 16, &line->tail)))
        return false;
    line->name = text;
    return *text != '\0';
}

static bool parse_all(struct record *record)
{
    size_t room = 1;
    for (const char *c = record->text; *c; c++)
        room += *c == '\n';
    record->lines = calloc(room, sizeof *record->lines);
    if (!record->lines)
        return false;
    for (char *text = record->text, *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
        *end = '\0';
        if (parse_line(text, &record->lines[record->count])) {
            record->lines[record->count].order = record->count;
            record->count++;
        }
    }
    qsort(record->lines, record->count, sizeof *record->lines, by_name);
    return true;
}

/* The whole file as a text; "" if there is none. NULL with errno. */
static char *read_text(const char *path)
{
    FILE *file = fopen(path, "r");
    struct stat about = {.st_size = 0};
    if (!file)
        return errno == ENOENT ? strdup("") : NULL;
    char *text = fstat(fileno(file), &about) == 0 && about.st_size >= 0 ? malloc((size_t)about.st_size + 1) : NULL;
    size_t got = text ? fread(text, 1, (size_t)about.st_size, file) : 0;
    if (text)
        text[got] = '\0';
    fclose(file);
    return text;
}

struct record *record_open(const char *folder)
{
    struct record *record = calloc(1, sizeof *record);
    if (record && (record->path = folder_join(folder, RECORD_NAME)) != NULL &&
        (record->text = read_text(record->path)) && parse_all(record))
        return record;
    cli_error("%s: What earlier runs made cannot be read: %s.", folder, strerror(errno ? errno : ENOMEM));
    record_close(record);
    return NULL;
}

void record_close(struct record *record)
{
    if (!record)
        return;
    free(record->lines);
    free(record->text);
    free(record->path);
    free(record);
}

/* Size and last bytes of an output. False if it is no file. */
static bool measure(const char *path, uint64_t *bytes, uint64_t *tail)
{
    struct stat about;
    unsigned char last[8] = {0};
    int fd = amosi_file_open(AT_FDCWD, path, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
    bool good = fd >= 0 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode) &&
                read_at(fd, last, sizeof last, about.st_size < 8 ? 0 : about.st_size - 8) >= 0;
    if (fd >= 0)
        close(fd);
    *bytes = good ? (uint64_t)about.st_size : 0;
    *tail = good ? record_hash(RECORD_SEED, last, sizeof last) : 0;
    return good;
}

enum record_state record_find(const struct record *record, const char *name, const char *path, uint64_t key)
{
    const struct line wanted = {.name = name, .order = SIZE_MAX};
    size_t low = 0, high = record->count;
    uint64_t bytes, tail;
    while (low < high) { /* the first line after all of this name */
        size_t middle = low + (high - low) / 2;
        if (by_name(&record->lines[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    const struct line *last = low ? &record->lines[low - 1] : NULL;
    if (!last || strcmp(last->name, name) != 0 || last->key != key)
        return RECORD_FOREIGN;
    if (!last->whole)
        return RECORD_BEGUN;
    return measure(path, &bytes, &tail) && bytes == last->bytes && tail == last->tail ? RECORD_WHOLE : RECORD_FOREIGN;
}

/* ---- adding ---- */

/* One write() to the end of the file: lines of several threads and runs do not mix. A name with a newline is not kept. */
static bool add_line(const struct record *record, const char *line, size_t bytes)
{
    if (bytes >= LINE_BYTES || memchr(line, '\n', bytes - 1))
        return true;
    int fd = amosi_file_open(AT_FDCWD, record->path, O_WRONLY | O_APPEND | O_CREAT | O_NOCTTY, 0666);
    bool good = fd >= 0 && amosi_file_write(fd, line, bytes);
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return good;
}

bool record_begin(const struct record *record, const char *name, uint64_t key)
{
    char line[LINE_BYTES] = "";
    const int used = snprintf(line, sizeof line, "begun %016" PRIx64 " %s\n", key, name);
    return add_line(record, line, (size_t)used);
}

bool record_finish(const struct record *record, const char *name, const char *path, uint64_t key)
{
    char line[LINE_BYTES] = "";
    uint64_t bytes, tail;
    if (!measure(path, &bytes, &tail))
        return false;
    const int used =
        snprintf(line, sizeof line, "whole %016" PRIx64 " %" PRIu64 " %016" PRIx64 " %s\n", key, bytes, tail, name);
    return add_line(record, line, (size_t)used);
}
