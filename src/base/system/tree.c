/* SPDX-License-Identifier: BSD-3-Clause */
#define _DEFAULT_SOURCE /* syscall() */
#define _XOPEN_SOURCE 700
#include "base/system/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/system/file.h"

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool remove_at(int parent, const char *name);

/* An entry of a folder as the kernel gives it: length of the entry, and name. */
enum { ENTRY_LENGTH = 16, ENTRY_NAME = 19 };

/* Removes what one read of the folder gives; false at its end, or if something stays. readdir() would need memory, which may
 * be what ran out. As deep as the folders, of which each holds a descriptor. NOLINTNEXTLINE(misc-no-recursion) */
static bool remove_some(int folder)
{
    char entries[2048];
    long bytes = syscall(SYS_getdents64, folder, entries, sizeof entries);
    bool good = bytes > 0;
    for (long at = 0; good && at < bytes;) {
        unsigned short length;
        const char *name = entries + at + ENTRY_NAME;
        memcpy(&length, entries + at + ENTRY_LENGTH, sizeof length);
        good = is_dots(name) || remove_at(folder, name);
        at += length;
    }
    return good;
}

/* Tries again if there was no descriptor, which another thread may give back. */
static int open_folder(int parent, const char *name)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
    int folder = amosi_file_open(parent, name, flags, 0);
    return folder < 0 && (errno == EMFILE || errno == ENFILE) ? amosi_file_open(parent, name, flags, 0) : folder;
}

/* Links are removed, not followed. NOLINTNEXTLINE(misc-no-recursion): see remove_some() */
static bool remove_at(int parent, const char *name)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return true;
    int folder = errno == EISDIR || errno == EPERM ? open_folder(parent, name) : -1;
    if (folder < 0)
        return false;
    while (remove_some(folder))
        ;
    close(folder);
    return unlinkat(parent, name, AT_REMOVEDIR) == 0;
}

bool amosi_tree_remove(const char *path)
{
    return remove_at(AT_FDCWD, path);
}
