/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "folder.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <amos/dataset.h>

#include "base/text/volume_name.h"

static int is_volume(const struct dirent *entry)
{
    return amosi_volume_name_is_listed_or_header(entry->d_name);
}

/* Not alphasort(), which depends on the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

int folder_each_volume(const char *folder, void (*take)(void *user, const char *path), void *user)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_volume, by_name);
    if (count < 0)
        return -1;
    size_t length = strlen(folder), bytes = length + sizeof entries[0]->d_name + 2;
    const char *slash = length && folder[length - 1] == '/' ? "" : "/";
    char *path = malloc(bytes);
    for (int i = 0; i < count; i++) {
        if (path) {
            snprintf(path, bytes, "%s%s%s", folder, slash, entries[i]->d_name);
            take(user, path);
        }
        free(entries[i]);
    }
    free(entries);
    count = path ? count : -1;
    free(path);
    return count;
}

int folder_max_label(const char *folder)
{
    char *real = realpath(folder, NULL), *end = real ? strrchr(real, '/') : NULL;
    amos_dataset *dataset = NULL;
    int largest = 0;
    if (end && end > real) {
        *end = '\0';
        if (amos_dataset_open(real, NULL, &dataset, NULL) == AMOS_OK && amos_dataset_get_info(dataset)->json_path)
            largest = amos_dataset_get_info(dataset)->max_label;
        amos_dataset_free(dataset);
    }
    free(real);
    return largest;
}
