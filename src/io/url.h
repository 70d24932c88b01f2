/* SPDX-License-Identifier: BSD-3-Clause */
/* Paths that are URLs: opened by the function that the program has set, see <amos/url.h>. */
#ifndef AMOSI_IO_URL_H
#define AMOSI_IO_URL_H

#include "io/source.h"

/* Opens a regular file, or what is at a URL. As amosi_source_open_file(), and the statuses of the program's function;
 * AMOS_E_UNSUPPORTED if there is none. */
amos_status amosi_source_open_path(struct amosi_source *source, const char *path, amos_error *err);

#endif
