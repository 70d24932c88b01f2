/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "convert/table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text/case_id.h"
#include "folder.h"
#include "kit/message.h"
#include "kit/outfile.h"

struct member {
    char *text;
    size_t bytes;
};

static amos_status take_member(void *user, const void *bytes, size_t count)
{
    struct member *member = user;
    char *text = realloc(member->text, member->bytes + count + 1);
    if (!text)
        return AMOS_E_NOMEM;
    memcpy(text + member->bytes, bytes, count);
    member->text = text;
    member->bytes += count;
    return AMOS_OK;
}

/* A member of an archive, ENOENT if there is none. */
static char *read_member(const char *path, size_t *bytes)
{
    struct member member = {.text = NULL};
    amos_error err;
    const amos_status status = amos_archive_unpack(path, NULL, take_member, &member, &err);
    *bytes = member.bytes;
    if (!status)
        return member.text ? member.text : calloc(1, 1);
    free(member.text);
    errno = err.sys_errno ? err.sys_errno : EIO;
    return NULL;
}

/* A whole file, or member of an archive; from malloc(). NULL with errno. */
static char *read_all(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    struct stat about;
    if (!file)
        return errno == ENOTDIR || strstr(path, "://") ? read_member(path, bytes) : NULL;
    char *text = fstat(fileno(file), &about) == 0 ? malloc((size_t)about.st_size + 1) : NULL;
    *bytes = text ? fread(text, 1, (size_t)about.st_size, file) : 0;
    const bool good = text && !ferror(file);
    const int error = errno;
    fclose(file);
    if (!good)
        free(text);
    errno = error;
    return good ? text : NULL;
}

/* Whether a file has this content; *exists: whether there is one. */
static bool is_same(const char *path, const char *text, size_t bytes, bool *exists)
{
    size_t there = 0;
    char *other = read_all(path, &there);
    const bool same = other && there == bytes && memcmp(other, text, bytes) == 0;
    *exists = other || errno != ENOENT;
    free(other);
    return same;
}

static bool put_file(const char *path, const char *text, size_t bytes, bool force)
{
    bool exists;
    if (is_same(path, text, bytes, &exists))
        return true;
    if (exists && !force) {
        cli_error("%s: The file exists, and is another than that of the data set; give --force to replace it.", path);
        return false;
    }
    struct outfile *out = outfile_open(path);
    const bool good = out && outfile_write(out, text, bytes);
    return outfile_finish(out, good);
}

static bool copy_json(const amos_dataset *dataset, const char *folder, bool renumbered, bool force)
{
    const char *from = amos_dataset_get_info(dataset)->json_path;
    size_t bytes;
    if (!from)
        return true;
    if (renumbered) {
        cli_error("%s: The table of labels is not copied, because labels were renumbered; the outputs have none.",
                  from);
        return true;
    }
    char *text = read_all(from, &bytes), *to = folder_join(folder, "dataset.json");
    const bool read = text && to;
    if (!read)
        cli_error("%s: The file cannot be copied: %s.", from, strerror(errno));
    const bool good = read && put_file(to, text, bytes, force);
    free(to);
    free(text);
    return good;
}

/* ---- metadata ---- */

static bool has_metadata(const amos_dataset *dataset)
{
    const amos_case *c;
    for (size_t i = 0; (c = amos_dataset_get(dataset, i)) != NULL; i++)
        if (amos_case_get_info(c)->metadata)
            return true;
    return false;
}

/* Cuts the last part of a path off; false if there is none, or it is the folder beside the data set or its archive. */
static bool go_up(char *path, bool first)
{
    struct stat about;
    char *slash = strrchr(path, '/');
    if (!slash || slash == path || (!first && stat(path, &about) == 0 && S_ISDIR(about.st_mode)))
        return false;
    *slash = '\0';
    return slash[-1] != '/' && slash[-1] != ':';
}

/* The table where amos_dataset_open() has found it: in the tree, beside it, or beside its archive. From malloc(). */
static char *read_metadata(const amos_dataset *dataset, size_t *bytes)
{
    char *folder = strdup(amos_dataset_get_info(dataset)->root), *text = NULL;
    for (bool first = true, more = folder != NULL; more && !text; first = false) {
        char *path = folder_join(folder, AMOSI_METADATA_NAME);
        text = path ? read_all(path, bytes) : NULL;
        free(path);
        more = !text && go_up(folder, first);
    }
    free(folder);
    return text;
}

static bool copy_metadata(const amos_dataset *dataset, const char *folder, bool force)
{
    size_t bytes;
    if (!has_metadata(dataset))
        return true;
    char *text = read_metadata(dataset, &bytes), *to = folder_join(folder, AMOSI_METADATA_NAME);
    if (!text)
        cli_error("%s: The table of metadata cannot be copied.", amos_dataset_get_info(dataset)->root);
    const bool good = text && to && put_file(to, text, bytes, force);
    free(to);
    free(text);
    return good;
}

bool table_copy(const amos_dataset *dataset, const char *folder, bool renumbered, bool force)
{
    return copy_json(dataset, folder, renumbered, force) && copy_metadata(dataset, folder, force);
}
