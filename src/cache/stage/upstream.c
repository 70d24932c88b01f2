/* SPDX-License-Identifier: BSD-3-Clause */
#include "cache/stage/upstream.h"

#include <stdio.h>
#include <string.h>

#include "base/system/alloc.h"
#include "base/error/fail.h"
#include "base/text/url.h"
#include "io/folder.h"
#include "io/url.h"

char *amosi_upstream_join(const char *upstream, const char *name)
{
    size_t place = amosi_is_url(upstream) ? strcspn(upstream, "?") : strlen(upstream), query = strlen(upstream) - place;
    const char *rest = upstream + place;
    while (place > 1 && upstream[place - 1] == '/')
        place--;
    size_t bytes = place + 1 + strlen(name) + query + 1;
    char *full = amosi_alloc(bytes);
    if (full)
        snprintf(full, bytes, "%.*s/%s%s", (int)place, upstream, name, rest);
    return full;
}

static amos_status open_file(const char *upstream, const char *name, const char *full, struct amosi_source *source,
                             amos_error *err)
{
    struct amosi_folder folder;
    int fd = -1;
    uint64_t bytes;
    amos_status status = amosi_folder_open(&folder, upstream, false, err);
    if (!status)
        status = amosi_folder_open_file(&folder, name, full, &fd, &bytes, err);
    amosi_folder_close(&folder);
    return status ? status : amosi_source_adopt(source, fd, full, err);
}

amos_status amosi_upstream_open(const char *upstream, const char *name, struct amosi_source *source, amos_error *err)
{
    char *full = amosi_upstream_join(upstream, name);
    memset(source, 0, sizeof *source);
    if (!full)
        return amosi_fail_nomem(err, upstream);
    amos_status status = amosi_is_url(upstream) ? amosi_source_open_path(source, full, err)
                                                : open_file(upstream, name, full, source, err);
    amosi_free(full);
    return status;
}
