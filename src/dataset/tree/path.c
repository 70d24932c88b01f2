/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#include "dataset/tree/path.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/text/volume_name.h"

#define LONGEST_NAME 255

/* What is wrong with a component of a path, or NULL. */
static const char *component_fault(const char *name, size_t length)
{
    if (length == 2 && memcmp(name, "..", 2) == 0)
        return "contains \"..\", which may leave the data set; name the file without it, or allow absolute paths "
               "(--absolute-paths, allow_absolute), which allows \"..\" at the beginning of a path";
    if (length > LONGEST_NAME)
        return "has a component of more than 255 bytes, which no file name can have";
    return NULL;
}

static bool is_dot(const char *name, size_t length)
{
    return length == 0 || (length == 1 && name[0] == '.');
}

/* Appends the components of `given` to `out`; returns the fault of the first bad one, or NULL. */
static const char *append_components(char *out, const char *given)
{
    size_t length = 0;
    bool names_file = false;
    for (const char *part = given;; part += length + 1) {
        length = strcspn(part, "/");
        const char *fault = component_fault(part, length);
        if (fault)
            return fault;
        names_file = !is_dot(part, length);
        if (names_file) {
            *out++ = '/';
            memcpy(out, part, length);
            out += length;
        }
        if (part[length] == '\0')
            break;
    }
    *out = '\0';
    return names_file ? NULL : "names a folder, not a file";
}

/* The rest of a path after the "../" at its beginning. For each of them the root loses its last folder: it has no links. */
static const char *climb(const char *given, size_t *root_length, const char *root)
{
    while (strncmp(given, "../", 3) == 0) {
        while (*root_length > 0 && root[*root_length - 1] != '/')
            --*root_length;
        if (*root_length > 0)
            --*root_length;
        given += 3 + strspn(given + 3, "/");
    }
    return given;
}

amos_status amosi_path_resolve(struct amosi_arena *arena, const char *root, const char *given, int allow_absolute,
                               char **out, const char **reason)
{
    bool absolute = given[0] == '/';
    *reason =
        "is absolute; name the file relative to the data set's folder, or allow absolute paths (--absolute-paths, "
        "allow_absolute)";
    if (absolute && !allow_absolute)
        return AMOS_E_PATH;
    size_t root_length = absolute || strcmp(root, "/") == 0 ? 0 : strlen(root);
    char *path = amosi_arena_bytes(arena, root_length + strlen(given) + 2);
    if (!path)
        return AMOS_E_NOMEM;
    if (allow_absolute && !absolute)
        given = climb(given, &root_length, root);
    memcpy(path, root, root_length);
    *reason = append_components(path + root_length, given);
    if (!*reason && strlen(path) >= PATH_MAX)
        *reason = "is longer than a path can be on this system";
    if (*reason)
        return AMOS_E_PATH;
    *out = path;
    return AMOS_OK;
}

static bool is_inside(const char *root, const char *real)
{
    size_t length = strlen(root);
    if (strcmp(root, "/") == 0)
        return true;
    return strncmp(real, root, length) == 0 && (real[length] == '/' || real[length] == '\0');
}

/* Shortens `path` to its longest part that exists; returns whether that is in `root` once links are resolved. Sets
 * `*error` to errno if this cannot be determined. */
static bool is_beneath(const char *root, char *path, char *real, int *error)
{
    for (;;) {
        if (realpath(path, real))
            return is_inside(root, real);
        struct stat st;
        if (errno != ENOENT && errno != ENOTDIR) {
            *error = errno == ELOOP || errno == ENAMETOOLONG ? 0 : errno;
            return false;
        }
        if (lstat(path, &st) == 0)
            return false;
        char *slash = strrchr(path, '/');
        if (!slash || slash == path)
            return true;
        *slash = '\0';
    }
}

amos_status amosi_path_check_beneath(const char *root, const char *path, amos_error *err)
{
    char *work = amosi_strdup(path);
    char *real = amosi_alloc(PATH_MAX);
    amos_status status = AMOS_OK;
    int error = 0;
    if (!work || !real)
        error = ENOMEM;
    else if (!is_beneath(root, work, real, &error) && !error)
        status =
            amosi_fail(err, AMOS_E_PATH, path,
                       "a symbolic link leads out of the data set or is broken; links must stay inside the data set.");
    if (error == ENOMEM)
        status = amosi_fail_nomem(err, path);
    else if (error)
        status = amosi_fail_errno(err, AMOS_E_OPEN, path, error, "the path cannot be resolved");
    amosi_free(real);
    amosi_free(work);
    return status;
}

int amosi_path_join(char *out, size_t bytes, const char *root, const char *name)
{
    const char *slash = strcmp(root, "/") == 0 ? "" : "/";
    int length = snprintf(out, bytes, "%s%s%s", root, slash, name);
    return length >= 0 && (size_t)length < bytes;
}

size_t amosi_path_folder_length(const char *path)
{
    size_t length = (size_t)(amosi_base_name(path) - path);
    return length > 1 ? length - 1 : length;
}
