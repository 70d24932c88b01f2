/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "report/key.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/error/fail.h"
#include "base/math/digest.h"
#include "base/system/file.h"
#include "base/text/volume_name.h"
#include "kit/message.h"
#include "report/record.h"
#include "review/json.h"

/* ---- files ---- */

enum { HEAD = 4096, TAIL = 65536 }; /* the tail of a ZIP archive has its directory, with a CRC-32 for each member */

struct reading {
    struct amosi_digest digest;
    int fd;
    unsigned char buffer[TAIL];
};

/* The number of bytes read; -1 with errno. */
static ssize_t read_at(struct reading *reading, uint64_t offset, size_t bytes)
{
    size_t done = 0;
    int tried = 0;
    while (done < bytes) {
        ssize_t got = pread(reading->fd, reading->buffer + done, bytes - done, (off_t)(offset + done));
        if (got == 0)
            break;
        if (got > 0)
            done += (size_t)got;
        else if (!amosi_file_try_again(errno, &tried))
            return -1;
    }
    return (ssize_t)done;
}

static bool take_ends(struct reading *reading, uint64_t bytes)
{
    uint64_t tail = bytes < TAIL ? bytes : TAIL;
    ssize_t got = read_at(reading, bytes - tail, (size_t)tail);
    if (got > 0)
        amosi_digest_take(&reading->digest, reading->buffer, (size_t)got);
    return got >= 0;
}

static bool take_all(struct reading *reading)
{
    uint64_t offset = 0;
    uLong crc = crc32(0, NULL, 0);
    ssize_t got;
    while ((got = read_at(reading, offset, sizeof reading->buffer)) > 0) {
        crc = crc32(crc, reading->buffer, (uInt)got);
        offset += (uint64_t)got;
    }
    const uint32_t value = (uint32_t)crc;
    const unsigned char bytes[] = {(unsigned char)(value >> 24), (unsigned char)(value >> 16),
                                   (unsigned char)(value >> 8), (unsigned char)value};
    amosi_digest_take(&reading->digest, bytes, sizeof bytes);
    return got == 0;
}

/* gzip files and ZIP archives have checksums of their own. */
static bool is_checked(const unsigned char *head, ssize_t bytes)
{
    return bytes >= 4 && ((head[0] == 0x1f && head[1] == 0x8b) || (head[0] == 'P' && head[1] == 'K'));
}

static bool take_open_file(struct reading *reading)
{
    struct stat about;
    char text[32];
    if (fstat(reading->fd, &about) != 0)
        return false;
    snprintf(text, sizeof text, " %" PRIu64 " ", (uint64_t)about.st_size);
    amosi_digest_take(&reading->digest, text, strlen(text));
    ssize_t got = read_at(reading, 0, HEAD);
    if (got > 0)
        amosi_digest_take(&reading->digest, reading->buffer, (size_t)got);
    return got >= 0 &&
           (is_checked(reading->buffer, got) ? take_ends(reading, (uint64_t)about.st_size) : take_all(reading));
}

/* The file at a path, or the archive that it goes on into; false if there is none. Cuts the path. */
static bool find_file(char *path)
{
    struct stat about;
    while (stat(path, &about) != 0) {
        char *slash = errno == ENOTDIR ? strrchr(path, '/') : NULL;
        if (!slash || slash == path)
            return false;
        *slash = '\0';
    }
    return S_ISREG(about.st_mode);
}

/* A file that is missing, or at a URL, counts by its name. */
static amos_status take_file(struct reading *reading, const char *path, amos_error *err)
{
    char *found = strdup(path);
    const char *name = amosi_base_name(path);
    amos_status status = AMOS_OK;
    if (!found)
        return amosi_fail_nomem(err, NULL);
    amosi_digest_take(&reading->digest, name, strlen(name) + 1);
    if (find_file(found)) {
        reading->fd = amosi_file_open(AT_FDCWD, found, O_RDONLY | O_NOCTTY, 0);
        if (reading->fd < 0 || !take_open_file(reading))
            status = amosi_fail_errno(err, AMOS_E_IO, found, errno, "the file cannot be read");
        if (reading->fd >= 0)
            close(reading->fd);
    }
    free(found);
    return status;
}

/* The voxels of a pair are in a file beside its header. */
static amos_status take_voxels(struct reading *reading, const char *path, amos_error *err)
{
    static const char *const suffixes[] = {".img", ".img.gz"};
    const struct amosi_volume_name name = amosi_volume_name(path);
    amos_status status = AMOS_OK;
    for (int i = 0; !status && name.kind == AMOSI_NAME_HEADER && i < 2; i++) {
        size_t bytes = name.stem + strlen(suffixes[i]) + 1;
        char *image = malloc(bytes);
        if (!image)
            return amosi_fail_nomem(err, NULL);
        snprintf(image, bytes, "%.*s%s", (int)name.stem, path, suffixes[i]);
        status = take_file(reading, image, err);
        free(image);
    }
    return status;
}

static amos_status digest_files(const char *const *paths, int count, const char *const *texts, int text_count,
                                char key[REPORT_KEY], amos_error *err)
{
    struct reading *reading = malloc(sizeof *reading);
    amos_status status = AMOS_OK;
    if (!reading)
        return amosi_fail_nomem(err, NULL);
    amosi_sha256_begin(&reading->digest);
    for (int i = 0; i < text_count; i++)
        amosi_digest_take(&reading->digest, texts[i], strlen(texts[i]) + 1);
    for (int i = 0; !status && i < count; i++) {
        amosi_digest_take(&reading->digest, paths[i] ? "+" : "-", 1);
        status = paths[i] ? take_file(reading, paths[i], err) : AMOS_OK;
        if (!status && paths[i])
            status = take_voxels(reading, paths[i], err);
    }
    amosi_digest_text(reading->digest, key);
    free(reading);
    return status;
}

amos_status report_key_make(const char *options, const char *about, const struct review_item *item,
                            char key[REPORT_KEY], amos_error *err)
{
    const char *const paths[] = {item->info->image_path, item->reference, item->prediction};
    const char *const texts[] = {options, about};
    return digest_files(paths, 3, texts, 2, key, err);
}

/* ---- what is not in the files of a case ---- */

static char *print_text(cJSON *object)
{
    char *text = cJSON_PrintUnformatted(object);
    if (!text)
        cli_error("Memory ran out.");
    cJSON_Delete(object);
    return text;
}

char *report_key_options(const struct review_set *set, const struct review_question *question, int64_t size)
{
    cJSON *object = review_set_json(set, "report");
    const char *const relabel = question->accept.relabel;
    amos_error err;
    char key[REPORT_KEY];
    if (digest_files(&relabel, 1, NULL, 0, key, &err)) {
        cli_error_of(&err);
        cJSON_Delete(object);
        return NULL;
    }
    json_put_text(object, "format", REPORT_FORMAT);
    json_put_integer(object, "size", size);
    accept_options_put(object, &question->accept);
    json_put_text(object, "relabel", key);
    return print_text(object);
}

char *report_key_case(const struct review_set *set, const struct review_item *item)
{
    return print_text(review_row_json(set, item, NULL));
}
