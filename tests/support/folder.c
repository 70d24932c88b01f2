/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "support/folder.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "support/main.h"
#include "support/tmp.h"

static uint64_t digest_text(uint64_t digest, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        digest = (digest ^ (unsigned char)text[i]) * 1099511628211u;
    return digest;
}

uint64_t folder_digest(const char *path)
{
    uint64_t digest = 0;
    DIR *dir = opendir(path);
    for (const struct dirent *e; dir && (e = readdir(dir)) != NULL;) {
        char below[1024];
        struct stat info;
        snprintf(below, sizeof below, "%s/%s", path, e->d_name);
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        ck_assert_int_eq(lstat(below, &info), 0);
        if (S_ISDIR(info.st_mode)) {
            digest += folder_digest(below);
            continue;
        }
        struct bytes content = read_file(below);
        digest += digest_text(digest_text(1, e->d_name, strlen(e->d_name)), (char *)content.data, content.size);
        bytes_free(&content);
    }
    if (dir)
        closedir(dir);
    return digest;
}
