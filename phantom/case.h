/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes the volumes of one case. */
#ifndef PHANTOM_CASE_H
#define PHANTOM_CASE_H

#include "phantom/output.h"

/* Callbacks: one reports written voxels, one is called before each slice and can stop the work. */
struct phantom_watch {
    void (*wrote)(void *user, uint64_t voxels);
    bool (*stop)(void *user);
    void *user;
};

/* The files of a case, and how they are written. */
struct phantom_targets {
    const char *image_path;
    const char *label_path;            /* NULL: no label is written */
    int level;                         /* compression level, 1..9 */
    const struct phantom_files *files; /* NULL: see phantom_options.files */
};

/* Writes the image of a case and its label; `watch` may be NULL. A failure fills err. */ amos_status
phantom_write_case(const struct phantom_case *c, const struct phantom_targets *to, const struct phantom_watch *watch,
                   amos_error *err);

#endif
