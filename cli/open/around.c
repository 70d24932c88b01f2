/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "open/around.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/text/volume_name.h"
#include "folder.h"

/* Cuts the last part of an absolute path off; false for the root. */
static bool go_up(char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash || !slash[1])
        return false;
    slash[slash == path] = '\0';
    return true;
}

static bool is_in(const char *file, const char *folder)
{
    size_t length = strlen(folder);
    return file && strncmp(file, folder, length) == 0 && file + length + 1 == amosi_base_name(file);
}

static bool has_files_in(const amos_dataset *dataset, const char *folder)
{
    const amos_case *c;
    for (size_t i = 0; (c = amos_dataset_get(dataset, i)) != NULL; i++) {
        const amos_case_info *info = amos_case_get_info(c);
        if (is_in(info->label_path, folder) || is_in(info->image_path, folder))
            return true;
    }
    return false;
}

/* As realpath(), but a path may go on into a file, as into a ZIP archive. Each level is one part of the path.
 * NOLINTNEXTLINE(misc-no-recursion) */
static char *real_path(const char *path)
{
    char *real = realpath(path, NULL);
    const char *slash = real || errno != ENOTDIR ? NULL : strrchr(path, '/');
    if (!slash || slash == path)
        return real;
    char *before = strndup(path, (size_t)(slash - path)), *above = before ? real_path(before) : NULL;
    if (above)
        real = folder_join(above, slash + 1);
    free(above);
    free(before);
    return real;
}

amos_dataset *dataset_around(const char *path, bool is_folder)
{
    amos_dataset *dataset = NULL;
    char *folder = real_path(path), *root = NULL;
    bool good = folder && (is_folder || go_up(folder)) && (root = strdup(folder)) != NULL && go_up(root);
    if (good && amos_dataset_open(root, NULL, &dataset, NULL) == AMOS_OK) {
        const amos_dataset_info *info = amos_dataset_get_info(dataset);
        if (!info->json_path || !has_files_in(dataset, folder)) {
            amos_dataset_free(dataset);
            dataset = NULL;
        }
    }
    free(root);
    free(folder);
    return dataset;
}
