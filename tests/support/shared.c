/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "support/shared.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "support/bytes.h"

static const char *directory(void)
{
    const char *set = getenv("AMOS_SHARED_DATA");
    return set && *set ? set : "../shared/data";
}

const char *shared_data(const char *what_is_skipped)
{
    struct stat info;
    if (stat(directory(), &info) == 0 && S_ISDIR(info.st_mode))
        return directory();
    printf("Skipped: %s, because there is no %s (set AMOS_SHARED_DATA).\n", what_is_skipped, directory());
    fflush(stdout);
    return NULL;
}

char *shared_path(const char *name)
{
    size_t size = strlen(directory()) + strlen(name) + 2;
    char *path = must_alloc(size);
    snprintf(path, size, "%s/%s", directory(), name);
    return path;
}
