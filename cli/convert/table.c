/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "convert/table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "folder.h"
#include "kit/message.h"
#include "kit/outfile.h"

/* A whole file; from malloc(). NULL with errno. */
static char *read_all(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    struct stat about;
    if (!file)
        return NULL;
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

static bool write_table(const char *path, const char *text, size_t bytes, bool force)
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

bool table_copy(const amos_dataset *dataset, const char *folder, bool renumbered, bool force)
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
    const bool good = read && write_table(to, text, bytes, force);
    free(to);
    free(text);
    return good;
}
