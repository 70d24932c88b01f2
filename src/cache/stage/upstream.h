/* SPDX-License-Identifier: BSD-3-Clause */
/* Where entries are copied from: a folder, or a URL that a name of an entry is added to. */
#ifndef AMOSI_CACHE_STAGE_UPSTREAM_H
#define AMOSI_CACHE_STAGE_UPSTREAM_H

#include "io/source.h"

/* The path or URL of an entry upstream; release it by amosi_free(). NULL: out of memory. A query stays behind the name. */
char *amosi_upstream_join(const char *upstream, const char *name);

/* Opens an entry there. The rules for folders are those of io/folder.h, and a folder is opened anew each time, which asks
 * a file server for what is there now. AMOS_E_OPEN with ENOENT: there is no such entry. On failure the source is
 * closed. */
amos_status amosi_upstream_open(const char *upstream, const char *name, struct amosi_source *source, amos_error *err);

#endif
