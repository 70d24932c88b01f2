/* SPDX-License-Identifier: BSD-3-Clause */
#define _POSIX_C_SOURCE 200809L
#include "base/text/url.h"

#include <string.h>
#include <strings.h>

bool amosi_is_url(const char *path)
{
    return strncasecmp(path, "http://", 7) == 0 || strncasecmp(path, "https://", 8) == 0;
}

size_t amosi_url_archive_length(const char *url)
{
    const char *part = amosi_is_url(url) ? strchr(strstr(url, "//") + 2, '/') : NULL;
    for (; part; part = strchr(part + 1, '/')) {
        size_t name = strcspn(part + 1, "/?");
        const char *end = part + 1 + strcspn(part + 1, "/");
        if (name >= 4 && strncasecmp(part + 1 + name - 4, ".zip", 4) == 0)
            return end[strspn(end, "/")] ? (size_t)(end - url) : 0;
    }
    return 0;
}
