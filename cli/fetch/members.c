/* SPDX-License-Identifier: BSD-3-Clause */
/* The members of the archive, and the files that they become. */
#define _POSIX_C_SOURCE 200809L
#include "kit/message.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/system/file.h"
#include "base/text/number.h"
#include "base/text/volume_name.h"
#include "fetch/fetch.h"
#include "folder.h"
#include "kit/interrupt.h"
#include "kit/progress.h"

/* ---- the list ---- */

/* Whether a name stays below a folder, and is a file of the data set. */
static bool is_usable(const char *name)
{
    if (strncmp(name, "__MACOSX/", 9) == 0)
        return false;
    for (const char *part = name;; part++) {
        size_t length = strcspn(part, "/");
        if (length == 0 || part[0] == '.')
            return false;
        part += length;
        if (!*part)
            return true;
    }
}

static amos_status add_member(void *user, const amos_archive_member *found)
{
    struct members *members = user;
    if (!is_usable(found->name))
        return AMOS_OK;
    if (members->count == members->room) {
        size_t room = members->room ? 2 * members->room : 64;
        struct member *all = realloc(members->all, room * sizeof *all);
        if (!all)
            return AMOS_E_NOMEM;
        members->all = all;
        members->room = room;
    }
    struct member *member = &members->all[members->count];
    *member = (struct member){NULL, found->bytes, found->first, found->stop, found->crc, true};
    member->name = strdup(found->name);
    if (!member->name)
        return AMOS_E_NOMEM;
    members->count++;
    return AMOS_OK;
}

bool members_list(struct members *members, const char *archive)
{
    amos_error err = {.status = AMOS_OK};
    *members = (struct members){.all = NULL};
    amos_status status = amos_archive_visit(archive, add_member, members, &err);
    if (status && err.status)
        cli_error_of(&err);
    else if (status)
        cli_error("Memory ran out.");
    return !status;
}

void members_free(struct members *members)
{
    for (size_t i = 0; i < members->count; i++)
        free(members->all[i].name);
    free(members->all);
    *members = (struct members){.all = NULL};
}

/* ---- what is there already ---- */

static bool has_crc(const char *path, uint64_t crc)
{
    static unsigned char block[1 << 16];
    uLong sum = crc32(0, NULL, 0);
    size_t got;
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        sum = crc32(sum, block, (uInt)got);
    bool good = !ferror(file) && sum == crc;
    fclose(file);
    return good;
}

static bool skip_member(struct member *member, const char *folder)
{
    struct stat about;
    char *path = folder_join(folder, member->name);
    bool there = path && lstat(path, &about) == 0;
    bool same =
        there && S_ISREG(about.st_mode) && (uint64_t)about.st_size == member->bytes && has_crc(path, member->crc);
    if (!path)
        cli_error("Memory ran out.");
    else if (there && !same)
        cli_error(
            "%s: this is there already, and is another file than the archive has; move it away, or choose another "
            "folder.",
            path);
    member->wanted = !there;
    free(path);
    return path && (!there || same);
}

/* dataset.json may be there, cut to the cases that were fetched before. */
static bool is_json(const struct member *member)
{
    return strcmp(amosi_base_name(member->name), "dataset.json") == 0;
}

bool members_skip(struct members *members, const char *folder)
{
    bool good = true;
    for (size_t i = 0; i < members->count && good; i++)
        if (members->all[i].wanted && !is_json(&members->all[i]))
            good = skip_member(&members->all[i], folder);
    return good;
}

/* ---- writing ---- */

bool write_whole(const char *folder, const char *name, const void *data, size_t bytes)
{
    int slot = -1;
    struct amosi_whole_file file = {.fd = -1, .notify = interrupt_watch, .user = &slot};
    char *path = folder_join(folder, name);
    if (!path)
        cli_error("Memory ran out.");
    if (!path || !folder_make_for(path)) {
        free(path);
        return false;
    }
    bool good =
        amosi_whole_file_open(&file, path) && amosi_file_write(file.fd, data, bytes) && amosi_whole_file_keep(&file);
    int error = errno;
    amosi_whole_file_close(&file);
    if (!good)
        cli_error("%s: the file cannot be written: %s.", path, strerror(error));
    free(path);
    return good;
}

/* ---- the note ---- */

static bool put_note(FILE *out, const struct members *members, const char *md5)
{
    bool good = fprintf(out, "amos-fetch 1 %s\n", md5) > 0;
    for (size_t i = 0; i < members->count && good; i++)
        good = fprintf(out, "%" PRIu64 " %08x %s\n", members->all[i].bytes, (unsigned)members->all[i].crc,
                       members->all[i].name) > 0;
    return good;
}

static void name_note(char name[300], const char *archive)
{
    snprintf(name, 300, ".%.250s.fetched", archive);
}

bool members_note(const struct members *members, const char *folder, const char *archive, const char *md5)
{
    char *text = NULL, name[300];
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    bool good = out && put_note(out, members, md5);
    good = out && fclose(out) == 0 && good;
    name_note(name, archive);
    good = good && write_whole(folder, name, text, bytes);
    free(text);
    return good;
}

static bool check_note(FILE *file, const char *folder, const char *md5)
{
    static char line[4096];
    char found[65];
    bool good = fgets(line, sizeof line, file) && sscanf(line, "amos-fetch 1 %64[0-9a-f]", found) == 1 &&
                strcmp(found, md5) == 0;
    while (good && fgets(line, sizeof line, file)) {
        uint64_t bytes, crc;
        const char *at = line;
        struct stat about;
        line[strcspn(line, "\n")] = '\0';
        good = amosi_number_take(&at, 10, &bytes) && *at++ == ' ' && amosi_number_take(&at, 16, &crc) && *at++ == ' ';
        char *path = good ? folder_join(folder, at) : NULL;
        good = path && stat(path, &about) == 0 && (uint64_t)about.st_size == bytes && has_crc(path, crc);
        free(path);
    }
    return good && !ferror(file);
}

bool members_noted(const char *folder, const char *archive, const char *md5)
{
    char name[300];
    name_note(name, archive);
    char *path = folder_join(folder, name);
    FILE *file = path && md5[0] ? fopen(path, "r") : NULL;
    bool good = file && check_note(file, folder, md5);
    if (file)
        fclose(file);
    free(path);
    return good;
}

/* ---- unpacking ---- */

struct unpacking {
    const char *folder;
    const struct member *member;
    size_t *damaged;
};

/* Whether the gzip data of a volume is right too; the archive's CRC-32 has said that the bytes are those of the archive. */
static void check_volume(const struct unpacking *u, const void *bytes, size_t count)
{
    amos_volume *volume = NULL;
    amos_error err;
    if (!amosi_volume_name_is_listed(amosi_base_name(u->member->name)))
        return;
    amos_status status = amos_volume_open_memory(bytes, count, NULL, &volume, &err);
    if (!status)
        status = amos_volume_verify(volume, NULL, NULL, &err);
    amos_volume_free(volume);
    if (!status)
        return;
    cli_error("%s: the archive itself has this file damaged (%s).", u->member->name, amos_status_name(status));
    ++*u->damaged;
}

static amos_status take_member(void *user, const void *bytes, size_t count)
{
    const struct unpacking *u = user;
    check_volume(u, bytes, count);
    return write_whole(u->folder, u->member->name, bytes, count) ? AMOS_OK : AMOS_E_IO;
}

static bool unpack_member(const struct unpacking *u, const char *archive)
{
    amos_error err = {.status = AMOS_OK};
    char *path = folder_join(archive, u->member->name);
    amos_status status = path ? amos_archive_unpack(path, NULL, take_member, (void *)(uintptr_t)u, &err) : AMOS_E_NOMEM;
    if (status && err.status)
        cli_error_of(&err);
    free(path);
    return !status;
}

bool members_unpack(const struct members *members, const char *archive, const char *folder, size_t *damaged)
{
    bool good = true;
    progress_start("unpacking", PROGRESS_FILES);
    for (int json = 0; json < 2; json++)
        for (size_t i = 0; i < members->count && good; i++) {
            const struct unpacking u = {folder, &members->all[i], damaged};
            if (u.member->wanted && is_json(u.member) == json)
                good = unpack_member(&u, archive);
            progress_show(NULL, i, members->count);
        }
    progress_stop();
    return good;
}
