/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "support/tmp.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/main.h"

static char root[512];

void tmp_begin(void)
{
    const char *base = getenv("TMPDIR");
    snprintf(root, sizeof root, "%s/amos-test-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(root)) {
        fprintf(stderr, "%s: cannot make a directory for the tests: %s\n", root, strerror(errno));
        exit(EXIT_FAILURE);
    }
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info;
    (void)type;
    (void)where;
    return remove(path);
}

void tmp_end(void)
{
    if (root[0])
        nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    root[0] = '\0';
}

const char *tmp_dir(void)
{
    return root;
}

char *tmp_path(const char *name)
{
    size_t size = strlen(root) + strlen(name) + 2;
    char *path = must_alloc(size);
    snprintf(path, size, "%s/%s", root, name);
    return path;
}

static void make_parents(char *path)
{
    for (char *slash = strchr(path + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        ck_assert_msg(mkdir(path, 0777) == 0 || errno == EEXIST, "mkdir %s: %s", path, strerror(errno));
        *slash = '/';
    }
}

char *tmp_write(const char *name, const void *data, size_t size)
{
    char *path = tmp_path(name);
    make_parents(path);
    FILE *file = fopen(path, "wb");
    ck_assert_msg(file != NULL, "%s: %s", path, strerror(errno));
    ck_assert_msg(size == 0 || fwrite(data, 1, size, file) == size, "%s: %s", path, strerror(errno));
    ck_assert_msg(fclose(file) == 0, "%s: %s", path, strerror(errno));
    return path;
}

char *tmp_write_bytes(const char *name, const struct bytes *b)
{
    return tmp_write(name, b->data, b->size);
}

struct bytes read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s: %s", path, strerror(errno));
    struct bytes all = {0};
    unsigned char *part = must_alloc(65536);
    size_t got;
    while ((got = fread(part, 1, 65536, file)) > 0)
        bytes_add(&all, part, got);
    ck_assert_msg(!ferror(file), "%s: cannot be read", path);
    fclose(file);
    free(part);
    return all;
}
