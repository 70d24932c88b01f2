/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes the volumes of one case. */
#ifndef PHANTOM_CASE_H
#define PHANTOM_CASE_H

#include "phantom/output.h"

/* Who learns of voxels that were written, and is asked before each slice whether to give up. */
struct phantom_watch {
    void (*wrote)(void *user, uint64_t voxels);
    bool (*stop)(void *user);
    void *user;
};

/* Where a case is written to, and how. */
struct phantom_targets {
    const char *image_path;
    const char *label_path;            /* NULL: no label is written */
    int level;                         /* of compression, 1..9 */
    const struct phantom_files *files; /* NULL: as phantom_options.files */
};

/* Writes the image of a case and its label; `watch` may be NULL. A failure fills err. */
amos_status phantom_write_case(const struct phantom_case *c, const struct phantom_targets *to,
                               const struct phantom_watch *watch, amos_error *err);

#endif
