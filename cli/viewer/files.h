/* SPDX-License-Identifier: BSD-3-Clause */
/* The files of the viewer in the browser, which cli/viewer/embed.sh makes part of the command: `amos report` writes them,
 * `amos serve` serves them. */
#ifndef CLI_VIEWER_FILES_H
#define CLI_VIEWER_FILES_H

#include <stddef.h>

struct viewer_file {
    const char *name; /* "index.html", "viewer.css", "viewer.js" */
    const char *type; /* for Content-Type */
    const unsigned char *bytes;
    size_t count;
};

/* Ends with a file whose name is NULL. */
extern const struct viewer_file viewer_files[];

#endif
