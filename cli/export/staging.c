/* SPDX-License-Identifier: BSD-3-Clause */
#define _XOPEN_SOURCE 700
#define _DEFAULT_SOURCE
#include "export/staging.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/system/file.h"
#include "base/system/tree.h"
#include "folder.h"
#include "kit/interrupt.h"
#include "kit/message.h"

/* ---- folders ---- */

static bool report(const char *path, const char *what)
{
    cli_error("%s: The folder cannot be %s: %s.", path, what, strerror(errno));
    return false;
}

static char *join3(const char *a, const char *b, const char *c)
{
    size_t bytes = strlen(a) + strlen(b) + strlen(c) + 1;
    char *text = malloc(bytes);
    if (text)
        snprintf(text, bytes, "%s%s%s", a, b, c);
    else
        cli_error("Memory ran out.");
    return text;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool is_there(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0;
}

/* ---- what may be replaced ---- */

static bool is_owned(const char *name, const char *const *owned)
{
    while (*owned && strcmp(*owned, name) != 0)
        owned++;
    return *owned != NULL;
}

static bool look_through(const char *path, const char *const *owned, char found[PATH_MAX]);

/* Whether an export may have written an entry: in the target what `owned` names, in its folders (NULL) any file. The
 * depth is two, as a folder in those is refused. NOLINTNEXTLINE(misc-no-recursion) */
static bool may_be_ours(DIR *dir, const char *name, const char *path, const char *const *owned, char found[PATH_MAX])
{
    struct stat about;
    bool folder = fstatat(dirfd(dir), name, &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(about.st_mode);
    if (!owned || !is_owned(name, owned))
        return !owned && !folder;
    return !folder || look_through(path, NULL, found);
}

/* False, with its path in `found`, if there is an entry that no export writes, or the folder cannot be read.
 * NOLINTNEXTLINE(misc-no-recursion): see may_be_ours() */
static bool look_through(const char *path, const char *const *owned, char found[PATH_MAX])
{
    DIR *dir = opendir(path);
    bool good = dir != NULL;
    snprintf(found, PATH_MAX, "%s", path);
    while (good) {
        char inner[PATH_MAX];
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (!entry) {
            good = errno == 0;
            break;
        }
        if (is_dots(entry->d_name))
            continue;
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        snprintf(found, PATH_MAX, "%s", inner);
        good = may_be_ours(dir, entry->d_name, inner, owned, found);
    }
    if (dir)
        closedir(dir);
    return good;
}

bool staging_is_free(const char *target, bool force, const char *const *owned)
{
    char found[PATH_MAX];
    if (!is_there(target))
        return true;
    if (!force) {
        cli_error("%s: This is there already; --force replaces it, or give another place.", target);
        return false;
    }
    if (look_through(target, owned, found))
        return true;
    cli_error("%s: --force does not replace this folder, because an export has not written %s; move that away.", target,
              found);
    return false;
}

/* ---- the temporary folder ---- */

/* The parent of the target, made if it is missing, with links resolved, and the target's own name. */
static char *resolve_parent(const char *target, const char **name)
{
    char *copy = strdup(target), *real = NULL;
    *name = target;
    if (!copy) {
        cli_error("Memory ran out.");
        return NULL;
    }
    size_t length = strlen(copy);
    while (length > 1 && copy[length - 1] == '/')
        copy[--length] = '\0';
    char *slash = strrchr(copy, '/');
    *name = target + (slash ? slash + 1 - copy : 0);
    if (slash)
        *slash = '\0';
    const char *parent = !slash ? "." : *copy ? copy : "/";
    if (folder_make(parent) && !(real = realpath(parent, NULL)))
        (void)report(parent, "opened");
    free(copy);
    return real;
}

/* "/data/.amos-NAME.new.tmp" */
static char *join_own(const char *before, const char *own, const char *end)
{
    char *hidden = join3(before, ".amos-", own), *name = hidden ? join3(hidden, end, "") : NULL;
    free(hidden);
    return name;
}

static bool name_all(struct staging *staging, const char *target)
{
    const char *name;
    char *parent = resolve_parent(target, &name), *own = NULL;
    bool good = parent && (own = strdup(name)) != NULL;
    if (good)
        own[strcspn(own, "/")] = '\0';
    const char *slash = good && strcmp(parent, "/") == 0 ? "" : "/";
    char *before = good ? join3(parent, slash, "") : NULL;
    good = before && (staging->target = join3(before, own, "")) &&
           (staging->folder = join_own(before, own, ".new.tmp")) && (staging->old = join_own(before, own, ".old.tmp"));
    free(before);
    free(own);
    free(parent);
    return good;
}

static bool lock_folder(struct staging *staging)
{
    staging->lock = amosi_file_open(AT_FDCWD, staging->folder, O_RDONLY | O_DIRECTORY, 0);
    return staging->lock >= 0 && (flock(staging->lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK);
}

/* What a killed process left behind: an old folder that lost its name gets it back, all else goes. */
static bool clean_up(struct staging *staging)
{
    if (is_there(staging->old) && !is_there(staging->target) && rename(staging->old, staging->target) != 0)
        return report(staging->old, "renamed");
    if (!amosi_tree_remove(staging->old))
        return report(staging->old, "removed");
    if (!is_there(staging->folder))
        return true;
    if (!lock_folder(staging)) {
        cli_error("%s: Another process is writing this folder; wait for it, or remove %s.", staging->target,
                  staging->folder);
        return false;
    }
    close(staging->lock);
    staging->lock = -1;
    return amosi_tree_remove(staging->folder) || report(staging->folder, "removed");
}

bool staging_begin(struct staging *staging, const char *target, bool force, const char *const *owned)
{
    *staging = (struct staging){.lock = -1};
    if (!name_all(staging, target) || !clean_up(staging) || !staging_is_free(staging->target, force, owned))
        return false;
    interrupt_hold(&staging->before);
    staging->held = true;
    if (mkdir(staging->folder, 0777) != 0)
        return report(staging->folder, "made");
    return lock_folder(staging) || report(staging->folder, "locked");
}

static bool take_place(const struct staging *staging)
{
    bool replaced = is_there(staging->target);
    if (replaced && rename(staging->target, staging->old) != 0)
        return report(staging->target, "renamed");
    if (rename(staging->folder, staging->target) != 0) {
        (void)report(staging->target, "made");
        if (replaced && rename(staging->old, staging->target) != 0)
            (void)report(staging->old, "renamed back");
        return false;
    }
    return !replaced || amosi_tree_remove(staging->old) || report(staging->old, "removed");
}

bool staging_end(struct staging *staging, bool keep)
{
    bool good = keep && staging->held && take_place(staging);
    if (!good && staging->held && !amosi_tree_remove(staging->folder))
        (void)report(staging->folder, "removed");
    if (staging->lock >= 0)
        close(staging->lock);
    if (staging->held)
        interrupt_release(&staging->before);
    free(staging->target);
    free(staging->folder);
    free(staging->old);
    *staging = (struct staging){.lock = -1};
    return good;
}

char *staging_path(const struct staging *staging, const char *name)
{
    return join3(staging->folder, "/", name);
}

bool staging_add_folder(const struct staging *staging, const char *name)
{
    char *path = staging_path(staging, name);
    bool good = path && (mkdir(path, 0777) == 0 || report(path, "made"));
    free(path);
    return good;
}
