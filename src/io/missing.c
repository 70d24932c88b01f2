/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "io/missing.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error/fail.h"
#include "base/text/near_name.h"
#include "base/text/utf8.h"
#include "base/text/volume_name.h"

#define HINT_BYTES 400

/* A link that leads nowhere. */
static bool explain_link(const char *path, char hint[HINT_BYTES])
{
    char target[PATH_MAX], shown[120];
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length < 0)
        return false;
    target[length] = '\0';
    if (strstr(target, ".git/annex/objects/"))
        snprintf(
            hint, HINT_BYTES,
            "; it is a link of git-annex whose data is not here, so run \"git annex get\" or \"datalad get\" on it");
    else
        snprintf(hint, HINT_BYTES, "; it is a symbolic link to %s, which is not there",
                 amosi_text_show(shown, sizeof shown, target));
    return true;
}

static bool lies_beside(const char *path, const char *name)
{
    char beside[PATH_MAX];
    struct stat about;
    int folder = (int)(amosi_base_name(path) - path);
    int length = snprintf(beside, sizeof beside, "%.*s%s", folder, path, name);
    return length > 0 && (size_t)length < sizeof beside && stat(beside, &about) == 0 && S_ISREG(about.st_mode);
}

/* A fixed number of names is tried, so that the time does not grow with the folder. */
static void explain_neighbour(const char *path, char hint[HINT_BYTES])
{
    char name[NAME_MAX + 1], original[NAME_MAX + 1], shown[120];
    for (size_t n = 0; amosi_near_guess(amosi_base_name(path), n, name, sizeof name); n++) {
        enum amosi_near near = amosi_near_name(name, original, sizeof original);
        if (near == AMOSI_NEAR_NONE || !lies_beside(path, name))
            continue;
        snprintf(hint, HINT_BYTES, "; %s lies beside it, %s of it", amosi_text_show(shown, sizeof shown, name),
                 amosi_near_text(near));
        return;
    }
}

amos_status amosi_fail_missing(amos_error *err, const char *path, int sys_errno, const char *text)
{
    char hint[HINT_BYTES] = "";
    if (err && sys_errno == ENOENT && !explain_link(path, hint) && amosi_volume_name(path).kind != AMOSI_NAME_OTHER)
        explain_neighbour(path, hint);
    return amosi_fail_errno(err, AMOS_E_OPEN, path, sys_errno, "%s%s", text, hint);
}
