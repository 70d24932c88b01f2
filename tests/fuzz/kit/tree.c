/* SPDX-License-Identifier: BSD-3-Clause */
#define _GNU_SOURCE
#include "fuzz/kit/tree.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz/kit/fuzz.h"

static char root[256];

static const char *const folders[] = {"imagesTr", "labelsTr", "imagesTs", "ImagesVa"};
static const char *const files[] = {"imagesTr/amos_0001.nii.gz", "labelsTr/amos_0001.nii.gz",
                                    "imagesTr/amos_0507.nii.gz", "imagesTs/amos_0002.nii.gz",
                                    "imagesTr/x_0000.nii",       "imagesTr/x.nii",
                                    "labelsTr/y_0000.nii.gz",    "ImagesVa/amos_0003_0000.nii.gz"};

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info;
    (void)type;
    (void)where;
    return remove(path);
}

static void remove_tree(void)
{
    nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_tree(void)
{
    if (root[0])
        return root;
    const char *base = getenv("TMPDIR");
    snprintf(root, sizeof root, "%s/amos-fuzz-XXXXXX", base && *base ? base : "/tmp");
    FUZZ_REQUIRE(mkdtemp(root) != NULL);
    atexit(remove_tree);
    char path[512];
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        fuzz_tree_path(path, sizeof path, folders[i]);
        FUZZ_REQUIRE(mkdir(path, 0700) == 0);
    }
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        fuzz_tree_write(files[i], (const uint8_t *)"x", 1);
    return root;
}

void fuzz_tree_path(char *out, size_t bytes, const char *name)
{
    snprintf(out, bytes, "%s/%s", fuzz_tree(), name);
}

void fuzz_tree_write(const char *name, const uint8_t *data, size_t size)
{
    char path[512];
    fuzz_tree_path(path, sizeof path, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FUZZ_REQUIRE(fd >= 0);
    FUZZ_REQUIRE(write(fd, data, size) == (ssize_t)size);
    close(fd);
}

void fuzz_tree_remove(const char *name)
{
    char path[512];
    fuzz_tree_path(path, sizeof path, name);
    unlink(path);
}
